"""Whole distributions where one number would hide too much: shares that reach thresholds, and quantiles."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from queries.catalogue.filters import EVERYTHING, Filters
from queries.catalogue.metrics import Curve, Metric
from queries.figures.answers import metric_answers
from queries.figures.cohort import read_cohort
from queries.figures.counts import count_cells, stamp_row, values_by_cell
from queries.figures.gates import choose_gate
from queries.statistics import intervals
from queries.warehouse import Warehouse

# Thresholds are met in spite of the last bit of a floating point division.
TOLERANCE = 1e-9
Row = dict[str, Any]
CURVE_COLUMNS = (
    "curve", "definition_version", "group", "threshold", "eligible", "recorded", "numerator", "value", "lower", "upper",
    "gate", "unit", "generation", "as_of", "filters", "audience",
)  # fmt: skip
QUANTILE_COLUMNS = (
    "metric", "definition_version", "group", "eligible", "recorded", "p10", "p25", "p50", "p75", "p90", "gate", "unit",
    "generation", "as_of", "filters", "audience",
)  # fmt: skip
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


def cumulative_shares(
    warehouse: Warehouse,
    curve: Curve,
    thresholds: Sequence[float],
    filters: Filters = EVERYTHING,
    by: str | None = None,
) -> pd.DataFrame:
    """The share of procedures that reach each threshold, one row per group and threshold (`CURVE_COLUMNS`).

    `value`, `lower`, `upper` are per cent of recorded (Wilson), NaN where nothing is recorded.
    """
    selection = read_cohort(warehouse).select(filters, by)
    counts = count_cells(warehouse, curve, selection)
    common = {"curve": curve.name, "definition_version": curve.header.version, "unit": curve.unit}
    common |= stamp_row(warehouse, filters)
    rows: list[Row] = []
    for place, values in enumerate(values_by_cell(warehouse, curve, selection)):
        one = counts.at(place)
        reached = _count_reached(values, np.asarray(thresholds, float), curve.header.counts)
        lower, upper = intervals.wilson(reached, np.full(len(reached), len(values)))
        rows += [
            {
                **common,
                "group": selection.cells[place].group,
                "threshold": threshold,
                "eligible": one.eligible,
                "recorded": one.recorded,
                "numerator": int(reached[step]),
                "value": 100 * reached[step] / one.recorded if one.recorded else math.nan,
                "lower": 100 * lower[step],
                "upper": 100 * upper[step],
                "gate": choose_gate(one.recorded, one.capture, stands_alone=True),
            }
            for step, threshold in enumerate(thresholds)
        ]
    return pd.DataFrame.from_records(rows, columns=list(CURVE_COLUMNS))


def _count_reached(values: np.ndarray, thresholds: np.ndarray, counts: str) -> np.ndarray:
    """How many of the sorted values are at or above each threshold (`at_least`), or at or below it."""
    if counts == "at_least":
        return len(values) - np.searchsorted(values, thresholds - TOLERANCE, side="left")
    return np.searchsorted(values, thresholds + TOLERANCE, side="right")


def has_reached(warehouse: Warehouse, curve: Curve, threshold: float) -> np.ndarray:
    """Whether each procedure reaches a threshold of a curve: those that `cumulative` counts as `numerator` there."""
    found = metric_answers(warehouse, curve)
    if curve.header.counts == "at_least":
        return found.recorded & (found.value >= threshold - TOLERANCE)
    return found.recorded & (found.value <= threshold + TOLERANCE)


def metric_quantiles(
    warehouse: Warehouse, metric: Metric, filters: Filters = EVERYTHING, by: str | None = None
) -> pd.DataFrame:
    """Quantiles (type 7) of a metric of numbers, a row a group (`QUANTILE_COLUMNS`); NaN where none is recorded."""
    selection = read_cohort(warehouse).select(filters, by)
    counts = count_cells(warehouse, metric, selection)
    rows: list[Row] = []
    for place, values in enumerate(values_by_cell(warehouse, metric, selection)):
        one = counts.at(place)
        points = np.quantile(values, QUANTILES) if len(values) else [math.nan] * len(QUANTILES)
        rows.append(
            {
                "metric": metric.name,
                "definition_version": metric.header.version,
                "group": selection.cells[place].group,
                "eligible": one.eligible,
                "recorded": one.recorded,
                **{f"p{round(100 * point)}": value for point, value in zip(QUANTILES, points, strict=True)},
                "gate": choose_gate(one.recorded, one.capture, stands_alone=True),
                "unit": metric.unit,
                **stamp_row(warehouse, filters),
            }
        )
    return pd.DataFrame.from_records(rows, columns=list(QUANTILE_COLUMNS))
