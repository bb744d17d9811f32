"""Charts over time, of rare events and comparisons: shapes beside colours, hollow, small, the finding in words."""

import json
from base64 import b64decode
from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts.funnel import funnel_chart
from dashboard.charts.trends.card_chart import card_chart
from dashboard.charts.trends.marked_months import MarkedMonths, mark_months
from dashboard.charts.trends.over_time import only_point, over_time
from dashboard.charts.trends.rare_events import cases_between, cusum_chart, days_between, line_corners
from dashboard.text.theme import DARK, LIGHT, THEMES, Theme
from queries.catalogue.metrics import read_catalogue
from queries.statistics import cusum, funnel
from queries.trends.trend import Rebase, Trend, make_trend
from tests.series import monthly, monthly_values

STABLE = [8, 9, 7, 10, 8, 7, 9, 8, 6, 9, 8, 10, 7, 8, 9, 8, 7, 9, 8, 7]
YES = [*STABLE, *[12, 11, 12, 11, 12, 5, 11, 12, 12, 11, 3]]
N = [12] * 25 + [5] + [12] * 5


def discharge(metric: str = "day_case_completed", **more) -> Trend:
    more = {"rules": "anhoej"} | more
    return make_trend(monthly(YES, N, incomplete=1), read_catalogue()[metric], step="month", gate="plain", **more)


def symbols(figure: go.Figure) -> set[str]:
    return {trace.marker.symbol for trace in figure.data if trace.mode == "markers"}


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_points_have_shapes_beside_colours(theme: Theme) -> None:
    better = over_time(discharge(), "More?", noun="day cases", theme=theme)
    assert symbols(better) == {"circle", "circle-open", "triangle-up"}
    usual = over_time(discharge(rules="limits"), "More?", noun="day cases", theme=theme)
    assert symbols(usual) == {"circle", "circle-open"}
    worse = over_time(discharge("returned_within_7_days"), "More?", noun="discharged", theme=theme)
    assert "diamond" in symbols(worse)
    neutral = over_time(discharge("multi_level"), "More?", noun="procedures", theme=theme)
    assert "square" in symbols(neutral)


def test_one_point_is_a_number_and_no_chart() -> None:
    def alone(yes: list[int], n: list[int]) -> str:
        return only_point(
            make_trend(monthly(yes, n), read_catalogue()["day_case_completed"], step="month", gate="plain")
        )

    assert alone([], []) == alone([0, 0], [0, 0]) == "Nothing recorded yet."
    assert alone([8], [12]) == alone([8, 0], [12, 0]) == "One month so far, 2024-01: 8 of 12 (67 %)."
    assert alone([8, 9], [12, 12]) == ""


def test_a_grey_point_beyond_the_band_says_why_it_is_grey() -> None:
    yes = [10, 9, 11, 10, 12, 8, 10, 11, 9, 10] * 4
    found = make_trend(
        monthly([*yes[1:], 3], [20] * 40), read_catalogue()["day_case_completed"], step="month", gate="plain"
    )
    for classic in (False, True):
        figure = over_time(found, "More?", noun="day cases", theme=LIGHT, classic=classic)
        told = [text for trace in figure.data for text in trace.text or () if "beyond the band" in text]
        assert told == (
            []
            if classic
            else ["April 2027: 3 of 20 (15 %); beyond the band, as among so many points one may be by chance"]
        )


def test_the_alt_text_is_the_finding() -> None:
    found = discharge()
    figure = over_time(found, "More?", noun="day cases", theme=LIGHT)
    assert figure.layout.meta["alt"].endswith(found.sentence)
    assert "2024-01: 8 of 12 (67 %)" in figure.layout.meta["alt"]
    assert "day cases" in figure.layout.meta["subtitle"]


def test_the_subtitle_adds_up_to_the_headline() -> None:
    subtitle = over_time(discharge(), "More?", noun="day cases", theme=LIGHT).layout.meta["subtitle"]
    assert subtitle.endswith(f": {sum(YES[:-1])} of {sum(N[:-1])} day cases, and {YES[-1]} of {N[-1]} in hollow points")
    whole = make_trend(monthly(YES, N), read_catalogue()["day_case_completed"], step="month", gate="plain")
    subtitle = over_time(whole, "More?", noun="day cases", theme=LIGHT).layout.meta["subtitle"]
    assert subtitle.endswith(f": {sum(YES)} of {sum(N)} day cases")


def test_limits_are_steps_and_the_toggle_draws_the_classic_ones() -> None:
    found = discharge()
    for classic, limits in ((False, found.upper), (True, found.classic_upper)):
        figure = over_time(found, "More?", noun="day cases", theme=LIGHT, classic=classic)
        lines = [trace for trace in figure.data if trace.line.shape == "hvh"]
        assert len(lines) == 2
        np.testing.assert_array_equal(np.array(lines[1].y, float), np.array(limits))
    assert "triangle-up" not in symbols(figure)


