"""The Data quality page: what is said of files, checks and loads."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.rights import AccessDenied, Viewer
from dashboard.links.page_files import page_files
from dashboard.pages.data_quality import data_quality
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
