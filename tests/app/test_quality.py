"""The Data quality page: what is said of files, checks and loads."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.rights import AccessDenied, Viewer
from dashboard.exports import figure_downloads
from dashboard.links.page_files import page_files
from dashboard.pages.data_quality import arrival_delays, data_quality
from dashboard.view.reader_view import View, open_view
from data.home import Home
from queries.catalogue.filters import Filters
from tests.records import Records, loaded, take

ENTRY = str(Path(__file__).parent / "entry.py")


@pytest.fixture
def view(home: Home, monkeypatch: pytest.MonkeyPatch) -> View:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    for _ in range(8):
        records.score(records.procedure("2026-01-12"), "2026-01-14", 3)
    records.procedure("2026-01-12", levels="L*7*")
    records.procedure("not a date")
    loaded(home, records, "odd *name*")
    return open_view(Filters())


def page() -> AppTest:
    at = AppTest.from_file(ENTRY, default_timeout=30).run()
    return at.switch_page(str(page_files()["data_quality"])).run()


def test_the_answer_counts_rows_and_checks(view: View) -> None:
    found = data_quality.read_quality(view)
    assert data_quality.answer_sentence(found).startswith("17 of 18 rows are in use; ")
    advised = dict(data_quality.next_steps(found))
    assert "python -m etl rejected --out FOLDER" in advised["1 rejected row in 1 file"]


def test_each_check_says_passed_failed_or_why_it_does_not_apply(view: View) -> None:
    at = page()
    assert not at.exception
    text = "".join(one.value for one in at.get("html"))
    assert "passed: none of 18 rows of all files break it" in text
    assert "failed: " in text
    assert "not applicable: fewer than 20 baselines are recorded" in text


def test_rules_that_were_broken_are_named_with_line_and_what_to_do(view: View) -> None:
    table = data_quality.finding_table(data_quality.read_quality(view))
    told = {row["column"]: row for row in table.to_dict("records")}
    assert told["performed_on"]["from line"] == "11"
    assert told["performed_on"]["what became of it"] == "row rejected"
    assert "YYYY-MM-DD" in told["performed_on"]["what to do"]
    assert told["levels"]["what became of it"] == "used, with a remark"


def test_a_home_whose_rows_were_all_rejected_still_shows_why(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    records.procedure("not a date")
    take(home, records.write(tmp_path / "in"), accept_rejects=True)
    at = page()
    assert not at.exception
    assert any("1 rejected row in 1 file" in one.value for one in at.markdown)


def test_loads_are_told_newest_first(view: View) -> None:
    assert data_quality.load_facts(view) == []


def test_only_the_team_sees_it(view: View) -> None:
    outside = View(view.path, view.info, Viewer("board", "viewer"), view.filters)
    for shown in (data_quality.read_quality, data_quality.load_facts, data_quality.month_table):
        with pytest.raises(AccessDenied):
            shown(outside)


def test_checks_files_and_findings_leave_as_csv(view: View) -> None:
    names = {one.proto.label: None for one in page().get("link_button")}
    assert names == {"Download CSV": None}
    files = {}
    for one in page().get("link_button"):
        name, content = figure_downloads.fetch_download(view.reader, one.proto.url.rsplit("/", 1)[-1])
        files[name.rsplit("-", 1)[0]] = content.decode().splitlines()
    assert {"quality_checks", "quality_files"} <= set(files)
    found = data_quality.read_quality(view)
    assert len(files["quality_checks"]) == len(found.checks) + 1
    assert files["quality_files"][0].startswith("source_file_id,name,source,kind,received_on")


def test_delays_are_told_by_site_against_the_own_year_before(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    first = Records()
    for site in ("Riverside", "Lakeside", "Elsewhere"):
        first.procedure("2024-01-12", site=site)
    loaded(home, first, "first", received_at="2024-02-01T12:00:00")
    sent = ((2025, "Lakeside", 3), (2025, "Riverside", 6), (2026, "Lakeside", 3), (2026, "Riverside", 18))
    for year, site, days in sent:
        later = Records()
        for number in range(12):
            key = f"{site}{year}{number}"
            later.procedure(f"{year}-03-{number + 1:02}", site=site, procedure_id=key, patient_id=key)
        loaded(home, later, f"{site}{year}", received_at=f"{year}-03-{12 + days:02}T12:00:00")
    last = Records()
    last.procedure("2026-05-31", procedure_id="last", patient_id="last", site="Elsewhere")
    loaded(home, last, "last", received_at="2026-06-10T12:00:00")
    table = arrival_delays.delay_table(arrival_delays.read_delays(open_view(Filters()))).set_index("")
    # Twelve days in a row, the last of them so many days before the file came: half waited 5.5 days longer, or more.
    assert table.loc["Riverside"].to_list() == ["24 days", "28 days", "12", "12 days", "16 days", "12"]
    assert table.loc["Lakeside", ["half", "12 before: half"]].to_list() == ["8 days", "8 days"]
    assert table.loc["Elsewhere"].to_list() == ["", "", "1", "", "", "0"]
    assert table.loc["all together", "procedures"] == "25"


def test_where_all_came_with_the_first_delivery_no_delay_is_told(view: View) -> None:
    assert arrival_delays.read_delays(view).empty
    assert arrival_delays.NONE_YET in [one.value for one in page().markdown]
