"""How likely a CUSUM's signal is false, and how likely it finds a doubling."""

import numpy as np
import pytest

from queries.statistics import cusum

SERIES = 400


def simulated(rate: float, p0: float, cases: int) -> tuple[float, float]:
    chance = np.random.default_rng(11)
    found = [cusum.bernoulli(chance.random(cases) < rate, p0) for _ in range(SERIES)]
    return tuple(np.mean([bool(getattr(one, arm)) for one in found]) for arm in ("signals_up", "signals_down"))


@pytest.mark.parametrize(("p0", "odds"), [(0.05, 1), (0.02, 2), (0.1, 1)])
def test_chances_are_those_of_simulated_cases(p0: float, odds: float) -> None:
    rate = odds * p0 / (1 - p0 + odds * p0)
    found = cusum.estimate_signal_chances(p0, 300, odds)
    assert found == pytest.approx(simulated(rate, p0, 300), abs=0.07)


def test_an_uncertain_expected_rate_makes_false_signals_likelier_on_both_arms() -> None:
    known, few, many = (cusum.estimate_signal_chances(0.05, 500, 1, basis) for basis in (None, (5, 100), (50, 1000)))
    assert few[0] > many[0] > known[0]
    assert few[1] > many[1] > known[1]
    assert few[1] > 0.2


def test_more_cases_and_higher_odds_find_more() -> None:
    assert cusum.estimate_signal_chances(0.02, 100, 2)[0] < cusum.estimate_signal_chances(0.02, 300, 2)[0]
    assert cusum.estimate_signal_chances(0.02, 300, 1)[0] < cusum.estimate_signal_chances(0.02, 300, 2)[0]
    assert cusum.estimate_signal_chances(0.02, 0) == (0, 0)
    assert all(0 <= chance <= 1 for chance in cusum.estimate_signal_chances(0.5, 2000, 3, (1, 2)))


def test_a_lower_arm_needs_twenty_events_or_a_published_rate() -> None:
    assert not cusum.has_lower_arm(19)
    assert cusum.has_lower_arm(20)
    assert cusum.has_lower_arm(None)


@pytest.mark.parametrize("basis", [(0, 100), (5, 4)])
def test_an_expected_rate_that_rests_on_nothing_is_an_error(basis: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="rests on"):
        cusum.estimate_signal_chances(0.05, 100, 1, basis)
