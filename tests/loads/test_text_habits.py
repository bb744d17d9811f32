"""Text as programs write it: marks, code pages, separators said, empty headings, wide digits, cut ends, lost hours."""

import codecs
import io
import json
from pathlib import Path

import pytest
import xlsxwriter

from data.errors import FileRefused
from etl.readers.code_pages import judge_code_page
from etl.readers.delimited.encoding import UNSURE, to_utf8
from etl.sources import source_files
from tests.deliveries import Tables, tables_of
from tests.fhir import lines, patient, procedure
from tests.grids import sample
from tests.records import Records
from tests.senders import own_source

CASES = """
title = "A case log"
time_zone = "America/Chicago"
[formats]
date = "%m/%d/%Y"
time = "%H:%M"
date_time = "%m/%d/%Y %H:%M"
[[file]]
name = "cases"
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "Case"
patient_id = "MRN"
age_years = "Age"
operator = "Surgeon"
performed_on = "Date"
started_at = { date = "Date", time = "Start" }
discharged_at = "Left"
levels = "Levels"
cement_ml = "Cement"
"""
HEADER = "Case,MRN,Age,Surgeon,Date,Start,Left,Levels,Cement"
ROW = "K1,M1,78,Sato,01/12/2026,10:00,01/12/2026 15:00,T12,3.5"


def mapped(monkeypatch: pytest.MonkeyPatch, content: bytes | str, zone: str = "America/Chicago") -> Tables:
    source = own_source(monkeypatch, "log", CASES)
    return tables_of(source, [("log.csv", content.encode() if isinstance(content, str) else content)], zone)


def own_form(tmp_path: Path) -> str:
    records = Records()
    for _ in range(3):
        records.procedure("2026-01-12")
    return (records.write(tmp_path / "in") / "procedures.csv").read_text(encoding="utf-8")


def own(content: bytes) -> Tables:
    return tables_of("canonical", [("procedures.csv", content)], "America/Chicago")


def counted(tables: Tables) -> int:
    return tables.rows("select count(*) from procedures")[0][0]


def warned(tables: Tables) -> list[tuple[int, str]]:
    return [one for one in tables.warned() if one[1] != "level_not_recorded"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_the_own_form_is_read_by_its_mark(encoding: str, tmp_path: Path) -> None:
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE, "utf-32-le": codecs.BOM_UTF32_LE}
    text = own_form(tmp_path).replace("A. Moreau", "Dvořák").replace("\n", "\r\n")
    tables = own(marks[encoding] + text.encode(encoding))
    assert tables.refused == []
    assert tables.rows("select distinct operator from procedures") == [("Dvořák",)]
    assert "by its byte order mark" in tables.rows("select encoding from source_files")[0][0]
    tables.close()


def test_resources_are_read_by_their_mark() -> None:
    content = lines([patient(), procedure()]).decode().encode("utf-16")
    tables = tables_of("fhir_bulk", [("a.ndjson", content)], "Australia/Sydney")
    assert (tables.refused, counted(tables)) == ([], 1)
    tables.close()


def test_a_project_and_its_dictionary_are_read_by_their_mark() -> None:
    dictionary = 'Variable / Field Name,Form Name,Field Type,Field Label,"Choices, Calculations, OR Slider Labels"\n'
    dictionary += "record_id,demographics,text,Id,\nproc_id,procedure,text,Id,\nproc_date,procedure,text,Day,\n"
    data = "record_id,redcap_repeat_instrument,redcap_repeat_instance,proc_id,proc_date\n1,procedure,1,K1,2026-01-12\n"
    from etl.readers import Wanted  # noqa: PLC0415 - only here
    from etl.readers.redcap import redcap_export  # noqa: PLC0415 - only here

    options = redcap_export.Options(kind="redcap")
    assert redcap_export.is_companion(dictionary.encode("utf-16"))
    read = redcap_export.read_export(data.encode("utf-16"), "a.csv", options, Wanted(), dictionary.encode("utf-16"))
    assert read[0].rows.column("0").to_pylist() == ["1"]
    assert redcap_export.share_found(data.encode("utf-16"), options, Wanted(headings=frozenset({"proc_id"}))) == 1


@pytest.mark.parametrize(
    ("text", "written", "read"),
    sample(
        [
            ("Münster Jäger Größe", "cp1252", "cp1252"),
            ("René", "latin-1", "cp1252"),
            ("Dvořák Łukasz", "cp1250", "cp1250"),
            ("Małgorzata Żółć", "cp1250", "cp1250"),
            ("Παπαδόπουλος Αθήνα", "cp1253", "cp1253"),
            ("37,5 °C 4 cm² 5 µg", "cp1252", "cp1252"),
            ("5 €", "cp1252", "cp1252"),
        ],
        3,
    ),
)
def test_a_text_that_only_one_code_page_makes_words_of_is_certain(text: str, written: str, read: str) -> None:
    assert judge_code_page(f"a,{text}\n".encode(written)) == (read, ())


