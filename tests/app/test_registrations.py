"""Registered changes in the app: who may, what is written, where it is told, and that it can be withdrawn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.access.rights import AccessDenied
from dashboard.exports.report.board import board_report
from dashboard.exports.report.numbers import Scope
from dashboard.journal import registrations
from dashboard.pages.overview.signals import find_signals
from dashboard.view import reader_view
from dashboard.view.reader_view import View
from dashboard.widgets.view_trends import trend_of
from data.errors import UsageProblem
from data.home import Home
from data.journal import Journal
from queries.catalogue.filters import Filters
from queries.catalogue.periods import Period
from queries.catalogue.spans import USUAL_AGAINST, USUAL_SPAN, Span
from queries.trends.annotations import REGISTERED, registrations_of
from queries.warehouse import open_current
from tests.records import Records, loaded
from tests.signed_in import as_reader

METRIC = "day_case_completed"
FROM = date(2025, 1, 1)
BEFORE, SINCE = [8, 7] * 7, [10, 9, 10, 10, 9, 10, 10]


def day_cases(records: Records, first: date, home: list[int], site: str = "Riverside") -> None:
    """Twelve day cases a month, so many of them home on the day."""
    for place, yes in enumerate(home):
        month = date(first.year + (first.month - 1 + place) // 12, (first.month - 1 + place) % 12 + 1, 1)
        for number in range(12):
            day = month + timedelta(days=2 * number)
            left = day if number < yes else day + timedelta(days=1)
            records.procedure(day.isoformat(), site=site, intended_stay="day_case", discharged_at=f"{left}T16:00")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Fourteen months up to the end of 2024; in front of the change."""
    home = Home(tmp_path_factory.mktemp("registered"))
    records = Records()
    day_cases(records, date(2023, 11, 1), BEFORE)
    loaded(home, records)
    return home


