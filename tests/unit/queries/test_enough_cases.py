"""How large a difference so many cases can show, against an exact count of every outcome."""

import math

import numpy as np
import pytest
from scipy import stats

from queries.figures.enough_cases import FOUND, cases_needed, smallest_difference
from queries.statistics.intervals import clopper_pearson


def power(n: int, rate: float, true: float, side: str) -> float:
    """How often n cases of a true rate show it: every outcome whose exact 95 % interval lies wholly on that side."""
    outcomes = np.arange(n + 1)
    lower, upper = clopper_pearson(outcomes, n)
    told = upper < rate if side == "lower" else lower > rate
    return float(stats.binom.pmf(outcomes, n, true)[told].sum())


@pytest.mark.parametrize("n", [8, 20, 34, 55, 120, 400])
@pytest.mark.parametrize("rate", [0.03, 0.25, 0.5, 0.68, 0.91])
@pytest.mark.parametrize("side", ["lower", "higher"])
def test_the_smallest_difference_is_found_in_80_of_100_and_no_smaller_one(n: int, rate: float, side: str) -> None:
    found = smallest_difference(n, rate, side)
    sign = -1 if side == "lower" else 1
    if math.isnan(found):
        # Even the most extreme outcome is no rarer than the test allows.
        assert power(n, rate, 0.0 if side == "lower" else 1.0, side) == 0
        return
    assert power(n, rate, rate + sign * found, side) == pytest.approx(FOUND, abs=1e-6)
    assert power(n, rate, rate + sign * (found - 0.01), side) < FOUND


def test_a_known_case_of_textbooks() -> None:
    """Of 20 tosses 5 or fewer heads are told (P = 0.021), which a coin of 0.25 gives in 62 of 100."""
    assert power(20, 0.5, 0.25, "lower") == pytest.approx(0.6172, abs=1e-4)
    assert smallest_difference(20, 0.5, "lower") > 0.25


def test_enough_means_enough_from_there_on() -> None:
    needed = cases_needed(0.10, 0.8, "lower")
    assert needed is not None
    found = smallest_difference(np.arange(needed, needed + 300), 0.8, "lower")
    assert (found <= 0.10).all()
    assert smallest_difference(needed - 1, 0.8, "lower") > 0.10
    # The saw: some smaller numbers would have done.
    assert (smallest_difference(np.arange(1, needed), 0.8, "lower") <= 0.10).any()
    assert cases_needed(0.01, 0.5, "lower") is None
    assert math.isnan(smallest_difference(0, 0.5, "lower"))
