"""Time until something happens, when some had not reached it at their last contact."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from queries.statistics.columns import together

Floats = NDArray[np.float64]
# S(t) of a half, reached by products of fractions, is a half only to the last bits.
SAME = 1e-12
LEFT, EVENT, COMPETING = 0, 1, 2
ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
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
        curves = ((1.0, self.survival), (np.nan, self.lower), (np.nan, self.upper))
        estimate, lower, upper = _read_steps(self.times, curves, times)
        return estimate, lower, upper

    def quantile(self, q: float) -> tuple[float, float, float]:
        """`(estimate, lower, upper)` of the time by which a share `q` has reached it; NaN where never reached.

        Where the curve is level at exactly that share, the middle of the level piece, as R does, also where it ends
        there; so the median without censoring is the plain median.
        """
        return self._first(self.survival, q), self._first(self.lower, q), self._first(self.upper, q)

    def _first(self, curve: Floats, q: float) -> float:
        share = 1 - q
        reached = np.flatnonzero(curve <= share + SAME)
        if not reached.size:
            return np.nan
        first = reached[0]
        later = np.flatnonzero(curve < share - SAME)
        if abs(curve[first] - share) > SAME:
            return float(self.times[first])
        return float((self.times[first] + self.times[later[0] if later.size else -1]) / 2)


@dataclass(frozen=True)
class CumulativeIncidence:
    """The share, 0 to 1, with the event by each distinct time, where something else may come first and exclude it.

    95 % interval on the log-log scale, NaN at exactly 0 and 1.
    """

    times: Floats
    estimate: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats

    def at(self, times: ArrayLike) -> tuple[Any, Any, Any, Any]:
        """`(estimate, standard_error, lower, upper)` at these times, scalars or arrays. Before the first time it is 0.

        After the last time the last value stands, as on a curve drawn on.
        """
        curves = ((0.0, self.estimate), (0.0, self.standard_error), (np.nan, self.lower), (np.nan, self.upper))
        estimate, error, lower, upper = _read_steps(self.times, curves, times)
        return estimate, error, lower, upper


def kaplan_meier(times: ArrayLike, observed: ArrayLike) -> KaplanMeier:
    """The Kaplan-Meier curve. `observed` false = only known not to have happened by then.

    At one time, events come before those who leave observation. Whose time, or whether it happened, is not known is
    left out.
    """
    when, seen = _read_pairs(times, observed)
    distinct, at_risk, (events,) = _count_events(when, [seen > 0])
    survival = np.cumprod(1 - events / at_risk)
    lower, upper = _log_log(survival, events, at_risk)
    return KaplanMeier(times=distinct, at_risk=at_risk, survival=survival, lower=lower, upper=upper, events=events)


def cumulative_incidence(time: ArrayLike, status: ArrayLike) -> CumulativeIncidence:
    """The Aalen-Johansen estimate of the event. `status`: 0 left observation, 1 the event, 2 what excludes it.

    Events come before those who leave at the same time. Whose time or status is not known is left out; another status
    is a `ValueError`. The variance is Aalen's, with tied events as in R's cmprsk.
    """
    when, kinds = _read_pairs(time, status)
    if not np.isin(kinds, (LEFT, EVENT, COMPETING)).all():
        raise ValueError("a status must be 0 (left), 1 (the event) or 2 (something that excludes it)")
    distinct, at_risk, (events, others) = _count_events(when, [kinds == EVENT, kinds == COMPETING])
    free = np.cumprod(1 - (events + others) / at_risk)
    free_before = np.concatenate([[1.0], free])[:-1]
    estimate = np.cumsum(free_before * events / at_risk)
    error = np.sqrt(_find_variance(estimate, (events, others), at_risk, (free_before, free)))
    # A sum of shares that is everyone may fall short of 1 by rounding.
    inside = (estimate > 0) & (estimate < 1 - ROUNDING)
    share = np.where(inside, estimate, np.nan)
    with np.errstate(invalid="ignore"):
        reach = special.ndtri(0.975) * error / (share * np.log(share))
    return CumulativeIncidence(distinct, estimate, error, share ** np.exp(-reach), share ** np.exp(reach))


def _find_variance(
    estimate: Floats, counts: tuple[NDArray, NDArray], at_risk: NDArray, free: tuple[Floats, Floats]
) -> Floats:
    """Aalen's variance of the cumulative incidence after each time; `free` of both events before and after it."""
    free_before, free_after = free
    inverse = np.divide(1, free_after, out=np.zeros(free_after.shape), where=free_after > 0)
    own, other = (
        free_before**2 * count / at_risk**2 * (1 - np.maximum(count - 1, 0) / np.maximum(at_risk - 1, 1))
        for count in counts
    )
    other = np.where(free_after > 0, other, 0)
    by_own, by_other = 1 + inverse * estimate, inverse * estimate
    squares = np.cumsum(by_own**2 * own + by_other**2 * other)
    products = np.cumsum(inverse * (by_own * own + by_other * other))
    weights = np.cumsum(inverse**2 * (own + other))
    return np.maximum(squares + estimate**2 * weights - 2 * estimate * products, 0)


def _read_pairs(times: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    """Both columns where both are known."""
    when, what = (column.ravel() for column in together(times, second))
    is_usable = ~np.isnan(when) & ~np.isnan(what)
    return when[is_usable], what[is_usable]


def _count_events(when: Floats, kinds: list[NDArray[np.bool_]]) -> tuple[Floats, NDArray, list[NDArray]]:
    """Distinct times, how many are at risk just before each, and how many events of each kind there are at each."""
    distinct, rank = np.unique(when, return_inverse=True)
    leaving = np.bincount(rank, minlength=distinct.size)
    counts = [np.bincount(rank, weights=kind, minlength=distinct.size).astype(int) for kind in kinds]
    return distinct, when.size - np.cumsum(leaving) + leaving, counts


def _read_steps(steps: Floats, curves: Iterable[tuple[float, Floats]], times: ArrayLike) -> list[Any]:
    """Each curve at the times asked for, from its value before the first step on."""
    asked = np.asarray(times, float)
    step = np.searchsorted(steps, asked, side="right")
    read = [np.where(np.isnan(asked), np.nan, np.concatenate([[start], curve])[step]) for start, curve in curves]
    return [value.item() for value in read] if asked.ndim == 0 else read


def _log_log(survival: Floats, events: NDArray, at_risk: NDArray) -> tuple[Floats, Floats]:
    inside = (survival > 0) & (survival < 1)
    share = np.where(inside, survival, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        centre = np.log(-np.log(share))
        reach = special.ndtri(0.975) * np.sqrt(greenwood) / np.abs(np.log(share))
    return np.exp(-np.exp(centre + reach)), np.exp(-np.exp(centre - reach))
