"""Trends: which points count, where the lines come from, when something may be said, and in which words."""

import math
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from queries.catalogue.filters import EVERYTHING
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import BLOCK, summarise
from queries.statistics import control_charts
from queries.statistics.prediction import limit_means
from queries.trends.present import judge_figure
from queries.trends.steps import choose_step, step_for
from queries.trends.trend import Rebase, make_trend
from queries.trends.what_changed import WATCHED, what_changed
from tests.departments import outcome, warehouse_of
from tests.series import monthly, monthly_values

DISCHARGE = read_catalogue()["day_case_completed"]
STABLE = [8, 9, 7, 10, 8, 7, 9, 8, 6, 9, 8, 10, 7, 8, 9, 8, 7, 9, 8, 7, 9, 7, 8, 9]
TWELVE = [12] * 24
BETTER = [*STABLE[:20], *[12, 11, 12, 11, 12, 12, 11, 12, 12, 11]]


def of(figures: pd.DataFrame, **more):
    return make_trend(figures, DISCHARGE, step="month", gate=more.pop("gate", "plain"), **more)


def test_a_stable_series_says_that_nothing_was_seen_and_what_would_have_been() -> None:
    found = of(monthly(STABLE, TWELVE))
    assert (found.verdict, found.reason) == ("none", "no_change")
    assert found.sentence == (
        "No change seen; a change from 68 % to 88 % would be seen within a year in about 86 of 100 such departments."
    )
    assert {point.label for point in found.points} == {"common"}


def test_a_change_names_its_month_and_n_of_n_before_and_after() -> None:
    found = of(monthly(BETTER, [12] * 30))
    assert (found.verdict, found.direction) == ("improvement", "higher")
    now, before = found.judgement.now, found.judgement.before
    assert now is not None and before is not None
    assert (now.first, now.last) == (date(2025, 9, 1), date(2026, 6, 30))
    assert (now.numerator, now.n, before.n) == (116, 120, 240)
    assert found.short == "higher than before: 116 of 120 (97 %) since about September 2025"
    assert found.sentence == (
        "Higher since about September 2025: 116 of 120 (97 %); in the 20 months before 162 of 240 (68 %). The month "
        "was chosen by the data."
    )
    assert {point.label for point in found.points[-10:]} <= {"common", "above_limit"}
    with_runs = of(monthly(BETTER, [12] * 30), rules="anhoej")
    assert [point.label for point in with_runs.points[-10:]].count("run_above") >= 8


def test_a_gain_that_is_over_is_told_in_the_past_and_what_followed_in_the_present() -> None:
    yes = [round(15 * rate) for rate in [0.63] * 20 + [0.87] * 9 + [0.47] * 8]
    found = of(monthly(yes, [15] * 37))
    assert (found.verdict, found.direction) == ("concern", "lower")
    assert "lower than before: 56 of 120 (47 %)" in found.short
    assert "in the 9 months before 117 of 135 (87 %)" in found.sentence
    assert found.sentence.endswith("Earlier it was 180 of 300 (60 %) from January 2024 – August 2025.")


def test_a_gain_that_is_over_and_gone_back_is_not_told_as_present() -> None:
    yes = [*[9, 8, 9, 10] * 5, *[14, 13, 14] * 4, *[9, 8] * 2]
    assert of(monthly(yes, [15] * len(yes))).direction != "higher"


@pytest.mark.parametrize(("late", "reason"), [(9, "recording"), (6, "missing")])
def test_a_change_in_what_is_recorded_is_no_change_of_the_figure(late: int, reason: str) -> None:
    figures = monthly(BETTER, [12] * 30)
    figures.loc[20:, "recorded"] = late
    figures.loc[20:, "numerator"] = late
    found = of(figures)
    assert (found.direction, found.reason) == ("", reason)


def test_the_same_rise_is_a_concern_where_lower_is_better() -> None:
    found = make_trend(
        monthly(BETTER, [12] * 30), read_catalogue()["returned_within_7_days"], step="month", gate="plain"
    )
    assert found.verdict == "concern"


def test_a_rise_of_what_is_neither_good_nor_bad_is_neutral() -> None:
    found = make_trend(monthly(BETTER, [12] * 30), read_catalogue()["multi_level"], step="month", gate="plain")
    assert (found.verdict, found.direction) == ("neutral", "higher")


def test_the_centre_is_a_trial_from_twelve_and_frozen_from_twenty_four() -> None:
    trial, frozen = of(monthly(STABLE[:23], TWELVE[:23])), of(monthly(STABLE, TWELVE))
    assert trial.is_trial and not frozen.is_trial
    assert trial.centre[0] == pytest.approx(100 * sum(STABLE[:12]) / 144)
    assert frozen.centre[-1] == pytest.approx(100 * sum(STABLE[:20]) / 240)
    assert sum(point.is_baseline for point in frozen.points) == 20


