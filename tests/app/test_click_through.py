"""Every chart leads from each of its marks to exactly the procedures that the mark counts."""

import json
from typing import Any

import pandas as pd
import pytest

from dashboard.charts.funnel import funnel_chart
from dashboard.charts.hours import ready_by_hour
from dashboard.charts.pain.pain_bands import pain_by_band
from dashboard.charts.pain.responders import relief_curve
from dashboard.charts.trends.leaflet_trend import happened_over_time
from dashboard.charts.trends.over_time import over_time
from dashboard.charts.trends.rare_events import cases_between, cusum_chart
from dashboard.links import drill_through
from dashboard.pages.levels_treated import levels_treated
from dashboard.pages.pain_relief.pain_comparisons import by_band
from dashboard.pages.pain_relief.pain_relief import FALLS
from dashboard.text.theme import LIGHT
from dashboard.view import reader_view
from dashboard.view.reader_view import View
from dashboard.widgets.view_trends import trend_of
from data.home import Home
from data.settings import read_promises
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.explain.selections import places_behind
from queries.statistics import cusum, funnel
from queries.trends.case_sequences import cases_in_order
from tests.app.pages import NAMES, app
from tests.grids import sample


@pytest.fixture
def view(synthetic: Home) -> View:
    assert synthetic.has_generation
    return reader_view.open_view(Filters.of({"technique": ["vertebroplasty"]}))


def counts(view: View, figure: Any, table: pd.DataFrame, by: str | None = None) -> list[list[int]]:
    """For each trace that leads somewhere, how many procedures stand behind each of its marks."""
    rows = json.loads(json.dumps(figure.layout.meta["rows"]))
    warehouse = reader_view.warehouse_of(view)
    found = []
    for trace, places in rows.items():
        marks = [{"curve_number": int(trace), "point_index": place} for place in range(len(places))]
        asked = [drill_through.of_point(table, rows, mark, by) for mark in marks]
        assert all(row is not None and row.is_valid for row in asked)
        assert [drill_through.read_address(drill_through.to_address(row)) for row in asked if row] == [
            (row, True) for row in asked
        ]
        found.append([len(places_behind(warehouse, view.filters, row)) for row in asked if row])
    return found


def flat(found: list[list[int]]) -> list[int]:
    return [count for trace in found for count in trace]


def test_blocks_of_ten_lead_to_their_ten_cases(view: View) -> None:
    for metric in ("day_case_completed", "recovery_hours", "responders_50_hours_24_72"):
        shown = trend_of(view, metric, "block")
        found = counts(view, over_time(shown.trend, "?", noun="cases", theme=LIGHT), shown.figures)
        assert sorted(flat(found)) == sorted(shown.figures["recorded"])
        assert max(flat(found)) == 10


def test_points_of_curves_lead_to_those_at_or_beyond_them(view: View) -> None:
    whole = view.curve("hours_to_ready", (2, 4, 4.25, 6, 8, 12))
    assert counts(view, ready_by_hour(whole, (4, 6), LIGHT), whole)[0] == list(whole["numerator"])
    early, late = (view.curve(f"pain_fall_{name}", FALLS) for name in ("hours_24_72", "follow_up"))
    figure = relief_curve({"early": early, "late": late}, LIGHT)
    found = counts(view, figure, pd.concat([early, late]))
    assert found == [list(early["numerator"]), list(late["numerator"])]
    assert found[0][0] > found[0][-1] > 0
    for table in (whole, early, late):
        everybody = drill_through.of_table(table)
        assert everybody
        assert len(places_behind(reader_view.warehouse_of(view), view.filters, everybody)) == table["eligible"].iloc[0]


def test_gaps_between_events_lead_to_the_cases_in_them(view: View) -> None:
    cases = cases_in_order(reader_view.warehouse_of(view), read_catalogue()["any_complication"], view.filters)
    table = view.figures("any_complication")
    gaps, since = counts(view, cases_between(cases.gaps, cases.since_last, LIGHT, cases.between), table)
    assert (gaps, since) == (cases.gaps, [cases.since_last])
    found = cusum.bernoulli(cases.events, 0.05)
    each = counts(
        view, cusum_chart(found, cases.days, limit=3.5, subtitle="", told="told", theme=LIGHT, has_lower=True), table
    )
    assert set(flat(each)) == {1}


def test_bands_and_sentences_and_units_lead_to_who_was_counted(view: View) -> None:
    rows = by_band(view, "hours_24_72")
    figure = pain_by_band(rows, list(rows["group"]), "24–72 hours", LIGHT)
    before = view.figures("pain_score_baseline", by="baseline_band").set_index("group")["recorded"]
    shown = rows[rows["gate"] != "counts_only"]
    hollow, full, written = counts(view, figure, rows, "baseline_band")
    assert written == [row.recorded or row.eligible for row in rows.itertuples() if row.eligible]
    assert full == list(shown["recorded"])
    assert hollow == [before[group] for group in shown["group"]]
    told = view.figures("day_case_completed", period="quarter")
    versions = next(one for one in read_promises().versions.values() if one[-1].metric == "day_case_completed")
    found = counts(view, happened_over_time(told, versions, LIGHT), told)
    assert sorted(flat(found)) == sorted(count for count in told["recorded"] if count)
    units = view.figures("day_case_completed", by="operator")
    units = units[units["group"] != "not_recorded"].reset_index(drop=True).assign(label=units["group"])
    limits = funnel.proportion(units["numerator"].to_numpy(float), units["recorded"].to_numpy(float))
    found = counts(view, funnel_chart(units, limits, False, "?", LIGHT), units, "operator")
    assert sorted(flat(found)) == sorted(units["recorded"])


def test_cells_of_the_matrix_lead_to_who_was_counted(view: View) -> None:
    view = levels_treated.view_of_matrix(view)
    shown = levels_treated.levels_matrix(view)
    warehouse = reader_view.warehouse_of(view)
    seen = 0
    for (_, procedures, *_), (first, *others) in zip(shown.rows, shown.leads, strict=True):
        assert first is not None
        assert f"{len(places_behind(warehouse, view.filters, first)):,}" == procedures
        for row in filter(None, others):
            figures = view.figures(row.metric, by=row.by).set_index("group")
            assert len(places_behind(warehouse, view.filters, row)) == figures.loc[row.group, "recorded"]
            seen += 1
    assert seen > 10


@pytest.mark.usefixtures("synthetic")
@pytest.mark.parametrize("page", sample(NAMES, 3))
def test_every_chart_of_a_page_leads_somewhere(page: str) -> None:
    at = app(page)
    for chart in at.get("plotly_chart"):
        meta = json.loads(chart.proto.spec)["layout"]["meta"]
        assert meta["rows"], (page, meta["title"])
