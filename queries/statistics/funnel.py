"""Funnels: units of different size against one rate, with exact limits.

Flag a unit by its exact tail, not by the line: lines between whole counts are interpolated (Spiegelhalter 2005,
appendix A.1.1) and a little too narrow at small n. A unit without cases, or with
more successes than cases, has no limits (NaN). Two units told apart stand by their own interval.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from queries.statistics import intervals
from queries.statistics.columns import together

Floats = NDArray[np.float64]
WINSORISED = 0.1
FEWEST_UNITS = 10
CONFIDENCE = 0.95
HALF = 0.5
# The chance that anything is said of units that do not differ, shared between all pairs and figures of one look. At 5 %
# a figure of twelve months, looked at monthly, would be false in 20 of 100 departments within four years; so in 7.
PAIRS_CHANCE = 0.0125
FEWEST_CASES = 20
TAILS = {"lower_95": 0.025, "upper_95": 0.975, "lower_998": 0.001, "upper_998": 0.999}


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Limits of each unit, 0 to 1, and its `tail`: the chance of a count so far out, on its side of the centre."""

    centre: float
    lower_95: Floats
    upper_95: Floats
    lower_998: Floats
    upper_998: Floats
    tail: Floats


@dataclass(frozen=True)
class Overdispersion:
    """Whether units differ by more than chance as a whole.

    `z` on the arcsine scale, not winsorised; `phi` the mean square of the winsorised z; `tau_squared` the variance
    between units; `applies` only with at least ten units and a test at 5 % (phi above 1 alone is no evidence).
    """

    z: Floats
    phi: float
    tau_squared: float
    applies: bool


@dataclass(frozen=True)
class Pair:
    """Two units, by their places, whose shares differ: `first` minus `second`, with the interval that excludes 0."""

    first: int
    second: int
    difference: float
    lower: float
    upper: float


def proportion(successes: ArrayLike, n: ArrayLike, centre: float | None = None) -> Funnel:
    """Exact binomial funnel around `centre` (None = all successes of all cases)."""
    x, total, middle = _counts(successes, n, centre)
    limits = {name: _interpolated(chance, total, middle) for name, chance in TAILS.items()}
    lower = stats.binom.cdf(x, total, middle)
    upper = stats.binom.sf(x - 1, total, middle)
    return Funnel(centre=middle, **limits, tail=np.minimum(lower, upper))


def overdispersion(successes: ArrayLike, n: ArrayLike, centre: float | None = None) -> Overdispersion:
    """Variation between units on the arcsine scale, winsorised by 10 % at each end (Spiegelhalter 2012)."""
    x, total, middle = _counts(successes, n, centre)
    deviation = _deviation(total)
    z = (_arcsine(x / total) - _arcsine(middle)) / deviation
    known = z[~np.isnan(z)]
    if not known.size:
        return Overdispersion(z, np.nan, np.nan, applies=False)
    phi = float((np.clip(known, *np.quantile(known, [WINSORISED, 1 - WINSORISED])) ** 2).mean())
    weights = deviation[~np.isnan(z)] ** -2
    freedom = weights.sum() - (weights**2).sum() / weights.sum()
    excess = known.size * phi - (known.size - 1)
    tau_squared = max(0.0, float(excess / freedom)) if freedom > 0 else 0.0
    is_unlikely = known.size * phi > stats.chi2.ppf(CONFIDENCE, max(known.size - 1, 1))
    return Overdispersion(z, phi, tau_squared, bool(known.size >= FEWEST_UNITS and is_unlikely))


def adjusted(successes: ArrayLike, n: ArrayLike, centre: float | None = None) -> Funnel:
    """Funnel widened by the variance between units: limits on the arcsine scale, transformed back to proportions."""
    x, total, middle = _counts(successes, n, centre)
    spread = np.sqrt(_deviation(total) ** 2 + overdispersion(x, total, middle).tau_squared)
    limits = {
        name: np.sin(np.clip(_arcsine(middle) + special.ndtri(chance) * spread, 0, np.pi / 2)) ** 2
        for name, chance in TAILS.items()
    }
    z = (_arcsine(x / total) - _arcsine(middle)) / spread
    return Funnel(centre=middle, **limits, tail=stats.norm.sf(np.abs(z)))


def find_differing_pairs(successes: ArrayLike, n: ArrayLike, figures: int) -> list[Pair]:
    """Pairs of units with at least 20 cases each whose shares differ, in order of place.

    `figures` is the number of figures told at once. Nothing is adjusted for the patients' risks.
    """
    x, total = (np.atleast_1d(column) for column in together(successes, n))
    pairs = list(combinations(np.flatnonzero((total >= FEWEST_CASES) & (x >= 0) & (x <= total)).tolist(), 2))
    differing = []
    for first, second in pairs:
        lower, upper = bound_difference(x[first], total[first], x[second], total[second], len(pairs) * figures)
        if lower > 0 or upper < 0:
            difference = float(x[first] / total[first] - x[second] / total[second])
            differing.append(Pair(first, second, difference, lower, upper))
    return differing


def bound_difference(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, comparisons: int) -> tuple[Any, Any]:
    """Newcombe's interval of p1 - p2 at the confidence 1 - 0.0125 / comparisons."""
    return intervals.newcombe(x1, n1, x2, n2, 1 - PAIRS_CHANCE / max(comparisons, 1))


def _counts(successes: ArrayLike, n: ArrayLike, centre: float | None) -> tuple[Floats, Floats, float]:
    x, total = (np.atleast_1d(column) for column in together(successes, n))
    known = (total > 0) & (x >= 0) & (x <= total)
    x, total = np.where(known, x, np.nan), np.where(known, total, np.nan)
    if centre is None:
        return x, total, float(x[known].sum() / total[known].sum()) if known.any() else np.nan
    return x, total, float(centre)


def _interpolated(chance: float, total: Floats, middle: float) -> Floats:
    """The binomial quantile between whole counts, as a proportion."""
    count = stats.binom.ppf(chance, total, middle)
    reached = stats.binom.cdf(count, total, middle)
    below = stats.binom.cdf(count - 1, total, middle)
    step = np.divide(reached - chance, reached - below, out=np.full(total.shape, np.nan), where=reached > below)
    line = np.clip((count - step) / total, 0, 1)
    # Near 0 and 1 the interpolation of very few cases would pass the centre.
    return np.minimum(line, middle) if chance < HALF else np.maximum(line, middle)


def _arcsine(share: ArrayLike) -> Floats:
    return np.arcsin(np.sqrt(np.clip(share, 0, 1)))


def _deviation(total: Floats) -> Floats:
    return 1 / (2 * np.sqrt(total))
