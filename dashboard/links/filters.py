"""The filters as an address: short, readable, checked. What an address asks for and does not exist is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from queries.catalogue.filters import FIELD_KEYS, Filters, first_technique
from queries.catalogue.spans import AGAINST_NAMES, SPAN_NAMES, USUAL_AGAINST, USUAL_SPAN, Against, Span, SpanName

FIRST_ROW = ("hospital", "site", "operator", "technique", "setting", "levels")
FIRST_IN_MENU = (
    "indication", "region", "age_band", "sex", "baseline_band", "sedation", "asa_class", "start_hour", "weekday",
)  # fmt: skip
IN_MENU = tuple(dict.fromkeys((*FIRST_IN_MENU, *(key for key in FIELD_KEYS if key not in FIRST_ROW))))
KEYS = (*FIRST_ROW, *IN_MENU)
DATES = ("from", "to")
# The period by its name, and what it is compared with.
PERIOD = ("span", "against")
OF_BAR = (*KEYS, *DATES, *PERIOD)
# What pages put into the address for themselves; anything else that is not a filter gets a notice.
LOOKS = (
    "step", "rules", "limits", "later", "timepoint", "outline", "split", "time", "figure", "between", "peers",
    "topic", "open", "peer-group", "other-from", "other-to", "sentence",
)  # fmt: skip
# Before the name of a filter: what it was on the page that a list of procedures leads back to.
BACK = "back_"
OF_PAGES = frozenset(
    {
        *LOOKS, *(f"{BACK}{key}" for key in OF_BAR),
        "procedure", "metric", "status", "by", "group", "category", "period", "cases", "curve", "at", "scored",
        "among", "back", "shown", "sort", "month",
    }
)  # fmt: skip
ALL = "all"
Name = TypeVar("Name", bound=str)
# Stored values that would read badly in an address.
WRITTEN = {
    "[0,4)": "under-4",
    "[4,7)": "4-to-under-7",
    "[7,10]": "7-to-10",
    "4+": "4-or-more",
    "F": "women",
    "M": "men",
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the address, or the widgets, ask for. `left_out` names parts of the address that were not understood.

    Days that a reader chose make the period `own`. `is_backwards`: the last day was before the first, and is not used.
    """

    values: Mapping[str, tuple[str, ...]]
    date_from: date | None = None
    date_to: date | None = None
    span: SpanName = USUAL_SPAN
    against: Against = USUAL_AGAINST
    left_out: tuple[str, ...] = ()
    is_backwards: bool = False

    @property
    def filters(self) -> Filters:
        """As filters, with the days that the reader chose."""
        return Filters.of(self.values, self.date_from, self.date_to)

    @property
    def period(self) -> Span:
        """The period chosen, by days or by its name."""
        return Span("own" if self.date_from or self.date_to else self.span, self.against)

    @staticmethod
    def of_filters(filters: Filters) -> "Choice":
        """The choice that gives exactly these filters."""
        return Choice(values=dict(filters.values), date_from=filters.date_from, date_to=filters.date_to, span="all")


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
    span = _one_name("span", query, tuple(one for one in SPAN_NAMES if one != "own"), USUAL_SPAN, left_out)
    against = _one_name("against", query, AGAINST_NAMES, USUAL_AGAINST, left_out)
    left_out += sorted(key for key in query if key not in OF_BAR and key not in OF_PAGES)
    picked = {key: chosen for key, chosen in values.items() if chosen}
    return Choice(
        values=picked,
        date_from=dates["from"],
        date_to=dates["to"],
        span=span,
        against=against,
        left_out=tuple(left_out),
        is_backwards=is_backwards,
    )


def _one_name(
    name: str, query: Mapping[str, Sequence[str]], known: tuple[Name, ...], usual: Name, left_out: list[str]
) -> Name:
    """One of the known names, or the usual one where the address has none; what is unknown joins `left_out`."""
    asked = query.get(name)
    if not asked:
        return usual
    found = next((one for one in known if [one] == list(asked)), None)
    if found is None:
        left_out.append(name)
    return found or usual


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
    if choice.period.name not in ("own", USUAL_SPAN):
        address["span"] = [choice.span]
    if choice.against != USUAL_AGAINST:
        address["against"] = [choice.against]
    return address
