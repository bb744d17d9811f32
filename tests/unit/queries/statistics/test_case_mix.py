"""Ridge logistic fits and observed/expected against R, by their laws, and how often the funnel errs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from queries.statistics import cusum, intervals
from queries.statistics.risk import ratios
from queries.statistics.risk.logistic import Fit, fit_logistic, measure_calibration, predict_across
from queries.statistics.risk.ratios import chances_of_counts, observed_to_expected, ratio_funnel
from queries.statistics.risk.risk_signals import FALSE, WITHIN, choose_limit, simulate_heights

ORACLE: dict[str, Any] = json.loads(Path(__file__).with_name("case_mix_oracle.json").read_text(encoding="utf-8"))
FACTS, OUTCOMES = np.array(ORACLE["x"], float), np.array(ORACLE["y"])


def test_without_a_penalty_it_is_the_glm_of_r() -> None:
    fit = fit_logistic(OUTCOMES, FACTS)
    assert fit is not None
    slopes = fit.slopes / fit.deviations
    ours = np.r_[fit.intercept - (slopes * fit.means).sum(), slopes]
    np.testing.assert_allclose(ours, ORACLE["glm_intercept_and_slopes"], atol=1e-9)
    np.testing.assert_allclose(fit.predict(FACTS), ORACLE["glm_fitted"], atol=1e-9)
    # Standard errors of the slopes, on their own scale.
    errors = np.sqrt(np.diag(fit.covariance))[1:] / fit.deviations
    np.testing.assert_allclose(errors, ORACLE["glm_standard_errors"][1:], rtol=1e-6)
    np.testing.assert_allclose((fit.means, fit.deviations), (ORACLE["means"], ORACLE["deviations"]), rtol=1e-12)


@pytest.mark.parametrize("penalty", ["1", "25"])
def test_with_a_penalty_it_is_what_r_finds_by_climbing(penalty: str) -> None:
    fit = fit_logistic(OUTCOMES, FACTS, float(penalty))
    assert fit is not None
    np.testing.assert_allclose(np.r_[fit.intercept, fit.slopes], ORACLE["ridge"][penalty], atol=1e-6)


def test_separated_groups_need_a_penalty() -> None:
    facts = np.c_[np.repeat([0.0, 1.0], 50), np.tile([0.0, 1.0], 50)]
    outcomes = facts[:, 0].astype(int)
    assert fit_logistic(outcomes, facts) is None
    fit = fit_logistic(outcomes, facts, 1.0)
    assert fit is not None
    assert 1 < fit.slopes[0] < 10


def test_what_cannot_be_fitted_says_so() -> None:
    assert fit_logistic([1, 1, 1], np.ones((3, 1)), 1.0) is None
    assert fit_logistic([], np.ones((0, 1)), 1.0) is None
    twins = np.c_[FACTS, FACTS[:, 0]]
    assert fit_logistic(OUTCOMES, twins) is None
    assert fit_logistic(OUTCOMES, twins, 1.0) is not None
    constant = fit_logistic(OUTCOMES, np.c_[FACTS, np.full(len(FACTS), 3.1)], 1.0)
    assert constant is not None
    assert (constant.slopes[-1], constant.deviations[-1]) == (0, 0)
    for outcomes, facts in (([0, 1], [[1.0]]), ([0, 2], [[1.0], [2.0]]), ([0, 1], [[np.nan], [2.0]])):
        with pytest.raises(ValueError, match=r"row|known"):
            fit_logistic(outcomes, facts)


def test_a_fit_gives_back_all_yes_of_all_cases_and_does_not_mind_the_scale() -> None:
    """The intercept is not penalised; a fact in other units is the same fact."""
    fit, other = fit_logistic(OUTCOMES, FACTS, 5.0), fit_logistic(OUTCOMES, FACTS * 12 + 7, 5.0)
    assert fit is not None and other is not None
    np.testing.assert_allclose(fit.predict(FACTS).sum(), OUTCOMES.sum())
    np.testing.assert_allclose(fit.predict(FACTS), other.predict(FACTS * 12 + 7))


def test_no_case_is_predicted_from_itself() -> None:
    folds = np.arange(len(OUTCOMES)) % 10
    risks = predict_across(OUTCOMES, FACTS, folds, 1.0)
    changed = np.where(folds == 3, 1 - OUTCOMES, OUTCOMES)
    again = predict_across(changed, FACTS, folds, 1.0)
    np.testing.assert_allclose(risks[folds == 3], again[folds == 3])
    assert not np.allclose(risks[folds != 3], again[folds != 3])


def test_calibration_is_told_in_fifths_and_by_its_slope() -> None:
    chance = np.random.default_rng(3)
    risks = chance.uniform(0.05, 0.95, 4_000)
    outcomes = (chance.random(4_000) < risks).astype(int)
    good = measure_calibration(outcomes, risks)
    assert good.cases == (800,) * 5
    assert sum(good.observed) == outcomes.sum()
    assert list(good.expected) == sorted(good.expected)
    assert good.slope_lower < 1 < good.slope_upper
    extreme = measure_calibration(outcomes, special.expit(2 * special.logit(risks)))
    np.testing.assert_allclose(extreme.slope, good.slope / 2, rtol=1e-6)
    assert np.isnan(measure_calibration(outcomes, np.full(4_000, 0.5)).slope)
    assert measure_calibration([1, 0], [0.5, np.nan]).cases == (1, 0, 0, 0, 0)


def test_ratios_and_their_intervals_agree_with_r() -> None:
    for one in ORACLE["ratios"]:
        found = observed_to_expected(one["observed"], one["risks"])
        np.testing.assert_allclose((found.ratio, found.lower, found.upper), one["ratio_lower_upper"], atol=1e-7)


def test_the_interval_is_exact_for_shares_and_for_rare_events() -> None:
    same = observed_to_expected(9, np.full(12, 0.6))
    np.testing.assert_allclose((same.lower * 0.6, same.upper * 0.6), intervals.clopper_pearson(9, 12), atol=1e-9)
    np.testing.assert_allclose((same.lower * 0.6, same.upper * 0.6), ORACLE["clopper_pearson_9_of_12"], atol=1e-9)
    rare = observed_to_expected(9, np.full(20_000, 0.0004))
    np.testing.assert_allclose((rare.lower * 8, rare.upper * 8), ORACLE["poisson_exact"], rtol=2e-3)
    # Why it is not a Poisson interval: around 80 % that would be more than twice as wide.
    usual = observed_to_expected(80, np.full(100, 0.8))
    poisson = np.diff(intervals.poisson_exact(80))[0] / 80
    assert poisson > 2 * (usual.upper - usual.lower)


def test_counts_have_the_chances_that_convolution_gives() -> None:
    risks = np.random.default_rng(5).uniform(0, 1, 300)
    slow = np.ones(1)
    for risk in risks:
        slow = np.convolve(slow, [1 - risk, risk])
    np.testing.assert_allclose(chances_of_counts(risks), slow, atol=1e-14)
    np.testing.assert_allclose(chances_of_counts(np.full(7, 0.3)), stats.binom.pmf(range(8), 7, 0.3), atol=1e-14)
    assert list(chances_of_counts([])) == [1]


def test_of_very_many_cases_the_normal_limit_agrees_with_the_exact_chances(monkeypatch: pytest.MonkeyPatch) -> None:
    risks = np.random.default_rng(8).uniform(0.02, 0.25, ratios.MANY)
    assert (risks * (1 - risks)).sum() == pytest.approx(1_150, abs=50)
    exact = observed_to_expected(1_420, risks)
    monkeypatch.setattr(ratios, "MANY", 0)
    near = observed_to_expected(1_420, risks)
    assert near != exact
    np.testing.assert_allclose((near.lower, near.upper), (exact.lower, exact.upper), atol=1e-3)


def test_nothing_expected_has_no_ratio() -> None:
    for observed, risks in ((0, []), (3, [0.5, 0.5]), (-1, [0.5])):
        assert np.isnan(observed_to_expected(observed, risks).ratio)
    assert ratio_funnel([0, 0], [[0.1], [0.2]]) is None
    assert ratio_funnel([], []) is None
    none, all_yes = observed_to_expected(0, [0.2] * 10), observed_to_expected(10, [0.2] * 10)
    assert (none.lower, all_yes.upper) == (0, 5)


def test_a_funnel_with_equal_risks_is_the_exact_binomial_one() -> None:
    found = ratio_funnel([10, 30, 8], [np.full(20, 0.5), np.full(40, 0.5), np.full(20, 0.5)])
    assert found is not None
    np.testing.assert_allclose(found.centre, 48 / 40)
    np.testing.assert_allclose(found.tail[2], stats.binom.cdf(8, 20, 0.6), rtol=1e-9)
    assert (found.lower_998 < found.lower_95).all() and (found.upper_95 < found.upper_998).all()


def test_a_change_for_everyone_sets_nobody_apart() -> None:
    """All went up by the same odds: every ratio is above 1, and none is far out."""
    risks = [np.full(200, 0.6), np.full(100, 0.7)]
    found = ratio_funnel([150, 82], risks)
    assert found is not None
    assert found.centre > 1.1
    assert (found.tail > 0.2).all()


def test_doubt_of_the_fit_widens_the_funnel() -> None:
    risks = [np.full(100, 0.6), np.full(100, 0.7)]
    known, doubted = ratio_funnel([50, 80], risks), ratio_funnel([50, 80], risks, [0.4, 0.0])
    assert known is not None and doubted is not None
    assert doubted.tail[0] > 2 * known.tail[0]
    assert doubted.lower_998[0] < known.lower_998[0]
    np.testing.assert_allclose(doubted.tail[1], known.tail[1])


def test_a_unit_like_all_is_not_in_doubt() -> None:
    fit = fit_logistic(OUTCOMES, FACTS, 1.0)
    assert fit is not None
    assert fit.find_doubt(FACTS, FACTS) == pytest.approx(0, abs=1e-9)
    assert fit.find_doubt(np.add(FACTS, [20, 1, 0, 0, 0]), FACTS) > 0.2


def test_the_limit_of_a_sum_holds_its_false_signals_whatever_the_rate() -> None:
    """Where half have the outcome the usual 3.5 would be passed by half of departments; a known risk lowers it."""
    fit = fit_logistic(OUTCOMES, FACTS, 1.0)
    assert fit is not None
    limit = choose_limit(fit, FACTS)
    arms = simulate_heights(fit, FACTS, WITHIN)
    assert all((arm >= limit).mean() <= FALSE for arm in arms)
    assert max((arm >= limit - 0.2).mean() for arm in arms) > FALSE
    assert max((arm >= 3.5).mean() for arm in arms) > 0.3
    known = replace(fit, covariance=np.zeros_like(fit.covariance))
    assert choose_limit(known, FACTS) < limit
    more, fewer = simulate_heights(fit, FACTS, 300, 2.0)
    assert (more >= limit).mean() > 0.8
    assert (fewer >= limit).mean() < 0.05


def test_simulated_heights_are_those_of_the_sum_that_is_drawn() -> None:
    """One possible case and no doubt: each department is a Bernoulli CUSUM, whose chance a Markov chain knows."""
    fit = Fit(intercept=-3.0, slopes=np.zeros(1), means=np.zeros(1), deviations=np.ones(1), covariance=np.zeros((2, 2)))
    more, fewer = simulate_heights(fit, np.zeros((1, 1)), 400)
    upper, lower = cusum.estimate_signal_chances(float(special.expit(-3.0)), 400)
    assert (more >= 3.5).mean() == pytest.approx(upper, abs=0.04)
    assert (fewer >= 3.5).mean() == pytest.approx(lower, abs=0.04)


def simulate_tails(seed: int, fitted: int, size: int, apart: float, rounds: int) -> np.ndarray:
    """Tails of six units that do not differ but in their patients; `apart`: SD of the units' means, in SDs."""
    chance = np.random.default_rng(seed)
    slopes = np.array([-0.35, -0.45, -0.25, -0.4, -0.3, 0.1])
    tails = []

    def draw(many: int, centre: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        facts = chance.standard_normal((many, 6)) + centre
        facts[:, 3:5] = facts[:, 3:5] > 1
        return facts, (chance.random(many) < special.expit(1 + facts @ slopes)).astype(int)

    for _ in range(rounds):
        centres = chance.normal(0, apart, (6, 6))
        before = [draw(fitted // 6, centre) for centre in centres]
        now = [draw(size, centre) for centre in centres]
        fit = fit_logistic(np.concatenate([yes for _, yes in before]), np.vstack([facts for facts, _ in before]), 1.0)
        assert fit is not None
        everyone = np.vstack([facts for facts, _ in now])
        found = ratio_funnel(
            [int(yes.sum()) for _, yes in now],
            [fit.predict(facts) for facts, _ in now],
            [fit.find_doubt(facts, everyone) for facts, _ in now],
        )
        assert found is not None
        tails += list(found.tail)
    return np.array(tails)


@pytest.mark.thorough
@pytest.mark.parametrize("apart", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("size", [40, 150])
@pytest.mark.parametrize("fitted", [250, 1_500])
def test_a_funnel_of_equal_units_errs_about_as_often_as_it_says(fitted: int, size: int, apart: float) -> None:
    """Both tails together: 5 % beyond the inner limits and 0.2 % beyond the outer, of whole counts rather fewer."""
    tails = simulate_tails(7, fitted, size, apart, 400)
    assert (tails <= 0.025).mean() <= 0.06
    assert (tails <= 0.001).mean() <= 0.005