@pytest.mark.parametrize(("months", "has_centre"), [(11, False), (12, True)])
def test_without_thirteen_points_there_is_no_verdict(months: int, has_centre: bool) -> None:
    found = of(monthly(BETTER[-months:], [12] * months))
    assert (found.verdict, found.reason) == ("none", "too_few")
    assert math.isnan(found.centre[0]) is not has_centre
    assert "needs 12 months before a change" in found.sentence


def test_limits_are_the_exact_ones_and_classic_ones_lie_beside_them() -> None:
    found = of(monthly(STABLE, TWELVE))
    lower, upper = control_charts.exact_limits(TWELVE, found.centre[0] / 100)
    np.testing.assert_allclose(found.lower, 100 * lower)
    np.testing.assert_allclose(found.upper, 100 * upper)
    np.testing.assert_allclose(found.classic_lower[0], 100 * control_charts.p(STABLE, TWELVE, 20).lower[0])


def test_months_not_over_and_windows_not_closed_count_nowhere() -> None:
    whole = of(monthly(STABLE, TWELVE))
    more = monthly([*STABLE, 0, 0], [*TWELVE, 12, 12], incomplete=1, not_due=[0] * 24 + [3, 0])
    found = of(more)
    assert [point.is_complete for point in found.points[-2:]] == [False, False]
    assert found.centre[:24] == whole.centre
    assert (found.verdict, found.rule_line) == (whole.verdict, whole.rule_line)
    assert math.isnan(found.lower[-1])


def test_a_small_month_is_grey_but_counts_in_runs() -> None:
    n = [12] * 20 + [12, 12, 12, 5, 12, 12, 12, 12, 12, 12]
    yes = [*STABLE[:20], 12, 11, 12, 5, 12, 12, 11, 12, 12, 11]
    found = of(monthly(yes, n))
    assert found.points[23].is_small
    assert found.judgement.now is not None and found.judgement.now.first == date(2025, 9, 1)
    assert found.verdict == "improvement"


def test_a_small_month_far_out_is_not_coloured_by_itself() -> None:
    yes, n = [*STABLE, 0, 8], [*TWELVE, 7, 12]
    assert of(monthly(yes, n)).points[24].label == "common"
    assert of(monthly([*STABLE, 0, 8], [*TWELVE, 12, 12])).points[24].label == "below_limit"


def test_one_month_far_out_is_coloured_and_not_put_into_words() -> None:
    found = of(monthly([*STABLE, 0, 8], [*TWELVE, 12, 12]))
    assert found.points[24].label == "below_limit"
    assert found.verdict == "none"


def test_a_rebase_by_a_person_starts_new_lines() -> None:
    yes = [5, 6, 4, 5, 6, 5, 4, 6, 5, 5, 6, 4, 11, 10, 11, 12, 10, 11, 11, 10, 12, 11, 10, 11]
    decided = Rebase(date(2025, 1, 1), "nurse call introduced", "A. Lead")
    found = of(monthly(yes, TWELVE), rebases=[decided])
    assert found.rebases == (decided,)
    assert found.centre[0] == pytest.approx(100 * sum(yes[:12]) / 144)
    assert found.centre[-1] == pytest.approx(100 * sum(yes[12:]) / 144)
    assert found.direction == "higher"


def test_a_rebase_needs_twelve_points_on_either_side() -> None:
    decided = Rebase(date(2025, 3, 1), "too early", "A. Lead")
    found = of(monthly(STABLE, TWELVE), rebases=[decided])
    assert found.refused_rebases == (decided,)
    assert found.centre == of(monthly(STABLE, TWELVE)).centre


@pytest.mark.parametrize(("gate", "reason"), [("bounds_only", "missing"), ("counts_only", "small")])
def test_too_much_missing_means_no_verdict_and_no_colour(gate: str, reason: str) -> None:
    found = of(monthly(BETTER, [12] * 30), gate=gate)
    assert (found.verdict, found.reason, found.judgement.now) == ("none", reason, None)
    assert {point.label for point in found.points} == {"common"}


def test_a_month_with_too_much_missing_counts_nowhere() -> None:
    gates = ["plain"] * 23 + ["bounds_only"]
    assert not of(monthly(STABLE, TWELVE, gates=gates)).points[23].is_complete


