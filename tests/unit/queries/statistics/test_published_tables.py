"""Published tables of the field recomputed by our functions, and published slips that they must not reproduce.

Each test names its source. Percentages are as printed, to the last digit shown.
"""

import numpy as np
import pytest
from scipy import stats

from queries.statistics import intervals
from queries.statistics.intervals import mean_t_from_moments, newcombe, wilson
from queries.statistics.missing import bounds


def share(x: int, n: int, digits: int = 1) -> tuple[float, float, float]:
    """Per cent and its Wilson interval."""
    lower, upper = wilson(x, n)
    return round(100 * x / n, digits), round(100 * lower, 1), round(100 * upper, 1)


def fisher(x1: int, n1: int, x2: int, n2: int) -> float:
    return float(stats.fisher_exact([[x1, n1 - x1], [x2, n2 - x2]]).pvalue)


def test_same_day_discharge_with_and_without_prior_inpatients() -> None:
    """Shin 2023, IJSS 17:579."""
    assert 1023 + 503 + 149 == 1675
    assert share(1023, 1675, 2) == (61.07, 58.7, 63.4)
    assert share(1023, 1526, 2) == (67.04, 64.6, 69.4)


def test_printed_percentages_of_deaths_and_readmissions_are_whole_people() -> None:
    """Shin 2023, IJSS 17:579."""
    for counts, printed in (((7, 3, 4), (0.68, 0.60, 2.68)), ((64, 34, 19), (6.26, 6.76, 12.75))):
        for x, n, per_cent in zip(counts, (1023, 503, 149), printed, strict=True):
            assert round(100 * x / n, 2) == pytest.approx(per_cent, abs=0.011)
    assert share(7, 1023)[1:] == (0.3, 1.4)
    assert share(4, 149)[1:] == (1.0, 6.7)
    assert share(19, 149)[1:] == (8.3, 19.1)


def test_inpatients_discharged_by_day() -> None:
    """AJNR 2005;26:1629."""
    assert share(10, 66, 2) == (15.15, 8.4, 25.7)
    assert share(33, 66) == (50.0, 38.3, 61.7)
    assert share(48, 66, 2) == (72.73, 61.0, 82.0)


def test_responders_are_of_those_with_a_score() -> None:
    """VAPOUR 2016: the printed 44 %, 21 % and 23 % (6-39) need the patients who had a score at 14 days."""
    assert share(24, 55, 2) == (43.64, 31.4, 56.7)
    assert share(12, 57, 2) == (21.05, 12.5, 33.3)
    p1, p2 = 24 / 55, 12 / 57
    reach = 1.959964 * np.sqrt(p1 * (1 - p1) / 55 + p2 * (1 - p2) / 57)
    assert [round(100 * end, 1) for end in (p1 - p2, p1 - p2 - reach, p1 - p2 + reach)] == [22.6, 5.7, 39.4]
    lower, upper = newcombe(24, 55, 12, 57)
    assert 0 < lower < p1 - p2 < upper
    pooled = 36 / 112
    score = (p1 - p2) / np.sqrt(pooled * (1 - pooled) * (1 / 55 + 1 / 57))
    assert round(2 * stats.norm.sf(score), 3) == 0.011


def test_responders_of_all_randomised_do_not_reproduce_what_was_printed() -> None:
    """VAPOUR prints '24 (44 %) of 61'; bounds over all 61 say what the six without a score could change."""
    assert round(100 * 24 / 61) == 39 != 44
    p1, p2 = 24 / 61, 12 / 59
    reach = 1.959964 * np.sqrt(p1 * (1 - p1) / 61 + p2 * (1 - p2) / 59)
    assert [round(100 * end, 1) for end in (p1 - p2, p1 - p2 - reach, p1 - p2 + reach)] == [19.0, 3.0, 35.0]
    assert round(100 * (p1 - p2)) != 23
    low, high = bounds(24, 55, 61)
    assert low < 24 / 55 < high


@pytest.mark.parametrize(
    ("x", "n", "expected"),
    [
        (64, 88, (72.73, 62.6, 80.9)), (97, 100, (97.0, 91.5, 99.0)), (92, 99, (92.93, 86.1, 96.5)),
        (36, 40, (90.0, 76.9, 96.0)), (260, 350, (74.29, 69.5, 78.6)), (1962, 2361, (83.10, 81.5, 84.6)),
        (157, 214, (73.36, 67.1, 78.8)), (164, 201, (81.59, 75.7, 86.3)),
    ],
)  # fmt: skip
def test_single_rates(x: int, n: int, expected: tuple[float, float, float]) -> None:
    """UNMC; McGraw 2002; Zidan 2018; NCT01871519; Crouser 2018; KAVIAR, AJNR 35:2227."""
    assert share(x, n, 2) == expected


def test_means_and_their_change() -> None:
    """McGraw 2002: 8.91 (1.12) to 2.02 (1.95) in 99."""
    for mean, deviation, printed in ((8.91, 1.12, (8.69, 9.13)), (2.02, 1.95, (1.64, 2.40))):
        lower, upper = mean_t_from_moments(99, mean, deviation)
        assert (lower, upper) == pytest.approx(printed, abs=0.011)
    assert round(2.02 - 8.91, 2) == -6.89


def test_pooled_baselines() -> None:
    """Staples 2011, BMJ, doi 10.1136/bmj.d3952."""
    assert round((7.3 * 78 + 7.0 * 131) / (78 + 131), 3) == 7.112
    for mean, deviation, n, printed in (
        (7.3, 2.2, 78, (6.81, 7.79)), (7.0, 1.9, 131, (6.67, 7.33)), (7.1, 2.0, 106, (6.72, 7.48)),
        (7.1, 2.0, 103, (6.71, 7.49)),
    ):  # fmt: skip
        assert mean_t_from_moments(n, mean, deviation) == pytest.approx(printed, abs=0.012)


