"""Control charts: a series of numbers, its centre line and its limits.

Each chart function takes lists or arrays, one entry per subgroup in order of time, and returns a `ControlChart`.
`baseline` says which points the centre and the limits come from: the number of first points, or a boolean mask;
None = all. Nothing recorded (NaN, None, or a denominator of 0), or what cannot be (5 of 4), is a gap: NaN as value,
and as limit where limits depend on the point, never 0; moving ranges are not bridged over it. A constant series has its
limits on its centre line.
Formulae: Montgomery (p, u, c, g, t), Laney 2002 (p', u'), Taylor's normalised individuals chart (I').
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from queries.statistics.columns import together

Floats = NDArray[np.float64]
Baseline = int | Sequence[bool] | NDArray[np.bool_] | None

# Limits of individuals lie at 2.66 mean moving ranges, as Making Data Count and the textbooks round 3 / d2.
INDIVIDUALS = 2.66
D2 = 1.128
MOVING_RANGE_LIMIT = 3.267
T_POWER = 3.6
TAIL = 0.00135


@dataclass(frozen=True, kw_only=True)
class ControlChart:
    """Arrays of one length. `lower` and `upper` are clipped to the possible range, for drawing.

    Rules take `lower_raw` and `upper_raw`: clipped limits would put the two-of-three line inside the data.
    """

    values: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    lower_raw: Floats
    upper_raw: Floats


def p(successes: ArrayLike, n: ArrayLike, baseline: Baseline = None) -> ControlChart:
    """Proportions, 0 to 1. The centre is all successes of all cases, never the mean of the proportions."""
    share, total, centre = _ratio(successes, n, baseline, most=1)
    return _chart(share, centre, 3 * _binomial_sigma(centre, total), 0, 1)


def p_prime(successes: ArrayLike, n: ArrayLike, baseline: Baseline = None) -> ControlChart:
    """Laney's p' chart: limits widened, or narrowed, by the variation between subgroups. Not clamped."""
    share, total, centre = _ratio(successes, n, baseline, most=1)
    sigma = _binomial_sigma(centre, total)
    return _chart(share, centre, 3 * sigma * _laney(share, centre, sigma, baseline), 0, 1)


def u(events: ArrayLike, exposure: ArrayLike, baseline: Baseline = None) -> ControlChart:
    """Events per unit of exposure."""
    rate, area, centre = _ratio(events, exposure, baseline)
    return _chart(rate, centre, 3 * _poisson_sigma(centre, area), 0)


def u_prime(events: ArrayLike, exposure: ArrayLike, baseline: Baseline = None) -> ControlChart:
    """Laney's u' chart. Not clamped."""
    rate, area, centre = _ratio(events, exposure, baseline)
    sigma = _poisson_sigma(centre, area)
    return _chart(rate, centre, 3 * sigma * _laney(rate, centre, sigma, baseline), 0)


def c(counts: ArrayLike, baseline: Baseline = None) -> ControlChart:
    """Counts of events in equal opportunities. A count that is not known is a gap, not 0."""
    values = np.where(_floats(counts) >= 0, counts, np.nan).astype(float)
    centre = _mean(values[select_baseline(baseline, values)])
    return _chart(values, centre, np.full(values.shape, 3 * np.sqrt(centre)), 0)


def xmr(values: ArrayLike, baseline: Baseline = None, screen: bool = False) -> ControlChart:
    """Individuals by moving ranges. `screen` leaves out moving ranges beyond their own limit, once (Nelson 1982)."""
    known = _floats(values)
    centre, reach = _individuals(known, baseline, INDIVIDUALS, screen)
    return _chart(known, centre, np.full(known.shape, reach))


def moving_range(values: ArrayLike, baseline: Baseline = None) -> ControlChart:
    """How far each value lies from the one before it; the first has none."""
    known = _floats(values)
    ranges = np.concatenate([[np.nan], np.abs(np.diff(known))])[: known.size]
    used = select_baseline(baseline, known)
    both = used & np.concatenate([[False], used[:-1]])[: known.size]
    centre = _mean(ranges[both])
    reach = np.full(known.shape, (MOVING_RANGE_LIMIT - 1) * centre)
    return _chart(ranges, centre, reach, 0)


def i_prime(means: ArrayLike, n: ArrayLike, baseline: Baseline = None, screen: bool = False) -> ControlChart:
    """Means of subgroups of unequal size. The centre is weighted by size; small subgroups get wide limits."""
    values, total = together(means, n)
    values = np.where(total > 0, values, np.nan)
    base = select_baseline(baseline, values)
    weights = np.where(base & ~np.isnan(values), total, 0)
    centre = float(np.nansum(weights * np.nan_to_num(values)) / weights.sum()) if weights.sum() else np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(np.diff(values)) / np.sqrt(1 / total[1:] + 1 / total[:-1])
        sigma = _mean_range(np.sqrt(np.pi / 2) * apart[base[1:] & base[:-1]], screen) / np.sqrt(total)
    return _chart(values, centre, 3 * sigma)


def g(gaps: ArrayLike) -> ControlChart:
    """Cases between events; two events in a row are a gap of 0. The centre is the median gap.

    `ValueError` for a gap below 0.
    """
    values = _read_gaps(gaps)
    mean = _mean(values)
    spread = 3 * np.sqrt(mean * (mean + 1))
    centre = _median(values)
    lower, upper = (np.full(values.shape, mean + side * spread) for side in (-1, 1))
    return _finished(values, centre, lower=lower, upper=upper, least=0, most=np.inf)


def geometric_limit(gaps: ArrayLike) -> float:
    """The gap that only 0.135 % of gaps exceed when nothing changes; 0 where all gaps are 0, NaN without any.

    The 3-sigma limit of `g` is passed by 1.8 %. `ValueError` for a gap below 0.
    """
    mean = _mean(_read_gaps(gaps))
    return float(stats.geom.ppf(1 - TAIL, 1 / (mean + 1)) - 1) if mean > 0 else mean


def exponential_limit(times: ArrayLike) -> float:
    """The time that only 0.135 % of times between events exceed when nothing changes; NaN without any.

    Times may be 0: whole days are, between two events of one day. The powers of `t` cannot take those. `ValueError` for
    a time below 0.
    """
    return float(-np.log(TAIL) * _mean(_read_gaps(times)))


def t(times: ArrayLike) -> ControlChart:
    """Time between events, made symmetric by the power 1/3.6 (Nelson 1994). `ValueError` for a time of 0 or less."""
    values = _floats(times)
    if (values <= 0).any():
        raise ValueError("times between events must be above zero")
    centre, reach = _individuals(values ** (1 / T_POWER), None, 3 / D2, screen=False)
    lower, upper = (_powered(np.full(values.shape, centre + side * reach)) for side in (-1, 1))
    return _finished(values, centre**T_POWER, lower=lower, upper=upper, least=0, most=np.inf)


def run(values: ArrayLike) -> ControlChart:
    """A run chart: the median as centre, no limits."""
    known = _floats(values)
    return _chart(known, _median(known), np.full(known.shape, np.nan))


def exact_tail(successes: ArrayLike, n: ArrayLike, centre: ArrayLike) -> tuple[Any, Any]:
    """Exact binomial chances of so few, and of so many, successes: `(lower_tail, upper_tail)`. NaN where n is 0."""
    x, total, middle = together(successes, n, centre)
    known = (total > 0) & (x >= 0) & (x <= total)
    lower = np.where(known, stats.binom.cdf(x, total, middle), np.nan)
    upper = np.where(known, stats.binom.sf(x - 1, total, middle), np.nan)
    return (lower.item(), upper.item()) if lower.ndim == 0 else (lower, upper)


def exact_limits(n: ArrayLike, centre: ArrayLike, tail: float = TAIL) -> tuple[Floats, Floats]:
    """The lowest and highest share of n that is not yet a signal by its exact tail; stepped. NaN where n is 0."""
    total, middle = together(n, centre)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = stats.binom.ppf(tail, total, middle)
        lower = np.where(stats.binom.cdf(lower, total, middle) <= tail, lower + 1, lower) / total
        upper = stats.binom.isf(tail, total, middle) / total
    known = total > 0
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


def _read_gaps(gaps: ArrayLike) -> Floats:
    values = _floats(gaps)
    if (values < 0).any():
        raise ValueError("cases or days between two events cannot be fewer than none")
    return values


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, float)


def select_baseline(baseline: Baseline, values: Floats) -> NDArray[np.bool_]:
    """Which points the centre and the limits come from, as a mask."""
    if baseline is None:
        return np.ones(values.shape, bool)
    if np.ndim(baseline) == 0:
        return np.arange(values.size) < int(baseline)  # type: ignore[arg-type]
    mask = np.asarray(baseline, bool)
    if mask.shape != values.shape:
        raise ValueError("a baseline mask needs one entry per point")
    return mask


def _ratio(
    parts: ArrayLike, wholes: ArrayLike, baseline: Baseline, most: float = np.inf
) -> tuple[Floats, Floats, float]:
    """Parts of wholes, the wholes, and the ratio over the baseline. A ratio outside 0 to `most` cannot be: a gap."""
    part, whole = together(parts, wholes)
    known = (whole > 0) & (part >= 0)
    known &= part <= np.where(known, whole, 0) * most if np.isfinite(most) else True
    ratio = np.divide(part, whole, out=np.full(part.shape, np.nan), where=known)
    used = known & select_baseline(baseline, ratio)
    centre = float(part[used].sum() / whole[used].sum()) if used.any() else np.nan
    return ratio, np.where(known, whole, np.nan), centre


def _binomial_sigma(centre: float, total: Floats) -> Floats:
    return np.sqrt(max(centre * (1 - centre), 0.0) / total)


def _poisson_sigma(centre: float, exposure: Floats) -> Floats:
    return np.sqrt(centre / exposure)


def _laney(values: Floats, centre: float, sigma: Floats, baseline: Baseline) -> float:
    """Mean moving range of the standardised points over d2; 0 where nothing varies."""
    if not (sigma > 0).any():
        return 0.0 if np.isfinite(sigma).any() else np.nan
    base = select_baseline(baseline, values)
    standardised = (values - centre) / sigma
    return _mean_range(np.abs(np.diff(standardised))[base[1:] & base[:-1]]) / D2


def _individuals(values: Floats, baseline: Baseline, factor: float, screen: bool) -> tuple[float, float]:
    base = select_baseline(baseline, values)
    ranges = np.abs(np.diff(values))[base[1:] & base[:-1]]
    return _mean(values[base]), factor * _mean_range(ranges, screen)


def _mean_range(ranges: Floats, screen: bool = False) -> float:
    mean = _mean(ranges)
    within = ranges[ranges < MOVING_RANGE_LIMIT * mean]
    return _mean(within) if screen and within.size else mean


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else np.nan


def _median(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else np.nan


def _powered(values: Floats) -> Floats:
    return np.sign(values) * np.abs(values) ** T_POWER


def _chart(values: Floats, centre: float, reach: Floats, least: float = -np.inf, most: float = np.inf) -> ControlChart:
    return _finished(values, centre, lower=centre - reach, upper=centre + reach, least=least, most=most)


def _finished(
    values: Floats, centre: float, *, lower: Floats, upper: Floats, least: float, most: float
) -> ControlChart:
    middle = np.full(values.shape, centre)
    return ControlChart(
        values=values,
        centre=middle,
        lower=np.clip(lower, least, most),
        upper=np.clip(upper, least, most),
        lower_raw=lower,
        upper_raw=upper,
    )
