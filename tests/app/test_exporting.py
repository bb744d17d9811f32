"""The Export page: what a reader may choose, exactly the rows behind a bar, and who may fetch the file."""

import csv
import io
import zipfile
from dataclasses import replace

import pytest

from dashboard.access.rights import AccessDenied
from dashboard.exports import row_downloads
from dashboard.exports.bundle.order import Profile
from dashboard.view.procedure_rows import list_behind
from dashboard.view.reader_view import open_view
from data.home import Home
from queries.catalogue.filters import EVERYTHING, Filters
from queries.explain.selections import Behind
from tests.app.pages import app
from tests.grids import sample
from tests.signed_in import as_reader

# One of each way in which a mark chooses procedures: a bar, a hollow part, a month, a block of cases, a point of a
# curve, a month of pain scores, a cell of two answers.
MARKS = (
    Behind(metric="day_case_completed", status="recorded", by="levels", group="2"),
    Behind(metric="responders_50_hours_24_72", status="not-recorded", by="site", group="Northfield Clinic"),
    Behind(metric="day_case_completed", status="yes", period="2026-03"),
    Behind(metric="recovery_hours", status="recorded", cases="11-20"),
    Behind(metric="recovery_hours", curve="hours_to_ready", at="4"),
    Behind(scored="2026-03"),
    Behind(unused="same_day_after"),
    Behind(metric="responders_50_hours_24_72", status="recorded", among="yes-multi_level"),
)


@pytest.mark.usefixtures("synthetic")
def test_the_page_offers_what_the_role_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "lead")
    at = app("export")
    assert not at.exception
    assert [one.value for one in at.subheader][:2] == [
        "Board report",
        "Rows behind the figures, to check or compute them anew",
    ]
    assert len(at.radio[0].options) == 3
    as_reader(monkeypatch, "quality")
    assert len(app("export").radio[0].options) == 2


def test_a_bar_gives_exactly_its_rows(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = as_reader(monkeypatch, "quality")
    view = open_view(EVERYTHING)
    figures = view.figures("same_day_discharge", "levels")
    bar = figures[figures["group"] == "2"].iloc[0]
    behind = Behind(metric="same_day_discharge", status="recorded", by="levels", group="2")
    receipt = row_downloads.prepare_bundle(view, Profile.LIMITED, recipient="", purpose="", behind=behind)
    with zipfile.ZipFile(receipt.path) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("outcomes.csv").decode(), newline="")))
    assert len(rows) == bar["recorded"]
    assert {row["levels"] for row in rows} == {"2"}
    path, event = row_downloads.fetchable_export(reader, receipt.export_id)
    assert path == receipt.path
    assert event.payload["filters"].endswith("metric=same_day_discharge&status=recorded&by=levels&group=2")
    assert row_downloads.my_exports(view)["sha256"].iloc[0] == receipt.sha256[:12]


@pytest.mark.parametrize("mark", sample(MARKS, 3))
def test_a_click_offers_exactly_the_procedures_of_its_list(
    mark: Behind, synthetic: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_reader(monkeypatch, "quality")
    view = open_view(Filters.of({"technique": ["vertebroplasty"]}))
    pages = [list_behind(view, mark)]
    pages += [list_behind(view, mark, number) for number in range(2, pages[0].pages + 1)]
    listed = {str(key) for page in pages for key in page.rows["procedure_id"]}
    receipt = row_downloads.prepare_bundle(view, Profile.LIMITED, recipient="", purpose="", behind=mark)
    with zipfile.ZipFile(receipt.path) as archive:
        for table in ("procedures.csv", "outcomes.csv"):
            rows = list(csv.DictReader(io.StringIO(archive.read(table).decode(), newline="")))
            assert 0 < len(rows) == pages[0].total < 1_000
            assert {row["procedure_id"] for row in rows} == listed


@pytest.mark.thorough
def test_the_page_asks_for_workbooks_and_the_mark_of_excel(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "quality")
    at = app("export", levels="3")
    for box in at.checkbox:
        box.check()
    at.button[-2].click().run()
    assert [one.value for one in at.error] == ["Choose how much leaves."]
    at.radio[0].set_value(at.radio[0].options[0])
    at.button[-2].click().run()
    assert not at.exception
    (link,) = [one.proto.url for one in at.get("link_button")]
    with zipfile.ZipFile(synthetic.exports / f"{link.rsplit('/', 1)[-1]}.zip") as archive:
        assert {"figures.xlsx", "outcomes.xlsx"} <= set(archive.namelist())
        assert archive.read("outcomes.csv").startswith(b"\xef\xbb\xbf")


def test_a_file_is_for_its_owner_with_the_rights_of_now(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    site = "Riverside Hospital"
    reader = as_reader(monkeypatch, "quality", [site])
    view = open_view(Filters.of({"levels": ["3"]}))
    receipt = row_downloads.prepare_bundle(view, Profile.LIMITED, recipient="", purpose="", behind=Behind())
    with zipfile.ZipFile(receipt.path) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("procedures.csv").decode(), newline="")))
        assert "source_files.csv" not in archive.namelist()
    assert {row["site"] for row in rows} == {site}
    assert row_downloads.fetchable_export(reader, receipt.export_id)
    for other in (
        replace(reader, name="somebody else"),
        replace(reader, role="viewer"),
        replace(reader, sites=frozenset({"Northfield Clinic"})),
    ):
        with pytest.raises(AccessDenied):
            row_downloads.fetchable_export(other, receipt.export_id)
    with pytest.raises(AccessDenied):
        row_downloads.prepare_bundle(view, Profile.INTERNAL, recipient="", purpose="", behind=Behind())
    for role in ("viewer", "coordinator", "admin"):
        with pytest.raises(AccessDenied):
            row_downloads.prepare_bundle(
                replace(view, reader=replace(reader, role=role)),
                Profile.LIMITED,
                recipient="",
                purpose="",
                behind=Behind(),
            )
