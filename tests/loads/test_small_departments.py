"""Departments that write their records into a workbook, and weeks in which nothing happened."""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from data.home import SAMPLE, Home
from etl.__main__ import app
from etl.generations import publish
from etl.operations.forget import forget_patient
from etl.operations.rejected_rows import write_rejected
from etl.operations.template_workbook import write_template
from etl.sources import canonical_files
from etl.sources.canonical import CANONICAL_KINDS
from queries.warehouse import open_current
from tests.deliveries import Tables, tables_of
from tests.grids import sample
from tests.records import ZONE, Records, quiet, take

moment = dt.datetime.fromisoformat
PROCEDURE = {
    "procedure_id": "00P1", "patient_id": "0042", "sex": "F", "age_years": 75, "performed_on": dt.date(2026, 1, 12),
    "started_at": moment("2026-01-12T10:05"), "discharged_at": moment("2026-01-12T16:00"),
    "setting": "outpatient", "levels": "T12;L1",
}  # fmt: skip
SCORES = (
    {"score_id": "S1", "patient_id": "0042", "measured_at": moment("2026-01-12T08:00"), "score": 8.5},
    {"score_id": "S2", "patient_id": "0042", "measured_at": moment("2026-01-14T08:00"), "score": 3},
)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, done.output


def filled(tmp_path: Path, **sheets: tuple[dict[str, object], ...]) -> Path:
    """The template with these rows in its sheets, as an independent program writes them."""
    path = tmp_path / "records.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    for sheet, rows in sheets.items():
        columns = [cell.value for cell in book[sheet][1]]
        for line, row in enumerate(rows, start=2):
            for name, value in row.items():
                book[sheet].cell(line, columns.index(name) + 1, value)
    book.save(path)
    return path


def read(path: Path) -> Tables:
    return tables_of("canonical", [(path.name, path.read_bytes())], ZONE)


def test_a_filled_template_is_read_sheet_by_sheet_and_empty_sheets_say_that_nothing_happened(tmp_path: Path) -> None:
    tables = read(filled(tmp_path, procedures=(PROCEDURE,), pain_scores=SCORES))
    assert tables.refused == []
    files = tables.rows("select name, rows_read, rows_loaded from source_files order by source_file_id")
    assert files == [
        ("records.xlsx#procedures", 1, 1), ("records.xlsx#pain_scores", 2, 2), ("records.xlsx#complications", 0, 0),
        ("records.xlsx#contacts", 0, 0),
        ("records.xlsx#links", 0, 0), ("records.xlsx#counts", 0, 0),
    ]  # fmt: skip
    found = tables.rows("select performed_on, started_at, cast(age_years as int) from procedures")
    assert found == [(dt.date(2026, 1, 12), moment("2026-01-12T16:05"), 75)]
    assert tables.rows("select vertebra from treated_levels order by vertebra") == [("T12",), ("L1",)]
    assert tables.scores() == [8.5, 3.0]
    assert tables.rows("select number from identities where kind = 'patient'") == [("0042",)]