@pytest.mark.parametrize(
    ("text", "written"), sample([("Hélène", "cp1252"), ("Muñoz", "cp1252"), ("Søren", "cp1252"), ("Győző", "cp1250"),
                          ("Şule Işık", "cp1254")], 2),
)  # fmt: skip
def test_a_text_that_several_make_words_of_is_not(text: str, written: str) -> None:
    _, candidates = judge_code_page(f"a,{text}\n".encode(written))
    assert written in candidates
    assert to_utf8(f"a,{text}\n".encode(written), "a.csv")[1].startswith(UNSURE)


@pytest.mark.parametrize(
    ("text", "written"),
    sample(
        [
            ("Hélène Lefèvre,François Dupré,Thérèse Forêt", "cp1252"),
            ("Muñoz,Núñez,Peña,García", "cp1252"),
            ("João,Conceição,Simões", "cp1252"),
            ("Nicolò,Forlì,però,Città", "cp1252"),
            ("Søren Kjær,Åse Ødegård,Bjørn", "cp1252"),
            ("Dvořák,Nováková,Černý,Jiří Kučera", "cp1250"),
            ("Šimić,Čović,Đorđe", "cp1250"),
            ("Şule Işık,Gökçe,Çağrı", "cp1254"),
            ("Žukauskas,Čepaitė,Šiauliai,Ąžuolas", "cp1257"),
        ],
        4,
    ),
)
def test_words_of_one_language_speak_for_its_code_page(text: str, written: str) -> None:
    content = "".join(f"{name}\n" for name in ("Name", *text.split(","))).encode(written)
    assert judge_code_page(content) == (written, ())


@pytest.mark.parametrize(("text", "written"), [("Kovács", "cp852"), ("Bokèo,José", "cp1252"), ("Győr,Drôme", "cp1250")])
def test_a_foreign_name_or_two_decide_nothing(text: str, written: str) -> None:
    content = "".join(f"{name}\n" for name in ("Name", *text.split(","))).encode(written)
    assert judge_code_page(content)[1] != ()


def test_a_text_that_is_not_the_usual_page_either_is_refused_with_candidates() -> None:
    with pytest.raises(FileRefused, match=f"line 2: {UNSURE}: .*shift-jis.*no known text"):
        to_utf8("a,b\n佐藤,東京\n".encode("cp932"), "a.csv")


