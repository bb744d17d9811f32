"""The step of a chart over time: months, quarters, or blocks of ten cases."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import Metric
from queries.catalogue.periods import Step
from queries.figures.answers import metric_answers
from queries.figures.blocks import CASES
from queries.figures.cohort import read_cohort
from queries.figures.gates import FEWEST
from queries.figures.pooled.hospital_reach import reached_day
from queries.trends.signal_rules import VERDICT_POINTS
from queries.warehouse import Warehouse


def step_for(warehouse: Warehouse, metric: Metric, filters: Filters) -> Step:
    """The step that suits a figure of the chosen procedures. Counts over time stay in months."""
    if metric.kind == "count":
        return "month"
    months, quarters = (_complete_counts(warehouse, metric, filters, period) for period in ("month", "quarter"))
    cases = int(
        np.count_nonzero(metric_answers(warehouse, metric).recorded[read_cohort(warehouse).select(filters).places])
    )
    return choose_step(months, quarters, cases)


def step_of(month: pd.DataFrame, quarter: pd.DataFrame, block: pd.DataFrame) -> Step:
    """The same from the tables that `summarise` gives for the three."""
    months, quarters = (
        [int(count) for count in table.loc[table["period_complete"].fillna(False).astype(bool), "recorded"]]
        for table in (month, quarter)
    )
    return choose_step(months, quarters, int(block["recorded"].sum()))


def choose_step(months: Sequence[int], quarters: Sequence[int], cases: int) -> Step:
    """The finest step whose median subgroup has ten cases: month; quarter, if those suffice for a verdict; blocks.

    `months`, `quarters`: recorded cases of each complete one; `cases`: of all.
    """
    if len(months) and np.median(months) >= FEWEST:
        return "month"
    has_ten = len(quarters) > 0 and np.median(quarters) >= FEWEST
    if has_ten and (len(quarters) >= VERDICT_POINTS or cases < VERDICT_POINTS * CASES):
        return "quarter"
    return "block"


def _complete_counts(warehouse: Warehouse, metric: Metric, filters: Filters, period: str) -> list[int]:
    """Recorded cases of each period that the records reach the end of."""
    selection = read_cohort(warehouse).select(filters, None, period)
    counts, as_of = selection.tally(metric_answers(warehouse, metric).recorded)[:, 1], reached_day(warehouse, filters)
    return [
        int(count)
        for count, cell in zip(counts, selection.cells, strict=True)
        if cell.period is not None and as_of is not None and cell.period.end <= as_of
    ]
