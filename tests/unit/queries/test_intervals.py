"""Intervals against published vectors and their own laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.statistics import intervals
from tests.unit.queries.vectors import vector


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(1023, 1675, 58.7, 63.4), (10, 66, 8.4, 25.7), (24, 55, 31.4, 56.7), (64, 88, 62.6, 80.9), (97, 100, 91.5, 99.0)],
)
def test_wilson_gives_published_intervals(x: int, n: int, low: float, high: float) -> None:
    assert [round(100 * bound, 1) for bound in intervals.wilson(x, n)] == [low, high]


def test_nothing_of_nothing_has_no_interval() -> None:
    for function in (intervals.wilson, intervals.clopper_pearson):
        assert all(math.isnan(bound) for bound in function(0, 0))


def test_what_cannot_be_has_no_interval() -> None:
    for function in (intervals.wilson, intervals.clopper_pearson):
        for x, n in ((math.nan, 10), (11, 10), (-1, 10)):
            assert all(math.isnan(bound) for bound in function(x, n))
    for function in (intervals.poisson_exact, intervals.poisson_byar, intervals.poisson):
        assert all(math.isnan(bound) for bound in function(math.nan))


def test_counts_of_events_are_exact_below_ten_and_byars_from_ten() -> None:
    np.testing.assert_allclose(intervals.poisson_exact(0), (0, 3.688879454), atol=1e-8)
    np.testing.assert_allclose(intervals.poisson_exact(9), (4.115373, 17.084803), atol=1e-5)
    np.testing.assert_allclose(intervals.poisson(9), intervals.poisson_exact(9))
    np.testing.assert_allclose(intervals.poisson(10), intervals.poisson_byar(10))
    assert intervals.poisson_byar(0)[0] == 0


def test_none_and_all_touch_the_ends() -> None:
    for function in (intervals.wilson, intervals.clopper_pearson):
        assert function(0, 20)[0] == 0
        assert function(20, 20)[1] == 1


def test_the_median_needs_six_values() -> None:
    assert all(math.isnan(bound) for bound in intervals.median_interval([1, 2, 3, 4, 5]))
    assert intervals.median_interval([1, 2, 3, 4, 5, 6]) == (1, 6)


@given(n=st.integers(1, 400), share=st.floats(0, 1))
def test_intervals_contain_the_estimate(n: int, share: float) -> None:
    x = round(n * share)
    for function in (intervals.wilson, intervals.clopper_pearson):
        low, high = function(x, n)
        assert 0 <= low <= x / n + 1e-12
        assert x / n - 1e-12 <= high <= 1


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8))
def test_arrays_give_what_scalars_give(pairs: list[tuple[int, int]]) -> None:
    counts = [(min(pair), max(pair)) for pair in pairs]
    low, high = intervals.wilson([x for x, _ in counts], [n for _, n in counts])
    for place, (x, n) in enumerate(counts):
        np.testing.assert_array_equal((low[place], high[place]), intervals.wilson(x, n))


def test_proportions_agree_with_r() -> None:
    case = vector("proportion_ci")
    x, n, expected = case["input"]["x"], case["input"]["n"], case["expected"]
    for name, function, confidence in (
        ("wilson", intervals.wilson, 0.95),
        ("cp", intervals.clopper_pearson, 0.95),
        ("wilson998", intervals.wilson, 0.998),
    ):
        low, high = function(x, n, confidence)
        np.testing.assert_allclose(low, expected[f"{name}_lo"], atol=1e-9)
        np.testing.assert_allclose(high, expected[f"{name}_hi"], atol=1e-9)


def test_the_median_interval_agrees_with_r() -> None:
    case = vector("recovery_time_quantiles")
    assert list(intervals.median_interval(case["input"]["hours"])) == case["expected"]["median_ci95"]
    assert list(intervals.median_interval(case["input"]["also_n6"])) == case["expected"]["median_ci_n6"]
    assert all(math.isnan(bound) for bound in intervals.median_interval(case["input"]["also_n5"]))
