"""Units beside each other: which may be compared, what is pooled, and how each differs from the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from queries.catalogue.filters import NOT_RECORDED
from queries.figures.gates import FEWEST
from queries.statistics import funnel, intervals
from queries.statistics.funnel import Funnel, Overdispersion
from queries.trends.trend import Trend

FUNNEL_UNITS = 5
POOLED = "other"
MONTHS, CASES = 12, 200
FIRM = ("plain", "caution")
PERCENT = 100


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`units`: `label, numerator, recorded, value, lower, upper, gate, difference, difference_lower, difference_upper`.

    Alphabetical, the pooled small ones last. `way` says whether they may be drawn as a funnel; `left_out` are units
    with too much missing, `pooled` the small ones, `unsteady` those whose own chart keeps the funnel back, `unjudged`
    counts those with too few points to tell. Differences (percentage points, Newcombe 95 %) are to all the others
    together.
    """

    units: pd.DataFrame
    way: Literal["funnel", "intervals"]
    found: Funnel | None
    spread: Overdispersion | None
    left_out: tuple[str, ...]
    unsteady: tuple[str, ...] = ()
    unjudged: int = 0
    pooled: tuple[str, ...] = ()

    @property
    def peers(self) -> list[str]:
        """The units that stand for themselves."""
        return [label for label in self.units["label"] if not label.startswith(f"{POOLED} (")]

    @property
    def is_adjusted(self) -> bool:
        """Whether the funnel is widened for overdispersion."""
        return self.spread is not None and self.spread.applies


def compare_units(figures: pd.DataFrame, chosen: tuple[str, ...] | None = None) -> Comparison:
    """Compare the rows that `summarise` gives by a key; `chosen` are the peers (None = all)."""
    rows = figures[(figures["eligible"] > 0) & (figures["group"] != NOT_RECORDED)]
    rows = rows[rows["group"].isin(chosen)] if chosen else rows
    large = rows[rows["recorded"] >= FEWEST]
    left_out = tuple(sorted(large.loc[~large["gate"].isin(FIRM), "group"]))
    units = [
        (str(row.group), int(row.numerator), int(row.recorded), str(row.gate))
        for row in large[large["gate"].isin(FIRM)].sort_values("group").itertuples()
    ]
    small = rows[rows["recorded"] < FEWEST]
    pooled = int(small["recorded"].sum())
    peers = len(units)
    together = tuple(small["group"]) if pooled >= FEWEST else ()
    if together:
        units.append((f"{POOLED} ({len(small)} with fewer than ten)", int(small["numerator"].sum()), pooled, "caution"))
    table = pd.DataFrame(units, columns=["label", "numerator", "recorded", "gate"])
    x, n = table["numerator"].to_numpy(float), table["recorded"].to_numpy(float)
    table = _with_intervals(table, x, n)
    if peers < FUNNEL_UNITS:
        return Comparison(units=table, way="intervals", found=None, spread=None, left_out=left_out, pooled=together)
    spread = funnel.overdispersion(x[:peers], n[:peers])
    found = funnel.adjusted(x, n) if spread.applies else funnel.proportion(x, n)
    return Comparison(units=table, way="funnel", found=found, spread=spread, left_out=left_out, pooled=together)


def with_courses(found: Comparison, courses: Mapping[str, Trend], first: date) -> Comparison:
    """The comparison after a look at each unit's own course up to the end of the span that begins on `first`.

    A funnel compares what is stable: one unit whose own chart is not keeps it back. Units that cannot be judged do not.
    """
    unsteady = tuple(unit for unit, course in courses.items() if is_unsteady(course, first))
    unjudged = sum(course.reason in ("too_few", "small", "missing") for course in courses.values())
    if not unsteady:
        return replace(found, unjudged=unjudged)
    return replace(found, way="intervals", found=None, spread=None, unsteady=unsteady, unjudged=unjudged)


def is_unsteady(course: Trend, first: date) -> bool:
    """Whether the own chart of a unit changed, and the stretch after the change reaches beyond `first`."""
    now = course.judgement.now
    return now is not None and now.last >= first


def _with_intervals(table: pd.DataFrame, x: np.ndarray, n: np.ndarray) -> pd.DataFrame:
    lower, upper = intervals.wilson(x, n)
    rest_x, rest_n = x.sum() - x, n.sum() - n
    low, high = intervals.newcombe(x, n, rest_x, rest_n)
    with np.errstate(invalid="ignore", divide="ignore"):
        difference = x / n - rest_x / rest_n
    columns = {"value": x / np.maximum(n, 1), "lower": lower, "upper": upper, "difference": difference}
    columns |= {"difference_lower": low, "difference_upper": high}
    return table.assign(**{name: PERCENT * np.asarray(column, float) for name, column in columns.items()})
