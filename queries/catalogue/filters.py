"""Which procedures, and how they can be grouped: closed lists of keys, and values in their natural order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from data.errors import UsageProblem
from data.field_dictionary import fact_fields
from queries.catalogue.vertebrae import VERTEBRAE

NOT_RECORDED = "not_recorded"
# The key that only a registry's pool has: whose procedure it is.
HOSPITAL = "hospital"
FIELD_KEYS = {one.filter_key: one for one in fact_fields() if one.filter}
KEYS = tuple(dict.fromkeys((
    "site", "operator", "technique", "indication", "setting", "levels", "region", "age_band", "sex",
    "baseline_band", "baseline_context", "sedation", "asa_class", "start_hour", "weekday", *FIELD_KEYS, HOSPITAL,
)))  # fmt: skip
PERIODS = ("month", "quarter", "year")
FIRST_TECHNIQUE = "vertebroplasty"

# Values in their natural order; a key that is not here has whatever values the records hold, in alphabetical order.
ORDERED_VALUES: dict[str, tuple[str, ...]] = {
    "levels": ("1", "2", "3", "4+"),
    "region": ("thoracic", "thoraco-lumbar", "lumbar", "several", "other"),
    "age_band": ("under 60", "60–69", "70–79", "80–89", "90+"),
    "sex": ("F", "M", "X", "unknown"),
    "baseline_band": ("[0,4)", "[4,7)", "[7,10]"),
    "baseline_context": ("rest", "average_24h", "activity", "worst", "unspecified", "unknown"),
    "start_hour": ("before 10", "10–12", "12–14", "after 14"),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    **{key: field.filter_values for key, field in FIELD_KEYS.items()},
}


@dataclass(frozen=True)
class Filters:
    """A selection of procedures. Hashable, so that it can be part of a cache key.

    `values` holds, for each key in use, the values of which any may hold; `not_recorded` stands for null.
    """

    date_from: date | None = None
    date_to: date | None = None
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @staticmethod
    def of(
        values: Mapping[str, Iterable[str]] | None = None, date_from: date | None = None, date_to: date | None = None
    ) -> "Filters":
        """Filters from plain values, in canonical order."""
        chosen = {key: tuple(sorted(set(picked))) for key, picked in (values or {}).items()}
        unknown = set(chosen) - set(KEYS)
        if unknown:
            raise UsageProblem(f"filter {min(unknown)}", "no such filter", f"Choose one of {', '.join(KEYS)}")
        return Filters(date_from, date_to, tuple((key, chosen[key]) for key in KEYS if chosen.get(key)))

    def __getitem__(self, key: str) -> tuple[str, ...]:
        return dict(self.values).get(key, ())

    def with_values(self, key: str, picked: Iterable[str]) -> "Filters":
        """These filters with other values for one key."""
        return Filters.of({**dict(self.values), key: tuple(picked)}, self.date_from, self.date_to)

    def to_text(self) -> str:
        """The filters as in the page's address: `site=Lakeside&from=2024-01-01`."""
        pairs = [(key, value) for key, picked in self.values for value in picked]
        if self.date_from is not None:
            pairs.append(("from", self.date_from.isoformat()))
        if self.date_to is not None:
            pairs.append(("to", self.date_to.isoformat()))
        return urlencode(pairs)


EVERYTHING = Filters()


def value_order(key: str) -> dict[str, int]:
    """Place of each value of a key with a natural order; empty when the order is alphabetical."""
    return {value: place for place, value in enumerate(ORDERED_VALUES.get(key, ()))}


def sort_values(key: str, values: Iterable[str]) -> list[str]:
    """Values in natural order, `not_recorded` last."""
    order = value_order(key)
    return sorted(values, key=lambda value: (value == NOT_RECORDED, order.get(value, len(order)), value))


def sort_categories(values: Iterable[str]) -> list[str]:
    """Categories of a category metric: vertebrae from the head down, numbers upwards, words alphabetically."""
    places = {vertebra: place for place, vertebra in enumerate(VERTEBRAE)}

    def key(value: str) -> tuple:
        digits = value.rstrip("+")
        return (value in ("other", "unknown"), places.get(value, -1), int(digits) if digits.isdigit() else -1, value)

    return sorted(values, key=key)


def parse_where(pairs: Iterable[str], known: Callable[[str], Sequence[str]]) -> Filters:
    """Filters from `KEY=VALUE` texts; a key may come more than once. `UsageProblem` for what does not exist.

    `known` gives the values of a key that occur.
    """
    values: dict[str, list[str]] = {}
    dates: dict[str, date | None] = {"from": None, "to": None}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        where = f"--where {key}"
        if not equals:
            raise UsageProblem(where, "no value", "Write KEY=VALUE")
        if key in dates:
            dates[key] = _parse_date(where, value)
            continue
        if key not in KEYS:
            raise UsageProblem(where, "no such filter", f"Choose one of {', '.join((*KEYS, *dates))}")
        allowed = {*known(key), *ORDERED_VALUES.get(key, ())}
        # A plain hyphen is what keyboards have; bands are written with a dash.
        value = value if value in allowed else value.replace("-", "–")
        if value not in allowed:
            raise UsageProblem(where, "no such value", f"Choose one of {', '.join(known(key))}")
        values.setdefault(key, []).append(value)
    if dates["from"] and dates["to"] and dates["from"] > dates["to"]:
        raise UsageProblem("--where from", "is after to", "Give the earlier date first")
    return Filters.of(values, dates["from"], dates["to"])


def _parse_date(where: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageProblem(where, "not a date", "Write YYYY-MM-DD") from None


def first_technique(known: Sequence[str]) -> tuple[str, ...]:
    """What pages and reports begin with: vertebroplasty, when other techniques are there too; else no choice."""
    return (FIRST_TECHNIQUE,) if FIRST_TECHNIQUE in known and len(known) > 1 else ()