def test_a_workbook_says_the_same_as_text_files(tmp_path: Path) -> None:
    records = Records()
    for day in (5, 6, 7):
        records.score(records.procedure(f"2026-01-{day:02}"), f"2026-01-{day:02}T09:00", 8)
    folder = records.write(tmp_path / "csv")
    book = openpyxl.Workbook()
    for name in ("procedures", "pain_scores"):
        sheet = book.create_sheet(name)
        for line in (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines():
            sheet.append(line.split(","))
    book.save(tmp_path / "book.xlsx")
    texts = [(f"{name}.csv", (folder / f"{name}.csv").read_bytes()) for name in ("procedures", "pain_scores")]
    query = "select performed_on, stay_hours from outcomes order by performed_on"
    assert read(tmp_path / "book.xlsx").rows(query) == tables_of("canonical", texts, ZONE).rows(query)


def changed(path: Path, change: Callable[[Worksheet, dict[str, int]], None]) -> Tables:
    """The workbook, its sheet of procedures changed by hand."""
    book = openpyxl.load_workbook(path)
    sheet = book["procedures"]
    change(sheet, {str(cell.value): cell.column for cell in sheet[1]})
    book.save(path)
    return read(path)


def several(**cells: object) -> tuple[dict[str, object], ...]:
    return tuple(PROCEDURE | {"procedure_id": f"P{n}", "patient_id": f"N{n}"} | cells for n in range(4))


@pytest.mark.parametrize(
    ("column", "first", "last", "warned"), sample([("site", 3, 5, [4, 5]), ("site", 2, 2, []), ("operator", 2, 3, [3])])
)
def test_merged_cells_are_told_in_the_rows_that_stay_empty(
    column: str, first: int, last: int, warned: list[int], tmp_path: Path
) -> None:
    def merge(sheet: Worksheet, places: dict[str, int]) -> None:
        place = places[column]
        sheet.merge_cells(start_row=first, end_row=last, start_column=place, end_column=place + (first == last))

    tables = changed(filled(tmp_path, procedures=several(site="North", operator="Able")), merge)
    assert tables.rows("select source_line, rule from row_warnings order by 1") == [(n, "cell_merged") for n in warned]
    tables.close()


@pytest.mark.parametrize(
    ("column", "written", "rule"),
    sample(
        [
            ("site", "=Elsewhere!A1", "spreadsheet_error"),
            ("operator", "#REF!", "spreadsheet_error"),
            ("patient_id", "=A1&B1", "number_stands_for_none"),
            ("procedure_id", "#N/A", "number_stands_for_none"),
            ("cement_ml", "=1+2", "number_unreadable"),
        ],
        2,
    ),
)
def test_what_a_workbook_could_not_compute_is_no_name_and_no_number(
    column: str, written: str, rule: str, tmp_path: Path
) -> None:
    def write(sheet: Worksheet, places: dict[str, int]) -> None:
        sheet.cell(3, places[column]).value = written

    tables = changed(filled(tmp_path, procedures=several()), write)
    assert tables.rows("select source_line, rule from rejected_rows") == [(3, rule)]
    tables.close()


def test_a_sheet_without_a_needed_column_refuses_the_workbook_and_names_the_sheet(tmp_path: Path) -> None:
    path = filled(tmp_path, procedures=(PROCEDURE,))
    book = openpyxl.load_workbook(path)
    book["procedures"].delete_cols(1)
    book.save(path)
    assert "records.xlsx#procedures, line 1: missing column procedure_id" in read(path).refused[0]


def test_a_workbook_of_something_else_is_ignored_in_a_folder_and_refused_when_named(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    book = openpyxl.Workbook()
    book.active.append(["Rota", "January"])
    book.save(folder / "rota.xlsx")
    assert take(home, folder).ignored == ["rota.xlsx"]
    named = take(home, folder / "rota.xlsx")
    assert "the header is not that of a canonical file" in str(named.refused[0].error)


def test_rejected_rows_of_a_template_come_back_as_a_workbook_to_correct(home: Home, tmp_path: Path) -> None:
    path = filled(tmp_path, procedures=(PROCEDURE, PROCEDURE | {"procedure_id": "P2", "performed_on": "some day"}))
    take(home, path, accept_rejects=True)
    [(name, count)] = write_rejected(home, tmp_path / "back")
    assert (name, count) == ("records.xlsx", 1)
    [(kind, extract)] = canonical_files.read_sheets((tmp_path / "back" / name).read_bytes(), name)
    assert (kind.name, extract.header[-1], extract.rows.num_rows) == ("procedures", "why", 1)
    assert extract.rows.column("7").to_pylist() == ["some day"]


def test_a_person_is_erased_from_a_workbook_in_the_canonical_form(home: Home, tmp_path: Path) -> None:
    other = PROCEDURE | {"procedure_id": "P2", "patient_id": "0043"}
    take(home, filled(tmp_path, procedures=(PROCEDURE, other), pain_scores=SCORES))
    with publish.only_load(home):
        forget_patient(home, "0042", None, quiet)
    warehouse = open_current(home)
    assert warehouse.rows("select count(*) from procedures") == [(1,)]
    assert warehouse.rows("select count(*) from pain_scores") == [(0,)]
    for archived in home.archive.glob("??/*"):
        book = openpyxl.load_workbook(io.BytesIO(archived.read_bytes()))
        assert not [cell for sheet in book for row in sheet.values for cell in row if cell == "0042"]


PLAIN = """
title = "Log"
time_zone = "America/Chicago"
[formats]
date = "%Y-%m-%d"
[[file]]
name = "log"
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "Case"
patient_id = "MRN"
performed_on = "Day"
"""
FILE = 'name = "log"'


@pytest.mark.parametrize("kind", sample(CANONICAL_KINDS, 2), ids=lambda kind: kind.name)
def test_a_header_without_rows_is_a_quiet_week(kind: canonical_files.Kind) -> None:
    header = ",".join(kind.all_columns)
    for text in (header, f"{header}\n", f"{header}\r\n\r\n", f"\ufeff{header.replace(',', ';')}\n"):
        tables = tables_of("canonical", [("a.csv", text.encode())], ZONE)
        assert tables.refused == []
        assert tables.rows("select rows_read from source_files") == [(0,)]


def test_a_header_without_rows_is_a_quiet_week_for_senders_with_a_description_too(home: Home) -> None:
    sources = home.root / "sources"
    sources.mkdir(parents=True)
    (sources / "log.toml").write_text(PLAIN, encoding="utf-8")
    (sources / "book.toml").write_text(PLAIN.replace(FILE, f'{FILE}\nreader = {{ kind = "excel" }}'), encoding="utf-8")
    target = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["Case", "MRN", "Day"])
    book.save(target)
    for source, name, content in (("log", "log.csv", b"Case,MRN,Day\n"), ("book", "log.xlsx", target.getvalue())):
        tables = tables_of(source, [(name, content)], ZONE)
        assert (tables.refused, tables.rows("select rows_read from source_files")) == ([], [(0,)])


def test_an_empty_file_is_no_quiet_week() -> None:
    assert "the file is empty" in tables_of("canonical", [("a.csv", b"\n")], ZONE).refused[0]


def test_a_load_that_takes_nothing_ends_with_65_and_one_without_files_or_news_with_0(
    home: Home, tmp_path: Path
) -> None:
    empty, odd, good = (tmp_path / name for name in ("empty", "odd", "good"))
    for folder in (empty, odd):
        folder.mkdir()
    (odd / "notes.txt").write_text("nothing of ours\n", encoding="utf-8")
    records = Records()
    records.procedure()
    records.write(good)
    assert run("load", str(empty), "--timezone", ZONE)[0] == 0
    assert run("load", "--timezone", ZONE)[0] == 0
    code, output = run("load", str(odd), "--timezone", ZONE)
    assert (code, "no file was taken" in output, "notes.txt: ignored" in output) == (65, True, True)
    assert run("check", str(odd), "--timezone", ZONE)[0] == 1
    (home.inbox / "notes.txt").write_text("nothing of ours\n", encoding="utf-8")
    assert run("load", "--timezone", ZONE)[0] == 65
    (good / "notes.txt").write_text("nothing of ours\n", encoding="utf-8")
    assert run("load", str(good), "--timezone", ZONE)[0] == 0
    assert run("load", str(good), "--timezone", ZONE)[0] == 0


def test_the_committed_template_is_what_the_command_writes(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    assert run("templates", "--out", str(path))[0] == 0
    assert run("templates", "--out", str(path))[0] != 0
    committed, made = (openpyxl.load_workbook(one) for one in (SAMPLE / "templates" / "records.xlsx", path))
    assert committed.sheetnames == made.sheetnames == [kind.name for kind in CANONICAL_KINDS]
    for kind in CANONICAL_KINDS:
        assert [cell.value for cell in committed[kind.name][1]] == list(kind.all_columns)
        assert _offered(committed[kind.name]) == _offered(made[kind.name])
    lists = " ".join(str(one) for one in _offered(made["procedures"]).values())
    for value in ("balloon_kyphoplasty", "admitted_for_procedure", "withdrawn", "day_case"):
        assert value in lists
    assert "unknown" not in lists


def _offered(sheet: openpyxl.worksheet.worksheet.Worksheet) -> dict[str, object]:
    return {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
