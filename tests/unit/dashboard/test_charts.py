"""Charts: pure functions of tables; each asks a question, says n of N, and tells its finding in words."""

import json
import math
from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import bar_charts, hours, rates, spine
from dashboard.charts.pain import responders, trajectory
from dashboard.charts.trends.card_chart import unbroken_runs
from dashboard.pages.pain_relief.pain_relief import FALLS, MEASURES
from dashboard.text.phrases import interval_words
from dashboard.text.theme import DARK, LIGHT, THEMES, Theme, number_text, percent_text
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue, read_curves
from queries.catalogue.vertebrae import TREATED_SPINE
from queries.figures.distributions import cumulative_shares, metric_quantiles
from queries.figures.summarise import summarise
from queries.warehouse import Warehouse
from tests.departments import outcome, random_department, warehouse_of

HOURS = tuple(step / 4 for step in range(49))


def drawn(warehouse: Warehouse, theme: Theme, filters: Filters) -> dict[str, go.Figure]:
    """Every chart of the product."""

    def figures(name: str, **split: str) -> pd.DataFrame:
        return summarise(warehouse, read_catalogue()[name], filters=filters, **split)

    points = pd.concat(
        [figures(f"pain_score_{name}").assign(label=name) for name in ("baseline", "hours_24_72", "follow_up")]
    )
    bars = pd.concat([figures(f"{name}_hours_24_72").assign(label=label) for name, label in MEASURES.items()])
    levels, stayed = figures("levels_per_procedure"), figures("not_same_day_reason")
    spread = metric_quantiles(warehouse, read_catalogue()["recovery_hours"], filters, by="levels")
    groups = figures("same_day_discharge", by="levels")
    return {
        "trajectory": trajectory.pain_trajectory(points, theme),
        "curve": responders.relief_curve(
            {"24–72 hours": cumulative_shares(warehouse, read_curves()["pain_fall_hours_24_72"], FALLS, filters)}, theme
        ),
        "bars": responders.responder_bars(bars, theme),
        "spine": spine.spine_picture(figures("treated_vertebra"), theme),
        "levels": bar_charts.category_bars(levels, list(levels["category"].fillna("")), "How many?", "x", theme),
        "reasons": bar_charts.reason_bars(stayed, list(stayed["category"].dropna()), "who stayed", theme),
        "over time": bar_charts.counts_over_time(figures("procedures", period="month"), theme),
        "spread": hours.recovery_spread(spread, list(spread["group"]), (4, 6), theme),
        "ready": hours.ready_by_hour(
            cumulative_shares(warehouse, read_curves()["hours_to_ready"], HOURS, filters), (4, 6), theme
        ),
        "rate": rates.rate_over_time(figures("day_case_completed", period="month"), "Better?", "day cases", theme),
        "groups": rates.rate_by_group(groups, list(groups["group"]), "By levels?", "x", theme),
    }


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("size", [0, 1, 8, 120])
def test_every_chart_can_be_drawn_of_any_number(theme: Theme, size: int, tmp_path: Path) -> None:
    outcomes, pains = random_department(2, size)
    warehouse = warehouse_of(tmp_path / "g.duckdb", outcomes, pains)
    for name, figure in drawn(warehouse, theme, Filters()).items():
        meta = figure.layout.meta
        assert meta["title"].endswith("?"), name
        assert meta["subtitle"], name
        assert meta["alt"].endswith("."), (name, meta["alt"])
        assert "nan" not in meta["alt"], (name, meta["alt"])
        sent = json.loads(figure.to_json())
        assert json.loads(go.Figure(sent).to_json()) == sent, f"plotly would change {name} when it checks it"


def test_drawing_changes_nothing_of_the_table(tmp_path: Path) -> None:
    outcomes, pains = random_department(2, 60)
    table = summarise(
        warehouse_of(tmp_path / "g.duckdb", outcomes, pains), read_catalogue()["day_case_completed"], period="month"
    )
    before = table.copy(deep=True)
    rates.rate_over_time(table, "Better?", "day cases", LIGHT)
    assert table.equals(before)


def test_the_spine_names_every_vertebra_and_its_count() -> None:
    table = pd.DataFrame(
        {"category": ["T12", "L1"], "numerator": [98, 104], "recorded": [400, 400], "value": [24.5, 26]}
    )
    figure = spine.spine_picture(table, LIGHT)
    texts = [text for trace in figure.data if trace.mode == "text" for text in trace.text]
    assert texts[:17] == list(TREATED_SPINE)
    assert "104" in texts
    assert figure.layout.meta["alt"] == "202 vertebrae in 400 procedures; most often L1 104, T12 98."
    hovers = [text for trace in figure.data if trace.mode == "markers" for text in trace.text]
    assert "L1: 104 procedures, 26 % of those with readable levels" in hovers


