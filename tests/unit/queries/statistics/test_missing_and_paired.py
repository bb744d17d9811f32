"""Missing answers and paired changes against R, and by their laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from queries.statistics import intervals
from queries.statistics.missing import bounds, inverse_probability
from queries.statistics.paired import change
from tests.unit.queries.vectors import vector


def test_changes_agree_with_r() -> None:
    found = vector("pain_paired_missing_mixed")
    given_, expected = found["input"], found["expected"]
    for after, name in ((given_["followup"], "change_fu"), (given_["early"], "change_early")):
        result = change(given_["baseline"], after)
        np.testing.assert_allclose(
            (result.mean, result.lower, result.upper), [expected[name][key] for key in ("mean", "lo", "hi")], atol=1e-4
        )
    result, shift = change(given_["baseline"], given_["followup"]), expected["hodges_lehmann"]
    assert result.n == expected["n_followup"]
    assert result.standard_deviation == pytest.approx(expected["change_fu"]["sd"], abs=1e-4)
    np.testing.assert_allclose(
        (result.hodges_lehmann, result.hodges_lehmann_lower, result.hodges_lehmann_upper),
        [shift["est"], shift["lo"], shift["hi"]],
        atol=1e-4,
    )


def test_responders_bounds_and_weights_agree_with_r() -> None:
    found = vector("pain_paired_missing_mixed")
    given_, expected = found["input"], found["expected"]
    before, after = np.array(given_["baseline"], float), np.array(given_["followup"], float)
    seen = ~np.isnan(after)
    fell = np.where(seen, before - after, math.nan)
    yes = 10 * fell >= 3 * before
    assert yes.sum() == expected["responders"]["ge30"]
    np.testing.assert_allclose(
        intervals.wilson(yes.sum(), seen.sum()), expected["responders"]["ge30_wilson"], atol=1e-4
    )
    low, high = bounds(yes.sum(), seen.sum(), len(before))
    assert (low, high) == (expected["bounds_ge30"]["worst"], expected["bounds_ge30"]["best"])
    facts = np.column_stack([given_["early_complete_for_ipw"], before])
    estimate, effective = inverse_probability(yes, seen, facts)
    assert estimate == pytest.approx(expected["ipw"]["ge30_hajek"], abs=1e-4)
    assert effective == pytest.approx(expected["ipw"]["ess"], abs=1e-4)
    assert inverse_probability(-fell, seen, facts)[0] == pytest.approx(expected["ipw"]["mean_change_hajek"], abs=1e-4)


def test_a_few_extreme_weights_do_not_decide() -> None:
    chance = np.random.default_rng(7)
    fact = chance.normal(size=2000)
    seen = chance.random(2000) < 1 / (1 + np.exp(-1 - 1.5 * fact))
    yes = chance.random(2000) < 0.4
    estimate, effective = inverse_probability(yes, seen, fact)
    assert abs(estimate - 0.4) < 0.06
    assert 0.3 * seen.sum() < effective < seen.sum()


def test_everybody_seen_needs_no_weights() -> None:
    estimate, effective = inverse_probability([1, 0, 1, 1], [1, 1, 1, 1], [[1], [2], [3], [4]])
    assert (estimate, effective) == (0.75, 4)


def test_weights_that_cannot_be_found_are_not_made_up() -> None:
    assert math.isnan(inverse_probability([1, 0, 1, 0], [1, 1, 0, 0], [1, 2, 3, 4])[0])
    assert math.isnan(inverse_probability([1, 0], [0, 0], [1, 2])[0])
    with pytest.raises(ValueError, match="one known value per patient"):
        inverse_probability([1, 0], [1, 0], [1, math.nan])


def test_nobody_has_no_bounds() -> None:
    assert all(math.isnan(bound) for bound in bounds(0, 0, 0))
    low, high = bounds([3, 0], [5, 0], [10, 0])
    assert (low[0], high[0]) == (0.3, 0.8)
    assert math.isnan(low[1])


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_bounds_contain_what_complete_records_would_have_said(people: list[tuple[bool, bool]]) -> None:
    truth = sum(yes for yes, _ in people) / len(people)
    seen = [yes for yes, is_seen in people if is_seen]
    low, high = bounds(sum(seen), len(seen), len(people))
    assert low - 1e-12 <= truth <= high + 1e-12


def test_too_few_pairs_say_little() -> None:
    assert change([], []).n == 0
    one = change([5], [3])
    assert (one.mean, one.hodges_lehmann) == (-2, -2)
    assert math.isnan(one.lower) and math.isnan(one.hodges_lehmann_lower)
    assert change([5, 6, 7], [5, 6, 7]).wilcoxon_p == 1
    assert math.isnan(change([5] * 5, [1, 2, 3, 4, 5]).hodges_lehmann_lower)
    assert not math.isnan(change([5] * 6, [1, 2, 3, 4, 5, 6]).hodges_lehmann_lower)


def test_the_signed_rank_test_is_exact_without_ties() -> None:
    before, after = [5, 6, 7, 8, 9, 10], [4.5, 5, 5.5, 8.2, 6, 6.4]
    assert change(before, after).wilcoxon_p == pytest.approx(stats.wilcoxon(after, before, method="exact").pvalue)


@given(st.lists(st.tuples(st.integers(0, 10), st.one_of(st.none(), st.integers(0, 10))), min_size=1, max_size=70))
def test_intervals_contain_the_estimate_and_order_does_not_matter(pairs: list[tuple[int, int | None]]) -> None:
    before, after = [before for before, _ in pairs], [after for _, after in pairs]
    result = change(before, after)
    if not math.isnan(result.lower):
        assert result.lower - 1e-9 <= result.mean <= result.upper + 1e-9
    if not math.isnan(result.hodges_lehmann_lower):
        assert result.hodges_lehmann_lower <= result.hodges_lehmann <= result.hodges_lehmann_upper
    mixed = change(before[::-1], after[::-1])
    assert mixed.hodges_lehmann == result.hodges_lehmann or result.n == 0
    assert mixed.wilcoxon_p == pytest.approx(result.wilcoxon_p, nan_ok=True)
