"""Blocks of ten cases, for departments with too few a month: what a month is to others."""

from datetime import timedelta
from itertools import pairwise

import numpy as np

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import Metric
from queries.catalogue.periods import Block
from queries.figures.answers import metric_answers
from queries.figures.cohort import EPOCH, Cell, Selection, read_cohort
from queries.warehouse import Warehouse

CASES = 10


def blocks_of_ten(warehouse: Warehouse, metric: Metric, filters: Filters) -> Selection:
    """The chosen procedures in consecutive blocks of ten recorded cases of the metric, in order of date.

    A procedure without an answer is in the block of the next case that has one. The last block may be unfinished.
    """
    whole = read_cohort(warehouse)
    chosen = np.flatnonzero(whole.chosen(filters))
    if not chosen.size:
        return Selection((), whole.size, chosen, chosen)
    order = chosen[np.argsort(whole.days[chosen], kind="stable")]
    recorded = metric_answers(warehouse, metric).recorded[order]
    before = np.cumsum(recorded) - recorded
    last = max(int(recorded.sum()) - 1, 0) // CASES
    block = np.minimum(before // CASES, last)
    days = whole.days[order]
    starts = np.searchsorted(block, np.arange(last + 2))
    cells = []
    for place, (begin, stop) in enumerate(pairwise(starts)):
        cases = int(recorded[begin:stop].sum())
        first, end = (EPOCH + timedelta(days=int(days[at])) for at in (begin, stop - 1))
        cells.append(Cell(period=Block(first, end, place * CASES + 1, place * CASES + cases, cases == CASES)))
    return Selection(tuple(cells), whole.size, order, block)
