"""The filters as an address: short, readable, checked. What an address asks for and does not exist is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from queries.catalogue.filters import FIELD_KEYS, Filters, first_technique

FIRST_ROW = ("site", "operator", "technique", "setting", "levels")
FIRST_IN_MENU = (
    "indication", "region", "age_band", "sex", "baseline_band", "sedation", "asa_class", "start_hour", "weekday",
)  # fmt: skip
IN_MENU = tuple(dict.fromkeys((*FIRST_IN_MENU, *(key for key in FIELD_KEYS if key not in FIRST_ROW))))
KEYS = (*FIRST_ROW, *IN_MENU)
DATES = ("from", "to")
# What pages put into the address for themselves; anything else that is not a filter gets a notice.
LOOKS = (
    "step", "rules", "limits", "later", "timepoint", "outline", "split", "time", "figure", "between", "over", "peers",
    "topic", "open",
)  # fmt: skip
# Before the name of a filter: what it was on the page that a list of procedures leads back to.
BACK = "back_"
OF_PAGES = frozenset(
    {
        *LOOKS, *(f"{BACK}{key}" for key in (*KEYS, *DATES)),
        "procedure", "metric", "status", "by", "group", "category", "period", "cases", "curve", "at", "scored",
        "among", "back", "shown", "month",
    }
)  # fmt: skip
ALL = "all"
# Stored values that would read badly in an address.
WRITTEN = {
    "[0,4)": "under-4",
    "[4,7)": "4-to-under-7",
    "[7,10]": "7-to-10",
    "4+": "4-or-more",
    "F": "women",
    "M": "men",
}


@dataclass(frozen=True)
class Choice:
    """What the address, or the widgets, ask for. `left_out` names parts of the address that were not understood.

    `is_backwards`: the last day was before the first, and is not used.
    """

    values: Mapping[str, tuple[str, ...]]
    date_from: date | None = None
    date_to: date | None = None
    left_out: tuple[str, ...] = ()
    is_backwards: bool = False

    @property
    def filters(self) -> Filters:
        """As filters."""
        return Filters.of(self.values, self.date_from, self.date_to)


def address_value(value: str) -> str:
    """A stored value as it stands in an address: no dash that has to be encoded."""
    return WRITTEN.get(value, value).replace("–", "-")


def read_address(query: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[str]]) -> Choice:
    """The choice that an address asks for. Values that do not occur, and dates that are none, are left out."""
    values: dict[str, tuple[str, ...]] = {}
    left_out: list[str] = []
    for key in KEYS:
        asked = set(query.get(key, ()))
        if key == "technique" and asked == {ALL}:
            continue
        found = {value: asked & {value, address_value(value)} for value in known[key]}
        values[key] = tuple(value for value, spellings in found.items() if spellings)
        if asked - set().union(*found.values()):
            left_out.append(key)
    if "technique" not in query:
        values["technique"] = first_technique(known["technique"])
    dates: dict[str, date | None] = {}
    for key in DATES:
        dates[key] = None
        if query.get(key):
            try:
                dates[key] = date.fromisoformat(query[key][0])
            except ValueError:
                left_out.append(key)
    is_backwards = bool(dates["from"] and dates["to"] and dates["from"] > dates["to"])
    if is_backwards:
        dates["to"] = None
    left_out += sorted(key for key in query if key not in (*KEYS, *DATES) and key not in OF_PAGES)
    picked = {key: chosen for key, chosen in values.items() if chosen}
    return Choice(picked, dates["from"], dates["to"], tuple(left_out), is_backwards)


def to_address(choice: Choice, known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The shortest address of a choice: defaults are left out."""
    address = {key: [address_value(value) for value in choice.values[key]] for key in KEYS if choice.values.get(key)}
    default = first_technique(known["technique"])
    if tuple(choice.values.get("technique", ())) == default:
        address.pop("technique", None)
    elif not choice.values.get("technique") and default:
        address["technique"] = [ALL]
    if choice.date_from:
        address["from"] = [choice.date_from.isoformat()]
    if choice.date_to:
        address["to"] = [choice.date_to.isoformat()]
    return address
