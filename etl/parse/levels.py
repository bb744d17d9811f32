"""Treated vertebrae from text such as `T12;L1`, `D12`, `BWK 12`, `L1-3` or `12th thoracic`."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from queries.catalogue.vertebrae import VERTEBRAE

REGIONS = {
    "C": "C", "HWK": "C", "HW": "C", "CERVICAL": "C", "CERVICALE": "C", "HALSWIRBEL": "C",
    "T": "T", "TH": "T", "D": "T", "BWK": "T", "BW": "T", "THORACIC": "T", "THORACIQUE": "T", "DORSAL": "T",
    "DORSALE": "T", "BRUSTWIRBEL": "T", "TORACICA": "T", "TORÁCICA": "T",
    "L": "L", "LWK": "L", "LW": "L", "LUMBAR": "L", "LOMBAIRE": "L", "LOMBARE": "L", "LOMBAR": "L",
    "LENDENWIRBEL": "L",
    "S": "S", "SWK": "S", "SACRAL": "S",
}  # fmt: skip
# Regions that are words of their own may stand behind the number: `12. BWK`, `1st lumbar`.
NAMED = tuple(region for region in REGIONS if len(region) > 2)
ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        ("FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH", "TENTH", "ELEVENTH",
         "TWELFTH"),
        start=1,
    )
}  # fmt: skip
# A spine has a thirteenth thoracic or a sixth lumbar vertebra only where it is named: a range never runs through one.
TRANSITIONAL = ("T13", "L6")
USUAL = tuple(vertebra for vertebra in VERTEBRAE if vertebra not in TRANSITIONAL)
# After these a smaller number may mean the next region: `L5/1` is often L5 and S1.
REGION_ENDS = frozenset({"C6", "C7", "T11", "T12", "T13", "L4", "L5", "L6"})

_REGION = "|".join(sorted(REGIONS, key=len, reverse=True))
_NAMED = "|".join(sorted(NAMED, key=len, reverse=True))
_ITEM = re.compile(
    rf"(?:(?P<ordinal>[0-9]{{1,2}})(?:ST|ND|RD|TH|[.]|ÈME|EME|ÈRE|ERE|ER|RE|E|O|A)? ?(?P<named>{_NAMED})"
    rf"|(?:(?P<region>{_REGION})[. ]?)?(?P<number>[0-9]{{1,2}}))(?![0-9A-Z])"
)
_LINK = re.compile(
    r" ?(?:(?P<range>[-–—]|\b(?:TO|THRU|THROUGH|BIS|À|A|AL|HASTA|ATÉ|TIL|TILL|TOM|T/M)\b)"
    r"|(?P<apart>[;,/+&|\\]|\b(?:AND|UND|ET|EN|Y|E|I|OCH|OG)\b|\bU[.]?(?= ))) ?|(?P<blank> )"
)
_UNCERTAIN = re.compile(r"[?]|\b(?:OR|ODER|OU|ELLER|O)\b")
_WORDS = re.compile(rf"\b(?:{'|'.join(ORDINALS)})\b")


@dataclass(frozen=True)
class LevelReading:
    """Vertebrae from the head downwards, or the rule that the text breaks.

    `reason` says why it cannot be read: `no_such_vertebra, no_region, region_unclear, uncertain, remark, range_unclear,
    not_a_level`. `warnings` are rules that leave the levels in use.
    """

    vertebrae: tuple[str, ...] | None
    problem: str | None = None
    reason: str | None = None
    warnings: tuple[str, ...] = ()


class _Unreadable(ValueError):
    """Holds the reason."""


@lru_cache(maxsize=65_536)
def read_levels(written: str) -> LevelReading:
    """Read level text. Each vertebra counts once; one unreadable part makes the whole text unreadable."""
    text = " ".join(unicodedata.normalize("NFKC", written).upper().split())
    text = _WORDS.sub(lambda found: f"{ORDINALS[found[0]]}TH", text)
    try:
        found, expanded = _read_items(text)
    except _Unreadable as unreadable:
        return LevelReading(None, "level_unreadable", str(unreadable))
    vertebrae = tuple(vertebra for vertebra in VERTEBRAE if vertebra in found)
    return LevelReading(vertebrae, warnings=("range_expanded",) if expanded else ())


def _read_items(text: str) -> tuple[set[str], bool]:
    if _UNCERTAIN.search(text):
        raise _Unreadable("uncertain")
    if "(" in text or "[" in text:
        raise _Unreadable("remark")
    found: set[str] = set()
    expanded = False
    ranges = 0
    before: str | None = None
    link: re.Match[str] | None = None
    place = 0
    while True:
        item = _ITEM.match(text, place)
        if item is None:
            raise _Unreadable("not_a_level")
        vertebra = _read_vertebra(item, before, link)
        if before is not None and link is not None and link["range"]:
            between = _vertebrae_between(before, vertebra)
            wide = len(between) > 2
            if ranges and (wide or expanded):
                raise _Unreadable("range_unclear")
            found.update(between)
            expanded, ranges = expanded or wide, ranges + 1
        else:
            found.add(vertebra)
            ranges = 0
        before, place = vertebra, item.end()
        if place == len(text):
            return found, expanded
        link = _LINK.match(text, place)
        if link is None:
            raise _Unreadable("not_a_level")
        place = link.end()


def _read_vertebra(item: re.Match[str], before: str | None, link: re.Match[str] | None) -> str:
    """The vertebra an item names; a bare number takes the region of the one before it, across an explicit link."""
    number = int(item["ordinal"] or item["number"])
    region = REGIONS.get(item["named"] or item["region"] or "")
    if region is None:
        if before is None or link is None or link["blank"]:
            raise _Unreadable("no_region")
        region = before[0]
        if before in REGION_ENDS and number < int(before[1:]) and number <= 6:
            raise _Unreadable("region_unclear")
    vertebra = f"{region}{number}"
    if vertebra not in VERTEBRAE:
        raise _Unreadable("no_such_vertebra")
    return vertebra


def _vertebrae_between(one: str, other: str) -> tuple[str, ...]:
    first, last = sorted((VERTEBRAE.index(one), VERTEBRAE.index(other)))
    return tuple(vertebra for vertebra in VERTEBRAE[first : last + 1] if vertebra in USUAL or vertebra in (one, other))
