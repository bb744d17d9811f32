"""Erasing a person whose number is awkward: part of others', typed otherwise, in free text, in odd files, on a list."""

import datetime as dt
import gzip
import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from data.errors import UsageProblem
from data.home import Home
from data.journal import Journal
from etl.generations import file_archive, publish
from etl.generations.publish import current_manifest
from etl.operations.forget import Certificate, forget_patient
from etl.redaction import redact_workbook
from etl.redaction.number_spelling import near_numbers
from etl.redaction.search_home import Needles, search_home
from queries.warehouse import open_current
from tests.leaks import leaks
from tests.loads.test_omop import FILES
from tests.records import Records, quiet, take


def erased(home: Home, number: str, source: str | None = None) -> Certificate:
    with publish.only_load(home):
        return forget_patient(home, number, source, quiet)


def archived(home: Home, name: str) -> bytes:
    (sha256,) = {one.sha256 for one in current_manifest(home).deliveries if one.name == name}
    return file_archive.read_archived(home, sha256)


def test_rows_of_others_survive_byte_for_byte(home: Home, tmp_path: Path) -> None:
    records = Records()
    for number in ("12", "112", "1212", "012", "12-1", "12a"):
        row = records.procedure(patient_id=number, procedure_id=f"P-{number}", age_years=12)
        records.score(row, "2026-01-14T09:00", 4)
    folder = records.write(tmp_path / "in")
    before = {path.name: path.read_bytes().splitlines() for path in folder.iterdir()}
    take(home, folder)
    done = erased(home, "12")
    assert done.rows == 2
    assert done.near == 1, "012 is somebody else, or not: a person must look"
    for name, lines in before.items():
        after = archived(home, name).splitlines()
        assert [one for one in after if b"[erased]" not in one] == [
            one for one in lines if b",12," not in one and not one.startswith(b"P-12,")
        ] or [one for one in after if b"[erased]" not in one] == [
            one
            for one in lines
            if b"P-12," not in one and not (name == "pain_scores.csv" and one.split(b",")[1] == b"12")
        ]
    assert open_current(home).rows("select count(*) from patients") == [(5,)]


