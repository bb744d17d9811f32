"""The strongest change of a series, and changes at a date fixed in advance, as in R and by plain loops."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from queries.statistics.changes import present_against_past, present_against_past_means, registered
from tests.unit.queries.vectors import vector

MONTHS = st.lists(st.tuples(st.integers(0, 30), st.floats(0, 1)), max_size=40)


def plain_loops(x: list[int], n: list[int]) -> tuple[int | None, float]:
    """Twice the log likelihood ratio and its place, by loops over the definition."""

    def likelihood(yes: int, cases: int) -> float:
        share = yes / cases
        return (yes * math.log(share) if yes else 0) + ((cases - yes) * math.log(1 - share) if cases > yes else 0)

    place, most = None, -1.0
    for month in range(12, len(x) - 2):
        if sum(n[month:]) < 20 or not sum(n[:month]):
            continue
        parts = ((x[:month], n[:month]), (x[month:], n[month:]))
        ratio = sum(likelihood(sum(yes), sum(cases)) for yes, cases in parts) - likelihood(sum(x), sum(n))
        if ratio > most + 1e-9:
            place, most = month, ratio
    return place, 2 * max(most, 0.0)


@pytest.mark.parametrize("place", range(12))
def test_the_change_the_statistic_and_the_dispersion_are_those_of_the_vector(place: int) -> None:
    case = vector("present_against_past")["cases"][place]
    found = present_against_past(case["successes"], case["n"])
    assert (found.change_at, [*found.before], [*found.after]) == (case["change_at"], case["before"], case["after"])
    assert (found.statistic, found.phi) == pytest.approx((case["statistic"], case["phi"]), abs=1e-5)


@pytest.mark.parametrize("place", range(12))
def test_a_registered_change_is_that_of_the_vector(place: int) -> None:
    case = vector("registered_change")["cases"][place]
    found = registered(case["before_successes"], case["before_n"], case["after_successes"], case["after_n"])
    for name in ("difference", "lower", "upper", "z", "p", "phi"):
        assert getattr(found, name) == pytest.approx(case[name], abs=1e-5), name


@settings(deadline=None)
@given(MONTHS)
def test_the_place_and_the_likelihood_are_those_of_plain_loops(months: list[tuple[int, float]]) -> None:
    n = [cases for cases, _ in months]
    x = [round(cases * share) for cases, share in months]
    place, twice = plain_loops(x, n)
    found = present_against_past(x, n)
    assert found.change_at == place
    assert found.statistic * math.sqrt(found.phi) == pytest.approx(math.sqrt(twice), abs=1e-4)
    assert found.phi >= 1


@settings(deadline=None)
@given(MONTHS)
def test_yes_and_no_changed_over_give_the_same_change(months: list[tuple[int, float]]) -> None:
    n = [cases for cases, _ in months]
    x = [round(cases * share) for cases, share in months]
    found, turned = present_against_past(x, n), present_against_past(np.subtract(n, x), n)
    assert found.change_at == turned.change_at
    assert found.statistic == pytest.approx(turned.statistic, abs=1e-6)


@pytest.mark.parametrize("x", [[5] * 20, [0] * 20])
def test_all_or_none_throughout_is_no_change_at_the_earliest_month(x: list[int]) -> None:
    found = present_against_past(x, [5] * 20)
    assert (found.change_at, found.statistic, found.phi) == (12, 0.0, 1.0)
    assert (found.before, found.after) == ((sum(x[:12]), 60), (sum(x[12:]), 40))


@pytest.mark.parametrize(
    ("x", "n"),
    [
        ([], []), ([3] * 14, [5] * 14), ([1] * 20, [2] * 20), ([0] * 30, [0] * 30),
        ([0] * 20 + [1] * 3, [0] * 20 + [9] * 3),
    ],
    ids=["nothing", "14 months", "too few cases after", "no cases", "no cases before"],
)  # fmt: skip
def test_what_cannot_be_asked_has_no_change(x: list[int], n: list[int]) -> None:
    found = present_against_past(x, n, cases_after=20 if len(x) != 20 else 30)
    assert found.change_at is None
    assert (found.statistic, found.phi, found.before, found.after) == (0.0, 1.0, (sum(x), sum(n)), (0, 0))


def test_the_fewest_months_and_cases_are_the_callers() -> None:
    x, n = [2] * 8 + [9] * 4, [10] * 12
    assert present_against_past(x, n).change_at is None
    assert present_against_past(x, n, months_before=6).change_at == 8
    assert present_against_past(x, n, 6, 5).change_at == 7
    assert present_against_past(x, n, 6, 3, 50).change_at == 7


def test_unknown_and_impossible_months_count_as_months_without_cases() -> None:
    x, n = [6] * 14 + [2] * 6, [10] * 20
    empty = present_against_past([*x[:5], 0, *x[6:]], [*n[:5], 0, *n[6:]])
    assert present_against_past([*x[:5], None, *x[6:]], n) == empty
    assert present_against_past([*x[:5], 11, *x[6:]], n) == empty
    assert empty.before == (13 * 6, 130)


def test_means_of_patients_have_students_t_at_its_largest() -> None:
    chance = np.random.default_rng(7)
    patients = [chance.normal(5 + (month >= 20), 2, size) for month, size in enumerate(chance.poisson(12, 30))]
    sums, squares, n = ([fold(values) for values in patients] for fold in (np.sum, lambda v: np.sum(v**2), len))
    found = present_against_past_means(sums, squares, n)
    tests = {
        month: abs(stats.ttest_ind(np.concatenate(patients[:month]), np.concatenate(patients[month:])).statistic)
        for month in range(12, 28)
    }
    assert found.change_at == max(tests, key=tests.__getitem__)
    assert found.statistic == pytest.approx(max(tests.values()))
    assert found.before[0] == pytest.approx(np.concatenate(patients[: found.change_at]).sum())
    assert found.after[1] == sum(n[found.change_at :])


def test_means_that_cannot_be_asked_or_do_not_differ() -> None:
    assert present_against_past_means([], [], []).change_at is None
    assert present_against_past_means([50] * 10, [260] * 10, [10] * 10).change_at is None
    same = present_against_past_means([50] * 20, [250] * 20, [10] * 20)
    assert (same.change_at, same.statistic, same.phi) == (12, 0.0, 1.0)


def test_a_registered_change_without_cases_on_a_side_has_no_difference() -> None:
    for before, after in (([], []), ([0, 0], [0, 0])):
        found = registered(before, after, [3], [5])
        assert math.isnan(found.difference) and math.isnan(found.p)
        assert found.phi == 1
    flat = registered([5, 5], [5, 5], [5], [5])
    assert (flat.difference, flat.z, flat.p) == (0, 0, 1)
    assert flat.lower < 0 < flat.upper


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    narrow, wide = (registered([5, 6, 7] * 4, [12] * 12, [9, 10] * 3, [12] * 6, level) for level in (0.95, 0.995))
    assert wide.lower < narrow.lower < narrow.difference < narrow.upper < wide.upper
    assert (wide.z, wide.p) == (narrow.z, narrow.p)
