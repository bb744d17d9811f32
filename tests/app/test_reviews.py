"""A serious event was reviewed: by whom, when, and what was found."""

import pytest

from dashboard.access.rights import AccessDenied
from dashboard.journal import reviews
from dashboard.view import reader_view
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
    assert reviews.latest_reviews(reader)[procedure, number].words == "seen by us"
    assert reviews.latest_reviews(reader)[procedure, None].author == "one lead"
    assert not reviews.may_review(reader, "Lakeside")
    with pytest.raises(AccessDenied):
        reviews.record_review(reader, procedure, number, "x")
    as_reader(monkeypatch, "lead", ["Riverside"])
    with pytest.raises(AccessDenied):
        reviews.record_review(reader_view.open_view(Filters()), procedure, number, "x")
    with pytest.raises(UsageProblem):
        reviews.record_review(view, procedure, number, " ")
