"""How likely chance is to explain a difference between two deliveries. Histograms are dicts, value → how many rows."""

from collections.abc import Mapping
from math import comb, erfc, exp, lgamma, log, sqrt

Histogram = Mapping[float, int]


def median_of(values: Histogram) -> float:
    """The lower median; there is at least one value."""
    return quantile_of(values, 0.5)


def quantile_of(values: Histogram, share: float) -> float:
    """The smallest value that at least this share of the rows do not exceed."""
    total, passed = sum(values.values()), 0
    for value in sorted(values):
        passed += values[value]
        if passed >= share * total:
            return value
    return max(values)


def rank_test(before: Histogram, now: Histogram) -> float:
    """Two-sided p of Wilcoxon, Mann and Whitney, by the normal approximation with ties."""
    n, m = sum(now.values()), sum(before.values())
    total = n + m
    rank, ranks, ties = 0.0, 0.0, 0.0
    for value in sorted({*before, *now}):
        count = before.get(value, 0) + now.get(value, 0)
        ranks += now.get(value, 0) * (rank + (count + 1) / 2)
        rank += count
        ties += count**3 - count
    spread = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if spread <= 0:
        return 1.0
    return erfc(abs(ranks - n * (total + 1) / 2) / sqrt(spread) / sqrt(2))


def at_least(successes: int, n: int, share: float) -> float:
    """Probability of this many successes or more among n, each with this probability."""
    if n <= 200:
        return sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(successes, n + 1))
    return sum(_binomial(k, n, share) for k in range(successes, n + 1))


def rate_test(count: int, exposure: float, count_before: int, exposure_before: float) -> float:
    """Two-sided p of two Poisson counts that have one rate: given their sum, the first is binomial."""
    total, share = count + count_before, exposure / (exposure + exposure_before)
    if not total or not 0 < share < 1:
        return 1.0
    upper = at_least(count, total, share)
    lower = 1 - upper + _binomial(count, total, share)
    return min(1.0, 2 * min(upper, lower))


def _binomial(k: int, n: int, share: float) -> float:
    if share <= 0 or share >= 1:
        return float(k == (0 if share <= 0 else n))
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(share) + (n - k) * log(1 - share))
