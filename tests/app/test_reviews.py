"""A serious event was reviewed: by whom, when, and what was found."""

from datetime import date

import pytest

from dashboard.access.rights import AccessDenied
from dashboard.journal import reviews
from dashboard.pages.safety.event_list import after_words, grade_words, review_words
from dashboard.view import reader_view
from dashboard.view.safety_events import event_rows
from data.errors import UsageProblem
from data.home import Home
from queries.catalogue.filters import Filters
from tests.records import Records, loaded
from tests.signed_in import as_reader


def test_a_review_is_recorded_once_by_those_who_may_and_read_by_the_team(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Records()
    row = records.procedure("2026-01-12", site="Lakeside")
    records.complication(row, "2026-01-13", "infection", severity="D")
    loaded(home, records)
    as_reader(monkeypatch, "lead")
    view = reader_view.open_view(Filters())
    ((procedure, number),) = reader_view.warehouse_of(view).rows(
        "select cast(procedure_id as varchar), complication_id from complications"
    )
    reviews.record_review(view, procedure, number, "seen\nby us")
    reviews.record_review(view, procedure, None, "a death")
    as_reader(monkeypatch, "quality")
    reader = reader_view.open_view(Filters())
    (event,) = event_rows(reader).itertuples()
    assert event.state.endswith("by one lead")
    assert event.finding == "seen by us"
    assert not reviews.may_review(reader, "Lakeside")
    with pytest.raises(AccessDenied):
        reviews.record_review(reader, procedure, number, "x")
    as_reader(monkeypatch, "lead", ["Riverside"])
    with pytest.raises(AccessDenied):
        reviews.record_review(reader_view.open_view(Filters()), procedure, number, "x")
    with pytest.raises(UsageProblem):
        reviews.record_review(view, procedure, number, " ")


def test_a_row_says_class_days_and_how_long_it_waits() -> None:
    today = date(2026, 6, 30)
    assert review_words("not yet reviewed", "", date(2026, 6, 4), today) == "waiting 26 days"
    assert review_words("not yet reviewed", "", date(2026, 6, 29), today) == "waiting 1 day"
    assert review_words("not yet reviewed", "", date(2024, 1, 3), today) == "waiting 30 months"
    assert review_words("reviewed 2026-06-05 by A. Lead", "seen", date(2026, 6, 4), today).endswith("A. Lead: seen")
    assert (grade_words("serious", "D", "sir"), grade_words("death", None, None)) == ("serious (SIR D)", "")
    assert [after_words(days) for days in (0, 1, 8)] == ["the same day", "1 day after", "8 days after"]
