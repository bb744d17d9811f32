"""How large a difference so many cases can show: the exact binomial test of a share against a known rate.

Tested at 2.5 % on either side, found in 80 of 100 series. The cases of one operator are seldom enough: Walker,
Neuburger, Groene, Cromwell, van der Meulen, Lancet 2013;382:1674. Exact power goes up and down as cases are added
(Chernick and Liu, Am Stat 2002;56:149), so "enough" is the number from which on it stays above.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

Side = Literal["lower", "higher"]
TAIL, FOUND = 0.025, 0.8
MOST_CASES = 2_000


def smallest_difference(n: ArrayLike, rate: float, side: Side) -> Any:
    """The smallest difference from a rate (both 0 to 1), to one side, that n cases show in 80 of 100 series.

    NaN where no difference could be shown: even none, or all, of so few would be no rarer than the test allows.
    """
    cases = np.asarray(n, dtype=np.int64)
    if side == "higher":
        return smallest_difference(cases, 1 - rate, "lower")
    # The most successes that are few enough to be told; the power of at most so many is a beta distribution.
    most = stats.binom.ppf(TAIL, cases, rate)
    most = np.where(stats.binom.cdf(most, cases, rate) > TAIL, most - 1, most)
    with np.errstate(invalid="ignore"):
        shown = special.betaincinv(most + 1, cases - most, 1 - FOUND)
    found = np.where((most >= 0) & (cases > 0), rate - shown, np.nan)
    return found.item() if found.ndim == 0 else found


def cases_needed(difference: float, rate: float, side: Side) -> int | None:
    """The number of cases from which on a difference (0 to 1) is shown; None where even 2,000 do not."""
    found = smallest_difference(np.arange(1, MOST_CASES + 1), rate, side)
    too_few = np.flatnonzero(~(found <= difference))
    needed = int(too_few[-1]) + 2 if len(too_few) else 1
    return needed if needed <= MOST_CASES else None
