"""Erasing a person from workbooks that cannot be written in their own kind, and from sheets that nothing reads."""

import codecs
import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest

from data.home import Home
from etl.generations import file_archive, publish
from etl.generations.manifest import Delivery
from etl.generations.publish import current_manifest
from etl.operations.forget import forget_patient
from etl.redaction.person_numbers import Numbers
from etl.redaction.personal_rows import Reading, all_of
from etl.redaction.redact_file import redact_file
from etl.sources import Source, validate_source
from queries.warehouse import open_current
from tests.grids import sample
from tests.leaks import leaks, parts
from tests.records import quiet, take

TOML = """
title = "A log"
[[file]]
name = "log"
reader = { kind = "excel" }
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "Case"
patient_id = { column = "No", pad = 7 }
performed_on = "Day"
site = "Site"
delay_reason = "Notes"
"""
ROWS = (
    ("No", "Case", "Day", "Site", "Notes"),
    (41001, "A-1", "2026-01-12", "North", ""),
    (141001, "A-2", "2026-01-13", "North", "bed was taken by 0041001"),
    ("0041001", "A-3", "2026-01-14", "South", "same patient, 41001"),
)


def source() -> Source:
    return validate_source(TOML.encode(), "log", "log.toml")


def ods(sheets: dict[str, tuple[tuple, ...]]) -> bytes:
    """A small OpenDocument workbook."""
    tables = ""
    for name, rows in sheets.items():
        lines = ""
        for row in rows:
            cells = "".join(
                f'<table:table-cell office:value-type="float" office:value="{one}"/>'
                if isinstance(one, int)
                else f'<table:table-cell office:value-type="string"><text:p>{escape(one)}</text:p></table:table-cell>'
                for one in row
            )
            lines += f"<table:table-row>{cells}</table:table-row>"
        tables += f'<table:table table:name="{name}">{lines}</table:table>'
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        packed.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
        packed.writestr("meta.xml", "<meta>list of 0041001</meta>")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
    return out.getvalue()


def reading(content: bytes) -> Reading:
    return Reading(
        source(),
        Delivery(
            sequence=1,
            sha256="",
            source="log",
            mapping_sha256="",
            time_zone="Europe/London",
            received_at="2026-06-01T12:00:00",
            name="log.ods",
            folder="",
        ),
        content,
    )


def test_an_opendocument_workbook_becomes_one_that_reads_the_same() -> None:
    long_name = "a name of more than one and thirty letters: [1/2]"
    file = reading(ods({long_name: ROWS, "notes": (("seen", 41001, "on Monday"), ("seen", 51001, "on Monday"))}))
    numbers = all_of(lambda: [file], Numbers(frozenset({"0041001"})))
    assert numbers.procedures == {"A-1", "A-3"}
    made = redact_file(file, numbers)
    assert made is not None
    assert made.rows == 3
    assert not any(b"41001" in part.replace(b"141001", b"") for part in parts(made.content))
    again = reading(made.content)
    assert again.patients() == {"0141001"}
    assert redact_file(again, numbers) is None
    (before, after) = (one.tables[0][1] for one in (file, again))
    assert (after.sheet, after.header) == (before.sheet, before.header) == (long_name, before.header)
    assert after.rows["source_line"].equals(before.rows["source_line"])
    assert after.rows.slice(1, 1).to_pylist()[0] == before.rows.slice(1, 1).to_pylist()[0] | {
        "4": "bed was taken by [erased]"
    }


