"""The change of one thing measured twice in the same people."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from queries.statistics import intervals
from queries.statistics.columns import together

Floats = NDArray[np.float64]
EXACT_BELOW = 50
CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class PairedChange:
    """After minus before, over the `n` people with both. NaN where too few to say.

    `lower`, `upper`: Student's t interval of the mean. Hodges-Lehmann: the median of all means of two changes, with
    its distribution-free interval. `wilcoxon_p`: signed-rank test, two-sided.
    """

    mean: float
    standard_deviation: float
    lower: float
    upper: float
    hodges_lehmann: float
    hodges_lehmann_lower: float
    hodges_lehmann_upper: float
    wilcoxon_p: float
    n: int


def change(before: ArrayLike, after: ArrayLike) -> PairedChange:
    """The paired change; pairs with a part missing are left out."""
    first, second = together(before, after)
    differences = second - first
    differences = differences[~np.isnan(differences)]
    n = int(differences.size)
    if not n:
        return PairedChange(
            mean=np.nan,
            standard_deviation=np.nan,
            lower=np.nan,
            upper=np.nan,
            hodges_lehmann=np.nan,
            hodges_lehmann_lower=np.nan,
            hodges_lehmann_upper=np.nan,
            wilcoxon_p=np.nan,
            n=0,
        )
    deviation = float(differences.std(ddof=1)) if n > 1 else np.nan
    lower, upper = intervals.mean_t(differences)
    walsh = _walsh_averages(differences)
    low, high = _walsh_interval(walsh, n)
    return PairedChange(
        mean=float(differences.mean()),
        standard_deviation=deviation,
        lower=lower,
        upper=upper,
        hodges_lehmann=float(np.median(walsh)),
        hodges_lehmann_lower=low,
        hodges_lehmann_upper=high,
        wilcoxon_p=_signed_rank_p(differences),
        n=n,
    )


def _walsh_averages(differences: Floats) -> Floats:
    """The means of all pairs, each with itself as well, smallest first."""
    first, second = np.triu_indices(differences.size)
    return np.sort((differences[first] + differences[second]) / 2)


def _walsh_interval(walsh: Floats, n: int) -> tuple[float, float]:
    """Order statistics of the Walsh averages; none where even the widest interval is not 95 %."""
    tail = (1 - CONFIDENCE) / 2
    rank = _signed_rank_quantile(tail, n)
    if rank < 1:
        return np.nan, np.nan
    return float(walsh[rank - 1]), float(walsh[walsh.size - rank])


def _signed_rank_quantile(tail: float, n: int) -> int:
    """The smallest rank sum with at least this chance at or below it: exact for few, else normal."""
    if n >= EXACT_BELOW:
        mean, deviation = n * (n + 1) / 4, np.sqrt(n * (n + 1) * (2 * n + 1) / 24)
        return round(mean + float(special.ndtri(tail)) * deviation)
    ways = np.ones(1)
    for rank in range(1, n + 1):
        longer = np.zeros(ways.size + rank)
        longer[: ways.size] += ways
        longer[rank:] += ways
        ways = longer / 2
    return int(np.searchsorted(np.cumsum(ways), tail))


def _signed_rank_p(differences: Floats) -> float:
    """Wilcoxon's test; zero changes are left out, as Wilcoxon did; 1 when nothing changed."""
    moved = differences[differences != 0]
    if not moved.size:
        return 1.0
    is_plain = np.unique(np.abs(moved)).size == differences.size < EXACT_BELOW
    method = "exact" if is_plain else "asymptotic"
    return float(stats.wilcoxon(moved, correction=True, method=method).pvalue)