@pytest.fixture(scope="module")
def later(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same and seven months more, to the end of July 2025."""
    home = Home(tmp_path_factory.mktemp("registered_later"))
    records = Records()
    day_cases(records, date(2023, 11, 1), [*BEFORE, *SINCE])
    records.reach("2025-08-04")
    loaded(home, records)
    return home


@pytest.fixture
def lead(filled: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[View]:
    monkeypatch.setenv("OUTCOMES_HOME", str(filled.root))
    as_reader(monkeypatch, "lead")
    yield reader_view.open_view(Filters())
    filled.journal.unlink(missing_ok=True)


def test_what_is_registered_stands_in_the_journal_with_the_months_before(lead: View, filled: Home) -> None:
    registrations.register_change(lead, METRIC, FROM, what="new  protocol\n", run_in=1)
    (event,) = Journal(filled.journal).events(REGISTERED)
    assert (event.subject, event.author, event.words) == (METRIC, "one lead", "new protocol")
    payload = event.payload
    assert (payload["on"], payload["run_in_months"], payload["is_in_advance"]) == ("2025-01-01", 1, True)
    # The last month is not closed while records do not reach beyond it.
    assert (payload["successes"], payload["n"], payload["eligible"]) == (BEFORE[:13], [12] * 13, 156)
    (one,) = registrations_of(filled)
    assert one.is_intact
    (look,) = registrations.looks_of_metric(lead, METRIC)
    assert look.state == "waiting"


def test_it_is_told_on_the_chart_the_overview_and_the_report_at_its_look(
    lead: View, filled: Home, later: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrations.register_change(lead, METRIC, FROM, what="new protocol")
    before = trend_of(lead, METRIC).trend
    assert before.reason == "registered"
    assert before.short == (
        "a change from 1 January 2025 is registered: the first look, after 6 months, is when the records of June 2025 "
        "are complete"
    )
    later.journal.write_bytes(filled.journal.read_bytes())
    monkeypatch.setenv("OUTCOMES_HOME", str(later.root))
    view = reader_view.open_view(Filters())
    shown = trend_of(view, METRIC).trend
    said = (
        "“new protocol”, registered from 1 January 2025: 58 of 72 since, 98 of 156 in the 13 months before: +18 points"
    )
    assert said in shown.sentence
    assert "The last look, after 12 months" in shown.sentence
    assert shown.short.endswith(": 58 of 72 since 1 January 2025, a date fixed in advance")
    assert "chosen by the data" not in shown.sentence
    assert said in trend_of(view, METRIC).trend.sentence
    scope = Scope(open_current(later), None, Period(date(2025, 7, 1), "month"), "department")
    report = board_report(later, scope)
    assert said in report
    assert "registered change: new protocol" in report
    monkeypatch.setenv("OUTCOMES_NOW", "2025-08-05T08:00:00Z")
    (looked,) = (one for one in find_signals(view) if one.kind == "look")
    assert looked.text.startswith(
        "Same-day discharge, 6 months after a registered change: no difference seen: 58 of 72"
    )
    split = reader_view.open_view(Filters.of({"levels": ["1"]}))
    assert "looked at on the choice that it was registered for" in trend_of(split, METRIC).trend.sentence


def test_the_period_of_the_page_leaves_out_no_month_before(lead: View, filled: Home) -> None:
    span = Span(USUAL_SPAN, USUAL_AGAINST)
    chosen = replace(lead, filters=Filters.of({}, *lead.days_of(span)), span=span)
    registrations.register_change(chosen, METRIC, FROM, what="new protocol")
    (one,) = registrations_of(filled)
    assert (one.before.n, one.is_in_advance) == ((12,) * 13, True)
    assert [look.state for look in registrations.looks_of_metric(chosen, METRIC)] == ["waiting"]


def test_a_look_whose_months_never_came_is_told_as_missed(lead: View, monkeypatch: pytest.MonkeyPatch) -> None:
    registrations.register_change(lead, METRIC, FROM, what="new protocol")
    for now, missed in (("2025-08-14", []), ("2025-08-15", ["a look at a registered change is missed; June 2025"])):
        monkeypatch.setenv("OUTCOMES_NOW", f"{now}T08:00:00Z")
        told = [one.text for one in find_signals(lead) if one.kind == "look"]
        assert [words in text for words, text in zip(missed, told, strict=True)] == [True] * len(missed)


def test_one_that_comes_after_its_first_outcomes_is_a_note(lead: View) -> None:
    registrations.register_change(lead, METRIC, date(2024, 12, 1), what="late")
    (look,) = registrations.looks_of_metric(lead, METRIC)
    assert (look.state, look.is_silencing) == ("note", False)
    assert "it is not tested" in trend_of(lead, METRIC).trend.sentence


def test_too_few_months_before_and_figures_that_are_no_share_are_refused(lead: View, filled: Home) -> None:
    with pytest.raises(UsageProblem, match="only 11 closed months"):
        registrations.register_change(lead, METRIC, date(2024, 10, 15), what="too early")
    for metric, run_in in (("mean_levels", 0), (METRIC, 7)):
        with pytest.raises(UsageProblem):
            registrations.register_change(lead, metric, FROM, what="x", run_in=run_in)
    with pytest.raises(UsageProblem, match="no words"):
        registrations.register_change(lead, METRIC, FROM, what=" ")
    assert Journal(filled.journal).events(REGISTERED) == []


def test_it_can_be_withdrawn_and_stays_in_the_journal(lead: View, filled: Home) -> None:
    registrations.register_change(lead, METRIC, FROM, what="new protocol")
    (look,) = registrations.looks_of_metric(lead, METRIC)
    registrations.withdraw_registration(lead, look.registration)
    assert registrations.looks_of_metric(lead, METRIC) == ()
    assert trend_of(lead, METRIC).trend.reason != "registered"
    assert len(Journal(filled.journal).events(REGISTERED)) == 2


@pytest.mark.parametrize("role", ["viewer", "quality", "coordinator", "admin"])
def test_who_may_not_write_notes_registers_and_withdraws_nothing(
    role: str, lead: View, filled: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrations.register_change(lead, METRIC, FROM, what="new protocol")
    (one,) = registrations_of(filled)
    other = View(lead.path, lead.info, as_reader(monkeypatch, role), lead.filters)  # type: ignore[arg-type]
    with pytest.raises(AccessDenied):
        registrations.register_change(other, METRIC, FROM, what="x")
    with pytest.raises(AccessDenied):
        registrations.withdraw_registration(other, one)
    assert len(Journal(filled.journal).events(REGISTERED)) == 1


def test_a_lead_of_one_site_registers_for_it_and_withdraws_nothing_of_all(
    lead: View, filled: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrations.register_change(lead, METRIC, FROM, what="for all")
    as_reader(monkeypatch, "lead", ["Riverside"])
    limited = reader_view.open_view(Filters())
    registrations.register_change(limited, METRIC, FROM, what="for us")
    every, own = registrations_of(filled)
    assert (every.sites, own.sites) == ((), ("Riverside",))
    with pytest.raises(AccessDenied):
        registrations.withdraw_registration(limited, every)
    registrations.withdraw_registration(limited, own)


def form() -> None:
    """A page with the form of one chart, open; it runs on its own, so it imports for itself."""
    import streamlit as st  # noqa: PLC0415

    from dashboard.view import reader_view  # noqa: PLC0415
    from dashboard.widgets import registration_menu  # noqa: PLC0415
    from queries.catalogue.filters import Filters  # noqa: PLC0415

    class Open:
        open = True
        __enter__ = __exit__ = lambda *_: None

    st.expander = lambda *_, **__: Open()
    view = reader_view.open_view(Filters())
    table = view.figures("day_case_completed", period="month")
    registration_menu.registration_menu(view, "chart", table)


def test_the_form_registers_for_the_figure_of_its_chart_and_withdraws(
    lead: View, filled: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "expander", st.expander)
    at = AppTest.from_function(form, default_timeout=60).run()
    assert not at.exception
    figure = at.selectbox(key="registered_figure_chart")
    assert figure.value == METRIC
    at.text_input[0].input("nurse <b>call</b>")
    at.date_input[0].set_value(FROM)
    at.selectbox(key="registered_run_in_chart").set_value(2)
    next(button for button in at.button if button.label == "Register").click().run()
    assert not at.exception
    (one,) = registrations_of(filled)
    assert (one.metric, one.on, one.run_in, one.what) == (METRIC, FROM, 2, "nurse <b>call</b>")
    assert any("is when the records of August 2025 are complete" in caption.value for caption in at.caption)
    next(button for button in at.button if button.label == "Withdraw it").click().run()
    assert registrations_of(filled) == ()


def test_the_form_says_what_is_wrong_and_writes_nothing(
    lead: View, filled: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "expander", st.expander)
    at = AppTest.from_function(form, default_timeout=60).run()
    at.date_input[0].set_value(FROM)
    next(button for button in at.button if button.label == "Register").click().run()
    assert "no words" in at.error[0].value
    assert Journal(filled.journal).events(REGISTERED) == []
