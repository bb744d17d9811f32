"""Charts of observed against expected: plain figures that plotly takes, their finding in words, no ranking."""

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts.expected_ratios import expected_funnel, expected_ratios
from dashboard.charts.trends.vlad_chart import RiskCourse, vlad_chart
from dashboard.text.theme import LIGHT, THEMES, Theme
from queries.statistics.risk.ratios import observed_to_expected, ratio_funnel

RISKS = [np.full(size, 0.6) for size in (90, 40, 60, 30, 120)]


def units(observed: list[int]) -> pd.DataFrame:
    rows = []
    for label, count, risks in zip("ABCDE", observed, RISKS, strict=False):
        ratio = observed_to_expected(count, risks)
        rows.append(
            {
                "label": f"Site {label}", "observed": count, "expected": risks.sum(), "ratio": ratio.ratio,
                "ratio_lower": ratio.lower, "ratio_upper": ratio.upper,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def funnel_of(observed: list[int]) -> tuple[pd.DataFrame, float]:
    found = ratio_funnel(observed, RISKS)
    assert found is not None
    limits = ("lower_95", "upper_95", "lower_998", "upper_998", "tail")
    return units(observed).assign(**{f"ratio_{name}": getattr(found, name) for name in limits}), found.centre


def course(more: list[int], better: str = "higher") -> RiskCourse:
    days = [date(2026, 1, 1) + timedelta(days=place) for place in range(60)]
    beyond = np.cumsum(np.full(60, 0.3))
    return RiskCourse(beyond=beyond, days=days, numbers=list(range(1, 61)), more=more, fewer=[], better=better)


def holds(figure: go.Figure) -> None:
    sent = json.loads(figure.to_json())
    assert json.loads(go.Figure(sent).to_json()) == sent
    assert figure.layout.meta["title"].endswith("?")
    assert figure.layout.meta["alt"].endswith(".")
    assert "nan" not in figure.layout.meta["alt"]


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_each_can_be_drawn(theme: Theme) -> None:
    table, centre = funnel_of([54, 24, 36, 18, 40])
    holds(expected_funnel(table, centre, "x", theme))
    holds(expected_ratios(units([50, 20]), "x", theme))
    holds(expected_ratios(units([0]), "x", theme))
    holds(vlad_chart(course([20]), "What?", "found", "x", theme))


def test_the_funnel_names_who_is_far_and_leads_to_their_procedures() -> None:
    table, centre = funnel_of([54, 24, 36, 18, 40])
    figure = expected_funnel(table, centre, "x", LIGHT)
    assert figure.layout.meta["finding"] == "Look into Site E 0.56"
    named = [trace for trace in figure.data if trace.mode == "markers+text"]
    assert [list(trace.text) for trace in named] == [["Site E"]]
    assert list(figure.layout.meta["rows"].values()) == [[0, 1, 2, 3], [4]]
    table, centre = funnel_of([54, 24, 36, 18, 72])
    assert "No unit lies" in expected_funnel(table, centre, "x", LIGHT).layout.meta["finding"]


def test_units_stand_in_the_order_given_beside_all_together() -> None:
    figure = expected_ratios(units([50, 20]), "x", LIGHT)
    words = [note.text for note in figure.layout.annotations]
    assert words == ["all together 0.90", "Site A  <b>0.93 (50 of 54.0)</b>", "Site B  <b>0.83 (20 of 24.0)</b>"]


def test_more_is_welcome_only_where_higher_is_better() -> None:
    symbols = [
        vlad_chart(course([20], better), "What?", "found", "x", LIGHT).data[1].marker.symbol
        for better in ("higher", "lower")
    ]
    assert symbols == ["triangle-up", "diamond"]
    marked = vlad_chart(course([20, 40]), "What?", "found", "x", LIGHT)
    assert [one["cases"] for one in marked.layout.meta["rows"][1]] == ["21-21", "41-41"]
