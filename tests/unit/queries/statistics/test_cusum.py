"""Cumulative sums: signs, signals, resets, and how long they take."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.statistics import cusum

NO_EVENT_STEP = math.log((1 - 2 / 11) / 0.9)
EVENT_STEP = math.log((2 / 11) / 0.1)


def test_an_event_lifts_the_upper_arm_and_a_case_without_lowers_it() -> None:
    result = cusum.bernoulli([1, 0, 0], 0.1)
    np.testing.assert_allclose(result.up, [EVENT_STEP, EVENT_STEP + NO_EVENT_STEP, EVENT_STEP + 2 * NO_EVENT_STEP])
    assert pytest.approx(-math.log(1 + 0.1 * (2 - 1))) == NO_EVENT_STEP
    assert result.down[0] == 0 < result.down[1] < result.down[2]


def test_a_signal_is_at_the_limit_and_the_next_case_starts_from_nothing() -> None:
    result = cusum.bernoulli([1] * 8, 0.1, limit=3 * EVENT_STEP)
    assert result.signals_up == [2, 5]
    np.testing.assert_allclose(result.up[[2, 3]], [3 * EVENT_STEP, EVENT_STEP])


def test_fewer_events_than_expected_signal_on_the_lower_arm() -> None:
    result = cusum.bernoulli([0] * 200, 0.1)
    assert result.signals_up == []
    assert result.signals_down
    assert (result.down >= 0).all()


def test_risk_adjusted_steps_are_steiners() -> None:
    result = cusum.risk_adjusted([1, 0], [0.1, 0.3])
    first = math.log(2) - math.log(1 - 0.1 + 2 * 0.1)
    np.testing.assert_allclose(result.up, [first, first - math.log(1 + 0.3)])


def test_with_equal_risks_it_is_the_bernoulli_sum() -> None:
    events = np.random.default_rng(1).random(300) < 0.1
    plain, adjusted = cusum.bernoulli(events, 0.1), cusum.risk_adjusted(events, np.full(300, 0.1))
    np.testing.assert_allclose(adjusted.up, plain.up)
    np.testing.assert_allclose(adjusted.down, plain.down)
    assert adjusted.signals_up == plain.signals_up


def test_vlad_is_expected_minus_observed() -> None:
    np.testing.assert_allclose(cusum.vlad([1, 0, 0], [0.1, 0.2, 0.3]), [-0.9, -0.7, -0.4])


def test_what_is_not_known_changes_nothing() -> None:
    known, with_gap = cusum.bernoulli([1, 0, 1], 0.1), cusum.bernoulli([1, None, 0, 1], 0.1)
    np.testing.assert_allclose(with_gap.up[[0, 2, 3]], known.up)
    assert cusum.bernoulli([], 0.1).signals_up == []


@pytest.mark.parametrize("rate", [0, 1, -0.1, math.nan])
def test_an_impossible_rate_is_an_error(rate: float) -> None:
    with pytest.raises(ValueError, match="expected rate"):
        cusum.bernoulli([1], rate)


@pytest.mark.parametrize(
    ("p0", "limit", "stable", "doubled"),
    [
        (0.01, 2.5, 4100, 470),
        (0.02, 2.5, 2000, 250),
        (0.02, 3.5, 5800, 390),
        (0.05, 3.5, 2700, 160),
        (0.1, 3.5, 1400, 90),
    ],
)
def test_cases_to_signal_agree_with_the_published_table(p0: float, limit: float, stable: int, doubled: int) -> None:
    assert cusum.cases_to_signal(p0, p0, limit=limit) == pytest.approx(stable, rel=0.08)
    assert cusum.cases_to_signal(p0, 2 * p0 / (1 + p0), limit=limit) == pytest.approx(doubled, rel=0.08)


@given(st.lists(st.booleans(), max_size=200), st.floats(0.01, 0.5))
def test_arms_never_fall_below_nothing_and_signals_are_at_the_limit(events: list[bool], p0: float) -> None:
    result = cusum.bernoulli(events, p0)
    for heights, signals in ((result.up, result.signals_up), (result.down, result.signals_down)):
        assert (heights >= 0).all()
        assert list(np.flatnonzero(heights >= 3.5)) == signals
