"""Whether the present differs from the past: the strongest change of a series by month.

Months are consecutive calendar months, oldest first; a month without usable cases has n = 0 and stays in its place.
A share has `successes` of `n`; a mean has the sum of the patients' values, the sum of their squares, and `n`.
Unknown months, and impossible ones (5 of 4), count as months without cases.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from queries.statistics import intervals
from queries.statistics.columns import together

Floats = NDArray[np.float64]
Counts = tuple[float, float]
Fewest = tuple[int, float]

MONTHS_BEFORE = 12
MONTHS_AFTER = 3
CASES_AFTER = 20
# Equal strengths differ in their last bits; the earliest of them is the change.
SAME = 1e-9


@dataclass(frozen=True)
class PresentAgainstPast:
    """The strongest change of a series. `change_at` is the number of months before it; None where it cannot be asked.

    `statistic` is 0 or above, whatever the direction. `phi`, at least 1: how much more the months of either part
    differ than chance explains. `before` and `after` are `(successes, n)`, of means `(sum, n)`.
    """

    change_at: int | None
    statistic: float
    phi: float
    before: Counts
    after: Counts


@dataclass(frozen=True, kw_only=True)
class RegisteredChange:
    """A change at a date fixed in advance: after minus before, its interval, and a score test. NaN without cases.

    Half-widths of the interval and the test's `z` are corrected by the root of `phi`, which is at least 1.
    """

    difference: float
    lower: float
    upper: float
    z: float
    p: float
    phi: float


@dataclass(frozen=True)
class Months:
    """Rows by month on the last axis: sum, n, sum of squares of patients' values, sum² / n, and 1 where n > 0.

    Axes between, if any, are further series of the same length. Patients' values of a share are 0 and 1.
    """

    rows: Floats
    is_mean: bool

    def slice_months(self, first: int, end: int) -> "Months":
        """The months from `first` to before `end`."""
        return Months(self.rows[..., first:end], self.is_mean)

    def count_cases(self) -> Counts:
        """Sum (or successes) and n of all months; base numbers for a share."""
        total, n = (float(row) for row in self.rows[:2].sum(axis=-1))
        return (total if self.is_mean else int(total)), int(n)


def present_against_past(
    successes: ArrayLike,
    n: ArrayLike,
    months_before: int = MONTHS_BEFORE,
    months_after: int = MONTHS_AFTER,
    cases_after: int = CASES_AFTER,
) -> PresentAgainstPast:
    """Two rates against one, where two are likeliest: statistic = √(2 × log likelihood ratio / φ).

    Looked at is every month with at least `months_before` before it, `months_after` and `cases_after` after. φ is
    Pearson's dispersion within the two parts.
    """
    return _find_strongest(read_months(successes, n), (months_before, 0), (months_after, cases_after))


def present_against_past_means(sums: ArrayLike, squares: ArrayLike, n: ArrayLike) -> PresentAgainstPast:
    """The same for means of patients: the statistic is Student's t of two means with one pooled variance, unsigned.

    It takes every patient as independent; where months differ more than that, divide it by √φ.
    """
    return _find_strongest(read_months(sums, n, squares), (MONTHS_BEFORE, 0), (MONTHS_AFTER, CASES_AFTER))


def registered(
    before_successes: ArrayLike,
    before_n: ArrayLike,
    after_successes: ArrayLike,
    after_n: ArrayLike,
    confidence: float = 0.95,
) -> RegisteredChange:
    """A share before and after a date fixed in advance; each argument by month.

    Newcombe's interval with each half-width times √φ; the score test of two shares, its z over √φ.
    """
    before, after = read_months(before_successes, before_n), read_months(after_successes, after_n)
    (x1, n1), (x2, n2) = before.count_cases(), after.count_cases()
    if not (n1 and n2):
        return RegisteredChange(difference=np.nan, lower=np.nan, upper=np.nan, z=np.nan, p=np.nan, phi=1.0)
    added = _add_up(np.concatenate([before.rows, after.rows], axis=-1))
    phi = float(_measure_dispersion(added, np.array(before.rows.shape[-1]), is_mean=False))
    difference = x2 / n2 - x1 / n1
    lower, upper = intervals.newcombe(x2, n2, x1, n1, confidence)
    pooled = (x1 + x2) / (n1 + n2)
    error = np.sqrt(phi * pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    z = float(difference / error) if error > 0 else 0.0
    return RegisteredChange(
        difference=difference,
        lower=float(difference - np.sqrt(phi) * (difference - lower)),
        upper=float(difference + np.sqrt(phi) * (upper - difference)),
        z=z,
        p=float(2 * stats.norm.sf(abs(z))),
        phi=phi,
    )


def read_months(sums: ArrayLike, n: ArrayLike, squares: ArrayLike | None = None) -> Months:
    """A series from its columns; `squares` only for means."""
    total, size, second = together(sums, n, sums if squares is None else squares)
    is_usable = (size > 0) & np.isfinite(total) & np.isfinite(second)
    if squares is None:
        is_usable &= (total >= 0) & (total <= size)
    total, size, second = (np.atleast_1d(np.where(is_usable, column, 0)) for column in (total, size, second))
    return Months(np.stack([total, size, second, _divide_safely(total**2, size), size > 0]), squares is not None)


def scan_splits(months: Months, before: Fewest, after: Fewest) -> tuple[Any, Any, Any]:
    """The strongest split of each series: months before it (0 = cannot be asked), statistic / √φ, φ.

    `before` and `after`: the fewest months, and the fewest cases, on either side. The correction by φ holds for means
    as well: without it months that vary are told as changes.
    """
    size = months.rows.shape[-1]
    places = np.arange(max(before[0], 1), size - max(after[0], 1) + 1)
    if not places.size:
        nothing = np.zeros(months.rows.shape[1:-1])
        return nothing.astype(int), nothing, nothing + 1
    added = _add_up(months.rows)
    first, rest = added[..., places], added[..., -1:] - added[..., places]
    strength = _compare_means(first, rest) if months.is_mean else 2 * _compare_shares(first, rest)
    strength = np.where((first[1] >= max(before[1], 1)) & (rest[1] >= max(after[1], 1)), strength, -1)
    most = strength.max(axis=-1)
    best = np.argmax(strength >= (most - SAME * np.maximum(most, 1))[..., None], axis=-1)
    is_asked = most >= 0
    change_at = np.where(is_asked, places[best], 0)
    phi = np.where(is_asked, _measure_dispersion(added, change_at, months.is_mean), 1)
    return change_at, np.sqrt(np.maximum(most, 0) / phi), phi


def _find_strongest(months: Months, before: Fewest, after: Fewest) -> PresentAgainstPast:
    change_at, statistic, phi = (number.item() for number in scan_splits(months, before, after))
    if not change_at:
        return PresentAgainstPast(None, 0.0, 1.0, months.count_cases(), (0, 0))
    size = months.rows.shape[-1]
    if months.is_mean:
        statistic = float(statistic * np.sqrt(phi))
    parts = months.slice_months(0, change_at).count_cases(), months.slice_months(change_at, size).count_cases()
    return PresentAgainstPast(change_at, statistic, phi, *parts)


def _add_up(rows: Floats) -> Floats:
    """Sums over the first 0, 1, 2 … months."""
    return np.concatenate([np.zeros((*rows.shape[:-1], 1)), np.cumsum(rows, axis=-1)], axis=-1)


def _divide_safely(part: ArrayLike, base: ArrayLike) -> Floats:
    """Nothing over nothing is 0."""
    return np.divide(part, base, out=np.zeros(np.broadcast(part, base).shape), where=np.greater(base, 0))


def _compare_shares(first: Floats, rest: Floats) -> Floats:
    """Log likelihood ratio of two rates against one; never below 0."""

    def add_likelihood(x: Floats, n: Floats) -> Floats:
        share = _divide_safely(x, n)
        return special.xlogy(x, share) + special.xlogy(n - x, 1 - share)

    both = (first + rest)[:2, ..., :1]
    return np.maximum(add_likelihood(*first[:2]) + add_likelihood(*rest[:2]) - add_likelihood(*both), 0)


def _compare_means(first: Floats, rest: Floats) -> Floats:
    """Student's t of two means with one pooled variance, squared; infinite where nobody differs within the parts."""
    apart = _divide_safely(first[0], first[1]) - _divide_safely(rest[0], rest[1])
    variance = _pool_variance(first, rest)
    error = variance * (_divide_safely(1, first[1]) + _divide_safely(1, rest[1]))
    is_apart = np.abs(apart) > SAME
    return np.where(is_apart, np.divide(apart**2, error, out=np.full(apart.shape, np.inf), where=error > 0), 0)


def _pool_variance(first: Floats, rest: Floats) -> Floats:
    """Variance of patients' values around the means of their parts; rounding noise is no variance."""
    second = first[2] + rest[2]
    squares = second - _divide_safely(first[0] ** 2, first[1]) - _divide_safely(rest[0] ** 2, rest[1])
    return _divide_safely(np.where(squares > SAME * second, squares, 0), first[1] + rest[1] - 2)


def _measure_dispersion(added: Floats, change_at: NDArray[np.int64], is_mean: bool) -> Floats:
    """Pearson's dispersion of the months within the two parts, at least 1; 1 with fewer than three months of cases."""
    places = np.broadcast_to(change_at[..., None], (len(added), *change_at.shape, 1))
    first = np.take_along_axis(added, places, axis=-1)[..., 0]
    rest = added[..., -1] - first
    squares = np.zeros(change_at.shape)
    for part in (first, rest):
        level = _divide_safely(part[0], part[1])
        variance = _pool_variance(first, rest) if is_mean else level * (1 - level)
        squares += _divide_safely(part[3] - level * part[0], variance)
    return np.maximum(_divide_safely(squares, added[4, ..., -1] - 2), 1)