def test_an_uncertain_file_is_refused_and_says_what_it_could_be(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = mapped(monkeypatch, f"{HEADER}\n{ROW.replace('Sato', 'Hélène')}\n".encode("cp1252"))
    assert len(tables.refused) == 1
    assert "windows-1252 or windows-1250" in tables.refused[0]
    assert "Hélène" not in tables.refused[0]
    tables.close()


def test_a_declared_encoding_is_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = CASES.replace('name = "cases"\n', 'name = "cases"\nreader = { kind = "csv", encoding = "cp1252" }\n')
    source = own_source(monkeypatch, "log", declared)
    content = f"{HEADER}\n{ROW.replace('Sato', 'Hélène')}\n".encode("cp1252")
    tables = tables_of(source, [("log.csv", content)], "Europe/Paris")
    assert tables.rows("select operator from procedures") == [("Hélène",)]
    tables.close()


@pytest.mark.parametrize("first", sample(["sep=;", "SEP=;\r", '"sep=;"', "\ufeffsep=;"], 2))
def test_a_line_that_says_the_separator_is_no_header(first: str, tmp_path: Path) -> None:
    tables = own((first + "\n" + own_form(tmp_path).replace(",", ";")).encode())
    assert (tables.refused, counted(tables)) == ([], 3)
    tables.close()


def test_a_separator_that_nobody_would_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = mapped(monkeypatch, "sep=^\n" + f"{HEADER}\n{ROW}\n{ROW.replace('K1', 'K2')},\n".replace(",", "^"))
    assert (tables.refused, counted(tables)) == ([], 2)
    tables.close()


def test_lines_below_a_separator_keep_their_numbers(tmp_path: Path) -> None:
    text = own_form(tmp_path).replace("2026-01-12,2026-01-12T10:00", "12.01.26,2026-01-12T10:00", 1)
    tables = own(("sep=,\n" + text).encode())
    assert tables.rows("select source_line from rejected_rows") == [(3,)]
    tables.close()


@pytest.mark.parametrize("cells", [True, False])
def test_headings_that_are_empty_at_the_end_do_not_matter(cells: bool, tmp_path: Path) -> None:
    first, *rows = own_form(tmp_path).splitlines()
    text = "".join(f"{line}\n" for line in (f"{first},,,", *(f"{row},,," if cells else row for row in rows)))
    tables = own(text.encode())
    assert (tables.refused, tables.rejected(), counted(tables)) == ([], [], 3)
    tables.close()


def test_columns_without_a_heading_are_named_by_letter(tmp_path: Path) -> None:
    from etl.sources.canonical import PROCEDURES, ignored_columns  # noqa: PLC0415 - only here

    header = (*PROCEDURES.columns, "", "note")
    assert ignored_columns(header, PROCEDURES) == ("AB (no heading)", "note")


def test_wide_digits_are_digits_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    row = "Ｋ１,M１,７８,Sato,０１／１２／２０２６,１０：００,01/12/2026 １５:００,Ｔ１２,３．５"
    tables = mapped(monkeypatch, f"{HEADER}\n{row}\n{ROW.replace('M1', 'M2').replace('K1', 'K2')}\n")
    assert (tables.refused, tables.rejected(), warned(tables)) == ([], [], [])
    columns = "age_years, cement_ml, cast(performed_on as varchar), started_at, discharged_at"
    assert len(set(tables.rows(f"select {columns} from procedures"))) == 1
    tables.close()


def test_wide_digits_of_the_own_form(tmp_path: Path) -> None:
    text = (
        own_form(tmp_path)
        .replace(",75,", ",７５,", 1)
        .replace("2026-01-12T10:00", "２０２６－０１－１２Ｔ１０：００", 1)
    )
    tables = own(text.encode())
    assert tables.rejected() == []
    assert tables.rows("select distinct age_years, started_at is null from procedures") == [(75, False)]
    tables.close()


def test_wide_digits_of_resources() -> None:
    content = (
        json.dumps(patient(birthDate="１９５０-06-01"), ensure_ascii=False) + "\n" + json.dumps(procedure()) + "\n"
    )
    tables = tables_of("fhir_bulk", [("a.ndjson", content.encode())], "Australia/Sydney")
    assert tables.rows("select age_years from procedures") == [(75,)]
    tables.close()


@pytest.mark.parametrize(
    ("zone", "left", "is_there"),
    sample(
        [
            ("America/Chicago", "03/08/2026 02:30", False),
            ("America/Chicago", "03/08/2026 03:00", True),
            ("Europe/Berlin", "03/29/2026 02:15", False),
            ("Australia/Lord_Howe", "10/05/2025 02:15", False),
            ("America/Phoenix", "03/08/2026 02:30", True),
        ],
        2,
    ),
)
def test_an_hour_that_never_was_is_no_time(
    zone: str, left: str, is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ROW.replace("01/12/2026 15:00", left).replace("01/12/2026", "10/01/2025")
    tables = mapped(monkeypatch, f"{HEADER}\n{row}\n", zone)
    assert tables.rejected() == []
    assert tables.rows("select discharged_at is not null from procedures") == [(is_there,)]
    assert tables.rows("select 1 from procedures where discharged_on is null") == []
    assert warned(tables) == ([] if is_there else [(1, "time_does_not_exist")])
    tables.close()


def test_a_file_without_the_end_of_its_last_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = mapped(monkeypatch, f"{HEADER}\n{ROW}\n{ROW.replace('K1', 'K2').replace('M1', 'M2')}")
    assert (counted(tables), warned(tables)) == (2, [(2, "no_last_line_end")])
    tables.close()


def test_a_row_cut_in_the_middle_is_rejected_and_told(tmp_path: Path) -> None:
    text = own_form(tmp_path)
    tables = own(text[: text.rindex("A. Moreau")].encode())
    assert tables.rejected() == [(3, "column_count")]
    assert warned(tables) == [(3, "no_last_line_end")]
    tables.close()


def test_a_number_cut_in_the_middle_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = mapped(monkeypatch, f"{HEADER}\n{ROW}"[:-2])
    assert tables.rows("select cement_ml from procedures") == [(3,)]
    assert warned(tables) == [(1, "no_last_line_end")]
    tables.close()


def test_resources_cut_in_the_middle_are_rejected() -> None:
    content = lines([patient(), procedure(), procedure("x2")])[:-40]
    tables = tables_of("fhir_bulk", [("a.ndjson", content)], "Australia/Sydney")
    assert tables.rejected() == [(3, "not_json")]
    tables.close()


def test_a_workbook_names_the_column_without_a_heading_by_its_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    source = own_source(
        monkeypatch, "log", CASES.replace('name = "cases"\n', 'name = "cases"\nreader.kind = "excel"\n')
    )
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("2026")
    for place, cells in enumerate((HEADER.split(","), [*ROW.split(","), "", "a note"])):
        sheet.write_row(place, 0, cells)
    book.close()
    staged = source_files.tables_of(source, "log.xlsx", file.getvalue())
    assert [extract.header[9:] for _, extract in staged] == [("", "")]
    tables = tables_of(source, [("log.xlsx", file.getvalue())], "America/Chicago")
    assert (tables.refused, counted(tables)) == ([], 1)
    tables.close()
