"""The lines of a chart over time: which points they come from, the centre, and the limits.

Centre and limits come from the first 12 points while there are fewer than 24 (a trial), from the first 20 from then
on. A rebase that a person decided starts a new phase with lines of its own. Points that are not over yet, or know too
little, belong to no phase and have no limits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from queries.statistics import control_charts
from queries.statistics.prediction import limit_means

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
SeriesKind = Literal["proportion", "mean", "median", "count"]

TRIAL_POINTS = 12
FROZEN_POINTS = 20
FROZEN_FROM = 24
# With subgroups this large Laney's widened limits are estimated well enough, and narrow binomial ones cry wolf.
LARGE = 100


@dataclass(frozen=True)
class Series:
    """Subgroups in order of time. Proportions are 0 to 1 and have `numerators`; `usable` points count."""

    kind: SeriesKind
    values: Floats
    n: Floats
    numerators: Floats
    usable: Mask


@dataclass(frozen=True)
class Phase:
    """A stretch of usable points with lines of its own, and those of its points that the lines come from."""

    places: NDArray[np.int64]
    baseline: NDArray[np.int64]

    @property
    def is_trial(self) -> bool:
        """Whether the lines come from the first 12 points only."""
        return len(self.places) < FROZEN_FROM


@dataclass(frozen=True, kw_only=True)
class Lines:
    """One entry per point. `middle` is what run rules compare with; `lower`, `upper` are what points are coloured by.

    `classic_*` are the 3-sigma limits, clipped for drawing; `rules_*` the same unclipped. NaN where there is none.
    """

    centre: Floats
    middle: Floats
    lower: Floats
    upper: Floats
    classic_lower: Floats
    classic_upper: Floats
    rules_lower: Floats
    rules_upper: Floats


def find_phases(usable: Mask, cuts: Sequence[int] = ()) -> tuple[list[Phase], list[int]]:
    """The phases between cuts (first place of each new one), and the cuts refused for too few points on a side."""
    edges, refused = [0], []
    for cut in sorted(set(cuts)):
        before, after = usable[edges[-1] : cut].sum(), usable[cut:].sum()
        if min(before, after) >= TRIAL_POINTS:
            edges.append(cut)
        else:
            refused.append(cut)
    found = []
    for first, last in zip(edges, [*edges[1:], len(usable)], strict=True):
        places = first + np.flatnonzero(usable[first:last])
        taken = FROZEN_POINTS if len(places) >= FROZEN_FROM else TRIAL_POINTS
        found.append(Phase(places, places[:taken] if len(places) >= TRIAL_POINTS else places[:0]))
    return found, refused


def draw_lines(series: Series, found: Sequence[Phase]) -> Lines:
    """The lines of all phases; a phase with fewer than 12 points has none."""
    columns = {name: np.full(series.values.shape, np.nan) for name in Lines.__dataclass_fields__}
    for place, phase in enumerate(found):
        if not phase.baseline.size:
            continue
        one = _lines_of(series, phase)
        end = found[place + 1].places[0] if place + 1 < len(found) else len(series.values)
        columns["centre"][phase.places[0] : end] = one.centre[phase.places[0]]
        for name, column in columns.items():
            column[phase.places] = getattr(one, name)[phase.places]
    return Lines(**columns)


def _lines_of(series: Series, phase: Phase) -> Lines:
    baseline = np.zeros(series.values.shape, bool)
    baseline[phase.baseline] = True
    if series.kind == "proportion":
        return _proportion_lines(series, baseline)
    if series.kind == "mean":
        chart = control_charts.i_prime(series.values, series.n, baseline)
        lower, upper = limit_means(series.values, series.n, baseline)
        return Lines(
            centre=chart.centre,
            middle=chart.centre,
            lower=lower,
            upper=upper,
            classic_lower=chart.lower,
            classic_upper=chart.upper,
            rules_lower=chart.lower_raw,
            rules_upper=chart.upper_raw,
        )
    middle = np.full(series.values.shape, np.median(series.values[baseline]))
    none = np.full(series.values.shape, np.nan)
    return Lines(
        centre=middle,
        middle=middle,
        lower=none,
        upper=none,
        classic_lower=none,
        classic_upper=none,
        rules_lower=none,
        rules_upper=none,
    )


def _proportion_lines(series: Series, baseline: Mask) -> Lines:
    chart = control_charts.p(series.numerators, series.n, baseline)
    lower, upper = control_charts.exact_limits(series.n, chart.centre)
    if np.median(series.n[series.usable]) >= LARGE:
        wide = control_charts.p_prime(series.numerators, series.n, baseline)
        if (wide.upper_raw >= chart.upper_raw).any():
            chart, lower, upper = wide, wide.lower, wide.upper
    return Lines(
        centre=chart.centre,
        middle=_middle_share(series.n, chart.centre),
        lower=lower,
        upper=upper,
        classic_lower=chart.lower,
        classic_upper=chart.upper,
        rules_lower=chart.lower_raw,
        rules_upper=chart.upper_raw,
    )


def _middle_share(n: Floats, centre: Floats) -> Floats:
    """The share that chance leaves as often above as below: the middle count of n at the centre rate.

    A point on it is on the line. Compared with the centre itself, 11 of 12 would count as above 90 % and 10 of 12 as
    below it, twice as often one as the other.
    """
    total = np.where(n > 0, n, np.nan)
    return stats.binom.ppf(0.5, total, centre) / total
