"""Kaplan-Meier: tied events, intervals, and R's median."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.statistics.survival import kaplan_meier


def test_the_curve_of_a_textbook() -> None:
    """Remission in the 6-MP arm (Freireich 1963), with R's log-log interval."""
    times = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    seen = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(times, seen)
    estimate, lower, upper = curve.at([6, 7, 10, 13, 16, 22, 23])
    np.testing.assert_allclose(estimate, [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], atol=5e-5)
    np.testing.assert_allclose(lower, [0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881], atol=5e-5)
    np.testing.assert_allclose(upper, [0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801], atol=5e-5)
    assert curve.at_risk[0] == 21
    assert curve.quantile(0.5)[:2] == (23, 13)
    assert math.isnan(curve.quantile(0.5)[2])


def test_events_come_before_those_who_leave_at_the_same_time() -> None:
    curve = kaplan_meier([1, 1, 2], [1, 0, 1])
    np.testing.assert_allclose(curve.survival, [2 / 3, 0])
    assert list(curve.at_risk) == [3, 1]


def test_tied_events_are_one_step() -> None:
    np.testing.assert_allclose(kaplan_meier([2, 2, 5, 5], [1, 1, 1, 1]).survival, [0.5, 0])


def test_the_median_without_censoring_is_the_plain_median() -> None:
    assert kaplan_meier(range(2, 10), [1] * 8).quantile(0.5)[0] == 5.5
    assert kaplan_meier(range(2, 9), [1] * 7).quantile(0.5)[0] == 5


def test_what_half_never_reached_has_no_median() -> None:
    assert all(math.isnan(one) for one in kaplan_meier([1, 2, 3, 4, 5, 6], [1] + [0] * 5).quantile(0.5)[::2])


def test_scalars_give_scalars_and_before_the_first_time_nobody_has_reached_it() -> None:
    curve = kaplan_meier([3, 4], [1, 1])
    assert curve.at(1)[0] == 1
    assert curve.at(3.5)[0] == 0.5
    assert math.isnan(kaplan_meier([], []).quantile(0.5)[0])
    assert kaplan_meier([], []).at(3)[0] == 1


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=40), st.randoms())
def test_the_interval_contains_the_curve_and_order_does_not_matter(rows, random) -> None:
    curve = kaplan_meier([time for time, _ in rows], [seen for _, seen in rows])
    inside = ~np.isnan(curve.lower)
    assert (curve.lower[inside] <= curve.survival[inside]).all()
    assert (curve.survival[inside] <= curve.upper[inside]).all()
    assert (np.diff(curve.survival) <= 0).all()
    mixed = rows[:]
    random.shuffle(mixed)
    np.testing.assert_array_equal(
        kaplan_meier([time for time, _ in mixed], [seen for _, seen in mixed]).survival, curve.survival
    )


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_quantiles_without_censoring_are_those_of_the_values(values: list[int]) -> None:
    assert kaplan_meier(values, np.ones(len(values))).quantile(0.5)[0] == pytest.approx(np.median(values))