@pytest.mark.thorough
def test_a_number_stored_as_a_number_goes_also_from_a_hidden_sheet(examples: Path, home: Home, tmp_path: Path) -> None:
    person = "0000012"
    book = openpyxl.load_workbook(examples / "uk_audit_xlsx" / "audit.xlsx")
    hidden = book["old - do not use"]
    hidden["B2"], hidden["B3"], hidden["X4"] = int(person), "0000112", f"same as {person}"
    first = book.worksheets[0]
    typed = [row for row in first.iter_rows(min_col=2, max_col=2) if row[0].value == person]
    for (cell,) in typed:
        cell.value = int(person)
    book.properties.title, book.properties.keywords = f"about {person}", person
    (tmp_path / "in").mkdir()
    book.save(tmp_path / "in" / "audit.xlsx")
    take(home, tmp_path / "in", source="uk_audit_xlsx", zone="Europe/London", received_at="2026-12-01T12:00:00")
    before = open_current(home).rows("select count(*) from patients")[0][0]
    assert leaks(home.root, person)
    with publish.only_load(home):
        done = forget_patient(home, person, None, quiet)
    assert done.evidence.hits == {}
    assert leaks(home.root, person) == []
    assert open_current(home).rows("select count(*) from patients") == [(before - 1,)]
    (one,) = current_manifest(home).deliveries
    kept = openpyxl.load_workbook(io.BytesIO(file_archive.read_archived(home, one.sha256)))
    assert kept["old - do not use"].sheet_state == "hidden"
    assert [kept["old - do not use"][place].value for place in ("A2", "B3", "A4")] == [
        "[erased]", "0000112", "[erased]",
    ]  # fmt: skip
    assert not [row for sheet in kept.worksheets for row in sheet.iter_rows(values_only=True) if 12 in row[1:2]]


def test_the_kept_answer_of_a_database_is_redacted_as_text() -> None:
    text = TOML.replace('kind = "excel"', 'kind = "database", driver = "postgresql", query = "select 1"')
    text = text.replace('performed_on = "Day"', 'performed_on = { column = "Day", formats = "iso" }')
    answer = (
        b'No,Case,Day,Site,Notes\n0041001,A-1,2026-01-12,North,\n0141001,A-2,2026-01-13,North,"after 41001,\n0041001"\n'
    )
    delivery = Delivery(
        sequence=1,
        sha256="",
        source="db",
        mapping_sha256="",
        time_zone="Europe/London",
        received_at="2026-06-01T12:00:00",
        name="db",
        folder="",
    )
    file = Reading(validate_source(text.encode(), "db", "db.toml"), delivery, answer)
    made = redact_file(file, all_of(lambda: [file], Numbers(frozenset({"0041001"}))))
    assert made is not None
    assert made.content == answer.replace(
        b"0041001,A-1,2026-01-12,North,", b"[erased],[erased],[erased],[erased],[erased]"
    ).replace(b'\n0041001"', b'\n[erased]"')


@pytest.mark.parametrize(
    ("encoding", "declared"),
    sample([("utf-16-le", "cp1252"), ("utf-16-be", "cp1252"), ("utf-16-le", "utf-16-le"), ("cp1252", "cp1252"),
     ("utf-8-sig", "cp1252")], 2),
)  # fmt: skip
def test_other_lines_keep_their_bytes_in_every_encoding(encoding: str, declared: str) -> None:
    text = TOML.replace('kind = "excel"', f'kind = "csv", delimiter = ";", encoding = "{declared}"')
    text = text.replace('performed_on = "Day"', 'performed_on = { column = "Day", formats = "iso" }')
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    mark = b"" if declared == encoding else marks.get(encoding, b"")
    lines = [
        "Bericht für 0041001",
        "No;Case;Day;Site;Notes",
        "0041001;A-1;2026-01-12;Süd;x",
        "0141001;A-2;2026-01-13;Süd;für 41",
    ]
    delivery = Delivery(
        sequence=1,
        sha256="",
        source="c",
        mapping_sha256="",
        time_zone="Europe/Berlin",
        received_at="2026-06-01T12:00:00",
        name="c.csv",
        folder="",
    )
    content = mark + "\r\n".join([*lines, ""]).encode(encoding)
    file = Reading(validate_source(text.encode(), "c", "c.toml"), delivery, content)
    made = redact_file(file, all_of(lambda: [file], Numbers(frozenset({"0041001"}))))
    assert made is not None
    lines[0], lines[2] = "Bericht für [erased]", ";".join(["[erased]"] * 5)
    assert made.content == mark + "\r\n".join([*lines, ""]).encode(encoding)
