"""Readers of one site: every function that gives data, asked for another site's, by itself and by a forged view."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboard.access.rights import FUNCTION_RIGHTS, AccessDenied, Viewer
from dashboard.access.roles import RIGHTS
from dashboard.journal import call_list, notes, reviews, sign_offs
from dashboard.pages.data_quality import site_quality
from dashboard.view import open_generations, procedure_rows, reader_view, safety_events
from dashboard.view.local_numbers import local_numbers
from dashboard.view.reader_view import View, open_view
from data.errors import StorageProblem, UsageProblem
from data.home import Home
from queries.catalogue.filters import Filters
from queries.explain.procedures import read_procedure
from queries.explain.selections import Behind, places_behind
from tests.app.data_functions import CALLS, NUMBERS, closing_of
from tests.app.pages import app, texts
from tests.app.test_rights import served
from tests.signed_in import as_reader, sign_off

__all__ = ["served"]
OWN, OTHER = "Northfield Clinic", "Riverside Hospital"
WORDS = "CANARY of the other site"
OF_A_LEAD = [name for name, right in FUNCTION_RIGHTS.items() if right in RIGHTS["lead"]]
OF_A_LEAD += list(NUMBERS)


def keys_at(site: str) -> list[str]:
    view = open_view(Filters.of({"site": [site]}))
    found = open_generations.open_warehouse(view.path).rows(
        "select cast(procedure_id as varchar) from outcomes where site = $site order by 1", {"site": site}
    )
    return [str(row[0]) for row in found]


@pytest.fixture
def theirs(served: Home, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys of the other site's procedures; something was written about one of them."""
    sign_off(served, "2026-03")
    as_reader(monkeypatch, "lead")
    keys = keys_at(OTHER)
    view = open_view(Filters())
    reviews.record_review(view, keys[0], None, WORDS)
    call_list.close_call(view, keys[0], "hours_24_72", "reached")
    notes.add_note(view, date(2026, 1, 1), text=WORDS, topics=(), site=OTHER)
    notes.rebase_metric(view, "mean_levels", date(2026, 1, 1), WORDS, OTHER)
    notes.explain_cause(view, "mean_levels", first="2026-01", last="2026-02", words=WORDS, site=OTHER)
    return keys


def told(found: Any) -> str:
    """Everything that an answer says."""
    if isinstance(found, pd.DataFrame):
        return found.to_csv()
    if isinstance(found, (list, tuple)):
        return "\n".join(map(told, found))
    return "\n".join(map(told, vars(found).values())) if hasattr(found, "__dict__") else repr(found)


def limited(view: View) -> View:
    """What somebody would hold who kept a view from before their rights ended."""
    return replace(view, reader=Viewer("one", "lead", frozenset({OWN})))


@pytest.mark.parametrize("function", OF_A_LEAD)
def test_no_function_gives_anything_of_another_site(
    function: str, theirs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    everything, of_theirs = open_view(Filters()), open_view(Filters.of({"site": [OTHER]}))
    as_reader(monkeypatch, "lead", [OWN])
    kept = [limited(everything), limited(of_theirs)]
    for view in kept if function == "row_downloads.prepare_bundle" else [*kept, open_view(Filters())]:
        try:
            found = told((CALLS | NUMBERS)[function](view))
        except (AccessDenied, UsageProblem, StorageProblem):
            continue
        if function == "reader_view.warehouse_of":
            assert view.filters["site"] == (OWN,)
            continue
        assert OTHER not in found, function
        assert WORDS not in found, function
        assert not [key for key in theirs if key in found or key.replace("-", "") in found], function


def test_figures_of_another_site_are_refused(theirs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A view that names the other site, or all of them, opens no figure at all."""
    del theirs
    views = [limited(open_view(Filters())), limited(open_view(Filters.of({"site": [OTHER]})))]
    refused = [name for name in OF_A_LEAD if name.startswith("View.") and name != "View.values"]
    for view in views:
        for name in (
            *refused,
            "lost_to_follow_up.find_lost",
            "safety_events.event_rows",
            "procedure_rows.list_behind",
            "call_list.call_list",
            "view_trends.step_of",
        ):
            with pytest.raises(AccessDenied):
                CALLS[name](view)


def test_single_procedures_of_another_site_are_not_to_be_had(
    served: Home, theirs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = open_view(Filters())
    other = read_procedure(open_generations.open_warehouse(everything.path), theirs[0])
    assert other is not None
    as_reader(monkeypatch, "lead", [OWN])
    view = open_view(Filters())
    record = pd.DataFrame([{"procedure_id": theirs[0], "patient_key": other.facts["patient_key"], "site": OTHER}])
    for ask in (
        lambda: procedure_rows.one_procedure(view, theirs[0]),
        lambda: procedure_rows.explain_procedure(view, other, ()),
        lambda: procedure_rows.numbers_of(view, other),
        lambda: local_numbers(view.reader, served, record),
        lambda: call_list.close_call(view, theirs[0], "hours_24_72", "declined"),
        lambda: call_list.take_back(view, closing_of(theirs[0])),
        lambda: reviews.record_review(view, theirs[0], None, "words"),
        lambda: notes.add_note(view, date(2026, 1, 1), text="words", topics=(), site=OTHER),
    ):
        with pytest.raises((AccessDenied, UsageProblem)):
            ask()
    own = open_view(Filters.of({"site": [OWN]}))
    assert WORDS not in set(safety_events.event_rows(own)["finding"])
    assert call_list.count_recovered(view).closed == 0
    assert call_list.recent_closings(view) == []
    assert all(one.figures == () for one in sign_offs.signed_months(view).values())


def test_data_quality_of_some_sites_counts_their_records_only(
    theirs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = {site: open_view(Filters.of({"site": [site]})).figure("procedures")["eligible"] for site in (OWN, OTHER)}
    as_reader(monkeypatch, "quality", [OWN])
    found = site_quality.site_records(open_view(Filters()))
    assert set(found["site"]) == {OWN}
    assert found[found["kind"] == "procedures"]["records"].sum() == exact[OWN]
    assert {"pain_scores", "complications", "contacts"} <= set(found["kind"])
    here = open_view(Filters())
    for month, count in site_quality.scored_by_month(here).items():
        listed = places_behind(reader_view.warehouse_of(here), here.filters, Behind(scored=f"{month:%Y-%m}"))
        assert len(listed) == count > 0
    at = app("data_quality")
    assert not at.exception
    shown = texts(at)
    assert "are in use at the sites shown" in shown
    assert OTHER not in shown
    assert "checks passed" not in shown
    assert "rejected row" not in shown
    as_reader(monkeypatch, "quality", [OWN, OTHER])
    both = site_quality.site_records(open_view(Filters()))
    assert both[both["kind"] == "procedures"]["records"].sum() == exact[OWN] + exact[OTHER]
    assert len(theirs) == exact[OTHER]
