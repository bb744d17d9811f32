"""A bundle with workbooks: the same rows as the CSV beside each, typed, frozen, harmless, the same bytes."""

import csv
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from dashboard.exports.bundle import archive
from dashboard.exports.bundle.bundle import export_bundle
from dashboard.exports.bundle.order import Order, Profile
from dashboard.exports.reconcile.bundle_files import read_bundle
from data.home import Home
from queries.warehouse import open_current
from tests.records import Records, loaded


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    home = Home(tmp_path_factory.mktemp("department") / "home")
    records = Records()
    for place in range(6):
        row = records.procedure(f"2026-01-1{place}", site="=Riverside")
        records.score(row, f"2026-01-1{place}T09:00", 8)
    loaded(home, records)
    order = Order(profile=Profile.INTERNAL, workbooks=True)
    receipts = [export_bundle(home, open_current(home), order=order, author="me") for _ in range(2)]
    assert receipts[0].sha256 == receipts[1].sha256
    assert read_bundle(receipts[0].path).problems == ()
    with zipfile.ZipFile(receipts[0].path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def sheet(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_every_table_has_a_workbook_of_the_same_rows(files: dict[str, bytes]) -> None:
    told = json.loads(files["manifest.json"])["files"]
    tables = [Path(name).stem for name in files if name.endswith(".csv")]
    assert len(tables) > 15
    for name in tables:
        rows = list(csv.reader(io.StringIO(files[f"{name}.csv"].decode(), newline="")))
        header, *cells = sheet(files[f"{name}.xlsx"])
        assert header == rows[0], name
        assert len(cells) == len(rows) - 1 == told[f"{name}.csv"]["rows"], name
        assert f"{name}.xlsx" in told


def test_columns_are_typed_text_cannot_run_and_the_header_stays(files: dict[str, bytes]) -> None:
    header, *cells = sheet(files["procedures.xlsx"])
    rows = {row["performed_on"]: row for row in (dict(zip(header, one, strict=True)) for one in cells)}
    row = rows[date(2026, 1, 10)]
    assert row["site"] == "'=Riverside"
    assert row["started_at"] == datetime(2026, 1, 10, 16)  # noqa: DTZ001 - workbooks hold no zone
    assert row["age_years"] == 75
    with zipfile.ZipFile(io.BytesIO(files["procedures.xlsx"])) as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text
    assert 'state="frozen"' in text


def test_what_a_sheet_cannot_hold_stays_csv_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ROWS_OF_A_SHEET", 3)
    made = archive.Archive(tmp_path / "b.zip", with_workbooks=True)
    made.add_tables("few", ["text"], iter([pa.table({"text": ["a", "b"]})]))
    made.add_tables("many", ["text"], iter([pa.table({"text": ["a", "b"]})] * 2))
    made.add_tables("long", ["text"], iter([pa.table({"text": ["a" * 40_000]})]))
    made.close({})
    assert sorted(made.files) == ["few.csv", "few.xlsx", "long.csv", "many.csv"]
