"""Cumulative incidence by cell: the share with an event by a day, where a death excludes it and some are lost."""

from typing import Any

import numpy as np

from queries.catalogue.metrics import Metric
from queries.figures.answers import metric_answers, metric_categories
from queries.figures.cohort import Selection
from queries.statistics import survival
from queries.warehouse import Warehouse

# How the time of a procedure ended, as the SQL of a metric names it.
STATUSES = {"left": survival.LEFT, "event": survival.EVENT, "competing": survival.COMPETING}
DAYS = 365


def count_events(warehouse: Warehouse, metric: Metric, selection: Selection) -> np.ndarray:
    """The events by day 365 of each cell."""
    found, status = metric_answers(warehouse, metric), _end_statuses(warehouse, metric)
    had = found.recorded & (status == survival.EVENT) & (found.value <= DAYS)
    return selection.tally(had.astype(np.uint8))[:, 1]


def incidence_values(warehouse: Warehouse, metric: Metric, selection: Selection) -> list[dict[str, Any]]:
    """`numerator` (events by day 365), `value` and 95 % limits in per cent of each cell.

    No value where nothing is recorded; no limits where there was no event.
    """
    found, status = metric_answers(warehouse, metric), _end_statuses(warehouse, metric)
    events = count_events(warehouse, metric, selection).tolist()
    rows: list[dict[str, Any]] = []
    for place, numerator in enumerate(events):
        inside = found.recorded & (selection.cell_of == place)
        days, statuses = found.value[inside], status[inside]
        row: dict[str, Any] = {"numerator": numerator}
        if days.size:
            estimate, _, lower, upper = survival.cumulative_incidence(days, statuses).at(DAYS)
            row |= {"value": 100 * estimate, "lower": 100 * lower, "upper": 100 * upper}
        rows.append(row)
    return rows


def _end_statuses(warehouse: Warehouse, metric: Metric) -> np.ndarray:
    """How the time of each procedure ended, as `survival` numbers it."""
    ended = metric_categories(warehouse, metric)
    status = np.zeros(metric_answers(warehouse, metric).value.size, dtype=np.int64)
    status[ended.procedure] = np.array([STATUSES[name] for name in ended.names], dtype=np.int64)[ended.category]
    return status
