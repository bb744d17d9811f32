"""Figures that would tell of a single hospital: of fewer than three, or with most of them one hospital's.

Another hospital could take its own count from such a figure and know the rest (the threshold and dominance rules of
statistical offices: Hundepool and others, Statistical Disclosure Control, 2012, chapter 4).
"""

import numpy as np
import pandas as pd

from queries.catalogue.filters import HOSPITAL
from queries.catalogue.metrics import Metric
from queries.figures.answers import metric_categories
from queries.figures.cohort import Selection, read_cohort
from queries.figures.counts import count_categories, count_cells
from queries.figures.incidence import count_events
from queries.warehouse import Warehouse

FEWEST_HOSPITALS = 3
MOST_OF_ONE = 0.8


def exposed_cells(warehouse: Warehouse, metric: Metric, selection: Selection) -> np.ndarray:
    """Whether each cell of a pool would tell of one hospital; of a category metric a row a cell, a column a category.

    At least three hospitals count there and three have answers, and none has more than four fifths of those who count,
    who answered, or who said yes or no. A cell that nobody is in tells of nobody; in a department nothing does.
    """
    codes = read_cohort(warehouse).codes(HOSPITAL)
    cells, hospitals = len(selection.cells), len(codes.values)
    width = 1
    if not warehouse.is_pool or not cells or not hospitals:
        return np.zeros((cells, width), dtype=bool)
    split = selection.split_by(codes)
    counted = count_cells(warehouse, metric, split)
    eligible, recorded = (each.reshape(hospitals, cells, 1) for each in (counted.eligible, counted.recorded))
    if metric.kind == "category":
        yes = count_categories(warehouse, metric, split)
        yes = yes if yes.shape[1] else np.zeros((len(split.cells), 1), dtype=np.int64)
    else:
        yes = (count_events(warehouse, metric, split) if metric.kind == "incidence" else counted.yes)[:, None]
    yes = yes.reshape(hospitals, cells, -1)
    if metric.kind in ("mean", "median", "count"):
        yes = recorded
    exposed = np.zeros(yes.shape[1:], dtype=bool)
    for counts in (eligible, recorded):
        exposed |= ((counts > 0).sum(axis=0) < FEWEST_HOSPITALS) & (counts.sum(axis=0) > 0)
    for counts in (eligible, recorded, yes, recorded - yes):
        exposed |= counts.max(axis=0) > MOST_OF_ONE * counts.sum(axis=0)
    return exposed


def exposed_rows(warehouse: Warehouse, metric: Metric, figures: pd.DataFrame, selection: Selection) -> np.ndarray:
    """The same of each row of a table of figures, made of this selection."""
    if not warehouse.is_pool or figures.empty:
        return np.zeros(len(figures), dtype=bool)
    exposed = exposed_cells(warehouse, metric, selection)
    place_of = {(cell.group, cell.period and cell.period.label): place for place, cell in enumerate(selection.cells)}
    cells = [place_of[where] for where in zip(figures["group"], figures["period"], strict=True)]
    return exposed[cells, category_columns(warehouse, metric, figures)]


def category_columns(warehouse: Warehouse, metric: Metric, figures: pd.DataFrame) -> list[int]:
    """The column of `exposed_cells` that each row of figures stands in."""
    if metric.kind != "category" or figures["category"].isna().all():
        return [0] * len(figures)
    names = metric_categories(warehouse, metric).names
    return [names.index(name) for name in figures["category"]]