def test_notes_and_new_baselines_are_pinned() -> None:
    yes = [5, 6, 4, 5, 6, 5, 4, 6, 5, 5, 6, 4, 11, 10, 11, 12, 10, 11, 11, 10, 12, 11, 10, 11]
    found = make_trend(monthly(yes, [12] * 24), read_catalogue()["day_case_completed"], step="month", gate="plain",
                  rebases=[Rebase(date(2025, 1, 1), "nurse call", "A. Lead")])  # fmt: skip
    figure = over_time(found, "More?", noun="day cases", theme=DARK, notes=[(date(2024, 6, 1), "new room")])
    assert {note.text for note in figure.layout.annotations} >= {"new room", "new baseline: nurse call"}
    assert len(figure.layout.shapes) == 2


@pytest.mark.parametrize(("metric", "shown"), [("mean_levels", 2), ("recovery_hours", 0)])
def test_means_have_limits_and_medians_have_none(metric: str, shown: int) -> None:
    values = [4.1, 4.6, 4.3, 4.5, 4.2, 4.4, 4.7, 4.0, 4.3, 4.5] * 2 + [4.4] * 4
    found = make_trend(monthly_values(values, [12] * 24), read_catalogue()[metric], step="month", gate="plain")
    figure = over_time(found, "How many?", noun="procedures", theme=LIGHT)
    drawn = [
        trace for trace in figure.data if trace.line.shape == "hvh" and np.isfinite(np.array(trace.y, float)).any()
    ]
    assert len(drawn) == shown


def test_nothing_and_little_are_no_error() -> None:
    for months in (0, 1, 5):
        found = make_trend(
            monthly(STABLE[:months], [12] * months), read_catalogue()["day_case_completed"], step="month", gate="plain"
        )
        assert over_time(found, "More?", noun="day cases", theme=LIGHT).layout.meta["alt"]


def test_figures_are_plain_values_for_the_browser() -> None:
    assert json.loads(over_time(discharge(), "More?", noun="day cases", theme=LIGHT).to_json())["data"]


def test_the_open_gap_is_hollow_and_limits_need_eight_gaps() -> None:
    few, many = cases_between([3, 9], 4, LIGHT), cases_between([30, 9, 41, 5, 12, 33, 20, 8, 17], 40, LIGHT)
    assert few.data[1].marker.color == "rgba(0,0,0,0)"
    assert "4 cases since the last event" in few.layout.meta["alt"]
    assert "coloured" not in few.layout.meta["subtitle"]
    assert "coloured" not in many.layout.meta["subtitle"], "nothing that is drawn is coloured"
    trial = cases_between([3] * 9 + [400], 4, LIGHT)
    assert "longer than chance explains (trial)" in trial.layout.meta["subtitle"]
    assert cases_between([], 84, LIGHT).layout.meta["alt"].startswith("84 cases since")


def test_events_are_strokes_on_a_strip_of_cases_and_a_long_gap_is_coloured() -> None:
    figure = cases_between([3, 9], 4, LIGHT, [(2, 4), (6, 14), (16, 19)])
    gaps, since, strokes = figure.data
    assert (list(gaps.base), list(gaps.x)) == ([0.5, 4.5], [3, 9])
    assert (list(since.base), list(since.x)) == ([14.5], [4])
    assert list(strokes.x) == [0, 4, 14]
    assert strokes.marker.color == LIGHT.faint
    dated = cases_between([3, 9], 4, LIGHT, [(2, 4), (6, 14), (16, 19)], [(5, 2026)])
    assert (list(dated.layout.xaxis.tickvals), list(dated.layout.xaxis.ticktext)) == ([5], ["2026"])
    assert [note.text for note in figure.layout.annotations] == ["3", "9", "4"]
    long = cases_between([10] * 11 + [400], 4, LIGHT).data[0]
    assert list(long.marker.color) == [LIGHT.grid] * 11 + [LIGHT.main]
    assert len(cases_between([], 84, LIGHT, [(1, 84)]).data) == 2
    assert len(cases_between([], 83, LIGHT, [(2, 84)]).data) == 3


def test_two_events_of_one_day_are_two_strokes_at_one_place_on_the_strip_of_days() -> None:
    figure = days_between([30, 0, 12], 5, LIGHT, [(2, 9), (11, 10), (12, 20), (22, 25)])
    gaps, since, strokes = figure.data
    assert (list(gaps.base), list(gaps.x), list(since.base)) == ([0, 30, 30], [30, 0, 12], [42])
    assert list(strokes.x) == [0, 30, 30, 42]
    assert figure.layout.meta["alt"] == "5 days since the last event; half of the gaps are 12 days or fewer."
    long = days_between([10] * 11 + [0, 400], 4, LIGHT).data[0]
    assert list(long.marker.color) == [LIGHT.grid] * 12 + [LIGHT.main]


