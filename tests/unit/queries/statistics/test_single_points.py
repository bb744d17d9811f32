"""Limits of single points: gaps that cannot be, and means whose centre and spread are estimates."""

import math

import numpy as np
import pytest
from scipy import stats

from queries.statistics import control_charts
from queries.statistics.prediction import limit_means


def test_a_gap_below_none_is_an_error() -> None:
    for function in (
        control_charts.g,
        control_charts.geometric_limit,
        control_charts.exponential_limit,
        control_charts.t,
    ):
        with pytest.raises(ValueError, match="events"):
            function([3, -1, 5])


def test_the_limit_of_gaps_that_are_all_none_is_none() -> None:
    assert control_charts.geometric_limit([0, 0]) == 0
    assert control_charts.geometric_limit([0, 1]) > 0
    assert math.isnan(control_charts.geometric_limit([]))


def test_one_in_740_times_between_chance_events_exceeds_the_limit_and_days_of_none_count() -> None:
    limit = control_charts.exponential_limit([0, 4, 20, 0, 16])
    assert stats.expon.sf(limit, scale=8) == pytest.approx(control_charts.TAIL)
    assert control_charts.exponential_limit([0, 0]) == 0
    assert math.isnan(control_charts.exponential_limit([]))


def test_limits_of_means_are_students_around_the_weighted_mean() -> None:
    means, n = [4.0, 5.0, 6.0, 5.5, 9.0], [10, 20, 10, 10, 16]
    lower, upper = limit_means(means, n, baseline=4, looked_at=1)
    centre = np.average(means[:4], weights=n[:4])
    variance = np.average((np.array(means[:4]) - centre) ** 2, weights=n[:4]) * 50 / 3
    reach = stats.t.isf(0.0125 / 2, 3) * np.sqrt(variance * (1 / 16 + 1 / 50))
    assert (lower[4], upper[4]) == pytest.approx((centre - reach, centre + reach))


def test_the_more_points_are_looked_at_and_the_fewer_they_come_from_the_wider() -> None:
    values = [4, 5, 6, 5, 4, 6, 5, 5, 4, 6, 5, 5]
    few, many = (limit_means(values, baseline=12, looked_at=points)[1][0] for points in (1, 12))
    assert few < many
    chart = control_charts.xmr(values)
    assert many > chart.upper[0]
    assert limit_means(values[:4])[1][0] > limit_means(values)[1][0]


def test_too_few_points_and_months_without_patients_have_no_limits() -> None:
    assert np.isnan(limit_means([4, 5])).all()
    lower, upper = limit_means([4, 5, 6, 7], [10, 10, 10, 0])
    assert np.isnan([lower[3], upper[3]]).all()
    assert np.isfinite([lower[:3], upper[:3]]).all()
    assert limit_means([], [])[0].shape == (0,)


@pytest.mark.parametrize(("volume", "months"), [(12, 24), (20, 60)])
def test_a_stable_score_has_a_point_outside_in_at_most_two_of_a_hundred(volume: int, months: int) -> None:
    """Among the last 12, not of the first 20 that the limits come from; skewed whole numbers from 0 to 10."""
    chance = np.random.default_rng(5)
    outside = 0
    for _ in range(400):
        n = chance.poisson(volume, months)
        means = [np.clip(np.rint(chance.gamma(1.6, 2.0, size)), 0, 10).mean() if size else np.nan for size in n]
        lower, upper = limit_means(means, n, baseline=20)
        new = slice(max(20, months - 12), months)
        outside += bool(((means < lower) | (means > upper))[new].any())
    assert outside / 400 <= 0.02
