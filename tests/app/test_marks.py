"""Every mark of every chart of every page leads to as many procedures as its row of the table counts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.links import drill_through, procedure_links
from dashboard.links.filters import read_address
from dashboard.view import reader_view
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts
from data.home import Home
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.explain.selections import Behind, places_behind
from tests.app.pages import NAMES, app
from tests.grids import sample

# Arms of published trials are other people's patients.
ELSEWHERE = "published"
# Lines of a chart: nothing to click but their points.
LINES = ("lines", "text")
# What is drawn only after a choice, by page: the choice and its values.
CHOICES = {
    "pain_relief": {"pain_later": [True], "pain_timepoint": ["follow_up", "month_3"]},
    "levels_treated": {"spine_outline": ["day_case_completed"]},
    "recovery": {"recovery_other": ["stay_hours"]},
    "same_day_discharge": {"discharge_split": ["start_hour", "weekday", "site"]},
    "follow_up": {"follow_up_timepoint": ["follow_up", "month_3"]},
    "compare": {"compare_by": ["operator", "period"]},
}
STEPS = ("month", "quarter", "block")


@dataclass(frozen=True)
class Drawn:
    """A chart as a page handed it on."""

    view: View
    figure: go.Figure
    table: pd.DataFrame
    by: str | None
    shows: procedure_links.Shows


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, ...], Drawn]:
    """All charts that pages draw from here on, by their key and words."""
    found: dict[tuple[str, ...], Drawn] = {}
    chart = page_parts.show_chart

    def keep(view: View, key: str, figure: go.Figure, table: pd.DataFrame, note: str = "", **more: Any) -> None:
        named = (key, str(figure.layout.meta["subtitle"]), str(figure.layout.meta["alt"]))
        found[named] = Drawn(view, figure, table, more.get("by"), more.get("shows"))
        chart(view, key, figure, table, note=note, **more)

    monkeypatch.setattr(page_parts, "show_chart", keep)
    return found


def shown(page: str, **query: str) -> None:
    """Draw a page with every panel open, and again for each of its choices."""
    at = app(page, **query)
    for panel in at.expander:
        if panel.proto.id:
            at.session_state[panel.proto.id.rsplit("-", 1)[-1]] = True
    at.run()
    assert not at.exception
    states: dict[str, list[Any]] = dict(CHOICES.get(page, {}))
    states |= {one.key: [*STEPS] for one in at.get("button_group") if (one.key or "").startswith("step_")}
    for key, values in states.items():
        for value in values:
            at.session_state[key] = value
            at.run()
            assert not at.exception


def marks(one: Drawn) -> Iterator[tuple[dict[str, int], int | str | None]]:
    """Each mark that answers to the pointer, as the browser names it, and the place in the table that it stands for."""
    rows = json.loads(json.dumps(one.figure.layout.meta["rows"]))
    for number, trace in enumerate(one.figure.to_plotly_json()["data"]):
        if trace.get("hoverinfo") == "skip" or trace.get("mode") in LINES:
            continue
        assert str(number) in rows, f"a mark of {one.figure.layout.meta['title']} leads nowhere"
        for place in range(len(rows[str(number)])):
            point = {"curve_number": number, "point_index": place}
            where = drill_through.place_of(rows, point)
            yield point, where if where == "not-recorded" else drill_through.row_of(where)


def counted(row: pd.Series, asked: Behind, table: pd.DataFrame) -> int:
    """How many procedures a row of a figure says stand behind a mark."""
    if asked.cases is not None and not isinstance(row.get("period"), str):
        first, last = map(int, asked.cases.split("-"))
        return last - first + 1
    if asked.metric == "pain_score_baseline" and "before" in row:
        return int(table.attrs[row["group"]])
    if "count" in row:
        return int(row["count"])
    if asked.curve is not None or asked.category is not None:
        return int(row["numerator"])
    if asked.status == "not-recorded":
        return int(row["eligible"] - row["recorded"])
    return int(row["eligible" if asked.status == "counted" and "eligible" in row else "recorded"])


@pytest.mark.parametrize(
    "page", sample([name for name in NAMES if name not in ("overview", "calls", "methods", "export", "sign_off")], 2)
)
def test_every_mark_leads_to_as_many_procedures_as_its_row_counts(
    page: str, synthetic: Home, drawn: dict[tuple[str, ...], Drawn]
) -> None:
    assert synthetic.has_generation
    shown(page)
    shown(page, site="Northfield Clinic", technique="all")
    assert drawn or page == "procedures"
    for (key, *_), one in drawn.items():
        warehouse = reader_view.warehouse_of(one.view)
        rows = json.loads(json.dumps(one.figure.layout.meta["rows"]))
        known = {name: one.view.values(name) for name in procedure_links.KEYS}
        before = {row["group"]: row["recorded"] for row in one.view.rows("pain_score_baseline", by="baseline_band")}
        one.table.attrs |= before
        for point, place in marks(one):
            asked = drill_through.of_point(one.table, rows, point, one.by)
            if asked is None:
                assert key.startswith(ELSEWHERE), (key, point)
                continue
            row = one.table.iloc[0 if place == "not-recorded" else place]
            shows = one.shows[place] if isinstance(one.shows, tuple) else one.shows
            address = procedure_links.address_of(one.view, asked, shows) if isinstance(shows, Filters) else None
            filters = one.view.filters_of(asked.metric)
            if address is not None:
                query = {name: [value] if isinstance(value, str) else value for name, value in address.items()}
                choice = read_address(query, known)
                assert not choice.left_out
                filters = Filters.of(choice.values, choice.date_from, choice.date_to)
            assert asked.is_valid
            assert drill_through.read_address(drill_through.to_address(asked)) == (asked, True)
            assert len(places_behind(warehouse, filters, asked)) == counted(row, asked, one.table), (key, asked)
            assert read_catalogue()[asked.metric].title in drill_through.list_sentence(asked)