def test_vertebrae_grow_downwards_and_the_spine_bends_twice() -> None:
    made = spine.vertebral_bodies()
    assert [body.name for body in made] == list(TREATED_SPINE)
    assert all(upper.y > lower.y for upper, lower in pairwise(made))
    assert max(body.x for body in made) > 10
    assert min(body.x for body in made) < -5


def test_a_rate_with_too_much_missing_is_not_drawn_as_a_rate(tmp_path: Path) -> None:
    rows = [outcome(place, discharge_day=0 if place <= 12 else None) for place in range(1, 31)]
    table = summarise(warehouse_of(tmp_path / "g.duckdb", rows), read_catalogue()["day_case_completed"])
    figure = rates.rate_by_group(table, ["all"], "By?", "x", LIGHT)
    assert len(figure.data[0].x) == 0
    assert figure.layout.annotations[0].text == "all  <b>12 of 12</b>"


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ((231, 74, 10), "No difference seen; too few to say of c"),
        ((231, 12, 10), "Too few to say"),
        ((231, 74, 60), "No difference seen"),
    ],
)
def test_a_small_group_is_told_as_too_few_to_say(counts: tuple[int, ...], found: str) -> None:
    rows = pd.DataFrame({"recorded": counts, "numerator": [round(0.8 * n) for n in counts], "gate": "plain"})
    rows = rows.assign(value=80.0, lower=70.0, upper=90.0)
    figure = rates.rate_by_group(rows, ["a", "b", "c"], "By?", "x", LIGHT)
    assert figure.layout.meta["finding"] == found


def test_an_open_month_is_hollow_and_a_small_one_grey(tmp_path: Path) -> None:
    days = [date(2026, 4, 1)] * 12 + [date(2026, 5, 1)] * 4 + [date(2026, 6, 1)] * 12
    rows = [outcome(place, performed_on=day, discharge_day=0) for place, day in enumerate(days, start=1)]
    table = summarise(warehouse_of(tmp_path / "g.duckdb", rows), read_catalogue()["day_case_completed"], period="month")
    figure = rates.rate_over_time(table, "Better?", "day cases", LIGHT)
    marks = [
        (trace.text[0], trace.marker.color, trace.marker.line.color) for trace in figure.data if trace.mode == "markers"
    ]
    assert marks == [
        ("2026-04", LIGHT.main, LIGHT.main),
        ("2026-05", LIGHT.quiet, LIGHT.quiet),
        ("2026-06", LIGHT.paper, LIGHT.quiet),
    ]


def test_a_line_breaks_at_gaps() -> None:
    assert unbroken_runs([None, (1, 1), None, (2, 1), (3, 2)]) == ["2.0,1.0 3.0,2.0"]


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0 %"), (0.4, "under 1 %"), (49.5, "50 %"), (99.6, "over 99 %"), (100, "100 %")],
)
def test_shares_never_round_to_none_or_all(value: float, words: str) -> None:
    assert percent_text(value) == words


def test_numbers_carry_their_unit() -> None:
    assert number_text(4.66, "hours") == "4.7 h"
    assert number_text(48.2, "minutes") == "48 min"
    assert number_text(70.4, "%") == "70 %"
    assert number_text(4.2, "points of 10") == "4.2"
    assert number_text(-0.084, "index") == "-0.08"
    assert interval_words({"lower": -5.04, "upper": -2.0, "unit": "points of 24"}) == "-5.0 to -2.0"
    assert interval_words({"lower": 0.104, "upper": 0.2, "unit": "index"}) == "0.10–0.20"
    assert number_text(1200, "procedures") == "1,200"


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out_from_the_paper(theme: Theme) -> None:
    assert contrast(theme.ink, theme.paper) >= 4.5
    assert contrast(theme.faint, theme.paper) >= 4.5
    assert contrast(theme.main, theme.paper) >= 4.5
    assert contrast(theme.second, theme.paper) >= 4.5
    assert contrast(theme.quiet, theme.paper) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_shades_run_one_way_from_paper_to_strong(theme: Theme) -> None:
    steps = [contrast(shade, theme.paper) for shade in theme.shades]
    assert steps == sorted(steps)
    assert all(later / earlier > 1.1 for earlier, later in pairwise(steps))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_two_colours_differ_in_every_colour_vision(theme: Theme) -> None:
    """Simulated after Viénot 1999 (protan, deutan) and by dropping blue (tritan): lightness or hue stays apart."""
    matrices = {
        "protan": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
        "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
        "tritan": ((1.0, 0.14461, -0.14461), (0.0, 0.85924, 0.14076), (0.0, 0.85924, 0.14076)),
    }

    def seen(colour: str, matrix: tuple) -> list[float]:
        rgb = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        return [sum(weight * part for weight, part in zip(row, rgb, strict=True)) for row in matrix]

    for matrix in matrices.values():
        assert math.dist(seen(theme.main, matrix), seen(theme.second, matrix)) > 0.25
