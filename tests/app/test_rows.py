"""Single procedures: who may see which, and what is said of them."""

import shutil
from html import escape
from pathlib import Path

import pytest

from dashboard.access.rights import AccessDenied
from dashboard.links.page_files import page_files
from dashboard.view import procedure_rows, reader_view
from dashboard.view.reader_view import View
from data.errors import StorageProblem, UsageProblem
from data.home import Home
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.explain.selections import Behind
from queries.warehouse import Warehouse, current_path
from tests.app.pages import app
from tests.app.test_digest import grid_rows
from tests.records import Records, loaded
from tests.signed_in import as_reader

HERE, THERE = "Riverside", "Lakeside"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("rows"))
    records = Records()
    first = records.procedure("2026-01-12", site=HERE, operator="Dr. Secret", levels="T12;L1", procedure_id="OPS-1")
    records.procedure("2026-01-13", site=THERE, operator="Dr. Other", procedure_id="OPS-2")
    records.score(first, "2026-01-12T08:00", 8, opioids="yes", rmdq=18, odi=60, eq5d_index=0.3)
    records.score(first, "2026-01-14T09:00", 3)
    records.complication(first, "2026-01-13", "radicular_pain", severity="B", symptomatic="yes")
    records.contact(first, "2026-01-14T09:00", "early_call", "reached")
    records.reach("2026-06-01")
    loaded(home, records)
    return home


@pytest.fixture
def here(filled: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("OUTCOMES_HOME", str(filled.root))
    return filled


def view_of(monkeypatch: pytest.MonkeyPatch, role: str, *sites: str) -> View:
    as_reader(monkeypatch, role, sites or None)  # type: ignore[arg-type]
    return reader_view.open_view(Filters())


def key_of(view: View, site: str) -> str:
    return reader_view.warehouse_of(view).rows(
        "select cast(procedure_id as varchar) from outcomes where site = $site", {"site": site}
    )[0][0]


def test_the_team_sees_times_scores_and_events(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    view = view_of(monkeypatch, "lead")
    found = procedure_rows.one_procedure(view, key_of(view, HERE))
    assert found.vertebrae == ("T12", "L1")
    assert f"{found.facts['started_at']:%H:%M}" == "10:00"
    assert [(float(score["score"]), score["timepoint"]) for score in found.scores] == [
        (8, "baseline"),
        (3, "hours_24_72"),
    ]
    assert [one["kind"] for one in found.happenings] == ["radicular_pain", "early_call"]
    told = procedure_rows.explain_procedure(
        view, found, (read_catalogue()["responders_50_hours_24_72"], read_catalogue()["any_complication"])
    )
    assert list(told["status"]) == ["yes", "yes"]
    assert told["reason"].iloc[0].endswith("fell by 5 (62 %)")
    assert told["reason"].iloc[1] == "radicular pain (SIR B) on day 1"
    assert procedure_rows.numbers_of(view, found) == "Local record number OPS-1, patient N001"
    assert found.facts["operator"] == "Dr. Secret"


def test_the_page_of_a_procedure_tells_of_every_figure_that_concerns_somebody(
    here: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = view_of(monkeypatch, "lead")
    at = app(procedure=key_of(view, HERE)).switch_page(str(page_files()["procedures"]))
    at.query_params["procedure"] = key_of(view, HERE)
    at.run()
    assert not at.exception
    told = "\n".join(one.value for one in at.get("html"))
    for metric in read_catalogue().values():
        if metric.timepoint in (None, "hours_24_72", "follow_up"):
            assert escape(metric.title) in told, metric.name
    assert "T12 and L1" in told


def test_quality_sees_codes_for_operators_and_no_local_number(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    view = view_of(monkeypatch, "quality")
    found = procedure_rows.one_procedure(view, key_of(view, HERE))
    assert found.facts["operator"].startswith("Operator ")
    assert procedure_rows.numbers_of(view, found) == ""
    listing = procedure_rows.list_behind(view, Behind())
    assert set(listing.rows["number"]) == {""}
    assert not set(listing.rows["operator"]) & {"Dr. Secret", "Dr. Other"}


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_others_see_no_single_procedure(role: str, here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = view_of(monkeypatch, "lead")
    key, found = key_of(lead, HERE), procedure_rows.one_procedure(lead, key_of(lead, HERE))
    other = View(lead.path, lead.info, as_reader(monkeypatch, role), lead.filters)  # type: ignore[arg-type]
    for look in (
        lambda: procedure_rows.one_procedure(other, key),
        lambda: procedure_rows.list_behind(other, Behind()),
        lambda: procedure_rows.explain_procedure(other, found, ()),
    ):
        with pytest.raises(AccessDenied):
            look()


def test_readers_of_one_site_see_only_its_procedures(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = key_of(view_of(monkeypatch, "lead"), HERE)
    view = view_of(monkeypatch, "coordinator", THERE)
    listing = procedure_rows.list_behind(view, Behind())
    assert (listing.total, list(listing.rows["site"]), list(listing.rows["number"])) == (1, [THERE], ["OPS-2"])
    with pytest.raises(UsageProblem, match="none of this key"):
        procedure_rows.one_procedure(view, elsewhere)


def test_a_local_number_finds_procedures_for_those_who_may_see_it(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = view_of(monkeypatch, "lead")
    for number in ("OPS-1", " N001 "):
        assert list(procedure_rows.find_procedures(lead, number)["procedure_id"]) == [key_of(lead, HERE)]
    for number in ("", "OPS", "nobody", "' or 1=1"):
        assert procedure_rows.find_procedures(lead, number).empty
    assert procedure_rows.find_procedures(view_of(monkeypatch, "coordinator", THERE), "OPS-1").empty
    with pytest.raises(AccessDenied):
        procedure_rows.find_procedures(view_of(monkeypatch, "quality"), "OPS-1")


def test_a_list_goes_on_over_pages(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procedure_rows, "ON_A_PAGE", 2)
    view = view_of(monkeypatch, "lead")
    first, second = (
        procedure_rows.list_behind(view, Behind(metric="mean_levels", status="recorded"), page) for page in (1, 2)
    )
    assert (first.pages, len(first.rows), len(second.rows)) == (2, 2, 1)
    assert first.rows["performed_on"].is_monotonic_decreasing
    assert procedure_rows.list_behind(view, Behind(), 99).page == 2
    assert procedure_rows.list_behind(view, Behind(metric="died_30_days", status="yes")).total == 0


def test_a_question_too_large_for_the_memory_is_told_in_words(
    here: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queries.engines.duck.LEAST_MEMORY", 12 * 2**20)
    # A file that is open already keeps the memory it was opened with.
    copy = shutil.copyfile(current_path(here), tmp_path / "copy.duckdb")
    large = "select count(distinct repeat(cast(range as varchar), 9)) from range(3000000)"
    with pytest.raises(StorageProblem, match="memory: this question needs more of it"):
        Warehouse(copy).rows(large)


def test_a_score_that_can_still_come_says_until_when(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    for day in ("2026-01-12", "2026-03-30"):
        records.score(records.procedure(day), f"{day}T08:00", 8)
    loaded(home, records)
    as_reader(monkeypatch, "lead")
    at = app("procedures", span="all")
    assert at.header[0].value == "2 procedures · January 2026 – March 2026"
    table = next(one.value for one in at.get("html") if "30 Mar 2026" in one.value)
    rows = {row[0]: row for row in grid_rows(table)}
    assert rows["30 Mar 2026"][5:7] == ["due by 2 Apr", "due by 19 Apr"]
    assert "due by" not in " ".join(rows["12 Jan 2026"])
