"""Funnels against an independent implementation, and overdispersion by its laws."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from queries.statistics import funnel
from tests.unit.queries.vectors import vector


def test_limits_agree_with_r() -> None:
    found = vector("funnel_pr_exact_binomial")
    n = found["input"]["n"]
    result = funnel.proportion(np.zeros(len(n)), n, found["input"]["target"])
    for ours, theirs in (("lower_95", "ll95"), ("upper_95", "ul95"), ("lower_998", "ll998"), ("upper_998", "ul998")):
        np.testing.assert_allclose(getattr(result, ours), found["expected"][theirs], atol=1e-8)


def test_the_tail_is_exact_and_on_the_units_side() -> None:
    result = funnel.proportion([4, 10], [10, 10], 0.9)
    np.testing.assert_allclose(result.tail, [stats.binom.cdf(4, 10, 0.9), 0.9**10])


def test_a_unit_without_cases_has_no_limits() -> None:
    result = funnel.proportion([5, 0, 6], [10, 0, 12])
    assert result.centre == 0.5
    assert list(np.isnan(result.tail)) == list(np.isnan(result.upper_998)) == [False, True, False]
    assert list(np.isnan(funnel.adjusted([5, 0, 6], [10, 0, 12]).upper_95)) == [False, True, False]


def test_none_and_all_are_no_error() -> None:
    for x in ([0, 0, 0], [10, 10, 10]):
        for result in (funnel.proportion(x, [10] * 3), funnel.adjusted(x, [10] * 3)):
            assert ((result.lower_998 >= 0) & (result.upper_998 <= 1)).all()


def test_overdispersion_needs_ten_units_and_more_than_chance() -> None:
    far, near = [2, 38] * 5, [19, 20] * 5
    assert funnel.overdispersion(far, [40] * 10).applies
    assert not funnel.overdispersion(far[:8], [40] * 8).applies
    assert not funnel.overdispersion(near, [40] * 10).applies
    assert funnel.overdispersion(near, [40] * 10).tau_squared == 0


def test_overdispersion_is_what_its_formula_says() -> None:
    x, n = np.array([30, 25, 60, 12, 44, 9, 71, 33, 28, 50]), np.array([40, 41, 66, 20, 50, 20, 75, 50, 31, 80])
    result = funnel.overdispersion(x, n)
    z = 2 * np.sqrt(n) * (np.arcsin(np.sqrt(x / n)) - np.arcsin(np.sqrt(x.sum() / n.sum())))
    np.testing.assert_allclose(result.z, z)
    winsorised = np.clip(z, np.quantile(z, 0.1), np.quantile(z, 0.9))
    assert np.isclose(result.phi, (winsorised**2).mean())
    weights = 4.0 * n
    freedom = weights.sum() - (weights**2).sum() / weights.sum()
    assert np.isclose(result.tau_squared, max(0, (10 * result.phi - 9) / freedom))


def test_the_adjusted_funnel_is_wider_and_back_on_the_scale_of_proportions() -> None:
    x, n = [2, 38] * 5, [40] * 10
    plain, wide = funnel.proportion(x, n), funnel.adjusted(x, n)
    assert (wide.lower_998 < plain.lower_998).all()
    assert (wide.upper_998 > plain.upper_998).all()
    assert ((wide.lower_998 >= 0) & (wide.upper_998 <= 1)).all()
    assert (wide.tail > plain.tail).all()


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=20))
def test_limits_contain_the_centre_and_widen_with_confidence(pairs: list[tuple[int, int]]) -> None:
    x, n = np.array([min(pair) for pair in pairs]), np.array([max(pair) for pair in pairs])
    for result in (funnel.proportion(x, n), funnel.adjusted(x, n)):
        known = ~np.isnan(result.tail)
        for lower, upper in ((result.lower_95, result.upper_95), (result.lower_998, result.upper_998)):
            assert (lower[known] <= result.centre + 1e-9).all()
            assert (result.centre <= upper[known] + 1 / n[known]).all()
        assert (result.lower_998[known] <= result.lower_95[known] + 1e-12).all()
        assert (result.upper_95[known] <= result.upper_998[known] + 1e-12).all()


def test_the_order_of_units_does_not_matter() -> None:
    x, n, order = np.array([8, 3, 20, 15]), np.array([10, 12, 25, 15]), [2, 0, 3, 1]
    for function in (funnel.proportion, funnel.adjusted):
        np.testing.assert_allclose(function(x[order], n[order]).upper_95, function(x, n).upper_95[order])