@pytest.mark.parametrize("has_lower", [True, False])
def test_the_arms_of_a_cusum_are_drawn_with_their_signals(has_lower: bool) -> None:
    events = [0] * 20 + [1] * 8
    found = cusum.bernoulli(events, 0.05)
    days = [date(2026, 1, 1)] * len(events)
    figure = cusum_chart(
        found, days, limit=3.5, subtitle="watched against 5 %", told="Events came more often.", theme=LIGHT,
        has_lower=has_lower,
    )  # fmt: skip
    assert figure.layout.meta["alt"] == "Events came more often."
    assert any(trace.mode == "markers" and trace.marker.symbol == "diamond" for trace in figure.data)
    assert bool(min(min(trace.y) for trace in figure.data if trace.mode == "lines") < 0) is has_lower
    assert len(figure.layout.shapes) == (2 if has_lower else 1)
    assert figure.layout.yaxis.title.text == "evidence for more events"


@pytest.mark.parametrize("rate", [0, 0.02, 0.3])
def test_the_corners_of_a_cusum_draw_every_case_where_it_is(rate: float) -> None:
    events = np.random.default_rng(7).random(3_000) < rate
    for heights in (cusum.bernoulli(events, 0.02).up, cusum.bernoulli(events, 0.02).down):
        turns = line_corners(heights)
        drawn = np.interp(np.arange(heights.size), turns, heights[turns])
        assert np.abs(drawn - heights).max() < 1e-6
        assert rate > 0.1 or turns.size < heights.size / 5


def test_no_case_has_no_corner() -> None:
    assert line_corners(np.array([])).tolist() == []
    assert line_corners(np.array([0.5])).tolist() == [0]


@pytest.mark.parametrize("far", [True, False])
def test_a_funnel_names_only_what_to_look_into(far: bool) -> None:
    x = [15, 16, 14, 15, 2 if far else 15]
    units = pd.DataFrame({"label": list("ABCDE"), "numerator": x, "recorded": [20] * 5})
    figure = funnel_chart(units, funnel.proportion(x, [20] * 5), False, "Do sites differ?", LIGHT)
    assert ("look into E" in figure.layout.meta["alt"]) is far
    assert "not adjusted" in figure.layout.meta["subtitle"]
    named = [trace for trace in figure.data if trace.mode == "markers+text"]
    assert list(named[0].text) == (["E"] if far else [])


def test_a_widened_funnel_says_so() -> None:
    x, n = [4, 36] * 5, [40] * 10
    units = pd.DataFrame({"label": list("ABCDEFGHIJ"), "numerator": x, "recorded": n})
    figure = funnel_chart(units, funnel.adjusted(x, n), True, "Do sites differ?", LIGHT)
    assert "widened" in figure.layout.meta["subtitle"]


def test_the_months_of_the_period_and_of_its_comparison_are_named_above_the_chart() -> None:
    found = discharge()
    days = [point.start for point in found.points]
    marked = [
        MarkedMonths(date(2025, 7, 1), date(2026, 6, 30), "this period 80 %"),
        MarkedMonths(date(2024, 7, 1), date(2025, 6, 30), "before 71 %"),
    ]
    figure = mark_months(over_time(found, "More?", noun="day cases", theme=DARK), days, marked, DARK)
    chosen, before = figure.layout.shapes[-2:]
    assert (chosen.line.color, before.line.color) == (DARK.ink, DARK.faint)
    assert before.x1 < chosen.x0 < date(2025, 7, 1)
    assert [note.text for note in figure.layout.annotations[-2:]] == ["this period 80 %", "before 71 %"]
    assert figure.layout.meta["alt"].endswith("Marked: this period 80 %; before 71 %.")
    everything = [MarkedMonths(date(2024, 1, 1), date(2030, 1, 1), "this period")]
    plain = over_time(found, "More?", noun="day cases", theme=DARK)
    assert len(mark_months(plain, days, everything, DARK).layout.shapes) == len(figure.layout.shapes) - 2


def test_labels_beside_the_last_point_stretch_no_axis() -> None:
    found = discharge()
    figure = over_time(found, "More?", noun="day cases", theme=LIGHT)
    assert figure.layout.xaxis.range[1] == found.points[-1].end


def test_the_value_at_the_end_is_that_of_the_last_month_that_is_over() -> None:
    found = discharge()
    assert not found.points[-1].is_complete
    last = [point for point in found.points if point.is_complete][-1]
    figure = over_time(found, "More?", noun="day cases", theme=LIGHT)
    (label,) = (note for note in figure.layout.annotations if note.text.startswith("<b>"))
    assert (label.x, label.text) == (last.start, f"<b>{last.value:.0f} %</b>")


def test_a_card_marks_its_months_and_names_the_last() -> None:
    found = discharge()
    marked = [MarkedMonths(date(2025, 7, 1), date(2026, 6, 30), "this period 80 %")]

    def drawn(*months: MarkedMonths) -> str:
        picture = card_chart(found, "alt", LIGHT, months)
        return b64decode(picture.split("base64,")[1].split('"')[0]).decode()

    assert drawn(*marked).count("<polyline") == drawn().count("<polyline") + 1
    last = [point for point in found.points if point.is_complete][-1]
    assert f"<b>{last.value:.0f} %</b><br>{last.start:%b}</span>" in card_chart(found, "alt", LIGHT)