def test_two_techniques_compared() -> None:
    """KAVIAR, AJNR 35:2227."""
    assert fisher(157, 214, 164, 201) == pytest.approx(0.0471, abs=5e-5)
    assert (share(50, 140, 2)[0], share(57, 131, 2)[0]) == (35.71, 43.51)
    assert round(100 * (57 / 131 - 50 / 140), 1) == 7.8
    assert (share(54, 110, 2)[0], share(64, 111, 2)[0]) == (49.09, 57.66)
    assert round(100 * (64 / 111 - 54 / 110), 1) == 8.6
    assert (share(14, 191)[0], share(28, 190)[0]) == (7.3, 14.7)
    lower, upper = newcombe(164, 201, 157, 214)
    assert 0 < lower < 164 / 201 - 157 / 214 < upper


def test_new_fractures() -> None:
    """Kobayashi, Acad Radiol 2009."""
    assert (round(100 * 15 / 89, 2), round(100 * 7 / 155, 2)) == (16.85, 4.52)
    assert fisher(15, 89, 7, 155) == pytest.approx(0.0020, abs=5e-5)
    assert (round(100 * 20 / 89, 2), round(100 * 15 / 155, 2)) == (22.47, 9.68)
    assert fisher(20, 89, 15, 155) == pytest.approx(0.00785, abs=5e-5)


def test_who_was_followed_up_and_why_others_were_not() -> None:
    """NCT01871519: deaths apart."""
    assert 260 + 26 + 15 + 49 == 350
    assert round(100 * 260 / (350 - 26), 1) == 80.2


def test_follow_up_of_a_trial() -> None:
    """VERTOS II in Cochrane CD006349."""
    assert [round(100 * x / 101, 2) for x in (96, 92, 86, 77)] == [95.05, 91.09, 85.15, 76.24]
    assert round(100 * (86 + 77) / 202, 1) == 80.7


def test_relief_of_a_cohort() -> None:
    """EVOLVE, CNS 2017."""
    falls = np.array([5.2, 5.4, 6.0, 6.2, 6.3])
    assert list(np.round(8.7 - falls, 1)) == [3.5, 3.3, 2.7, 2.5, 2.4]
    assert list(np.round(100 * falls / 8.7, 1)) == [59.8, 62.1, 69.0, 71.3, 72.4]


def test_comfort_under_two_kinds_of_sedation() -> None:
    """BMC Musculoskeletal Disorders 2017."""
    for x1, x2, printed, chance in (
        (30, 10, (71.4, 24.4), 2.4e-5), (7, 28, (16.7, 68.3), 2.1e-6), (41, 32, (97.6, 78.0), 0.0071),
    ):  # fmt: skip
        assert (share(x1, 42)[0], share(x2, 41)[0]) == printed
        assert fisher(x1, 42, x2, 41) == pytest.approx(chance, rel=0.03)


def test_leaks_by_kind() -> None:
    """PMC8449924."""
    first, second = (29, 34, 36, 23, 94), (44, 73, 17, 9, 106)
    assert [share(x, 139)[0] for x in first] == [20.9, 24.5, 25.9, 16.5, 67.6]
    assert [share(x, 139)[0] for x in second] == [31.7, 52.5, 12.2, 6.5, 76.3]


def test_many_levels_in_one_patient() -> None:
    """Zidan 2018."""
    levels = [4] * 16 + [5] * 14 + [6] * 10
    assert (sum(levels), len(levels), np.mean(levels)) == (194, 40, 4.85)
    assert share(12, 40)[0] == 30.0


def test_no_event_of_eighty_four_still_allows_some() -> None:
    lower, upper = intervals.clopper_pearson(0, 84)
    assert (lower, round(100 * upper, 1)) == (0, 4.3)
    assert [round(100 * intervals.clopper_pearson(0, n, 0.9)[1], 1) for n in (20, 50, 100, 200)] == [
        13.9,
        5.8,
        3.0,
        1.5,
    ]


def test_a_slip_a_rate_that_fits_neither_printed_denominator() -> None:
    """PMC3395994 prints 129 leaks as 40.06 %."""
    assert round(129 / 0.4006) == 322
    for n in (372, 297):
        assert abs(share(129, n, 2)[0] - 40.06) > 3


def test_a_slip_a_percentage_that_is_not_its_fraction() -> None:
    """A page on CAFE: 'nearly 65 % or 38 of 52'."""
    assert share(38, 52)[0] == 73.1
    assert share(38, 52)[0] != pytest.approx(65, abs=1)


def test_a_slip_a_test_that_is_not_of_patients() -> None:
    """VERTOS II prints P = .44 for new fractures 15 of 91 and 21 of 85."""
    assert fisher(15, 91, 21, 85) == pytest.approx(0.19, abs=0.005)


def test_a_slip_standard_errors_printed_like_deviations() -> None:
    """PMC7975168: 0.10 and 0.18 in 167 patients are standard errors."""
    assert [round(error * np.sqrt(167), 2) for error in (0.10, 0.18)] == [1.29, 2.33]
    lower, upper = mean_t_from_moments(167, 2.77, 0.18)
    assert upper - lower < 0.06 < 0.7 < np.diff(mean_t_from_moments(167, 2.77, 0.18 * np.sqrt(167)))[0]


def test_a_slip_responders_that_only_fit_completers() -> None:
    """INVEST, 64 % and 48 % at one month: whole people only among those who completed."""
    assert (round(100 * 43 / 67), round(100 * 29 / 61)) == (64, 48)
    lower, upper = newcombe(43, 67, 29, 61)
    assert lower < 0 < upper
