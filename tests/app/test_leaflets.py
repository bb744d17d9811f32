"""What we tell patients: every sentence, computed from what was loaded; "not recorded" only where nothing is."""

import html
from datetime import date, timedelta

import pytest

from dashboard.pages import recovery
from dashboard.view import leaflet_sentences
from dashboard.view.reader_view import VIEW_KEY, View, open_view
from data.home import Home
from data.settings import read_promises
from queries.catalogue.filters import Filters
from tests.app.pages import app, texts
from tests.records import Records, loaded

FORTY = [date(2026, 1, 5) + timedelta(days=place) for place in range(40)]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Forty procedures, each talked over the week before; thirty were given advice; ten never came to either."""
    home = Home(tmp_path_factory.mktemp("forty"))
    records = Records()
    for place, day in enumerate(FORTY):
        row = records.procedure(day.isoformat())
        records.contact(row, f"{day - timedelta(days=7)}T09:00", "consultation", "attended")
        if place < 30:
            records.contact(row, f"{day}T16:00", "advice_given", "reached")
        if place < 4:
            row["discharged_at"] = f"{day + timedelta(days=1)}T10:00"
            row["delay_reason"] = "no_transport" if place < 3 else "late_finish"
    loaded(home, records)
    return home


@pytest.fixture
def view(forty: Home, monkeypatch: pytest.MonkeyPatch) -> View:
    monkeypatch.setenv("OUTCOMES_HOME", str(forty.root))
    return open_view(Filters())


def said(view: View) -> dict[str, str]:
    return {
        one.now.name: " ".join(
            (*leaflet_sentences.measured_sentences(one), *leaflet_sentences.further_sentences(view, one))
        )
        for one in leaflet_sentences.read_sentences(view)
    }


def test_forty_consultations_that_were_loaded_are_counted(view: View) -> None:
    shown = said(view)
    assert shown["consultation"] == "Talked with the radiologist before the day: done for 40 of 40 recorded (100 %)."
    # Nobody said who is back to usual activity, but the advice stands beside it.
    assert shown["usual_activity"].startswith("Not recorded by this department: none of 40.")
    assert (
        "Guidelines for activity given: done for 30 of 30 recorded (100 %), 10 not recorded" in shown["usual_activity"]
    )
    assert "3 of 40" in shown["transport"]


def test_without_any_it_says_of_how_many_none_is_recorded(home: Home) -> None:
    records = Records()
    for day in FORTY:
        records.procedure(day.isoformat())
    loaded(home, records)
    shown = said(open_view(Filters()))
    assert shown["consultation"] == "Not recorded by this department: none of 40."
    assert "Guidelines for activity given: not recorded." in shown["usual_activity"]


def test_the_page_lists_every_sentence_in_order_those_that_hold_and_those_not_measured_in_parts_of_their_own(
    view: View,
) -> None:
    at = app("what_we_tell_patients")
    told, text = leaflet_sentences.read_sentences(at.session_state[VIEW_KEY]), html.unescape(texts(at))
    parts = (leaflet_sentences.NO, leaflet_sentences.UNSAID, leaflet_sentences.YES, leaflet_sentences.UNMEASURED)
    order = sorted(told, key=lambda one: parts.index(one.verdict[0]))
    places = [text.index(f"“{one.now.said}”") for one in order]
    assert places == sorted(places)
    assert len(places) == len(read_promises().versions) == 32


def test_sentences_that_do_not_hold_stand_open_and_the_others_in_folds_with_their_count(home: Home) -> None:
    records = Records()
    for day in FORTY:
        row = records.procedure(day.isoformat(), discharged_at=f"{day + timedelta(days=1)}T10:00")
        records.contact(row, f"{day + timedelta(days=30)}T09:00", "follow_up_visit", "attended")
    loaded(home, records)
    at = app("what_we_tell_patients")
    folded = [one.value for fold in at.expander for one in fold.get("html")]
    (table,) = (one.value for one in at.get("html") if "holds?" in one.value and one.value not in folded)
    assert "“Home the same day”" in table and "Same-day discharge: 0 % (0 of 40; 0–9 %)." in table
    assert "“Home the same day”" not in " ".join(folded)
    for fold in at.expander:
        if fold.label.startswith("Sentences"):
            rows = sum(one.value.count("<tr>") - 1 for one in fold.get("html"))
            assert fold.label.endswith(f"({rows})")


def test_without_a_ready_time_the_share_of_the_page_recovery_measures_the_sentence_and_says_from_what(
    home: Home,
) -> None:
    records = Records()
    for place, day in enumerate(FORTY):
        left = f"{day}T12:00" if place < 30 else f"{day + timedelta(days=1)}T10:00"
        records.procedure(day.isoformat(), recovery_ready_at=None, discharged_at=left)
    loaded(home, records)
    view = open_view(Filters())
    one = next(one for one in leaflet_sentences.read_sentences(view) if one.now.name == "recovery")
    assert one.verdict[0] == leaflet_sentences.YES
    assert leaflet_sentences.measured_sentences(one) == [
        "Home-ready within 6 hours: 75 % (30 of 40; 60–86 %).",
        "Hours until ready to go home: not recorded.",
        one.now.mind,
    ]
    assert leaflet_sentences.over_time(view, one)["unit"].unique().tolist() == ["%"]
    said_there = recovery.answer_sentence(view.figure(recovery.HEADLINE), "outpatients")
    assert said_there.startswith("30 of 40 outpatients were ready to go home within 6 hours (75 %; 60–86 %)")


def test_no_fixed_text_speaks_of_what_a_department_sends() -> None:
    for promise in read_promises().promise:
        for text in (promise.not_measured, promise.mind):
            assert "not sent" not in text and "by this department" not in text and "not recorded" not in text
