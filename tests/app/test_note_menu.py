"""The menu at a chart over time: write, correct, explain, start a new baseline, take off."""

from datetime import date
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.widgets import note_menu
from data.home import Home
from data.journal import Journal
from tests.records import Records, loaded

KEY = "procedures_by_month"


def menu() -> None:
    """A page with one chart's notes and its menu, the menu open; it runs on its own, so it imports for itself."""
    import streamlit as st  # noqa: PLC0415

    from dashboard.view import reader_view  # noqa: PLC0415
    from dashboard.widgets import note_menu  # noqa: PLC0415
    from queries.catalogue.filters import Filters  # noqa: PLC0415

    class Open:
        open = True
        __enter__ = __exit__ = lambda *_: None

    st.expander = lambda *_, **__: Open()
    view = reader_view.open_view(Filters())
    table = view.figures("procedures", period="month")
    notes = note_menu.notes_on(view, table)
    note_menu.note_list(notes)
    note_menu.note_menu(view, "procedures_by_month", table, notes)


@pytest.fixture
def at(home: Home, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    monkeypatch.setattr(st, "expander", st.expander)
    # Two procedures hold no change that could be explained.
    change = SimpleNamespace(first=date(2026, 2, 1), last=date(2026, 3, 31))
    shown = SimpleNamespace(trend=SimpleNamespace(judgement=SimpleNamespace(now=change), direction="higher"))
    monkeypatch.setattr(note_menu, "trend_of", lambda *_: shown)
    records = Records()
    records.procedure("2026-01-12")
    records.procedure("2026-03-12", site="Lakeside")
    loaded(home, records)
    return AppTest.from_function(menu, default_timeout=60).run()


def kinds(home: Home) -> list[str]:
    return [event.kind for event in Journal(home.journal).events() if event.kind != "load"]


def press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def listed(at: AppTest) -> str:
    return "\n".join(one.value for one in at.get("html"))


def test_a_note_is_written_corrected_used_and_taken_off(at: AppTest, home: Home) -> None:
    assert not at.exception
    at.date_input[0].set_value(date(2026, 2, 3))
    at.text_area[0].input("new <i>suite</i>")
    at.checkbox[1].check()
    press(at, "Save")
    assert not at.exception
    assert "3 February 2026: new &lt;i&gt;suite&lt;/i&gt;" in listed(at)
    chosen = Journal(home.journal).events("note")[0].id
    at.selectbox[0].set_value(chosen).run()
    press(at, "This explains what changed")
    press(at, "Start a new baseline from this day")
    explained, based = Journal(home.journal).events("special_cause")[0], Journal(home.journal).events("rebase")[0]
    assert (explained.subject, explained.payload) == (
        "procedures",
        {"first": "2026-02", "last": "2026-03", "site": None, "step": "month", "direction": "higher"},
    )
    assert any("What changed is explained" in one.value for one in at.caption)
    assert (based.subject, based.payload["from"], based.words) == ("procedures", "2026-02-03", "new <i>suite</i>")
    at.text_area[0].input("new suite")
    press(at, "Save")
    assert "3 February 2026: new suite" in listed(at)
    press(at, "Take it off the charts")
    assert listed(at) == ""
    assert kinds(home) == ["note", "special_cause", "rebase", "note_correction", "note_correction"]


def test_a_note_about_one_site_names_it(at: AppTest, home: Home) -> None:
    site = next(one for one in at.selectbox if one.label == "About")
    assert site.options == ["every site", "Lakeside", "Riverside"]
    site.set_value("Lakeside")
    at.date_input[0].set_value(date(2026, 2, 3))
    at.text_area[0].input("a new nurse")
    press(at, "Save")
    assert Journal(home.journal).events("note")[0].payload["site"] == "Lakeside"
    assert "3 February 2026, Lakeside: a new nurse" in listed(at)


def test_a_note_without_words_is_told_and_not_written(at: AppTest, home: Home) -> None:
    press(at, "Save")
    assert "no words" in at.error[0].value
    assert kinds(home) == []