@pytest.mark.parametrize(("missing", "coloured"), [([24], True), ([24, 25], False), ([23, 25], True)])
def test_a_run_goes_on_over_one_missing_month_and_ends_at_two(missing: list[int], coloured: bool) -> None:
    gates = ["bounds_only" if place in missing else "plain" for place in range(30)]
    found = of(
        monthly([*STABLE[:20], *[11, 12, 11, 12, 11, 12, 11, 12, 11, 11]], [12] * 30, gates=gates), rules="anhoej"
    )
    assert any(point.label == "run_above" for point in found.points) is coloured
    assert all(found.points[place].label == "common" for place in missing)


def test_the_rules_of_a_chart_choose_colours_and_no_words() -> None:
    figures = monthly(BETTER, [12] * 30)
    assert len({of(figures, rules=rules).short for rules in ("limits", "anhoej", "making_data_count")}) == 1


def test_a_point_beyond_the_band_is_coloured_only_if_chance_would_rarely_bring_any() -> None:
    """Of 20 at 50 %, 3 lies beyond the 0.135 % limit; that one of twelve points does so is not rare enough."""
    yes = [10, 9, 11, 10, 12, 8, 10, 11, 9, 10] * 4
    for lowest, label in ((3, "common"), (2, "below_limit")):
        found = of(monthly([*yes[1:], lowest], [20] * 40))
        assert found.points[-1].value < found.lower[-1]
        assert found.points[-1].label == label


def test_a_month_without_cases_is_a_gap() -> None:
    found = of(monthly([*STABLE[:12], 0, *STABLE[12:]], [*TWELVE[:12], 0, *TWELVE[12:]]))
    assert math.isnan(found.points[12].value)
    assert found.reason == "no_change"


@pytest.mark.parametrize("yes", [0, 12])
def test_none_or_all_throughout_has_nothing_to_judge(yes: int) -> None:
    found = of(monthly([yes] * 24, TWELVE))
    assert (found.verdict, found.reason) == ("none", "constant")


def test_no_months_at_all_is_no_error() -> None:
    found = of(monthly([], []))
    assert (found.points, found.reason) == ((), "too_few")


def test_making_data_count_is_another_rule_set_and_says_so() -> None:
    found = of(monthly([*STABLE, *[12] * 8], [12] * 32), rules="making_data_count")
    assert found.rule_line.startswith("Making Data Count rules (2023)")
    assert "Anhøj" not in found.rule_line
    assert found.points[-1].label.startswith(("run_above", "two_of_three", "above"))
    assert found.verdict == "improvement"


@pytest.mark.parametrize("metric", ["mean_levels", "pain_change_hours_24_72"])
def test_means_are_judged_by_their_patients(metric: str) -> None:
    values = [4.1, 4.6, 4.3, 4.5, 4.2, 4.4, 4.7, 4.0, 4.3, 4.5] * 2
    stable = make_trend(
        monthly_values([*values, 4.4, 4.2, 4.6, 4.1], [12] * 24), read_catalogue()[metric], step="month", gate="plain"
    )
    assert stable.reason == "no_change"
    shifted = make_trend(monthly_values([*values, *[3.1, 3.3, 3.2, 3.0, 3.3, 3.1, 3.4, 3.2, 3.1, 3.3]], [12] * 30),
                    read_catalogue()[metric], step="month", gate="plain")  # fmt: skip
    assert shifted.direction == "lower"
    assert "3.2" in shifted.sentence


def test_a_time_is_judged_by_the_share_within_what_is_told() -> None:
    rows = {
        "recovery_hours": monthly_values([5.0] * 30, [12] * 30),
        "home_ready_within_6_hours": monthly(BETTER, [12] * 30),
    }
    found = judge_figure("recovery_hours", lambda name: rows[name], lambda _: "plain")
    assert (found.direction, found.better, found.name) == ("higher", "higher", "Home-ready within 6 hours")


def test_large_subgroups_that_vary_more_than_chance_get_wider_limits() -> None:
    n = [400] * 24
    yes = [300 if place % 2 else 360 for place in range(24)]
    found = of(monthly(yes, n))
    exact = control_charts.exact_limits(n, found.centre[0] / 100)
    assert found.upper[0] > 100 * exact[1][0]
    assert {point.label for point in found.points} == {"common"}


def test_the_step_is_the_finest_that_holds_ten_cases() -> None:
    assert choose_step([12] * 24, [36] * 8, 288) == "month"
    assert choose_step([4] * 42, [12] * 14, 168) == "quarter"
    assert choose_step([4] * 36, [12] * 12, 144) == "block"
    assert choose_step([4] * 24, [12] * 8, 96) == "quarter"
    assert choose_step([2] * 24, [6] * 8, 48) == "block"
    assert choose_step([], [], 0) == "block"


