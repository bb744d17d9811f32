"""Needs attention: what is listed, and what takes it off the list."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard import attention
from dashboard.access import Viewer
from dashboard.session import View, open_view
from data import Home
from data.journal import Journal
from queries.filters import Filters
from queries.settings import timepoints
from tests.records import Records, loaded, take

LAST_DAY = {window.name: window.last_day for window in timepoints().after}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")


def texts(view: View) -> list[str]:
    return [item.text for item in attention.needs_attention(view)]


def test_a_window_that_closes_today_is_listed_until_somebody_closes_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Records()
    for day in ("2026-03-02", "2026-03-02", "2026-03-03"):
        records.procedure(day)
    loaded(home, records)
    closing = date(2026, 3, 2) + timedelta(days=LAST_DAY["hours_24_72"])
    monkeypatch.setattr(attention, "today", lambda _: closing)
    view = open_view(Filters())
    assert "2 patients' 24–72 hour window closes today" in texts(view)
    waiting = attention.closing_windows(attention.warehouse_of(view), Filters(), "hours_24_72", closing)
    Journal(home.journal).append("closing", waiting[0], {"reason": "reached"}, "somebody")
    assert "1 patient's 24–72 hour window closes today" in texts(view)


def test_a_serious_event_is_listed_until_it_is_reviewed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    row = records.procedure("2026-03-02")
    records.procedure("2026-03-02")
    records.complications.append(
        {
            "complication_id": "E1", "procedure_id": row["procedure_id"], "occurred_on": "2026-03-04",
            "type": "neurological_deficit", "severity": "D", "scale": "sir",
        }
    )  # fmt: skip
    loaded(home, records)
    monkeypatch.setattr(attention, "today", lambda _: date(2026, 3, 5))
    view = open_view(Filters())
    assert "1 serious event or death within 30 days not yet reviewed" in texts(view)
    event = attention.unreviewed_events(attention.warehouse_of(view), Filters())
    assert len(event) == 1
    assert attention.unreviewed_events(attention.warehouse_of(view), Filters.of({"site": ["Nowhere"]})) == []
    Journal(home.journal).append("review", event[0], {"complication_id": None, "event": "neurological_deficit"}, "x")
    assert not [text for text in texts(view) if "not yet reviewed" in text]


def test_a_late_or_refused_load_is_listed(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    records.procedure("2026-03-02")
    loaded(home, records)
    view = open_view(Filters())
    monkeypatch.setattr(attention, "today", lambda _: date(2026, 3, 30))
    assert not [text for text in texts(view) if "late" in text]
    monkeypatch.setattr(attention, "today", lambda _: date(2026, 6, 1))
    assert "The records end on 2 March 2026, 91 days ago: a load is late" in texts(view)
    Journal(home.journal).append("load", "none", {"outcome": "no change", "refused": [{"name": "x.csv"}]}, "x")
    assert "The latest load refused a file" in texts(view)


def test_capture_below_its_gate_is_listed_by_site(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    for site, asked in (("Riverside", 9), ("Lakeside", 6)):
        for place in range(12):
            row = records.procedure("2026-01-12", site=site)
            records.score(row, "2026-01-12T07:00", 8)
            if place < asked:
                records.score(row, "2026-01-14T09:00", 3)
    records.procedure("2026-03-12", site="Riverside")
    loaded(home, records)
    monkeypatch.setattr(attention, "today", lambda _: date(2026, 3, 12))
    found = texts(open_view(Filters()))
    assert "Pain at 24–72 hours at Riverside: asked and answered 75 %; read with caution" in found
    assert "Pain at 24–72 hours at Lakeside: asked and answered 50 %; too little known to give a rate" in found


def test_what_a_role_does_not_open_is_not_listed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    records.procedure("2026-03-02")
    loaded(home, records)
    monkeypatch.setattr(attention, "today", lambda _: date(2026, 3, 5))
    view = open_view(Filters())
    assert [item for item in attention.needs_attention(view) if item.page == "follow_up"]
    quality = View(view.path, view.info, Viewer("q", "quality"), view.filters)
    assert not [item for item in attention.needs_attention(quality) if item.link == "Call list"]
    assert take is not None
