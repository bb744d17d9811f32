"""Limits against the output of other tools, in degenerate cases, and by their laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from queries.statistics import control_charts
from queries.statistics.control_charts import ControlChart
from tests.unit.queries.vectors import vector

FLAT = [4.0] * 15


def agrees(chart: ControlChart, expected: dict) -> None:
    for name, line in (("cl", chart.centre), ("lcl", chart.lower), ("ucl", chart.upper)):
        wanted = np.array(expected[name], float)
        np.testing.assert_allclose(line, np.broadcast_to(wanted, line.shape), atol=1e-8)


@pytest.mark.parametrize(
    ("case", "chart"),
    [
        ("p", lambda x: control_charts.p(x["sameday"], x["n"])),
        ("p_freeze12", lambda x: control_charts.p(x["sameday"], x["n"], 12)),
        ("p_freeze12", lambda x: control_charts.p(x["sameday"], x["n"], [True] * 12 + [False] * 12)),
        ("p_big", lambda x: control_charts.p(x["big_x"], x["big_n"])),
        ("pprime_big_unscreened", lambda x: control_charts.p_prime(x["big_x"], x["big_n"])),
        ("u", lambda x: control_charts.u(x["levels"], x["n"])),
        ("uprime", lambda x: control_charts.u_prime(x["levels"], x["n"])),
        ("c", lambda x: control_charts.c(x["levels"])),
        ("run", lambda x: control_charts.run(x["recovery_median_h"])),
        ("g", lambda x: control_charts.g(x["gap_cases"])),
        ("t", lambda x: control_charts.t(x["gap_days"])),
    ],
)
def test_limits_agree_with_qicharts2(case: str, chart) -> None:
    found = vector("synthetic_spc_suite")
    agrees(chart(found["input"]), found["expected"][case])


@pytest.mark.parametrize(
    ("case", "baseline", "screen"),
    [("i_unscreened", None, False), ("i_screened", None, True), ("i_freeze12", 12, True)],
)
def test_individuals_agree_with_qicharts2_but_for_its_rounding_of_d2(
    case: str, baseline: int | None, screen: bool
) -> None:
    found = vector("synthetic_spc_suite")
    chart = control_charts.xmr(found["input"]["recovery_median_h"], baseline, screen)
    theirs = found["expected"][case]
    np.testing.assert_allclose(chart.centre, theirs["cl"], atol=1e-8)
    reach = np.array(theirs["ucl"]) - theirs["cl"]
    np.testing.assert_allclose(chart.upper - chart.centre, reach * control_charts.INDIVIDUALS / (3 / 1.128), atol=1e-8)


def test_individuals_agree_with_making_data_count() -> None:
    found = vector("making_data_count_rules_ptd")
    for name, values in found["input"]["series"].items():
        chart, expected = control_charts.xmr(values, screen=True), found["expected"]["series"][name]
        assert chart.centre[0] == pytest.approx(expected["mean"])
        if expected["upl"] is not None:
            assert chart.upper[-1] == pytest.approx(expected["upl"])
            assert chart.lower[-1] == pytest.approx(expected["lpl"])


def test_moving_ranges_agree_with_qicharts2() -> None:
    found = vector("synthetic_spc_suite")
    chart = control_charts.moving_range(found["input"]["recovery_median_h"])
    assert chart.centre[0] == pytest.approx(found["expected"]["mr"]["cl"])
    assert chart.upper[0] == pytest.approx(found["expected"]["mr"]["ucl"])
    assert math.isnan(chart.values[0])


def test_exact_tails_agree_with_r_and_cry_wolf_less() -> None:
    found = vector("p_chart_exact_tail")
    x, n, expected = found["input"]["x"], found["input"]["n"], found["expected"]
    chart = control_charts.p(x, n)
    np.testing.assert_allclose(chart.lower, expected["classic_lcl"], atol=1e-9)
    lower, upper = control_charts.exact_tail(x, n, chart.centre)
    np.testing.assert_allclose(lower, expected["lower_tail"], atol=1e-9)
    np.testing.assert_allclose(upper, expected["upper_tail"], atol=1e-9)
    outside = (chart.values < chart.lower) | (chart.values > chart.upper)
    assert list(np.flatnonzero(outside) + 1) == expected["classic_outside_1based"]
    assert not (np.minimum(lower, upper) <= control_charts.TAIL).any()


@given(n=st.integers(1, 400), centre=st.floats(0.01, 0.99))
def test_drawn_exact_limits_separate_signals_from_the_rest(n: int, centre: float) -> None:
    lower, upper = control_charts.exact_limits([n], centre)
    counts = np.arange(n + 1)
    low, high = control_charts.exact_tail(counts, np.full(n + 1, n), centre)
    np.testing.assert_array_equal(low <= control_charts.TAIL, counts < n * lower - 1e-6)
    np.testing.assert_array_equal(high <= control_charts.TAIL, counts > n * upper + 1e-6)


def test_a_month_without_cases_is_a_gap_and_not_zero() -> None:
    chart = control_charts.p([5, 0, 6], [10, 0, 10])
    for line in (chart.values, chart.lower, chart.upper, chart.lower_raw, chart.upper_raw):
        assert list(np.isnan(line)) == [False, True, False]
    assert chart.centre[0] == 0.55


def test_the_centre_is_all_yes_of_all_cases_not_the_mean_of_months() -> None:
    assert control_charts.p([1, 90], [1, 100]).centre[0] == pytest.approx(91 / 101)


def test_limits_are_clipped_for_drawing_and_kept_whole_for_rules() -> None:
    chart = control_charts.p([9, 10, 9], [10, 10, 10])
    assert (chart.upper == 1).all()
    assert (chart.upper_raw > 1).all()
    gaps = control_charts.g([3, 0, 5])
    assert gaps.lower[0] == 0 > gaps.lower_raw[0]


@pytest.mark.parametrize("yes", [0, 10])
def test_none_or_all_throughout_has_no_variation(yes: int) -> None:
    for function in (control_charts.p, control_charts.p_prime):
        chart = function([yes] * 8, [10] * 8)
        np.testing.assert_array_equal(chart.lower, chart.centre)
        np.testing.assert_array_equal(chart.upper, chart.centre)


def test_equal_values_have_limits_on_the_line_also_when_screened() -> None:
    for screen in (False, True):
        chart = control_charts.xmr(FLAT, screen=screen)
        assert set(chart.upper) == set(chart.lower) == {4.0}
        means = control_charts.i_prime(FLAT, [3] * 15, screen=screen)
        assert set(means.upper) == set(means.lower) == {4.0}


def test_one_point_has_no_limits() -> None:
    chart = control_charts.xmr([3])
    assert chart.centre[0] == 3
    assert math.isnan(chart.upper[0])


def test_nothing_at_all_gives_empty_arrays() -> None:
    for chart in (control_charts.p([], []), control_charts.xmr([]), control_charts.run([]), control_charts.g([]),
                  control_charts.i_prime([], []), control_charts.moving_range([])):  # fmt: skip
        assert chart.values.size == chart.centre.size == chart.lower.size == chart.upper_raw.size == 0


def test_moving_ranges_are_not_bridged_over_a_gap() -> None:
    with_gap = control_charts.xmr([1, 2, None, 50, 51])
    assert with_gap.upper[0] - with_gap.centre[0] == pytest.approx(2.66 * 1)
    assert control_charts.i_prime([1, 2, math.nan, 50, 51], [1, 1, 0, 1, 1]).upper[0] < 60


def test_a_count_that_is_not_known_is_not_zero() -> None:
    assert control_charts.c([4, None, 6]).centre[0] == 5


def test_small_subgroups_have_wide_limits_of_means() -> None:
    chart = control_charts.i_prime([5, 6, 5, 6, 5], [4, 16, 4, 16, 4])
    assert chart.centre[0] == pytest.approx((5 * 12 + 6 * 32) / 44)
    assert chart.upper[0] - chart.centre[0] == pytest.approx(2 * (chart.upper[1] - chart.centre[1]))
    expected = math.sqrt(math.pi / 2) / math.sqrt(1 / 4 + 1 / 16)
    assert chart.upper[0] - chart.centre[0] == pytest.approx(3 * expected / 2)


def test_gaps_use_the_median_and_a_probability_limit_beside_three_sigma() -> None:
    gaps = [41, 17, 88, 23, 5, 64, 30, 12, 51, 9, 76, 33, 19, 102, 27]
    limit = control_charts.geometric_limit(gaps)
    chance = 1 / (np.mean(gaps) + 1)
    assert stats.geom.sf(limit + 1, chance) <= control_charts.TAIL < stats.geom.sf(limit, chance)
    assert limit > control_charts.g(gaps).upper[0]


def test_a_time_of_zero_between_events_is_an_error() -> None:
    with pytest.raises(ValueError, match="above zero"):
        control_charts.t([3, 0, 5])


def test_a_mask_of_another_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="one entry per point"):
        control_charts.p([1, 2, 3], [4, 4, 4], [True, False])


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=30), st.integers(1, 30))
def test_limits_contain_the_centre(pairs: list[tuple[int, int]], baseline: int) -> None:
    x, n = [min(pair) for pair in pairs], [max(pair) for pair in pairs]
    for chart in (
        control_charts.p(x, n, baseline), control_charts.p_prime(x, n, baseline), control_charts.u(x, n, baseline),
        control_charts.u_prime(x, n, baseline), control_charts.c(x, baseline), control_charts.xmr(x, baseline),
        control_charts.i_prime(x, n, baseline),
    ):  # fmt: skip
        known = ~np.isnan(chart.lower)
        assert (chart.lower[known] <= chart.centre[known] + 1e-9).all()
        assert (chart.centre[known] <= chart.upper[known] + 1e-9).all()
        assert (chart.lower_raw[known] <= chart.lower[known]).all()


@given(st.permutations(list(range(12))))
def test_the_order_of_months_does_not_move_a_p_chart(order: list[int]) -> None:
    x, n = np.array([9, 10, 8, 9, 4, 10, 9, 7, 10, 9, 3, 8]), np.array([10, 11, 9, 10, 9, 10, 10, 8, 11, 10, 6, 9])
    plain, mixed = control_charts.p(x, n), control_charts.p(x[order], n[order])
    np.testing.assert_allclose(mixed.lower, plain.lower[order])
    np.testing.assert_allclose(mixed.centre, plain.centre)
