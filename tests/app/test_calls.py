"""The call list: who is on it, who leaves it, and what calls have recovered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from dashboard.access.rights import AccessDenied
from dashboard.journal import call_list, heard_scores
from dashboard.pages import calls
from dashboard.text import phrases
from dashboard.view import reader_view
from dashboard.view.reader_view import View, open_view, warehouse_of
from data.errors import UsageProblem
from data.home import Home
from data.journal import HEARD_SCORE, Journal
from queries.catalogue.filters import Filters
from queries.explain.selections import Behind, places_behind
from tests.app.pages import app
from tests.records import Records, loaded
from tests.signed_in import as_reader

# 15 January 2026, 10 in the morning in Chicago.
NOW = "2026-01-15T16:00:00Z"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("calls"))
    records = Records()
    open_window = records.procedure("2026-01-13", patient_id="open")
    last_day = records.procedure("2026-01-12", patient_id="last-day")
    opens_soon = records.procedure("2026-01-15", patient_id="opens-soon", site="Lakeside")
    scored = records.procedure("2026-01-13", patient_id="scored")
    records.procedure("2026-01-13", patient_id="dead", died_on="2026-01-14")
    records.procedure("2026-01-13", patient_id="left-dead", disposition="died")
    records.procedure("2026-01-13", patient_id="dead-some-day", disposition="died", discharged_at=None)
    records.procedure("2026-01-13", patient_id="again")
    records.procedure("2026-01-15", patient_id="again")
    records.procedure("2025-12-01", patient_id="long-ago")
    weeks = records.procedure("2026-01-01", patient_id="weeks")
    asked = records.procedure("2026-01-13", patient_id="asked-no-value")
    for row in (open_window, last_day, opens_soon, scored, weeks, asked):
        records.score(row, f"{row['performed_on']}T08:00", 8)
    records.score(scored, "2026-01-15T09:00", 3)
    loaded(home, records)
    return home


@pytest.fixture
def view(filled: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[View]:
    monkeypatch.setenv("OUTCOMES_HOME", str(filled.root))
    monkeypatch.setenv("OUTCOMES_NOW", NOW)
    as_reader(monkeypatch, "coordinator")
    yield reader_view.open_view(Filters())
    filled.journal.unlink(missing_ok=True)


def patients(view: View) -> list[tuple[str, str]]:
    listed = call_list.call_list(view)
    return list(zip(call_list.numbers_beside(view, listed), (call.timepoint for call in listed), strict=True))


def test_those_in_or_near_a_window_without_a_score_are_listed_soonest_first(view: View) -> None:
    listed = patients(view)
    assert listed[0] == ("last-day", "hours_24_72")
    assert set(listed) == {
        ("last-day", "hours_24_72"), ("last-day", "follow_up"), ("open", "hours_24_72"), ("opens-soon", "hours_24_72"),
        ("again", "hours_24_72"), ("weeks", "follow_up"), ("asked-no-value", "hours_24_72"),
    }  # fmt: skip
    by_patient = dict(zip(listed, call_list.call_list(view), strict=True))
    assert by_patient["last-day", "hours_24_72"].hours_left == pytest.approx(14)
    assert by_patient["opens-soon", "hours_24_72"].opens_in == pytest.approx(14)
    assert by_patient["open", "hours_24_72"].opens_in == 0


def test_a_recorded_call_leaves_the_list_and_can_be_put_back(view: View) -> None:
    before = patients(view)
    first = call_list.call_list(view)[0]
    call_list.close_call(view, first.procedure_id, first.timepoint, "unreachable")
    assert patients(view) == before[1:]
    (closing,) = call_list.recent_closings(view)
    assert (closing.reason, closing.author) == ("unreachable", "one coordinator")
    call_list.take_back(view, closing)
    assert patients(view) == before
    assert call_list.recent_closings(view) == []


def test_who_is_told_to_have_died_leaves_both_windows(view: View) -> None:
    first = call_list.call_list(view)[0]
    call_list.close_call(view, first.procedure_id, first.timepoint, "died")
    assert not [number for number, _ in patients(view) if number == "last-day"]


def test_what_calls_have_recovered_is_counted(view: View, filled: Home) -> None:
    call_list.close_call(view, call_list.call_list(view)[0].procedure_id, "hours_24_72", "reached")
    assert call_list.count_recovered(view) == call_list.Recovered(1, 0, 1)
    scored = reader_view.warehouse_of(view).rows(
        "select cast(procedure_id as varchar) from score_assignments where offset_days = 2"
    )[0][0]
    call_list.close_call(view, scored, "hours_24_72", "reached")
    assert call_list.count_recovered(view) == call_list.Recovered(2, 1, 2)


def test_filters_other_than_the_site_do_not_hide_anybody(view: View, filled: Home) -> None:
    none = reader_view.open_view(Filters.of({"technique": ["other"], "levels": ["4+"]}))
    assert patients(none) == patients(view)
    assert [number for number, _ in patients(reader_view.open_view(Filters.of({"site": ["Lakeside"]})))] == [
        "opens-soon"
    ]


def test_without_the_right_or_for_another_site_nothing_is_told_or_written(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = call_list.call_list(view)[0]
    for role in ("viewer", "quality", "admin"):
        other = View(view.path, view.info, as_reader(monkeypatch, role), view.filters)  # type: ignore[arg-type]
        with pytest.raises(AccessDenied):
            call_list.call_list(other)
        with pytest.raises(AccessDenied):
            call_list.close_call(other, first.procedure_id, first.timepoint, "reached")
    as_reader(monkeypatch, "coordinator", ["Lakeside"])
    limited = reader_view.open_view(Filters())
    assert {call.site for call in call_list.call_list(limited)} == {"Lakeside"}
    with pytest.raises(AccessDenied):
        call_list.close_call(limited, first.procedure_id, first.timepoint, "reached")


def test_only_known_reasons_are_taken(view: View) -> None:
    first = call_list.call_list(view)[0]
    for timepoint, reason in (("hours_24_72", "bored"), ("month_12", "reached")):
        with pytest.raises(UsageProblem):
            call_list.close_call(view, first.procedure_id, timepoint, reason)


def test_a_score_that_was_heard_waits_for_the_next_load_and_can_be_undone(view: View, filled: Home) -> None:
    call = next(one for one in call_list.call_list(view) if one.timepoint == "hours_24_72")
    moment = heard_scores.moment_now(call, datetime.fromisoformat("2026-01-15T16:00+00:00"))
    assert f"{moment:%Y-%m-%d %H:%M}" == "2026-01-15 10:00"
    number = heard_scores.enter_score(view, call, 3, "rest", moment)
    (one,) = heard_scores.scores_waiting(view)
    assert (one.id, one.score, one.context, one.author) == (number, 3, "rest", "one coordinator")
    (event,) = Journal(filled.journal).events(HEARD_SCORE)
    assert (event.subject, event.payload["time_zone"]) == (call.patient_key, "America/Chicago")
    assert set(event.payload) == {"procedure_id", "timepoint", "time_zone"}
    heard_scores.undo_score(view, number)
    assert heard_scores.scores_waiting(view) == []


@pytest.mark.parametrize(("score", "context"), [(11, "rest"), (-1, "rest"), (3, "yesterday")])
def test_what_is_no_score_is_not_written(score: float, context: str, view: View) -> None:
    call = call_list.call_list(view)[0]
    with pytest.raises(UsageProblem):
        heard_scores.enter_score(view, call, score, context, datetime.fromisoformat("2026-01-15T10:00"))
    assert heard_scores.scores_waiting(view) == []


def test_calls_stand_in_groups_by_when_their_window_opens(view: View) -> None:
    groups = calls.call_groups(call_list.call_list(view), datetime.fromisoformat("2026-01-15T16:00+00:00"))
    assert {name: len(found) for name, found in groups.items()} == {"Due now": 4, "Opens today": 0, "Later": 3}
    assert all(call.opens_in == 0 for call in groups["Due now"])


@pytest.fixture
def worked_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> View:
    monkeypatch.setenv("OUTCOMES_NOW", "2026-03-02T16:00:00Z")
    as_reader(monkeypatch, "coordinator")
    records = Records()
    records.procedure("2026-01-05", patient_id="nothing")
    records.procedure("2026-01-06", patient_id="measured", bone_density_on="2026-01-20", osteoporosis_drug="none")
    records.procedure("2026-01-07", patient_id="decided", osteoporosis_referred_on="2026-01-20", site="Lakeside")
    records.procedure("2026-01-08", patient_id="closed", bone_density_on="2025-06-01", osteoporosis_drug="declined")
    records.procedure("2026-01-09", patient_id="tumour", indication="metastasis")
    records.procedure("2026-01-10", patient_id="dead", died_on="2026-01-14")
    records.procedure("2025-12-01", patient_id="too-late")
    loaded(home, records)
    return reader_view.open_view(Filters())


def test_whose_work_up_is_not_closed_is_listed_with_what_is_open(worked_up: View) -> None:
    due = call_list.workup_list(worked_up)
    numbers = call_list.numbers_beside(worked_up, due)
    assert [(number, *calls.workup_cells(one)[2:]) for number, one in zip(numbers, due, strict=True)] == [
        ("nothing", "bone density and treatment", "28 days"),
        ("measured", "treatment", "29 days"),
        ("decided", "bone density", "30 days"),
    ]
    there = replace(worked_up, filters=Filters.of({"site": ["Lakeside"]}))
    assert len(call_list.workup_list(there)) == 1
    at = app("calls", open="workups")
    assert "Osteoporosis work-up not closed yet: 3" in [one.label for one in at.expander]


def test_a_score_is_entered_only_where_the_window_is_open(view: View) -> None:
    listed = call_list.call_list(view)
    assert {bool(call.opens_in) for call in listed} == {True, False}
    shown = app("calls").session_state
    for call in listed:
        assert (f"score_{call.procedure_id}_{call.timepoint}" in shown) is not bool(call.opens_in)


def test_the_score_sheet_says_whose_score_it_takes(view: View) -> None:
    call, number = call_list.call_list(view)[0], patients(view)[0][0]
    at = app("calls")
    at.session_state[f"score_{call.procedure_id}_{call.timepoint}"] = True
    at.run()
    whose = phrases.plain_text(f"patient {number}") + " · 12 January 2026 · "
    (said,) = [one.value for one in at.markdown if one.value.startswith("**")]
    assert said == f"**{calls.whose_call(call, number)} · {call.label}**"
    assert whose in said
    assert call.vertebrae in said
    assert f"Save for {whose.partition(' · ')[0]}" in [one.label for one in at.button]


def test_who_may_not_see_numbers_sees_none_on_the_score_sheet(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    call = call_list.call_list(view)[0]
    monkeypatch.setattr(call_list, "numbers_beside", lambda _, shown: [""] * len(shown))
    at = app("calls")
    at.session_state[f"score_{call.procedure_id}_{call.timepoint}"] = True
    at.run()
    (said,) = [one.value for one in at.markdown if one.value.startswith("**")]
    assert said.startswith("**12 January 2026 · ")
    assert "Save" in [one.label for one in at.button]


def test_where_no_work_up_is_sent_nobody_is_due(view: View) -> None:
    assert call_list.workup_list(view) == []


def test_those_without_a_score_are_told_apart_by_what_the_records_hold(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    outcomes = ["reached", "declined", "no_answer", None, "reached"]
    for place, outcome in enumerate(outcomes):
        row = records.procedure("2026-01-12")
        if outcome:
            records.contact(row, "2026-01-14T09:00", "early_call", outcome)
        if outcome == "declined":
            records.contact(row, "2026-01-15T09:00", "early_call", "no_answer")
        if place == len(outcomes) - 1:
            records.score(row, "2026-01-14T09:00", 3)
    records.reach("2026-03-12")
    loaded(home, records)
    view = open_view(Filters.of({}, date(2026, 1, 1), date(2026, 1, 31)))
    capture = call_list.capture_of(view, "hours_24_72")
    assert capture.silent == (("no-score", 1), ("declined", 1), ("no-answer", 1), ("no-contact", 1))
    assert sum(count for _, count in capture.silent) == capture.eligible - capture.scored
    for status, count in capture.silent:
        asked = Behind(metric="recorded_hours_24_72", status=status)
        assert len(places_behind(warehouse_of(view), view.filters, asked)) == count


def test_a_call_says_the_last_day_by_the_hospitals_clock(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(filled.root))
    monkeypatch.setenv("OUTCOMES_NOW", NOW)
    as_reader(monkeypatch, "coordinator")
    now = datetime.fromisoformat(NOW)
    told = {call.performed_on: calls.time_left(call, now) for call in call_list.call_list(open_view(Filters()))
            if call.timepoint == "hours_24_72"}  # fmt: skip
    assert told[date(2026, 1, 12)].endswith(" left, until 15 January")
    assert told[date(2026, 1, 13)].endswith(" left, until 16 January")
    assert told[date(2026, 1, 15)].startswith("opens in ")
