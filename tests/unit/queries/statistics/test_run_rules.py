"""Rules against the output of other tools, and where they must keep silent."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.statistics import control_charts, run_rules
from queries.statistics.run_rules import Label, anhoej, anhoej_limits, assurance, making_data_count, variation
from tests.unit.queries.vectors import vector

OLD_WORDS: dict[str, Label] = {
    "Common Cause": "common",
    "Above UCL": "above_limit",
    "Below LCL": "below_limit",
    "7 Point Trend (Increasing)": "trend_up",
    "7 Point Trend (Decreasing)": "trend_down",
    "2 in 3 Above CL": "two_of_three_high",
    "2 in 3 Below CL": "two_of_three_low",
    "7 Points Above CL": "run_above",
    "7 Points Below CL": "run_below",
}


def labels_of(values: list[float]) -> list[Label]:
    chart = control_charts.xmr(values, screen=True)
    return making_data_count(chart.values, chart.centre, chart.lower_raw, chart.upper_raw)


def test_critical_values_agree_with_qicharts2() -> None:
    for row in vector("anhoej_run_rules")["expected"]["table"]:
        assert anhoej_limits(row["n"]) == (row["longest_run_max"], row["crossings_min"]), row


def test_runs_agree_with_qicharts2() -> None:
    found = vector("anhoej_run_rules")
    for name, values in found["input"]["cases"].items():
        expected, result = found["expected"]["cases"][name], anhoej(values)
        assert result == run_rules.Anhoej(
            useful=expected["n_useful"],
            longest_run=expected["longest_run"],
            longest_run_limit=expected["longest_run_max"],
            crossings=expected["crossings"],
            crossings_limit=expected["crossings_min"],
            signal=expected["signal"],
        ), name


def test_runs_on_control_charts_agree_with_qicharts2() -> None:
    found = vector("synthetic_spc_suite")
    x, n = found["input"]["sameday"], found["input"]["n"]
    for name, chart in (("p", control_charts.p(x, n)), ("p_freeze12", control_charts.p(x, n, 12))):
        result, expected = anhoej(chart.values, chart.centre), found["expected"][name]
        assert (result.useful, result.longest_run, result.crossings, result.signal) == (
            expected["n_useful"], expected["longest_run"], expected["crossings"], expected["runs_signal"],
        )  # fmt: skip


def test_labels_agree_with_making_data_count() -> None:
    found = vector("making_data_count_rules_ptd")
    for name, values in found["input"]["series"].items():
        expected = [OLD_WORDS[word] for word in found["expected"]["series"][name]["special_cause_type"]]
        if name == "s3_s3_s2":
            expected[16] = "two_of_three_high"
        assert labels_of(values) == expected, name


def test_colours_agree_with_making_data_count() -> None:
    found = vector("making_data_count_rules_ptd")
    for name, values in found["input"]["series"].items():
        labels, expected = labels_of(values), found["expected"]["series"][name]
        for better in ("increase", "decrease", "neutral"):
            ours = [variation(labels[: place + 1], better) for place in range(len(labels))]
            theirs = [word.removeprefix("special_cause_") for word in expected[f"point_type_{better}"]]
            if name == "s3_s3_s2":
                ours.pop(16), theirs.pop(16)
            assert ours == theirs, (name, better)


def test_icons_agree_with_making_data_count() -> None:
    found = vector("assurance_variation_icons")
    chart = control_charts.xmr(found["input"]["y"])
    labels = labels_of(found["input"]["y"])
    for case, expected in found["expected"]["cases"].items():
        direction, place = case.split("_")
        target = found["input"]["targets"][int(place) - 1]
        for lower, upper in ((chart.lower, chart.upper), (expected["lpl"], expected["upl"])):
            assert assurance(lower, upper, target, direction) == (expected["assurance"] or "none"), case
        assert variation(labels, direction) == expected["variation"]


def test_a_flat_series_is_not_special() -> None:
    for value in (5, 0.1, 1 / 3):
        assert set(labels_of([value] * 13)) == {"common"}
        assert not anhoej([value] * 13).signal
        assert not anhoej([value] * 13, np.mean([value] * 13)).signal


def test_a_first_point_on_the_mean_is_not_special() -> None:
    assert making_data_count([5, 6, 4, 6, 4, 6, 4], 5, 0, 10)[0] == "common"


def test_the_rules_do_not_apply_when_most_points_lie_on_the_median() -> None:
    values = [5] * 20 + [6] * 9
    assert anhoej(values, 5).longest_run == 9
    assert not anhoej(values, 5).signal
    assert anhoej([5] * 9 + [6] * 9, 5).signal


def test_missing_points_are_left_out_and_one_does_not_break_a_run() -> None:
    values = [6, 6, 6, math.nan, 6, 6, 6, 6, 4]
    labels = making_data_count(values, 5, 0, 10)
    assert labels == ["run_above"] * 3 + ["common"] + ["run_above"] * 4 + ["common"]
    values[4] = math.nan
    assert set(making_data_count(values, 5, 0, 10)) == {"common"}


def test_a_limit_beyond_what_is_possible_leaves_the_warning_line_where_it_belongs() -> None:
    chart = control_charts.p([10, 10, 9] * 6, [10] * 18)
    assert set(making_data_count(chart.values, chart.centre, chart.lower_raw, chart.upper_raw)) == {"common"}


def test_two_of_three_need_all_three_on_one_side() -> None:
    assert making_data_count([0, 4.5, 1, 4.5, 0], 0, -6, 6)[1:4] == ["two_of_three_high", "common", "two_of_three_high"]
    assert set(making_data_count([0, 4.5, -1, 4.5, 0], 0, -6, 6)) == {"common"}


def test_without_target_or_direction_nothing_is_assured() -> None:
    assert assurance(1, 2, None, "higher") == "none"
    assert assurance(1, 2, 1.5, "neutral") == "none"
    assert assurance(math.nan, 2, 1.5, "higher") == "none"


@pytest.mark.parametrize(
    ("better", "meaning"), [("higher", "improvement"), ("lower", "concern"), ("neutral", "neutral_high")]
)
def test_a_high_point_means_what_the_direction_says(better: str, meaning: str) -> None:
    assert variation(["common", "two_of_three_high"], better) == meaning
    assert variation([], better) == "common_cause"


@given(st.lists(st.one_of(st.floats(-50, 50), st.none()), max_size=40))
def test_every_point_gets_a_label_and_turning_the_series_round_turns_labels_round(values: list[float | None]) -> None:
    known = np.array(values, float)
    labels = making_data_count(known, 0, -30, 30)
    assert len(labels) == len(values)
    assert all(label == "common" for label, value in zip(labels, values, strict=True) if value is None)
    mirrored = making_data_count(-known, 0, -30, 30)
    limits = [("above" in label or "below" in label, "limit" in label) for label in labels]
    assert [("above" in label or "below" in label, "limit" in label) for label in mirrored] == limits
