"""What stands beside the figures of an outside reader: the same rows for the other values of a filter in force.

A hidden count could be taken from them in another request. All values are counted at once, so that the work does not
grow with how many there are.
"""

import numpy as np
import pandas as pd

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import Metric
from queries.figures.answers import metric_categories
from queries.figures.cohort import Selection, read_cohort
from queries.figures.counts import count_categories, count_cells
from queries.figures.incidence import count_events
from queries.figures.pooled.few_hospitals import category_columns, exposed_cells
from queries.warehouse import Warehouse

Neighbours = dict[str, np.ndarray]


def count_neighbours(
    warehouse: Warehouse,
    metric: Metric,
    figures: pd.DataFrame,
    *,
    filters: Filters,
    key: str,
    by: str | None,
    period: str | None,
) -> Neighbours:
    """Counts for the values of `key` that `filters` do not choose: one row a value, one column a row of `figures`.

    `figures` are rows of `summarise` for these filters, split by `by` and `period`. The counts are `eligible`,
    `recorded`, `numerator` and `followed_up`, NaN where the metric has none; 0 where the value has no such row. In a
    pool `exposed` says where one hospital would be told of.
    """
    whole = read_cohort(warehouse)
    codes = whole.codes(key)
    wide = whole.select(filters.with_values(key, ()), by, period)
    split = wide.split_by(codes)
    counted = count_cells(warehouse, metric, split)
    place_of = {(cell.group, cell.period and cell.period.label): place for place, cell in enumerate(wide.cells)}
    columns = [place_of[where] for where in zip(figures["group"], figures["period"], strict=True)]
    rows = [place for place, value in enumerate(codes.values) if value not in filters[key]]

    def beside(counts: np.ndarray) -> np.ndarray:
        return counts.reshape(len(codes.values), len(wide.cells))[np.ix_(rows, columns)].astype(float)

    found = {
        "eligible": beside(counted.eligible),
        "recorded": beside(counted.recorded),
        "followed_up": beside(np.full(len(split.cells), np.nan) if counted.followed is None else counted.followed),
    }
    if warehouse.is_pool:
        exposed = exposed_cells(warehouse, metric, split).reshape(len(codes.values), len(wide.cells), -1)
        found["exposed"] = exposed[np.array(rows)[:, None], columns, category_columns(warehouse, metric, figures)]
    if metric.kind == "category":
        return _by_category(warehouse, metric, figures, split, found, len(codes.values), np.ix_(rows, columns))
    numerator = np.full(len(split.cells), np.nan)
    if metric.kind == "incidence":
        numerator = count_events(warehouse, metric, split)
    elif metric.kind in ("count", "proportion"):
        numerator = counted.eligible if metric.kind == "count" else counted.yes
    return found | {"numerator": beside(numerator)}


def _by_category(
    warehouse: Warehouse,
    metric: Metric,
    figures: pd.DataFrame,
    split: Selection,
    found: Neighbours,
    values: int,
    beside: tuple[np.ndarray, ...],
) -> Neighbours:
    """The same with numerators by category. A value has rows of the categories that occur in it, or one without any."""
    names = metric_categories(warehouse, metric).names
    tally = count_categories(warehouse, metric, split).reshape(values, len(split.cells) // max(values, 1), len(names))
    occurs = tally.sum(axis=1) > 0
    rows, columns = beside
    if figures["category"].isna().all():
        has_row, numerator = np.full(found["eligible"].shape, not occurs[rows[:, 0]].any()), np.zeros(1)
    else:
        category = np.array([names.index(name) for name in figures["category"]], dtype=np.int64)
        has_row = occurs[rows, category]
        numerator = tally[rows, columns, category].astype(float)
    return {name: np.where(has_row, counts, 0.0) for name, counts in {**found, "numerator": numerator}.items()}
