"""Scores that are used at no timepoint: counted by reason, with exactly the procedures and rows behind each count."""

import pytest

from dashboard.pages.follow_up.leftover_scores import leftover_file, leftover_sentence, read_fates
from dashboard.text.score_fates import NOT_USED
from dashboard.view.procedure_rows import list_behind
from dashboard.view.reader_view import View, open_view
from data.home import Home
from queries.catalogue.filters import Filters
from queries.explain.selections import Behind
from queries.explain.weighed_scores import UNUSED
from queries.warehouse import open_current
from tests.app.pages import app, texts
from tests.records import Records, loaded
from tests.signed_in import as_reader


@pytest.fixture
def view(home: Home, monkeypatch: pytest.MonkeyPatch) -> View:
    """Two patients with scores of every fate that is easily made, and a score of a patient without a procedure."""
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    one = records.procedure("2026-01-12")
    records.score(one, "2026-01-12T08:00", 8)
    records.score(one, "2025-10-01T08:00", 9)
    records.score(one, "2026-01-14T10:00", 4)
    records.score(one, "2026-01-15T10:00", 3)
    records.score(one, "2026-01-13T10:00", 5)
    records.score(one, "2026-01-22T10:00", 5, context="activity")
    other = records.procedure("2026-02-02", site="Northfield")
    records.score(other, "2026-02-02T08:00", 7)
    records.score(other, "2026-02-02T12:00", 6)
    records.score({"patient_id": "NOBODY"}, "2026-02-03T12:00", 2)
    records.reach("2026-05-30")
    loaded(home, records)
    return open_view(Filters())


def test_each_reason_is_counted_and_leads_to_its_procedures(view: View) -> None:
    found = read_fates(view)
    kept = {reason: count for reason, count in found.scores.items() if count}
    assert kept == {"used": 3, "before_window": 1, "not_nearest": 2, "other_context": 1, "same_day_after": 1}
    assert found.procedures["not_nearest"] == 1
    assert {reason for reason, count in found.of_nobody.items() if count} == {"no_procedure"}
    for reason in UNUSED:
        assert list_behind(view, Behind(unused=reason)).total == found.procedures[reason]
    assert leftover_sentence(found) == (
        "3 of 8 scores are used at a timepoint, 5 are not, each for one reason. A score between two procedures of one "
        "patient is weighed for both. 1 more belongs to no procedure, whatever is chosen."
    )


def test_filters_and_sites_keep_others_out(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    del view
    assert read_fates(open_view(Filters.of({"site": ["Northfield"]}))).unused == 1
    as_reader(monkeypatch, "lead", ["Northfield"])
    limited = open_view(Filters())
    assert sum(read_fates(limited).of_nobody.values()) == 0
    assert list(leftover_file(limited)["not_used_because"]) == [NOT_USED["same_day_after"]]


def test_the_file_holds_a_row_for_each_leftover(view: View) -> None:
    rows = leftover_file(view)
    assert len(rows) == 6
    assert list(rows.iloc[-1][["pain", "not_used_because"]]) == [2.0, NOT_USED["no_procedure"]]
    assert rows["days_after_procedure"].tolist()[0] in (-103, 1, 3, 10)


def test_every_reason_of_the_schema_has_words(home: Home, view: View) -> None:
    del view
    known = open_current(home).rows("select unnest(enum_range(null::assignment_reason))")
    assert {reason for (reason,) in known} == {"used", *UNUSED}
    assert set(NOT_USED) == set(UNUSED)


@pytest.mark.usefixtures("view")
def test_the_page_shows_them_with_a_way_to_procedures_and_rows() -> None:
    shown = app("follow_up", open="leftovers", span="all")
    assert not shown.exception
    assert "3 of 8 scores are used at a timepoint" in texts(shown)
    assert "unused=not_nearest" in texts(shown)
    assert "These scores as CSV" in [one.proto.label for one in shown.get("link_button")]
    listed = app("procedures", unused="not_nearest", span="all")
    assert "with a score that is not used: another score counts" in texts(listed)