def test_a_number_typed_otherwise_is_not_guessed(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure(patient_id="AB-00123")
    records.procedure(patient_id="77")
    take(home, records.write(tmp_path / "in"))
    for typed in ("ab00123", "AB 00123", "ab-00123"):
        with pytest.raises(UsageProblem, match="1 differ from it only in blanks, dashes, case or leading zeros"):
            erased(home, typed)
    assert near_numbers("0077", ["77", "770", "7-7", "0077"]) == {"77", "7-7"}
    assert open_current(home).rows("select count(*) from patients") == [(2,)]


def test_free_text_of_others_loses_the_number_and_nothing_else(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure(patient_id="4711-0815", delay_reason="waited for mrn 4711-0815, 14711-08150")
    records.procedure(patient_id="9434765919")
    records.procedure(patient_id="N2", delay_reason="bed of 943 476 5919; 4711-0815", operator="4711-0815")
    folder = records.write(tmp_path / "in")
    last = (folder / "procedures.csv").read_bytes().splitlines()[-1]
    take(home, folder)
    journal = Journal(home.journal)
    journal.append("note", "month", {}, "lead", "phoned 943-476-5919 again")
    erased(home, "4711-0815")
    done = erased(home, "9434765919")
    assert done.evidence.hits == {}
    assert done.words == 1
    expected = last.replace(b"4711-0815", b"[erased]").replace(b"943 476 5919", b"[erased]")
    assert archived(home, "procedures.csv").splitlines()[-1] == expected
    assert open_current(home).rows("select count(*) from patients") == [(1,)]


@pytest.mark.thorough
def test_a_number_of_another_record_that_looks_the_same_stays_and_is_named(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure(patient_id="880001", procedure_id="A-1")
    records.procedure(patient_id="N2", procedure_id="C-880001")
    take(home, records.write(tmp_path / "in"))
    done = erased(home, "880001")
    assert done.rows == 1
    assert open_current(home).rows("select count(*) from procedures") == [(1,)]
    assert len(done.evidence.hits) == 2, "the archived file and the identities, for a person to look at"
    assert all(one.startswith(("archive/", "private/identities")) for one in done.evidence.hits)


@pytest.mark.thorough
def test_a_patient_whose_only_row_was_rejected_is_known(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure("no date at all", patient_id="LONE-551")
    for _ in range(6):
        records.procedure()
    take(home, records.write(tmp_path / "in"))
    assert leaks(home.root, "LONE-551")
    assert erased(home, "LONE-551").rows == 1
    assert leaks(home.root, "LONE-551") == []


@pytest.mark.thorough
def test_a_person_of_two_sources_is_erased_from_the_one_that_is_meant(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure(patient_id="1")
    take(home, records.write(tmp_path / "in"))
    for name, text in FILES.items():
        (tmp_path / "omop").mkdir(exist_ok=True)
        (tmp_path / "omop" / name).write_text(text, encoding="utf-8")
    take(home, tmp_path / "omop", source="omop", accept_rejects=True)
    with pytest.raises(UsageProblem, match="canonical, omop"):
        erased(home, "1")
    assert erased(home, "1", "canonical").rows == 1
    assert erased(home, "A", "omop").rows == 10, "by the number of the hospital, not of the tables"
    left = dict(open_current(home).rows("select source, count(*) from outcomes group by source"))
    assert left == {"omop": 1}
    assert "1,1," not in archived(home, "observation.csv").decode()


@pytest.mark.thorough
def test_a_hospitals_number_keeps_a_renumbered_person_of_the_tables_out(home: Home, tmp_path: Path) -> None:
    for folder, number in (("first", "1"), ("second", "501")):
        (tmp_path / folder).mkdir()
        for name, text in FILES.items():
            lines = text.replace("1,8532,", f"{number},8532,").replace("\n1,2026-05-01", f"\n{number},2026-05-01")
            for start in ("10", "100", "1", "2", "3", "4"):
                lines = lines.replace(f"\n{start},1,", f"\n{start},{number},")
            (tmp_path / folder / name).write_text(lines, encoding="utf-8")
    take(home, tmp_path / "first", source="omop", accept_rejects=True)
    erased(home, "1")
    take(home, tmp_path / "second", source="omop", accept_rejects=True)
    assert open_current(home).rows("select count(*) from patients") == [(1,)]
    assert not any(",501," in archived(home, name).decode() for name in ("measurement.csv", "visit_occurrence.csv"))


def test_every_value_of_a_workbook_reads_the_same_after_it_is_written_anew() -> None:
    values = [
        1, 2.5, 0.1 + 0.2, 1234567890123456789, True, "00123", "=1+1", "x" * 40_000, " a ", "#N/A", "line\nbreak",
        dt.date(2024, 1, 2), dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=None), dt.date(1900, 1, 2), 45292.4583333333,  # noqa: DTZ001
    ]  # fmt: skip
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "default_date_format": "dd/mm/yy hh:mm"}) as book:
        sheet = book.add_worksheet("a")
        for place, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(place, 1, value)
            else:
                sheet.write(place, 1, value)
        sheet.write_string(len(values), 1, "of 44-1234 too")
        sheet.write_string(len(values) + 1, 0, "gone")
        book.set_properties({"title": "list of 44-1234", "comments": "44-1234"})
        sheet.write_comment(0, 1, "44-1234")
        hidden = book.add_worksheet("b")
        hidden.very_hidden()
        hidden.write_string(0, 0, "kept")
    content = out.getvalue()
    made = redact_workbook.without_lines(content, {"a": {len(values) + 2}}, Needles(["44-1234"]), {})
    before, after = redact_workbook.sheets_of(content), redact_workbook.sheets_of(made)
    texts = [[redact_workbook.as_text(row[1]) for row in sheets[0].cells] for sheets in (before, after)]
    assert texts[1][: len(values)] == texts[0][: len(values)]
    assert texts[1][len(values)] == "of [erased] too"
    assert after[0].cells[-1][0] == "[erased]"
    assert (after[1].name, after[1].visible, after[1].cells) == (before[1].name, before[1].visible, before[1].cells)
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert not any(b"44-1234" in packed.read(name) for name in packed.namelist())
    assert redact_workbook.without_lines(content, {"a": {len(values) + 2}}, Needles(["44-1234"]), {}) == made


def test_reports_of_mistakes_and_bundles_go_and_what_people_put_there_is_named(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure(patient_id="MRN-660001")
    records.procedure()
    take(home, records.write(tmp_path / "in"))
    (home.private / "error-0a0a0a0a.txt").write_text("age of the patient: 81", encoding="utf-8")
    (home.exports / f"{'0a' * 16}.zip").write_bytes(b"rows under other numbers")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.csv.gz", gzip.compress(b"a,mrn-660001,b\n" * 50))
    (home.exports / "mine.zip").write_bytes(packed.getvalue())
    (home.inbox / "letter about MRN-660001.txt").write_text("hello", encoding="utf-8")
    done = erased(home, "MRN-660001")
    assert not list(home.private.glob("error-*"))
    assert not list(home.exports.glob("0a*"))
    assert set(done.evidence.hits) == {"exports/mine.zip", "inbox/letter about MRN-660001.txt"}


def test_a_damaged_packed_file_is_no_pass(home: Home) -> None:
    home.root.mkdir()
    (home.root / "a.gz").write_bytes(gzip.compress(b"x" * 100)[:20])
    with pytest.raises(Exception, match="cannot be opened"):
        search_home(home, ["12345"])
