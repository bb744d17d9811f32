"""Time until something happens, when some had not reached it at their last contact."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from queries.statistics.columns import together

Floats = NDArray[np.float64]
# S(t) of a half, reached by products of fractions, is a half only to the last bits.
SAME = 1e-12


@dataclass(frozen=True)
class KaplanMeier:
    """Survival after each distinct time, with its 95 % interval on the log-log scale (NaN at exactly 1 and 0).

    `events` counts what happened at each time; `at_risk` who was still under observation just before it.
    """

    times: Floats
    at_risk: NDArray[np.int64]
    survival: Floats
    lower: Floats
    upper: Floats
    events: NDArray[np.int64]

    def at(self, times: ArrayLike) -> tuple[Any, Any, Any]:
        """`(estimate, lower, upper)` of survival at these times, scalars or arrays. Before the first time it is 1."""
        asked = np.asarray(times, float)
        place = np.searchsorted(self.times, asked, side="right")
        found = (
            np.concatenate([[start], curve])[place]
            for start, curve in ((1.0, self.survival), (np.nan, self.lower), (np.nan, self.upper))
        )
        estimate, lower, upper = (np.where(np.isnan(asked), np.nan, one) for one in found)
        if asked.ndim == 0:
            return estimate.item(), lower.item(), upper.item()
        return estimate, lower, upper

    def quantile(self, q: float) -> tuple[float, float, float]:
        """`(estimate, lower, upper)` of the time by which a share `q` has reached it; NaN where never reached.

        Where the curve is level at exactly that share, the middle of the level piece, as R does; so the median
        without censoring is the plain median.
        """
        return self._first(self.survival, q), self._first(self.lower, q), self._first(self.upper, q)

    def _first(self, curve: Floats, q: float) -> float:
        share = 1 - q
        reached = np.flatnonzero(curve <= share + SAME)
        if not reached.size:
            return np.nan
        first = reached[0]
        later = np.flatnonzero(curve < share - SAME)
        if abs(curve[first] - share) <= SAME and later.size:
            return float((self.times[first] + self.times[later[0]]) / 2)
        return float(self.times[first])


def kaplan_meier(times: ArrayLike, observed: ArrayLike) -> KaplanMeier:
    """The Kaplan-Meier curve. `observed` false = only known not to have happened by then.

    At one time, events come before those who leave observation. Whose time, or whether it happened, is not known is
    left out.
    """
    when, seen = (column.ravel() for column in together(times, observed))
    known = ~np.isnan(when) & ~np.isnan(seen)
    when, happened = when[known], seen[known] > 0
    distinct, place = np.unique(when, return_inverse=True)
    leaving = np.bincount(place, minlength=distinct.size)
    events = np.bincount(place, weights=happened, minlength=distinct.size).astype(int)
    at_risk = when.size - np.cumsum(leaving) + leaving
    survival = np.cumprod(1 - events / at_risk)
    lower, upper = _log_log(survival, events, at_risk)
    return KaplanMeier(distinct, at_risk, survival, lower, upper, events)


def _log_log(survival: Floats, events: NDArray, at_risk: NDArray) -> tuple[Floats, Floats]:
    inside = (survival > 0) & (survival < 1)
    share = np.where(inside, survival, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        centre = np.log(-np.log(share))
        reach = special.ndtri(0.975) * np.sqrt(greenwood) / np.abs(np.log(share))
    return np.exp(-np.exp(centre + reach)), np.exp(-np.exp(centre - reach))
