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


def incidence_values(warehouse: Warehouse, metric: Metric, selection: Selection) -> list[dict[str, Any]]:
    """`numerator` (events by day 365), `value` and 95 % limits in per cent of each cell.

    No value where nothing is recorded; no limits where there was no event.
    """
    found, ended = metric_answers(warehouse, metric), metric_categories(warehouse, metric)
    status = np.zeros(found.value.size, dtype=np.int64)
    status[ended.procedure] = np.array([STATUSES[name] for name in ended.names], dtype=np.int64)[ended.category]
    rows: list[dict[str, Any]] = []
    for place in range(len(selection.cells)):
        inside = found.recorded & (selection.cell_of == place)
        days, statuses = found.value[inside], status[inside]
        row: dict[str, Any] = {"numerator": int(((statuses == survival.EVENT) & (days <= DAYS)).sum())}
        if days.size:
            estimate, _, lower, upper = survival.cumulative_incidence(days, statuses).at(DAYS)
            row |= {"value": 100 * estimate, "lower": 100 * lower, "upper": 100 * upper}
        rows.append(row)
    return rows
