"""The cells of a shipment: every metric of the hospital and by one key, by year, quarter and month, small ones hidden.

Counts are rounded as the disclosure rule says, and sums of values are made of what is rounded, as for readers outside.
Only whole periods are told. Where the hospital's own row is hidden, the file has none of its keys; elsewhere a value
without a row is one that nobody counts for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa

from data.settings import DisclosureRule
from queries.catalogue.filters import EVERYTHING, KEYS
from queries.catalogue.metrics import Metric, read_catalogue
from queries.catalogue.periods import MONTHS, Period
from queries.figures.answers import metric_answers, metric_categories
from queries.figures.cohort import EPOCH, Selection, read_cohort
from queries.figures.counts import count_categories, count_cells, values_by_cell
from queries.figures.incidence import count_events
from queries.figures.outside.joint_suppression import PeriodTree, hide_periods, hide_values
from queries.figures.outside.suppress import coarse_decimals, has_small_core, is_small, round_counts
from queries.warehouse import Warehouse

# A person's work is no figure of a hospital, and which hospital it is the registry says.
LEFT_OUT = ("operator", "hospital")
QUARTILES = {"lower_quartile": 25, "median": 50, "upper_quartile": 75}
COUNTED = ("eligible", "recorded", "numerator")
MEASURES = ("total", "squares", *QUARTILES)
SCHEMA = pa.schema(
    [
        ("metric", pa.string()), ("definition_version", pa.int32()), ("key", pa.string()), ("key_value", pa.string()),
        ("period_kind", pa.string()), ("period", pa.string()), ("category", pa.string()),
        *((name, pa.int64()) for name in COUNTED), *((name, pa.float64()) for name in MEASURES),
        ("suppressed", pa.bool_()),
    ]
)  # fmt: skip
Table = dict[str, np.ndarray]


@dataclass(frozen=True)
class Split:
    """What the rows of a table of counts are: values of a key, categories, or the hospital itself."""

    key: str | None
    values: tuple[str | None, ...]
    is_category: bool = False


WHOLE = Split(None, (None,))


@dataclass(frozen=True)
class Hidden:
    """Where all of a row is hidden, and where its eligible; `is_told`: which rows the file has, None = all."""

    rows: np.ndarray
    eligible: np.ndarray
    is_told: np.ndarray | None = None


@dataclass(frozen=True)
class Calendar:
    """All whole months of the records, and the whole quarters and years that they make: the columns of a table."""

    periods: tuple[Period, ...]

    @staticmethod
    def of(warehouse: Warehouse) -> "Calendar":
        """The calendar of a generation; without a whole month it is empty."""
        as_of, days = warehouse.info.as_of, read_cohort(warehouse).days
        found: list[Period] = []
        if as_of is not None and len(days):
            first = EPOCH + timedelta(days=int(days.min()))
            for name, months in MONTHS.items():
                period = Period(first.replace(month=(first.month - 1) // months * months + 1, day=1), name)
                while period.end <= as_of:
                    found.append(period)
                    period = period.next
        return Calendar(tuple(found))

    @cached_property
    def tree(self) -> PeriodTree:
        """Which period is a part of which: a month of its quarter, a quarter of its year."""
        place = {(period.name, period.start): number for number, period in enumerate(self.periods)}
        upper = {"month": "quarter", "quarter": "year"}
        parents = [
            place.get((upper.get(one.name, ""), one.start.replace(month=_first_month(one), day=1)), -1)
            for one in self.periods
        ]
        sizes = np.array([MONTHS[one.name] for one in self.periods], dtype=int)
        return PeriodTree(np.array(parents, dtype=int), sizes)

    @cached_property
    def labels(self) -> tuple[pa.Array, pa.Array]:
        """Kind and name of each period."""
        return pa.array([one.name for one in self.periods]), pa.array([one.label for one in self.periods])

    def add_up(self, by_month: np.ndarray) -> np.ndarray:
        """Counts of months, in the last axis from the first on, as counts of all periods."""
        first = _number_of(self.periods[0])
        month = np.arange(by_month.shape[-1])
        starts = np.array([_number_of(period) - first for period in self.periods])
        is_part = (month[:, None] >= starts) & (month[:, None] < starts + self.tree.sizes)
        return by_month @ is_part.astype(float)


def _number_of(period: Period) -> int:
    """Its first month, counted from year 0."""
    return period.start.year * 12 + period.start.month - 1


def _first_month(period: Period) -> int:
    """The first month of the period that this one is a part of."""
    months = {"month": 3, "quarter": 12}.get(period.name, 12)
    return (period.start.month - 1) // months * months + 1


def tabulate_cells(warehouse: Warehouse, rule: DisclosureRule) -> pa.Table:
    """All cells as one table, sorted; its columns are in the contract of docs/registry.md."""
    calendar = Calendar.of(warehouse)
    parts = list(_metric_tables(warehouse, calendar, rule)) if calendar.periods else []
    table = pa.concat_tables([SCHEMA.empty_table(), *parts])
    return table.sort_by([(name, "ascending") for name in table.column_names[:7]])


def _metric_tables(warehouse: Warehouse, calendar: Calendar, rule: DisclosureRule) -> Iterator[pa.Table]:
    keys = [key for key in KEYS if key not in LEFT_OUT]
    for metric in read_catalogue().values():
        whole = _count_periods(warehouse, metric, calendar, None)
        flat = {name: values[0] for name, values in whole.items()}
        hidden = hide_periods(calendar.tree, has_small_core(flat, rule), flat["eligible"])
        few = hide_periods(calendar.tree, hidden | _has_few_missing(flat, rule), _missing(flat))
        if metric.kind == "category":
            yield _category_table(warehouse, metric, calendar, flat, hidden, few, rule)
            continue
        yield _write_rows(metric, calendar, WHOLE, whole, Hidden(hidden[None], few[None]), rule)
        for key in keys:
            values = read_cohort(warehouse).codes(key).values
            parts = _count_periods(warehouse, metric, calendar, key)
            hidden_parts = hide_values(calendar.tree, has_small_core(parts, rule), parts["eligible"], hidden)
            few_parts = hide_values(
                calendar.tree, _has_few_missing(parts, rule), _missing(parts), few, given=hidden_parts
            )
            is_told = (hidden_parts | (parts["eligible"] > 0)) & ~hidden
            yield _write_rows(
                metric, calendar, Split(key, values), parts, Hidden(hidden_parts, few_parts, is_told), rule
            )


def _missing(counts: Table) -> np.ndarray:
    return counts["eligible"] - counts["recorded"]


def _has_few_missing(counts: Table, rule: DisclosureRule) -> np.ndarray:
    """Where the eligible beside the recorded would tell of a few without an answer."""
    return is_small(_missing(counts), rule)


def _count_periods(warehouse: Warehouse, metric: Metric, calendar: Calendar, key: str | None) -> Table:
    """Exact counts and sums, one row a value of the key (one without a key), one column a period."""
    selection = read_cohort(warehouse).select(EVERYTHING, key, "month")
    counts = count_cells(warehouse, metric, selection)
    numerator = {
        "proportion": lambda: counts.yes,
        "count": lambda: counts.eligible,
        "incidence": lambda: count_events(warehouse, metric, selection),
    }.get(metric.kind, lambda: np.full(len(counts.eligible), np.nan))()
    found: Table = {"eligible": counts.eligible, "recorded": counts.recorded, "numerator": numerator}
    if metric.kind == "mean":
        answers = metric_answers(warehouse, metric)
        values = np.where(answers.recorded, answers.value, 0.0)[selection.places]
        cells = len(selection.cells)
        found["total"] = np.bincount(selection.cells_there, values, cells)
        found["squares"] = np.bincount(selection.cells_there, values**2, cells)
    rows = 1 if key is None else len(read_cohort(warehouse).codes(key).values)
    found = {name: calendar.add_up(column.reshape(rows, -1).astype(float)) for name, column in found.items()}
    if metric.kind == "median":
        found |= _quartiles(warehouse, metric, calendar, key, rows)
    return found


def _quartiles(warehouse: Warehouse, metric: Metric, calendar: Calendar, key: str | None, rows: int) -> Table:
    """Quartiles by value and period; NaN where nothing is recorded."""
    found = {name: np.full((rows, len(calendar.periods)), np.nan) for name in QUARTILES}
    place = {period: number for number, period in enumerate(calendar.periods)}
    for kind in MONTHS:
        selection = read_cohort(warehouse).select(EVERYTHING, key, kind)
        columns = [place.get(cell.period, -1) for cell in selection.cells]  # type: ignore[arg-type]
        width = len(columns) // rows
        for number, values in enumerate(values_by_cell(warehouse, metric, selection)):
            if columns[number] >= 0 and len(values):
                for name, value in zip(QUARTILES, np.percentile(values, list(QUARTILES.values())), strict=True):
                    found[name][number // width, columns[number]] = value
    return found


def _category_table(
    warehouse: Warehouse, metric: Metric, calendar: Calendar, whole: Table, hidden: np.ndarray, few: np.ndarray,
    rule: DisclosureRule,
) -> pa.Table:  # fmt: skip
    """The cells of a category metric: one row a category, which are the parts of what is recorded."""
    selection: Selection = read_cohort(warehouse).select(EVERYTHING, None, "month")
    names = metric_categories(warehouse, metric).names
    if not names:
        empty = {name: np.broadcast_to(column, (1, len(column))) for name, column in whole.items()}
        return _write_rows(metric, calendar, WHOLE, empty, Hidden(hidden[None], few[None]), rule)
    numerator = calendar.add_up(count_categories(warehouse, metric, selection).T.astype(float))
    parts = {name: np.broadcast_to(column, numerator.shape) for name, column in whole.items()}
    parts["numerator"] = numerator
    small = has_small_core(parts, rule)
    hidden_parts = hide_values(calendar.tree, small, numerator, hidden)
    few_parts = np.broadcast_to(few, hidden_parts.shape) | hidden_parts
    return _write_rows(metric, calendar, Split(None, names, True), parts, Hidden(hidden_parts, few_parts), rule)


def _write_rows(
    metric: Metric, calendar: Calendar, split: Split, exact: Table, hidden: Hidden, rule: DisclosureRule
) -> pa.Table:
    """Rows of the file: rounded counts, sums and quartiles of what is shown, nulls where a row is hidden."""
    shown = _shown_figures(metric, exact, hidden, rule)
    told = np.ones(hidden.rows.shape, dtype=bool) if hidden.is_told is None else hidden.is_told
    value, period = np.nonzero(told)
    named = pa.array(split.values, pa.string()).take(pa.array(value))
    nothing = pa.nulls(len(value), pa.string())
    columns = {
        "metric": pa.array([metric.name] * len(value), pa.string()),
        "definition_version": pa.array(np.full(len(value), metric.header.version, dtype=np.int32)),
        "key": pa.array([split.key] * len(value), pa.string()),
        "key_value": nothing if split.is_category else named,
        "period_kind": calendar.labels[0].take(pa.array(period)),
        "period": calendar.labels[1].take(pa.array(period)),
        "category": named if split.is_category else nothing,
        **{name: pa.array(shown[name][told], from_pandas=True).cast(pa.int64()) for name in COUNTED},
        **{name: pa.array(shown[name][told], from_pandas=True) for name in MEASURES},
        "suppressed": pa.array(hidden.rows[told]),
    }
    return pa.table(columns, SCHEMA)


def _shown_figures(metric: Metric, exact: Table, hidden: Hidden, rule: DisclosureRule) -> Table:
    """What a reader outside would see of these counts; sums follow from the rounded mean and deviation."""
    shown = {name: np.full(hidden.rows.shape, np.nan) for name in (*COUNTED, *MEASURES)}
    for name in COUNTED:
        unsafe = hidden.rows | hidden.eligible if name == "eligible" else hidden.rows
        shown[name] = np.where(unsafe, np.nan, round_counts(exact[name], rule.round_to))
    recorded, decimals = exact["recorded"], coarse_decimals(metric.unit)
    is_known = ~hidden.rows & (recorded > 0)
    if metric.kind == "mean":
        count = np.where(is_known, recorded, np.nan)
        mean = exact["total"] / count
        deviation = np.sqrt(np.maximum(exact["squares"] / count - mean**2, 0))
        mean, deviation = np.round(mean, decimals), np.round(deviation, decimals)
        shown["total"] = mean * shown["recorded"]
        shown["squares"] = (mean**2 + deviation**2) * shown["recorded"]
    for name, share in QUARTILES.items() if metric.kind == "median" else ():
        few_beyond = recorded * min(share, 100 - share) / 100 <= rule.hide_up_to
        shown[name] = np.where(is_known & ~few_beyond, np.round(exact[name], decimals), np.nan)
    return shown
