"""The only place where rows become numbers: counts, value, interval, gate, suppression.

Pages, charts, files and reports all show what `summarise` returns, so they cannot disagree.
"""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from queries import outside
from queries.answers import answers, categories
from queries.blocks import blocks_of_ten
from queries.catalog import Metric
from queries.cohort import Cell, Selection, cohort
from queries.counts import EXCLUSION_COLUMNS, Audience, CellCounts, Counts, count_cells, stamp, values_by_cell
from queries.errors import UsageProblem
from queries.filters import EVERYTHING, Filters
from queries.gates import gate
from queries.periods import Block
from queries.settings import disclosure
from queries.statistics import intervals
from queries.suppress import suppress
from queries.warehouse import Warehouse

COLUMNS = (
    "metric", "definition_version", "group", "category", "period", "eligible", "recorded", "numerator", "value",
    "lower", "upper", "gate", "suppressed", "generation", "statistic", "unit", "interval_method", "procedures",
    *EXCLUSION_COLUMNS, "missing", "lower_if_missing_no", "upper_if_missing_yes", "period_start", "period_end",
    "period_complete", "as_of", "filters", "audience",
)  # fmt: skip
WHOLE_NUMBERS = ("definition_version", "eligible", "recorded", "numerator", "procedures", *EXCLUSION_COLUMNS, "missing")
NUMBERS = ("value", "lower", "upper", "lower_if_missing_no", "upper_if_missing_yes")

# Consecutive blocks of ten recorded cases, a period for charts of small departments only.
BLOCK = "block"

Row = dict[str, Any]
EMPTY: Row = dict.fromkeys(COLUMNS) | dict.fromkeys(NUMBERS, math.nan) | {"suppressed": False, "audience": "department"}


