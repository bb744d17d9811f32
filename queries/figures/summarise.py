"""The only place where rows become numbers: counts, value, interval, gate, suppression.

Pages, charts, files and reports all show what `summarise` returns, so they cannot disagree.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data.errors import UsageProblem
from data.settings import read_disclosure
from queries.catalogue.filters import EVERYTHING, Filters
from queries.catalogue.metrics import Metric
from queries.catalogue.periods import Block
from queries.figures.answers import metric_categories
from queries.figures.blocks import blocks_of_ten
from queries.figures.cohort import Cell, Selection, read_cohort
from queries.figures.counts import (
    EXCLUSION_COLUMNS,
    Audience,
    CellCounts,
    Counts,
    count_categories,
    count_cells,
    stamp_row,
    values_by_cell,
)
from queries.figures.gates import choose_gate
from queries.figures.incidence import incidence_values
from queries.figures.outside import outside_readers
from queries.figures.outside.neighbours import count_neighbours
from queries.figures.outside.suppress import gate_by_shown, suppress_figures
from queries.figures.pooled.few_hospitals import exposed_rows
from queries.figures.pooled.hospital_reach import group_reach
from queries.statistics import intervals
from queries.warehouse import Warehouse

COLUMNS = (
    "metric", "definition_version", "group", "category", "period", "eligible", "recorded", "numerator", "value",
    "lower", "upper", "gate", "suppressed", "generation", "statistic", "unit", "interval_method", "procedures",
    *EXCLUSION_COLUMNS, "missing", "lower_if_missing_no", "upper_if_missing_yes", "period_start", "period_end",
    "period_complete", "as_of", "filters", "audience", "followed_up", "followed_up_of",
)  # fmt: skip
WHOLE_NUMBERS = (
    "definition_version", "eligible", "recorded", "numerator", "procedures", *EXCLUSION_COLUMNS, "missing",
    "followed_up", "followed_up_of",
)  # fmt: skip
NUMBERS = ("value", "lower", "upper", "lower_if_missing_no", "upper_if_missing_yes")

# Consecutive blocks of ten recorded cases, a period for charts of small departments only.
BLOCK = "block"

Row = dict[str, Any]
# How far the records of a group reach.
Reach = Callable[[str | None], date | None]
EMPTY: Row = dict.fromkeys(COLUMNS) | dict.fromkeys(NUMBERS, math.nan) | {"suppressed": False, "audience": "department"}


def summarise(
    warehouse: Warehouse,
    metric: Metric,
    *,
    filters: Filters = EVERYTHING,
    by: str | None = None,
    period: str | None = None,
    audience: Audience = "department",
) -> pd.DataFrame:
    """One row per group and period (per category for category metrics), with the columns of `COLUMNS`.

    `by` is a key of `filters.KEYS`, `period` one of month, quarter, year (or `BLOCK`, without `by`); every period from
    the first to the last chosen procedure is a row. Proportions, their intervals and bounds are in per cent, other
    values in the metric's unit. `value` and interval are NaN where nothing is recorded; `numerator` is null for means
    and medians. For the outside, only closed months, coarse filters (`UsageProblem` otherwise, see
    `queries/figures/outside/outside_readers.py`), and small cells hidden (see `queries/figures/outside/suppress.py`).
    """
    if audience == "department":
        return figures_table(figure_rows(warehouse, metric, filters, by, period), audience)
    return _outside_figures(warehouse, metric, filters, by, period)


def headline_row(warehouse: Warehouse, metric: Metric, filters: Filters = EVERYTHING) -> Row:
    """The one row of a metric that is not split, exact, as a dictionary with the same names and meanings."""
    return next(iter(figure_rows(warehouse, metric, filters)))


def figure_rows(
    warehouse: Warehouse,
    metric: Metric,
    filters: Filters = EVERYTHING,
    by: str | None = None,
    period: str | None = None,
) -> list[Row]:
    """The exact rows of `summarise` as dictionaries; a missing number is NaN, anything else missing is None."""
    if metric.kind == "category" and by is not None:
        raise UsageProblem(
            f"--by {by}", f"{metric.name} is already split by its categories", "Group it by a period only"
        )
    if period == BLOCK:
        selection = blocks_of_ten(warehouse, metric, filters)
    else:
        selection = read_cohort(warehouse).select(filters, by, period)
    counts = count_cells(warehouse, metric, selection)
    rows = _category_rows if metric.kind == "category" else _figure_rows
    common = EMPTY | stamp_row(warehouse, filters)
    reach = group_reach(warehouse, filters, by)
    return [common | row for row in rows(warehouse, metric, selection, counts, reach)]


def _outside_figures(
    warehouse: Warehouse, metric: Metric, filters: Filters, by: str | None, period: str | None
) -> pd.DataFrame:
    """The figures as a reader outside may see them.

    A period asked for by dates is read out of the table of all periods, so that it is hidden here when it is hidden
    there.
    """
    if period == BLOCK:
        raise UsageProblem("blocks of ten", "are not shown outside the department", "Choose month, quarter or year")
    question = outside_readers.admit_question(filters, by, warehouse.info.as_of)
    span = question.span
    split = period or (span.name if span else None)

    exact = figures_table(figure_rows(warehouse, metric, question.filters, by, split), "outside")
    exact = exact[exact["period_complete"].fillna(True).astype(bool)].reset_index(drop=True)
    neighbours = [
        count_neighbours(warehouse, metric, exact, filters=question.filters, key=key, by=by, period=split)
        for key, picked in question.filters.values
        if len(picked) == 1
    ]
    rule = read_disclosure().in_force
    exposed = exposed_rows(warehouse, metric, exact, read_cohort(warehouse).select(question.filters, by, split))
    shown = suppress_figures(exact, rule, neighbours, exposed)
    if span:
        inside = (shown["period_start"] >= span.start) & (shown["period_end"] <= span.end)
        shown = shown[inside.astype(bool)].reset_index(drop=True)
        if period is None:
            shown = shown.assign(period=None, period_start=None, period_end=None, period_complete=None)
            shown = gate_by_shown(shown, rule)
    return shown.assign(filters=outside_readers.describe_question(warehouse, filters if span else question.filters))


def _figure_rows(
    warehouse: Warehouse, metric: Metric, selection: Selection, counts: Counts, reach: Reach
) -> Iterator[Row]:
    found = [counts.at(place) for place in range(len(selection.cells))]
    if metric.kind == "count":
        statistics = [{"numerator": one.eligible, "value": float(one.eligible)} for one in found]
    elif metric.kind == "proportion":
        statistics = _share_values(metric, counts.yes, counts.recorded)
        for one, said in zip(found, statistics, strict=True):
            possible = one.eligible + (one.baseline_missing if metric.needs_pair else 0)
            said.update(_missing_bounds(int(said["numerator"]), one.recorded, possible))
    elif metric.kind == "incidence":
        statistics = incidence_values(warehouse, metric, selection)
    else:
        statistics = _middle_values(metric, values_by_cell(warehouse, metric, selection))
    for cell, one, said in zip(selection.cells, found, statistics, strict=True):
        yield {
            **_row_place(metric, cell, reach(cell.group)),
            **_count_columns(one),
            **said,
            "gate": choose_gate(one.recorded, one.capture, cell.period is None),
        }


def _category_rows(
    warehouse: Warehouse, metric: Metric, selection: Selection, counts: Counts, reach: Reach
) -> Iterator[Row]:
    found, tally = metric_categories(warehouse, metric), count_categories(warehouse, metric, selection)
    present = np.flatnonzero(tally.sum(axis=0)).tolist()
    numerators = tally[:, present] if present else np.zeros((len(selection.cells), 1), dtype=np.int64)
    names: list[str | None] = [found.names[category] for category in present] or [None]
    for place, cell in enumerate(selection.cells):
        one = counts.at(place)
        shares = _share_values(metric, numerators[place], np.full(len(names), one.recorded))
        for name, said in zip(names, shares, strict=True):
            yield {
                **_row_place(metric, cell, reach(cell.group)),
                "category": name,
                **_count_columns(one),
                **said,
                "gate": choose_gate(one.recorded, one.capture, cell.period is None),
            }


def _row_place(metric: Metric, cell: Cell, as_of: date | None) -> Row:
    end = cell.period.end if cell.period else None
    return {
        "metric": metric.name,
        "definition_version": metric.header.version,
        "group": cell.group,
        "category": None,
        "period": cell.period.label if cell.period else None,
        "period_start": cell.period.start if cell.period else None,
        "period_end": end,
        "as_of": as_of,
        "period_complete": None if end is None else bool(as_of and end <= as_of and _is_full(cell)),
        "statistic": metric.statistic,
        "unit": metric.unit,
        "interval_method": metric.interval_method or None,
    }


def _is_full(cell: Cell) -> bool:
    return cell.period.is_full if isinstance(cell.period, Block) else True


def _count_columns(one: CellCounts) -> Row:
    return {
        "eligible": one.eligible,
        "recorded": one.recorded,
        "missing": one.eligible - one.recorded,
        "procedures": one.eligible + sum(one.excluded),
        "followed_up": one.followed,
        "followed_up_of": None if one.followed is None else one.eligible,
        **dict(zip(EXCLUSION_COLUMNS, one.excluded, strict=True)),
    }


def _middle_values(metric: Metric, values: Sequence[np.ndarray]) -> list[Row]:
    """Means or medians of sorted values with their intervals; nothing where there are no values."""
    if metric.kind == "mean":
        edges = [intervals.mean_t(one) for one in values]
    else:
        ranks = intervals.median_ranks([len(one) for one in values]).tolist()
        edges = [intervals.at_rank(one, rank) for one, rank in zip(values, ranks, strict=True)]
    middle = np.mean if metric.kind == "mean" else np.median
    return [
        {"value": float(middle(one)), "lower": lower, "upper": upper} if len(one) else {}
        for one, (lower, upper) in zip(values, edges, strict=True)
    ]


def _share_values(metric: Metric, numerators: np.ndarray, recorded: np.ndarray) -> list[Row]:
    """Shares in per cent with their intervals; the numerator alone, 0, where nothing is recorded."""
    lower, upper = getattr(intervals, metric.interval_method)(numerators, recorded)
    columns = (part.tolist() for part in (numerators, recorded, 100 * lower, 100 * upper))
    return [
        {"numerator": yes, "value": 100 * yes / known, "lower": low, "upper": high} if known else {"numerator": 0}
        for yes, known, low, high in zip(*columns, strict=True)
    ]


def _missing_bounds(numerator: int, recorded: int, possible: int) -> Row:
    """The rate had every missing patient answered no, or yes."""
    if not possible:
        return {}
    return {
        "lower_if_missing_no": 100 * numerator / possible,
        "upper_if_missing_yes": 100 * (numerator + possible - recorded) / possible,
    }


def figures_table(rows: Sequence[Row], audience: Audience = "department") -> pd.DataFrame:
    """Rows, also of several figures, as a table with the columns of `COLUMNS`."""
    columns: dict[str, Any] = {}
    for name in COLUMNS:
        cells = [row[name] for row in rows]
        if name in WHOLE_NUMBERS:
            absent = np.array([cell is None for cell in cells], dtype=bool)
            columns[name] = pd.arrays.IntegerArray(np.array([cell or 0 for cell in cells], dtype=np.int64), absent)
        elif name in NUMBERS:
            columns[name] = np.array(cells, dtype=float)
        else:
            columns[name] = np.array(cells, dtype=object)
    columns["suppressed"] = np.zeros(len(rows), dtype=bool)
    columns["audience"] = np.full(len(rows), audience, dtype=object)
    return pd.DataFrame(columns)
