"""Cumulative incidence where something else may come first, as in R's cmprsk; medians where a curve ends at a half."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.statistics.survival import cumulative_incidence, kaplan_meier
from tests.unit.queries.vectors import vector

CASES = st.lists(st.tuples(st.integers(1, 20), st.sampled_from([0, 1, 2])), min_size=1, max_size=40)


def test_the_incidence_its_error_and_interval_are_those_of_the_vector() -> None:
    found = vector("competing_risks")
    curve = cumulative_incidence(found["input"]["time"], found["input"]["status"])
    for got, name in zip(curve.at(found["input"]["at"]), ("estimate", "standard_error", "lower", "upper"), strict=True):
        np.testing.assert_allclose(got, found["expected"][name], atol=1e-9)


def test_the_other_event_has_an_incidence_of_its_own() -> None:
    found = vector("competing_risks")
    turned = [{0: 0, 1: 2, 2: 1}[status] for status in found["input"]["status"]]
    estimate = cumulative_incidence(found["input"]["time"], turned).at(found["input"]["at"])[0]
    np.testing.assert_allclose(estimate, found["expected"]["competing_estimate"], atol=1e-9)


def test_what_excludes_the_event_does_not_count_as_leaving() -> None:
    curve = cumulative_incidence([1, 2, 3, 4], [2, 1, 2, 1])
    assert curve.at(4)[0] == pytest.approx(0.5)
    assert cumulative_incidence([1, 2, 3, 4], [0, 1, 0, 1]).at(4)[0] == pytest.approx(1)


def test_before_the_first_event_nobody_has_it_and_after_the_last_the_curve_stands() -> None:
    curve = cumulative_incidence([2, 3, 5], [1, 0, 0])
    assert curve.at(1)[:2] == (0, 0)
    assert math.isnan(curve.at(1)[2])
    assert curve.at(99) == curve.at(2)
    assert cumulative_incidence([], []).at(3)[0] == 0
    assert [type(one) for one in curve.at(2)] == [float] * 4
    assert [one.shape for one in curve.at([1, 2])] == [(2,)] * 4


def test_an_unknown_status_is_refused_and_an_unknown_time_left_out() -> None:
    with pytest.raises(ValueError, match="status"):
        cumulative_incidence([1, 2], [1, 3])
    known = cumulative_incidence([1, 2], [1, 0])
    assert cumulative_incidence([1, None, 2, 3], [1, 1, 0, None]).at(3) == known.at(3)


def test_everyone_by_rounding_has_no_interval() -> None:
    """The shares of these eleven add up to a little less than 1."""
    curve = cumulative_incidence([1] * 3 + [2] * 7 + [3], [0, 1, 1] + [0] * 6 + [1, 1])
    assert curve.estimate[-1] == pytest.approx(1)
    assert np.isnan([curve.lower[-1], curve.upper[-1]]).all()


@settings(deadline=None)
@given(CASES)
def test_both_events_and_freedom_from_both_are_everyone(cases: list[tuple[int, int]]) -> None:
    times, statuses = [time for time, _ in cases], [status for _, status in cases]
    event = cumulative_incidence(times, statuses).at(20)[0]
    other = cumulative_incidence(times, [{0: 0, 1: 2, 2: 1}[status] for status in statuses]).at(20)[0]
    free = kaplan_meier(times, [status > 0 for status in statuses]).at(20)[0]
    assert event + other + free == pytest.approx(1)


@settings(deadline=None)
@given(CASES)
def test_the_interval_contains_the_curve_and_the_curve_never_falls(cases: list[tuple[int, int]]) -> None:
    curve = cumulative_incidence([time for time, _ in cases], [status for _, status in cases])
    inside = ~np.isnan(curve.lower)
    assert (np.diff(curve.estimate) >= 0).all()
    assert (curve.lower[inside] <= curve.estimate[inside] + 1e-12).all()
    assert (curve.estimate[inside] <= curve.upper[inside] + 1e-12).all()
    assert (curve.standard_error >= 0).all()


def test_the_median_of_a_curve_that_ends_at_one_half_is_the_middle_of_its_last_piece() -> None:
    """R: survfit(Surv(c(1, 2, 3, 4), c(1, 1, 0, 0)) ~ 1) has the median (2 + 4) / 2."""
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0]).quantile(0.5)[0] == 3
    assert kaplan_meier([1, 2, 8, 9], [1, 1, 0, 0]).quantile(0.5)[0] == 5.5
    assert kaplan_meier([1, 2], [1, 0]).quantile(0.5)[0] == 1.5