def test_blocks_hold_ten_recorded_cases_and_the_last_is_unfinished(tmp_path: Path) -> None:
    rows = [
        outcome(place, performed_on=date(2025, 1 + place % 12, 1), discharge_day=None if place % 5 == 0 else place % 2)
        for place in range(1, 41)
    ]
    figures = summarise(warehouse_of(tmp_path / "w.duckdb", rows), read_catalogue()["same_day_discharge"], period=BLOCK)
    assert figures["recorded"].tolist() == [10, 10, 10, 2]
    assert figures["eligible"].sum() == 40
    assert figures["period"].tolist()[0] == "cases 1–10"
    assert figures["period_complete"].tolist() == [True, True, True, False]
    assert figures["period_start"].is_monotonic_increasing
    assert (
        step_for(warehouse_of(tmp_path / "again.duckdb", rows), read_catalogue()["same_day_discharge"], EVERYTHING)
        == "block"
    )
    assert (
        step_for(warehouse_of(tmp_path / "count.duckdb", rows), read_catalogue()["procedures"], EVERYTHING) == "month"
    )


def test_what_changed_says_nothing_when_nothing_did() -> None:
    stable = of(monthly(STABLE, TWELVE))
    found = what_changed(dict.fromkeys(WATCHED, stable))
    assert found.sentences == ()
    assert found.otherwise == (
        "No change seen; in the figure with the fewest cases a change from 68 % to 88 % would be seen within a year in "
        "about 86 of 100 such departments."
    )


def test_what_changed_names_the_figure_and_adds_the_rest() -> None:
    stable, better = of(monthly(STABLE, TWELVE)), of(monthly(BETTER, [12] * 30))
    found = what_changed(dict.fromkeys(WATCHED, stable) | {"day_case_completed": better})
    assert found.sentences[0].startswith("Same-day discharge: higher since about September 2025: 116 of 120 (97 %); ")
    assert found.sentences[0].endswith("The month was chosen by the data.")
    assert found.otherwise == (
        "Elsewhere no change seen; in the figure with the fewest cases a change from 68 % to 88 % would be seen within "
        "a year in about 86 of 100 such departments."
    )


def test_what_two_periods_say_is_told_before_no_change_is() -> None:
    stable = of(monthly(STABLE, TWELVE))
    apart = {"day_case_completed": "higher than before, not yet a lasting change"}
    found = what_changed(dict.fromkeys(WATCHED, stable), apart)
    assert found.sentences == ("Same-day discharge: higher than before, not yet a lasting change.",)
    assert found.otherwise.startswith("Elsewhere no change seen")


def test_figures_that_cannot_be_judged_are_not_called_unchanged() -> None:
    few = of(monthly(STABLE[:5], TWELVE[:5]))
    assert what_changed(dict.fromkeys(WATCHED, few)).otherwise.startswith("Too few complete months")


@pytest.mark.parametrize(
    ("target", "better_metric", "expected"),
    [(20, "day_case_completed", "consistent_pass"), (70, "day_case_completed", "inconsistent"),
     (20, "returned_within_7_days", "consistent_fail"), (None, "day_case_completed", "none")],
)  # fmt: skip
def test_a_target_is_held_against_the_limits_of_a_typical_point(
    target: float | None, better_metric: str, expected: str
) -> None:
    found = make_trend(
        monthly(STABLE, TWELVE), read_catalogue()[better_metric], step="month", gate="plain", target=target
    )
    assert found.assurance == expected
    assert ("target" in found.assured) is (target is not None)
    assert found.said.endswith(found.rule_line)


def test_without_a_verdict_no_target_is_assured() -> None:
    assert of(monthly(STABLE[:9], TWELVE[:9]), target=20).assurance == "none"
    assert of(monthly(BETTER, [12] * 30), gate="bounds_only", target=20).assurance == "none"


def test_a_refused_rebase_is_said() -> None:
    found = of(monthly(STABLE, TWELVE), rebases=[Rebase(date(2025, 3, 1), "too early", "A. Lead")])
    assert "A new baseline from March 2025 needs 12 points a side." in found.said


def test_means_have_limits_that_know_how_few_months_they_come_from() -> None:
    values = [1.5, 1.7, 1.6, 1.4, 1.6, 1.5] * 4
    found = make_trend(monthly_values(values, TWELVE), read_catalogue()["mean_levels"], step="month", gate="plain")
    baseline = np.arange(24) < 20
    lower, upper = limit_means(values, TWELVE, baseline)
    np.testing.assert_allclose(found.lower, lower)
    np.testing.assert_allclose(found.upper, upper)
    np.testing.assert_allclose(found.classic_upper, control_charts.i_prime(values, TWELVE, baseline).upper)
