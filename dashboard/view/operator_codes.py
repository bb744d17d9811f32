"""How a generation is opened for a reader: operators as codes, hospitals by name or letter, the month signed off.

The name under which it is opened says so, and is part of every cache key.
"""

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from dashboard.access.roles import RegistryReader, Viewer
from data.home import Home
from data.keys import key_of
from queries.figures.pooled.hospital_rows import hospital_rows
from queries.warehouse import Warehouse

CODES = "#operators-as-codes"
SIGNED = "#signed-off="
HOSPITALS = "#hospitals="
ALL = "all"
CODE_LETTERS = 5
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def opening_name(path: Path, reader: Viewer, signed_off: str | None = None) -> str:
    """The name of an opening of a generation's file for this reader."""
    codes = "" if reader.has("operator_names") else CODES
    hospitals = ""
    if isinstance(reader, RegistryReader):
        hospitals = HOSPITALS + (ALL if reader.hospitals is None else ",".join(sorted(reader.hospitals)))
    return f"{path}{codes}{hospitals}{SIGNED + signed_off if signed_off else ''}"


def opened_file(name: str) -> Path:
    """The file of an opening."""
    return Path(name.partition(SIGNED)[0].partition(HOSPITALS)[0].removesuffix(CODES))


def open_named(name: str) -> Warehouse:
    """Open a generation as its name says."""
    rest, _, signed_off = name.partition(SIGNED)
    opened, is_pool, own = rest.partition(HOSPITALS)
    path = opened_file(name)
    home = Home(path.parent.parent)
    shown = _codes_of(home) if opened.endswith(CODES) else str
    if not is_pool:
        return Warehouse(path, shown, signed_off or None)
    titles = {one["hospital"]: one["title"] for one in hospital_rows(Warehouse(path))}
    names = hospital_names(titles, None if own == ALL else own.split(","), key_of(home, "hospital_letters"))
    return Warehouse(path, shown, signed_off or None, partial(_name_among, names))


def hospital_names(titles: dict[str, str], own: Sequence[str] | None, key: bytes) -> dict[str, str]:
    """What a reader sees of each hospital, by its key: names; of others than `own`, where that is given, letters.

    A hospital keeps its letter as long as none is added; the order of letters tells nothing without the key.
    """
    often = Counter(titles.values())
    names = {one: title if often[title] == 1 else f"{title} ({one})" for one, title in titles.items()}
    if own is None:
        return names
    drawn = sorted(titles, key=lambda one: hmac.digest(key, one.encode(), hashlib.sha256))
    letters = {one: f"Hospital {_letters_of(place)}" for place, one in enumerate(drawn)}
    return {one: names[one] if one in own else letters[one] for one in titles}


def _letters_of(place: int) -> str:
    """A to Z, then AA, AB."""
    return (_letters_of(place // len(ALPHABET) - 1) if place >= len(ALPHABET) else "") + ALPHABET[place % len(ALPHABET)]


def _name_among(names: dict[str, str], hospital: str) -> str:
    return names[hospital]


def _codes_of(home: Home) -> Callable[[str], str]:
    key = key_of(home, "operator_codes")
    return lambda name: operator_code(key, name)


def operator_code(key: bytes, name: str) -> str:
    """`Operator K7QMA`: the same for the same name, and says nothing about it without the key."""
    digest = hmac.digest(key, name.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return "Operator " + base64.b32encode(digest).decode()[:CODE_LETTERS]