def summarise(
    warehouse: Warehouse,
    metric: Metric,
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
    `queries/outside.py`), and small cells hidden (see `queries/suppress.py`).
    """
    if audience == "department":
        return _frame(figure_rows(warehouse, metric, filters, by, period), audience)
    return _outside(warehouse, metric, filters, by, period)


def headline(warehouse: Warehouse, metric: Metric, filters: Filters = EVERYTHING) -> Row:
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
        selection = cohort(warehouse).select(filters, by, period)
    counts = count_cells(warehouse, metric, selection)
    rows = _category_rows if metric.kind == "category" else _figure_rows
    common = EMPTY | stamp(warehouse, filters)
    return [common | row for row in rows(warehouse, metric, selection, counts)]


def _outside(
    warehouse: Warehouse, metric: Metric, filters: Filters, by: str | None, period: str | None
) -> pd.DataFrame:
    """The figures as a reader outside may see them.

    A period asked for by dates is read out of the table of all periods, so that it is hidden here when it is hidden
    there.
    """
    if period == BLOCK:
        raise UsageProblem("blocks of ten", "are not shown outside the department", "Choose month, quarter or year")
    question = outside.admit(filters, by, warehouse.info.as_of)
    span = question.span
    split = period or (span.name if span else None)

    def table(chosen: Filters) -> pd.DataFrame:
        found = _frame(figure_rows(warehouse, metric, chosen, by, split), "outside")
        return found[found["period_complete"].fillna(True).astype(bool)].reset_index(drop=True)

    neighbours = []
    for key, picked in question.filters.values:
        others = [one for one in cohort(warehouse).codes(key).values if one not in picked]
        if len(picked) == 1 and others:
            tables = [table(question.filters.with_values(key, (other,))) for other in others]
            neighbours.append(pd.concat(tables, ignore_index=True))
    shown = suppress(table(question.filters), disclosure().in_force, neighbours)
    if span:
        inside = (shown["period_start"] >= span.start) & (shown["period_end"] <= span.end)
        shown = shown[inside.astype(bool)].reset_index(drop=True)
        if period is None:
            shown = shown.assign(period=None, period_start=None, period_end=None, period_complete=None)
            shown["gate"] = shown["gate"].mask(shown["recorded"].eq(0).fillna(False).astype(bool), "counts_only")
    return shown.assign(filters=outside.described(warehouse, filters if span else question.filters))


def _figure_rows(warehouse: Warehouse, metric: Metric, selection: Selection, counts: Counts) -> Iterator[Row]:
    values = values_by_cell(warehouse, metric, selection) if metric.kind in ("mean", "median") else None
    yes = selection.count(_said_yes(warehouse, metric)) if metric.kind == "proportion" else None
    for place, cell in enumerate(selection.cells):
        one = counts.at(place)
        numerator = None if yes is None else int(yes[place])
        yield {
            **_place(metric, cell, warehouse.info.as_of),
            **_counts(one),
            **_statistic(metric, one, numerator, None if values is None else values[place]),
            "gate": gate(one.recorded, one.capture, cell.period is None),
        }


def _said_yes(warehouse: Warehouse, metric: Metric) -> np.ndarray:
    found = answers(warehouse, metric)
    return found.recorded & (found.value > 0)


def _category_rows(warehouse: Warehouse, metric: Metric, selection: Selection, counts: Counts) -> Iterator[Row]:
    found = categories(warehouse, metric)
    cells = selection.cell_of[found.procedure]
    width = len(found.names)
    tally = np.bincount((cells * width + found.category)[cells >= 0], minlength=len(selection.cells) * width)
    present = np.flatnonzero(tally.reshape(-1, width).sum(axis=0)) if width else []
    for place, cell in enumerate(selection.cells):
        one = counts.at(place)
        for category in present if len(present) else [None]:
            numerator = 0 if category is None else int(tally[place * width + category])
            yield {
                **_place(metric, cell, warehouse.info.as_of),
                "category": None if category is None else found.names[category],
                **_counts(one),
                **_share_statistic(metric, numerator, one.recorded),
                "gate": gate(one.recorded, one.capture, cell.period is None),
            }


def _place(metric: Metric, cell: Cell, as_of: date | None) -> Row:
    end = cell.period.end if cell.period else None
    return {
        "metric": metric.name,
        "definition_version": metric.header.version,
        "group": cell.group,
        "category": None,
        "period": cell.period.label if cell.period else None,
        "period_start": cell.period.start if cell.period else None,
        "period_end": end,
        "period_complete": None if end is None else bool(as_of and end <= as_of and _is_full(cell)),
        "statistic": metric.kind,
        "unit": metric.unit,
        "interval_method": metric.interval_method or None,
    }


def _is_full(cell: Cell) -> bool:
    return cell.period.is_full if isinstance(cell.period, Block) else True


def _counts(one: CellCounts) -> Row:
    return {
        "eligible": one.eligible,
        "recorded": one.recorded,
        "missing": one.eligible - one.recorded,
        "procedures": one.eligible + sum(one.excluded),
        **dict(zip(EXCLUSION_COLUMNS, one.excluded, strict=True)),
    }


def _statistic(metric: Metric, one: CellCounts, numerator: int | None, values: np.ndarray | None) -> Row:
    if metric.kind == "count":
        return {"numerator": one.eligible, "value": float(one.eligible)}
    if numerator is not None:
        possible = one.eligible + (one.baseline_missing if metric.needs_pair else 0)
        return _share_statistic(metric, numerator, one.recorded) | _missing_bounds(numerator, one.recorded, possible)
    if values is None or not len(values):
        return {}
    if metric.kind == "mean":
        lower, upper = intervals.mean_t(values)
        return {"value": float(values.mean()), "lower": lower, "upper": upper}
    lower, upper = intervals.median_interval(values)
    return {"value": float(np.median(values)), "lower": lower, "upper": upper}


def _share_statistic(metric: Metric, numerator: int, recorded: int) -> Row:
    if not recorded:
        return {"numerator": 0}
    interval = getattr(intervals, metric.interval_method)
    lower, upper = interval(numerator, recorded)
    return {"numerator": numerator, "value": 100 * numerator / recorded, "lower": 100 * lower, "upper": 100 * upper}


def _missing_bounds(numerator: int, recorded: int, possible: int) -> Row:
    """The rate had every missing patient answered no, or yes."""
    if not possible:
        return {}
    return {
        "lower_if_missing_no": 100 * numerator / possible,
        "upper_if_missing_yes": 100 * (numerator + possible - recorded) / possible,
    }


def _frame(rows: list[Row], audience: Audience) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for name in COLUMNS:
        cells = [row[name] for row in rows]
        if name in WHOLE_NUMBERS:
            columns[name] = pd.array(cells, dtype="Int64")
        elif name in NUMBERS:
            columns[name] = np.array(cells, dtype=float)
        else:
            columns[name] = np.array(cells, dtype=object)
    columns["suppressed"] = np.zeros(len(rows), dtype=bool)
    columns["audience"] = np.full(len(rows), audience, dtype=object)
    return pd.DataFrame(columns)
