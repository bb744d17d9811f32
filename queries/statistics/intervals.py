"""Confidence intervals. Each function takes scalars or arrays and returns `(lower, upper)`, NaN where undefined.

Proportions are 0 to 1. Nothing divided by nothing has no interval.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from queries.statistics.columns import together

Bound = Any
FEWEST_FOR_MEDIAN = 6
BYAR_FROM = 10


def _z(confidence: float) -> float:
    return float(special.ndtri(1 - _tail(confidence)))


def _tail(confidence: float) -> float:
    """The chance left out at each end."""
    if not 0 < confidence < 1:
        raise ValueError("the confidence must lie between 0 and 1, such as 0.95")
    return (1 - confidence) / 2


def _plain(lower: NDArray, upper: NDArray) -> tuple[Bound, Bound]:
    return (lower.item(), upper.item()) if lower.ndim == 0 else (lower, upper)


def wilson(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Bound, Bound]:
    """Wilson score interval without continuity correction (Wilson 1927), clipped to 0 and 1; NaN where n is 0."""
    x, total = together(successes, n)
    z = _z(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = x / total
        centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
        reach = z / (1 + z**2 / total) * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    lower = np.where(x == 0, 0.0, np.clip(centre - reach, 0, 1))
    upper = np.where(x == total, 1.0, np.clip(centre + reach, 0, 1))
    undefined = _impossible(x, total)
    return _plain(np.where(undefined, np.nan, lower), np.where(undefined, np.nan, upper))


def _impossible(x: NDArray, total: NDArray) -> NDArray:
    """Nothing divided by nothing, an unknown count, or more yes than answers."""
    return ~((total > 0) & (x >= 0) & (x <= total) & np.isfinite(total))


def clopper_pearson(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Bound, Bound]:
    """Exact binomial interval (Clopper and Pearson 1934); 0 of n starts at 0, n of n ends at 1; NaN where n is 0."""
    x, total = together(successes, n)
    tail = _tail(confidence)
    lower = np.where(x > 0, stats.beta.ppf(tail, np.maximum(x, 1), total - x + 1), 0.0)
    upper = np.where(x < total, stats.beta.ppf(1 - tail, x + 1, np.maximum(total - x, 1)), 1.0)
    undefined = _impossible(x, total)
    return _plain(np.where(undefined, np.nan, lower), np.where(undefined, np.nan, upper))


def newcombe(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, confidence: float = 0.95
) -> tuple[Bound, Bound]:
    """Interval of the difference p1 - p2 by the hybrid score method (Newcombe 1998, method 10)."""
    yes1, total1, yes2, total2 = together(x1, n1, x2, n2)
    lower1, upper1 = (np.asarray(bound) for bound in wilson(yes1, total1, confidence))
    lower2, upper2 = (np.asarray(bound) for bound in wilson(yes2, total2, confidence))
    with np.errstate(divide="ignore", invalid="ignore"):
        share1, share2 = yes1 / total1, yes2 / total2
    difference = share1 - share2
    lower = difference - np.sqrt((share1 - lower1) ** 2 + (upper2 - share2) ** 2)
    upper = difference + np.sqrt((upper1 - share1) ** 2 + (share2 - lower2) ** 2)
    return _plain(np.asarray(lower), np.asarray(upper))


def mean_t(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of the mean by Student's t; NaN below two values. NaN values are left out."""
    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    if known.size < 2:
        return np.nan, np.nan
    return mean_t_from_moments(known.size, known.mean(), known.std(ddof=1), confidence)


def mean_t_from_moments(n: int, mean: float, deviation: float, confidence: float = 0.95) -> tuple[float, float]:
    """The same from the number of values, their mean and their standard deviation (n - 1)."""
    if n < 2:
        return np.nan, np.nan
    reach = float(special.stdtrit(n - 1, 1 - _tail(confidence))) * deviation / np.sqrt(n)
    return float(mean - reach), float(mean + reach)


def squares_of_mean(mean: ArrayLike, upper: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Any:
    """Sums of squares of values whose mean and upper limit by `mean_t` are known; a single value needs none."""
    middle, limit, size = together(mean, upper, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = stats.t.ppf((1 + confidence) / 2, np.maximum(size - 1, 1))
        variance = np.where(size > 1, ((limit - middle) / reach) ** 2 * size, 0)
    return np.where(size > 0, (size - 1) * np.nan_to_num(variance) + size * np.nan_to_num(middle) ** 2, 0)


def median_interval(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of the median by order statistics; NaN below six values. NaN values are left out."""
    known = np.sort(np.asarray(values, float), axis=None)
    known = known[~np.isnan(known)]
    return at_rank(known, int(median_ranks(known.size, confidence)))


def median_ranks(sizes: ArrayLike, confidence: float = 0.95) -> NDArray[np.int64]:
    """How far from both ends of so many sorted values the interval of their median lies; 0 where there is none."""
    n = np.asarray(sizes)
    return np.where(n < FEWEST_FOR_MEDIAN, 0, stats.binom.ppf(_tail(confidence), n, 0.5)).astype(np.int64)


def at_rank(known: NDArray, rank: int) -> tuple[float, float]:
    """The interval of the median of sorted values, from its rank."""
    if rank < 1:
        return np.nan, np.nan
    return float(known[rank - 1]), float(known[known.size - rank])


def poisson_exact(count: ArrayLike, confidence: float = 0.95) -> tuple[Bound, Bound]:
    """Exact interval of a Poisson count (Garwood 1936), on the scale of the count."""
    x = np.asarray(count, float)
    tail = _tail(confidence)
    known = np.where(x >= 0, x, np.nan)
    lower = np.where(known == 0, 0.0, stats.chi2.ppf(tail, np.where(known == 0, 1, 2 * known)) / 2)
    upper = stats.chi2.ppf(1 - tail, 2 * (known + 1)) / 2
    return _plain(np.asarray(lower), np.asarray(upper))


def poisson_byar(count: ArrayLike, confidence: float = 0.95) -> tuple[Bound, Bound]:
    """Byar's approximation (Breslow and Day 1987), on the scale of the count; the lower end is 0 at count 0."""
    known = np.asarray(count, float)
    x = np.where(known >= 0, known, np.nan)
    z = _z(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = x * (1 - 1 / (9 * x) - z / (3 * np.sqrt(x))) ** 3
    lower = np.where(x == 0, 0.0, np.maximum(lower, 0.0))
    upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3
    return _plain(np.asarray(lower), np.asarray(upper))


def poisson(count: ArrayLike, confidence: float = 0.95) -> tuple[Bound, Bound]:
    """Exact below 10, Byar from 10 (the rule of Public Health England's indicator methods)."""
    x = np.asarray(count, float)
    exact_lower, exact_upper = (np.asarray(bound) for bound in poisson_exact(x, confidence))
    byar_lower, byar_upper = (np.asarray(bound) for bound in poisson_byar(x, confidence))
    few = x < BYAR_FROM
    return _plain(np.where(few, exact_lower, byar_lower), np.where(few, exact_upper, byar_upper))
