"""The step of a chart over time: months, quarters, or blocks of ten cases."""

from typing import Literal

import pandas as pd

from queries.gates import FEWEST
from queries.trend_signals import VERDICT_POINTS

Step = Literal["month", "quarter", "block"]


def choose_step(month: pd.DataFrame, quarter: pd.DataFrame, block: pd.DataFrame) -> Step:
    """The finest step whose median subgroup has ten cases: month; quarter, if those suffice for a verdict; blocks."""
    if _median_n(month) >= FEWEST:
        return "month"
    enough = int(quarter["period_complete"].fillna(False).astype(bool).sum()) >= VERDICT_POINTS
    if _median_n(quarter) >= FEWEST and (enough or len(block) < VERDICT_POINTS):
        return "quarter"
    return "block"


def _median_n(figures: pd.DataFrame) -> float:
    complete = figures[figures["period_complete"].fillna(False).astype(bool)]
    return float(complete["recorded"].median()) if len(complete) else 0.0
