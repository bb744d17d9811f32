"""Which of several units differ by more than chance, when every pair of them is looked at for several figures."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from queries.statistics import intervals
from queries.statistics.columns import together

# The chance that anything is said of units that do not differ, shared between all pairs and figures of one look. At 5 %
# a figure of twelve months, looked at monthly, would be false in 20 of 100 departments within four years; so in 7.
CHANCE = 0.0125
FEWEST = 20


@dataclass(frozen=True)
class Pair:
    """Two units, by their places, whose shares differ: `first` minus `second`, with the interval that excludes 0."""

    first: int
    second: int
    difference: float
    lower: float
    upper: float


def find_differing_pairs(successes: ArrayLike, n: ArrayLike, figures: int) -> list[Pair]:
    """Pairs of units with at least 20 cases each whose shares differ, in order of place.

    `figures` is the number of figures told at once. Nothing is adjusted for the patients' risks.
    """
    x, total = (np.atleast_1d(column) for column in together(successes, n))
    pairs = list(combinations(np.flatnonzero((total >= FEWEST) & (x >= 0) & (x <= total)).tolist(), 2))
    differing = []
    for first, second in pairs:
        lower, upper = bound_difference(x[first], total[first], x[second], total[second], len(pairs) * figures)
        if lower > 0 or upper < 0:
            difference = float(x[first] / total[first] - x[second] / total[second])
            differing.append(Pair(first, second, difference, lower, upper))
    return differing


def bound_difference(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, comparisons: int) -> tuple[Any, Any]:
    """Newcombe's interval of p1 - p2 at the confidence 1 - 0.0125 / comparisons."""
    return intervals.newcombe(x1, n1, x2, n2, 1 - CHANCE / max(comparisons, 1))
