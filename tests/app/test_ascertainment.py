"""What share of all cases the records hold, by a count of another system."""

from collections.abc import Iterator
from datetime import date

import pytest

from dashboard.pages.data_quality.ascertainment import incomplete_sentence, read_ascertainment, site_table
from dashboard.view.reader_view import View, open_view
from data.home import Home
from queries.catalogue.filters import Filters
from queries.warehouse import open_current
from tests.app.pages import app, texts
from tests.records import Records, loaded, take

HEADER = "month,site,n"
COUNTS = (
    "2026-01,Riverside,4", "2026-01,Northfield,2", "2026-02,Riverside,3", "2026-02,Northfield,1", "2026-03,,9",
    "2026-04,Riverside,5", "2025-11,Riverside,40", "2026-01,,7", "soon,Riverside,4", "2026-02,Riverside,some",
    "2026-09,Riverside,4",
)  # fmt: skip


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("counted"))
    records = Records()
    for day in ("2026-01-12", "2026-01-13", "2026-01-14", "2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05"):
        records.procedure(day)
    records.procedure("2026-01-20", site="Northfield", technique="balloon_kyphoplasty")
    records.procedure("2026-04-10")
    loaded(home, records)
    path = home.root / "counts.csv"
    path.write_text("\n".join((HEADER, *COUNTS)) + "\n", encoding="utf-8")
    assert [one.rows_loaded for one in take(home, path, accept_rejects=True).reports] == [8]
    return home


@pytest.fixture
def view(counted: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[View]:
    monkeypatch.setenv("OUTCOMES_HOME", str(counted.root))
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    yield open_view(Filters())


def test_months_that_are_over_are_compared_by_site_where_sites_were_counted(view: View) -> None:
    known = read_ascertainment(view)
    assert [(one.month, one.site, one.counted, one.held) for one in known.months] == [
        (date(2026, 1, 1), "Northfield", 2, 1),
        (date(2026, 1, 1), "Riverside", 4, 3),
        (date(2026, 2, 1), "Northfield", 1, 0),
        (date(2026, 2, 1), "Riverside", 3, 4),
        (date(2026, 3, 1), None, 9, 0),
    ]
    # What is held beyond the count does not make up for what is missing.
    assert (known.found, known.counted) == (7, 19)
    assert known.sentence == "The records hold 37 % of all cases (7 of 19 counted, January 2026 to March 2026)"


def test_a_site_is_held_against_its_own_count(view: View) -> None:
    northfield = read_ascertainment(open_view(Filters.of({"site": ["Northfield"]})))
    assert (northfield.found, northfield.counted) == (1, 3)
    table = site_table(read_ascertainment(view).months)
    february = table[(table["site"] == "Riverside") & (table["when"] == "February 2026")].iloc[0]
    assert (february["counted"], february["in the records"], february["share held"]) == ("3", "4", "100 %")
    assert february["remark"].startswith("more in the records than were counted")


def test_the_sentence_stands_beside_every_headline_and_on_data_quality(view: View) -> None:
    assert incomplete_sentence(view) in texts(app("overview"))
    assert "Share of all cases" in texts(app("data_quality"))


def test_a_count_sent_again_replaces_the_earlier_one(home: Home) -> None:
    records = Records()
    records.procedure("2026-01-12")
    records.procedure("2026-03-12")
    loaded(home, records)
    for name, n in (("first", 1), ("second", 2)):
        path = home.root / f"{name}.csv"
        path.write_text(f"{HEADER}\n2026-01,Riverside,{n}\n", encoding="utf-8")
        take(home, path)
    assert open_current(home).rows("select n from counts") == [(2,)]


def test_a_department_that_holds_nearly_all_says_so_on_data_quality_alone(synthetic: Home) -> None:
    assert "of all cases" not in texts(app("overview"))
    assert "The records hold 96 % of all cases" in texts(app("data_quality"))
