"""Limits by which single points are coloured, where the centre and the spread are estimates themselves."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from queries.statistics.columns import together
from queries.statistics.control_charts import Baseline, select_baseline

Floats = NDArray[np.float64]

LOOKED_AT = 12
# The chance that any of the points looked at lies outside when nothing changed, shared between them and both sides.
# Means of skewed values (scores, numbers of levels) lie outside up to 1.6 times as often as this.
CHANCE = 0.0125
FEWEST_POINTS = 3


def limit_means(
    means: ArrayLike, n: ArrayLike | None = None, baseline: Baseline = None, looked_at: int = LOOKED_AT
) -> tuple[Floats, Floats]:
    """`(lower, upper)` for each of the means of `n` patients (None = individual values, as on an XmR chart).

    A further mean of n patients lies outside by chance less often than the limits of `i_prime` and `xmr` suggest, which
    take centre and spread as known: Student's t on the spread of the baseline's points around their mean weighted by n.
    `looked_at` is the number of points that are judged together. NaN below three points in the baseline.
    """
    values, size = (np.atleast_1d(column) for column in together(means, 1 if n is None else n))
    values = np.where(size > 0, values, np.nan)
    used = select_baseline(baseline, values) & ~np.isnan(values)
    points, weight = int(used.sum()), float(size[used].sum())
    if points < FEWEST_POINTS:
        return np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    centre = float((size[used] * values[used]).sum() / weight)
    variance = float((size[used] * (values[used] - centre) ** 2).sum() / (points - 1))
    reach = special.stdtrit(points - 1, 1 - CHANCE / 2 / max(looked_at, 1))
    with np.errstate(divide="ignore"):
        spread = reach * np.sqrt(variance * (1 / np.where(size > 0, size, np.nan) + 1 / weight))
    return centre - spread, centre + spread
