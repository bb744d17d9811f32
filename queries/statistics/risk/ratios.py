"""Observed against expected: the ratio with an exact interval, and units of different size and risk in a funnel.

How many yes come of cases with different risks is a Poisson-binomial count, and everything here is exact in it. The
usual intervals of a Poisson count, exact or Byar's, are for rare events: around a share of 80 % they are more than
twice as wide as they should be. With equal risks the interval is Clopper and Pearson's, with small risks nearly the
exact Poisson one. An interval takes the risks as known; a funnel, which sets units apart, adds how far they may be
wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft, optimize, special

Floats = NDArray[np.float64]
TAIL = 0.025
TAILS = {"lower_95": 0.025, "upper_95": 0.975, "lower_998": 0.001, "upper_998": 0.999}
HALF = 0.5
# Beyond such a shift of the log odds every risk is 0 or 1.
FARTHEST = 40.0
CERTAIN = 1e-12
# From here on exact chances take a second, and the normal limit of common outcomes agrees to three digits.
MANY, LEAST_VARIANCE = 10_000, 1_000
NODES, _weights = np.polynomial.hermite.hermgauss(9)
WEIGHTS = _weights / _weights.sum()


@dataclass(frozen=True)
class Ratio:
    """Observed divided by expected, with its exact 95 % interval; NaN where nothing is expected."""

    ratio: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class RatioFunnel:
    """Limits of each unit's ratio, and its `tail`: the chance of a count so far out, on its side.

    Units are held against all together: `centre` is the ratio of all, so that what changed for everyone sets nobody
    apart.
    """

    centre: float
    lower_95: Floats
    upper_95: Floats
    lower_998: Floats
    upper_998: Floats
    tail: Floats


def chances_of_counts(risks: ArrayLike) -> Floats:
    """The chance of 0, 1, 2, … yes among cases with these risks (Poisson-binomial), by products of polynomials."""
    given = np.asarray(risks, float)
    many = 1 << max(int(given.size) - 1, 0).bit_length()
    padded = np.r_[given, np.zeros(many - given.size)]
    parts = np.column_stack([1 - padded, padded])
    while parts.shape[0] > 1:
        length = 2 * parts.shape[1] - 1
        waves = fft.rfft(parts, fft.next_fast_len(length, real=True), axis=1)
        parts = fft.irfft(waves[0::2] * waves[1::2], fft.next_fast_len(length, real=True), axis=1)[:, :length]
    chances = np.clip(parts[0, : given.size + 1], 0, None)
    return chances / chances.sum()


def chance_of_at_least(count: int, risks: Floats) -> float:
    """The chance of so many yes or more; of many cases by the normal limit with half a count of correction.

    Of rare events, however many the cases, it stays exact.
    """
    variance = float((risks * (1 - risks)).sum())
    if risks.size > MANY and variance > LEAST_VARIANCE:
        return float(special.ndtr((risks.sum() - count + HALF) / np.sqrt(variance)))
    return float(chances_of_counts(risks)[count:].sum())


def shift_risks(risks: ArrayLike, shift: float) -> Floats:
    """The risks with odds exp(`shift`) times as high."""
    return special.expit(special.logit(np.clip(np.asarray(risks, float), CERTAIN, 1 - CERTAIN)) + shift)


def observed_to_expected(observed: int, risks: ArrayLike) -> Ratio:
    """The ratio of one unit, with the interval of all odds ratios under which so many are not improbable (2.5 %)."""
    given = np.asarray(risks, float)
    expected = float(given.sum())
    if not given.size or not 0 <= observed <= given.size or not expected > 0:
        return Ratio(np.nan, np.nan, np.nan)

    def at_least(shift: float) -> float:
        return chance_of_at_least(observed, shift_risks(given, shift)) - TAIL

    def at_most(shift: float) -> float:
        return 1 - chance_of_at_least(observed + 1, shift_risks(given, shift)) - TAIL

    lower, upper = 0.0, given.size / expected
    if observed > 0:
        lower = float(shift_risks(given, _root(at_least)).sum()) / expected
    if observed < given.size:
        upper = float(shift_risks(given, _root(at_most)).sum()) / expected
    return Ratio(observed / expected, lower, upper)


def ratio_funnel(
    observed: Sequence[int], risks: Sequence[ArrayLike], doubts: Sequence[float] | None = None
) -> RatioFunnel | None:
    """Each unit against all together; None where all of all cases are yes, or none.

    `doubts`: how far the log odds of each unit's risks, against all, may be wrong (SD; `logistic.Fit.find_doubt`).
    Chances are averaged over it: without that, units with other patients than the rest are flagged too often.
    """
    given = [np.asarray(one, float) for one in risks]
    everyone = np.concatenate(given) if given else np.zeros(0)
    total = int(sum(observed))
    if not 0 < total < everyone.size:
        return None
    common = _root(lambda shift: float(shift_risks(everyone, shift).sum()) - total)
    limits: dict[str, list[float]] = {name: [] for name in TAILS}
    tails = []
    for count, unit, doubt in zip(observed, given, doubts or [0.0] * len(given), strict=True):
        chances = _average_chances(unit, common, doubt)
        reached = np.cumsum(chances)
        for name, chance in TAILS.items():
            limits[name].append(_interpolate(chance, reached, chances) / float(unit.sum()))
        tails.append(min(reached[count], chances[count:].sum()))
    named = {name: np.array(values) for name, values in limits.items()}
    return RatioFunnel(centre=total / float(everyone.sum()), **named, tail=np.array(tails, float))


def _average_chances(risks: Floats, shift: float, doubt: float) -> Floats:
    """The chances of counts, averaged over a shift that is normal around this one (Gauss-Hermite)."""
    if doubt <= 0:
        return chances_of_counts(shift_risks(risks, shift))
    chances = [chances_of_counts(shift_risks(risks, shift + np.sqrt(2) * doubt * node)) for node in NODES]
    return WEIGHTS @ np.array(chances)


def _interpolate(chance: float, reached: Floats, chances: Floats) -> float:
    """The quantile between whole counts (Spiegelhalter 2005, appendix A.1.1)."""
    count = int(np.searchsorted(reached, chance))
    count = min(count, chances.size - 1)
    step = (reached[count] - chance) / chances[count] if chances[count] > 0 else 0.0
    return float(np.clip(count - step, 0, chances.size - 1))


def _root(crossing: Callable[[float], float]) -> float:
    return float(optimize.brentq(crossing, -FARTHEST, FARTHEST, xtol=1e-11))
