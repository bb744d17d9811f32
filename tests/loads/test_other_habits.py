"""Extracts with other habits are loaded with nothing but a TOML: German, French and Japanese clinics, billing lines."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from data.errors import FileRefused
from data.home import PROJECT, Home
from etl.build.file_report import lines_of_report
from etl.load_terms import LoadResult
from etl.operations.rejected_rows import write_rejected
from etl.operations.status import read_status
from etl.readers.workbooks.excel import refuse_bomb
from etl.sources import read_source, validate_source
from queries.warehouse import open_current
from tests.records import take

GERMAN = """
title = "Klinik"
time_zone = "Europe/Berlin"
sends = ["deaths", "leaks"]
[formats]
date = ["%d.%m.%Y", "%d.%m.%y"]
time = ["%H:%M", "%H.%M Uhr"]
date_time = "%d.%m.%Y %H:%M"
decimal = ","
[codes.setting]
"ambulant" = "outpatient"
"geplant stationär" = "admitted_for_procedure"
"*stationär" = "already_inpatient"
[[file]]
name = "Eingriffe"
reader = { kind = "csv", delimiter = ";", encoding = "cp1252" }
aside = [{ rule = "totals_row", when = [{ column = "Fall-Nr.", is = "Summe*" }] }]
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "Fall-Nr."
patient_id = { column = "Pat.-Nr.", pad = 6 }
sex = { column = "Geschl.", codes = { "w" = "F", "m" = "M" } }
performed_on = "OP-Datum"
started_at = { date = "OP-Datum", time = "Schnitt" }
ended_at = { date = "OP-Datum", time = "Naht", next_day_before = "Schnitt" }
discharged_at = "Entlassung"
levels = "Höhe"
cement_ml = { column = "Zement (ml)", pattern = "([0-9]+(?:,[0-9]+)?) ?ml" }
setting = { column = "Aufnahme", codes = "setting" }
operator = "Operateur"
[[file.record]]
kind = "pain_scores"
only_with = ["score"]
[file.record.columns]
score_id = { parts = ["Fall-Nr.", { constant = "vor" }] }
patient_id = { column = "Pat.-Nr.", pad = 6 }
procedure_id = "Fall-Nr."
timepoint = { constant = "baseline" }
score = { column = "NRS vor", missing = { "99" = "nicht befragt" } }
"""

GERMAN_CSV = """Auswertung Wirbelsäule;;;;;;;;;;;
erstellt am 01.03.2026;;;;;;;;;;;

Fall-Nr.;Pat.-Nr.;Geschl.;OP-Datum;Schnitt;Naht;Entlassung;Höhe;Zement (ml);Aufnahme;Operateur;NRS vor
F1;000123;w;05.01.2026;08:30;09.40 Uhr;05.01.2026 16:00;BWK 12;5,5 ml;ambulant;Dr. Müller;7,5
F2;124;m;06.01.26;23:30;00:20;08.01.2026 10:00;LWK1, LWK2;8;geplant  Stationär;Dr. Müller;99
F3;125;w;07.01.2026;10:00;10:45;07.01.2026 17:00;BWK11 und LWK 1;4,0 ml;stationär;Dr. Weiß;">10"
F4;126;w;31.02.2026;10:00;10:45;;BWK 8;;ambulant;Dr. Weiß;6
;;;;;;;;;;;
Summe 4;;;;;;;;;;;
"""

FRENCH = """
title = "Centre hospitalier"
time_zone = "Europe/Paris"
[formats]
date = "%d/%m/%Y"
time = "%Hh%M"
words = { "midi" = "12h00" }
[[file]]
name = "suivi"
header_rows = 2
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = { parts = ["IPP", { group = "Acte", column = "Date", formats = "%d/%m/%Y" }] }
patient_id = "IPP"
performed_on = { group = "Acte", column = "Date" }
started_at = { date = { group = "Acte", column = "Date" }, time = { group = "Acte", column = "Heure" } }
discharged_at = { date = { group = "Sortie", column = "Date" }, time = { group = "Sortie", column = "Heure" } }
levels = { ticked = { "D12" = "T12", "L1" = "L1", "L2" = "L2" }, marks = ["oui", "x"] }
sex = { column = "Sexe", optional = true }
[[file.record]]
kind = "pain_scores"
only_with = ["score"]
scale = 100
[file.record.columns]
score_id = { parts = ["IPP", { column = "Date", after = "EVA J+2", formats = "%d/%m/%Y" }] }
patient_id = "IPP"
measured_at = { column = "Date", after = "EVA J+2" }
score = "EVA J+2"
instrument = { constant = "vas" }
"""

FRENCH_TSV = (
    "\tActe\t\tNiveaux\t\t\tSortie\t\tSuivi\t\n"
    "IPP\tDate\tHeure\tD12\tL1\tL2\tDate\tHeure\tEVA J+2\tDate\n"
    "77\t12/01/2026\t9h05\tx\t\tOUI\t12/01/2026\t17h30\t35\t14/01/2026\n"
    "78\t13/01/2026\tmidi\t\tx\t\t14/01/2026\t\t120\t15/01/2026\n"
)

JAPANESE = """
title = "病院"
time_zone = "Asia/Tokyo"
[formats]
date = "%Y年%m月%d日"
date_time = "%Y年%m月%d日 %p%I:%M"
words = { "午前" = "AM", "午後" = "PM" }
[[file]]
name = "手術"
reader = { kind = "csv", encoding = "shift_jis" }
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "手術番号"
patient_id = "患者番号"
performed_on = "手術日"
started_at = "開始"
levels = "部位"
"""

JAPANESE_CSV = "手術番号,患者番号,手術日,開始,部位\n1,A1,２０２６年１月５日,2026年1月5日 午後1:05,Ｔｈ１２\n"

BILLING = """
title = "Billing lines"
time_zone = "America/Chicago"
[formats]
date_time = "%m/%d/%Y %I:%M:%S %p"
[codes.technique]
"22510" = "vertebroplasty"
"22511" = "vertebroplasty"
"22512" = ""
"2251*" = "balloon_kyphoplasty"
[[file]]
name = "charges"
aside = [{ rule = "status_not_loaded", when = [{ column = "Status", is_not = ["Posted"] }] }]
[[file.record]]
kind = "procedures"
when = [{ column = "CPT", is = ["2251*"] }]
lines_of_one_session = true
[file.record.columns]
procedure_id = { parts = ["PAT_ENC_CSN", "SERVICE_DATE"] }
patient_id = "PAT_ID"
performed_on = "SERVICE_DATE"
levels = "BODY_SITE"
operator = "PROVIDER"
technique = { column = "CPT", codes = "technique" }
"""

BILLING_TSV = (
    "PAT_ENC_CSN\tPAT_ID\tSERVICE_DATE\tCPT\tBODY_SITE\tPROVIDER\tStatus\r\n"
    "C1\t007\t1/5/2026 12:00:00 AM\t22510\tT12\tLEE, A\tPosted\r\n"
    "C1\t007\t1/5/2026 12:00:00 AM\t22512\tL1\tLEE, A\tPosted\r\n"
    "C1\t007\t1/5/2026 12:00:00 AM\t22512\tL1\tLEE, A\tPosted\r\n"
    "C1\t007\t1/5/2026 12:00:00 AM\t99213\t\tLEE, A\tPosted\r\n"
    "C2\t008\t1/6/2026 12:00:00 AM\t22514\tL3\tLEE, A\tPosted\r\n"
    "C3\t009\t1/7/2026 12:00:00 AM\t22511\tL2\tLEE, A\tVoided\r\n"
    "C4\t007\t1/5/2026 12:00:00 AM\t22511\tL4\tLEE, A\tPosted\r\n"
)


def load(home: Home, folder: Path, name: str, toml: str, files: dict[str, bytes]) -> LoadResult:
    (home.root / "sources").mkdir(parents=True, exist_ok=True)
    (home.root / "sources" / f"{name}.toml").write_text(toml, encoding="utf-8")
    folder.mkdir(exist_ok=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)
    source = read_source(name)
    assert source.time_zone
    result = take(home, folder, source=name, zone=source.time_zone, accept_rejects=True)
    assert not result.refused, [str(one.error) for one in result.refused]
    return result


def told(home: Home, file: int = 0) -> dict[str, Any]:
    return read_status(home)["files"][file]


def rejected(home: Home, file: int = 0) -> list[tuple[int, int, str, str]]:
    return [(one["row"], one["line"], one["rule"], one["scope"]) for one in told(home, file)["rejected"]]


def rows(home: Home, sql: str) -> list[tuple[Any, ...]]:
    return open_current(home).rows(sql)


def test_a_german_clinic(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "in", "klinik", GERMAN, {"eingriffe.csv": GERMAN_CSV.encode("cp1252")})
    assert "cp1252" in told(home)["encoding"]
    assert (told(home)["rows_read"], told(home)["rows_loaded"]) == (5, 3)
    assert rejected(home) == [
        (3, 7, "score_censored", "cell"),
        (4, 8, "date_unreadable", "row"),
        (5, 10, "totals_row", "row"),
    ]
    assert rows(
        home,
        "select performed_on, setting, cement_ml, ended_at - started_at, operator from procedures order by 1",
    ) == [
        (dt.date(2026, 1, 5), "outpatient", 5.5, dt.timedelta(minutes=70), "Dr. Müller"),
        (dt.date(2026, 1, 6), "admitted_for_procedure", 8, dt.timedelta(minutes=50), "Dr. Müller"),
        (dt.date(2026, 1, 7), "already_inpatient", 4, dt.timedelta(minutes=45), "Dr. Weiß"),
    ]
    assert rows(home, "select vertebra, count(*) from treated_levels group by vertebra order by vertebra") == [
        ("T11", 1), ("T12", 1), ("L1", 2), ("L2", 1),
    ]  # fmt: skip
    assert rows(home, "select score, missing_reason from pain_scores order by score_id") == [
        (7.5, None),
        (None, "nicht befragt"),
    ]


def test_a_french_hospital_with_two_header_rows_and_ticked_levels(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "in", "chu", FRENCH, {"suivi.tsv": FRENCH_TSV.encode("utf-8-sig")})
    assert told(home)["encoding"] == "utf-8, by its byte order mark"
    assert rejected(home) == [(2, 4, "score_out_of_range", "cell")]
    assert rows(
        home,
        "select cast(started_at as varchar), cast(discharged_at as varchar), discharged_on from procedures order by 1",
    ) == [
        ("2026-01-12 08:05:00", "2026-01-12 16:30:00", dt.date(2026, 1, 12)),
        ("2026-01-13 11:00:00", None, dt.date(2026, 1, 14)),
    ]
    assert rows(home, "select vertebra from treated_levels order by vertebra") == [("T12",), ("L1",), ("L2",)]
    assert rows(home, "select score, instrument from pain_scores") == [(3.5, "vas")]


def test_a_japanese_hospital(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "in", "byoin", JAPANESE, {"shujutsu.csv": JAPANESE_CSV.encode("shift_jis", "replace")})
    assert "shift_jis" in told(home)["encoding"]
    assert rows(home, "select performed_on, cast(started_at as varchar) from procedures") == [
        (dt.date(2026, 1, 5), "2026-01-05 04:05:00")
    ]
    assert rows(home, "select vertebra from treated_levels") == [("T12",)]


def test_billing_lines_of_a_session_are_one_procedure_and_the_rule_and_count_are_shown(
    home: Home, tmp_path: Path
) -> None:
    result = load(home, tmp_path / "in", "billing", BILLING, {"charges.tsv": BILLING_TSV.encode()})
    assert rejected(home) == [(4, 5, "other_measure", "row"), (6, 7, "status_not_loaded", "row")]
    assert (told(home)["rows_read"], told(home)["rows_loaded"], told(home)["rows_duplicate"]) == (7, 5, 0)
    levels = "string_agg(vertebra, ';' order by vertebra)"
    assert rows(
        home,
        f"select technique, {levels} from procedures inner join treated_levels using (procedure_id)"
        " group by procedure_id, technique, performed_on order by performed_on, 2",
    ) == [("vertebroplasty", "L4"), ("vertebroplasty", "T12;L1"), ("balloon_kyphoplasty", "L3")]
    found = {finding.rule: finding.lines for finding in result.reports[0].warnings}
    assert found["line_of_a_session"] == (3, 4)
    assert found["second_on_the_day"] == (8,)


def workbook(**book: Any) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as written:
        day = written.add_format({"num_format": "dd/mm/yyyy"})
        for name, lines in book.items():
            sheet = written.add_worksheet(name)
            for number, line in enumerate(lines):
                for place, value in enumerate(line):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(number, place, value, day)
                    elif isinstance(value, tuple):
                        sheet.write_formula(number, place, *value)
                    elif value is not None:
                        sheet.write(number, place, value)
            if name.startswith("old"):
                sheet.hide()
    return target.getvalue()


BOOK = """
title = "A workbook"
time_zone = "Europe/London"
formats.date = "%d/%m/%Y"
[[file]]
name = "scores"
reader = { kind = "excel" }
[[file.record]]
kind = "pain_scores"
[file.record.columns]
score_id = "No"
patient_id = { column = "Hosp No", pad = 7 }
measured_at = "Date"
score = "NRS"
"""
HEADINGS = ["No", "Hosp No", "Date", "NRS"]


def test_cells_of_a_workbook_become_what_was_meant(home: Home, tmp_path: Path) -> None:
    book = workbook(
        now=[
            ["Scores, please do not sort"],
            HEADINGS,
            [1, "0000137", dt.date(2026, 1, 5), 7],
            [2, 138, "06/01/2026", "7/10"],
            [None, None, None, None],
            [3, "0000139", dt.date(2026, 1, 7), dt.date(2026, 8, 7)],
            [4, "0000140", dt.date(2026, 1, 8), ("=1+1", None, "")],
            [5, "0000141", dt.date(2026, 1, 8), ("=NA()", None, "#N/A")],
            [6, "0000142", "05/13/2026", 3],
            [7, "0000143", dt.date(2026, 1, 9), 2.5],
        ],
        old=[HEADINGS, [8, "0000001", dt.date(2020, 1, 1), 3]],
    )
    load(home, tmp_path / "in", "book", BOOK, {"scores.xlsx": book})
    assert [file["name"] for file in read_status(home)["files"]] == ["scores.xlsx#now"]
    assert rejected(home) == [
        (3, 6, "score_is_a_date", "row"),
        (4, 7, "score_unreadable", "row"),
        (5, 8, "score_unreadable", "row"),
        (6, 9, "date_unreadable", "row"),
    ]
    assert rows(home, "select measured_on, score from pain_scores order by measured_on") == [
        (dt.date(2026, 1, 5), 7), (dt.date(2026, 1, 6), 7), (dt.date(2026, 1, 9), 2.5),
    ]  # fmt: skip


@pytest.mark.parametrize("is_from_1904", [False, True])
def test_a_day_as_a_plain_number_counts_from_the_day_of_its_workbook(
    is_from_1904: bool, home: Home, tmp_path: Path
) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"date_1904": is_from_1904}) as written:
        sheet = written.add_worksheet("now")
        sheet.write_row("A1", HEADINGS)
        sheet.write_row("A2", [1, "0000137", 46027 - 1462 * is_from_1904, 7])
        sheet.write_row("A3", [2, "0000137", 46028.75 - 1462 * is_from_1904, 7])
    toml = BOOK.replace('formats.date = "%d/%m/%Y"', 'formats.date = "excel"')
    load(home, tmp_path / "in", "book", toml, {"scores.xlsx": target.getvalue()})
    assert rows(home, "select cast(measured_at as varchar) from pain_scores order by 1") == [
        ("2026-01-05 12:00:00",), ("2026-01-06 18:00:00",),
    ]  # fmt: skip


def test_sheets_that_nothing_reads_are_named(home: Home, tmp_path: Path) -> None:
    row = [1, "0000137", dt.date(2026, 1, 5), 7]
    book = workbook(Sums=[["Month", "Cases"], ["Jan", 4]], now=[HEADINGS, row], empty=[], old=[HEADINGS, row])
    result = load(home, tmp_path / "in", "book", BOOK, {"scores.xlsx": book})
    said = list(lines_of_report(result.reports[0]))
    assert "  sheets of this workbook that nothing reads: Sums, old (hidden)" in said


def test_rejected_rows_of_a_workbook_come_back_as_a_workbook_and_can_be_loaded(home: Home, tmp_path: Path) -> None:
    book = workbook(now=[HEADINGS, [1, "0000137", dt.date(2026, 1, 5), 7], [2, "0000138", dt.date(2026, 1, 6), 12]])
    load(home, tmp_path / "in", "book", BOOK, {"scores.xlsx": book})
    assert write_rejected(home, tmp_path / "back") == [("scores.xlsx", 1)]
    again = take(home, tmp_path / "back", source="book", zone="Europe/London", accept_rejects=True)
    assert [(one.name, one.rows_read, one.rows_rejected) for one in again.reports] == [("scores.xlsx#now", 1, 1)]
    assert again.reports[0].ignored_columns == ()


@pytest.mark.parametrize("form", ["0%", "0.00%", '0 "of 100" %'])
def test_a_cell_that_shows_a_per_cent_is_no_score_of_one_half(home: Home, tmp_path: Path, form: str) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as written:
        sheet, shown = written.add_worksheet("now"), written.add_format({"num_format": form})
        other = written.add_format({"num_format": '0 "% of days"'})
        for number, line in enumerate([HEADINGS, [1, "0000137", "05/01/2026"], [2, "0000138", "06/01/2026"]]):
            sheet.write_row(number, 0, line)
        sheet.write_number(1, 3, 0.5, shown)
        sheet.write_number(2, 3, 7, other)
        sheet.set_column(1, 1, None, shown)
    load(home, tmp_path / "in", "book", BOOK, {"scores.xlsx": target.getvalue()})
    assert rejected(home) == [(1, 2, "score_unreadable", "row")]
    assert rows(home, "select score from pain_scores") == [(7,)]
    assert write_rejected(home, tmp_path / "back") == [("scores.xlsx", 1)]
    again = take(home, tmp_path / "back", source="book", zone="Europe/London", accept_rejects=True)
    assert [(one.rows_read, one.rows_rejected) for one in again.reports] == [(1, 1)]


def test_rejected_rows_of_a_csv_come_back_in_its_delimiter_and_encoding(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "in", "klinik", GERMAN, {"eingriffe.csv": GERMAN_CSV.encode("cp1252")})
    write_rejected(home, tmp_path / "back")
    lines = (tmp_path / "back" / "eingriffe.csv").read_bytes().decode("cp1252").splitlines()
    assert lines[0].startswith("Fall-Nr.;Pat.-Nr.;Geschl.")
    assert lines[0].endswith(";why")
    assert [line.partition(";")[0] for line in lines[1:]] == ["F3", "F4", "Summe 4"]
    corrected = "\n".join(lines[:3]).replace('">10"', "10").replace(">10", "10").replace("31.02.2026", "20.02.2026")
    take_in = tmp_path / "corrected"
    take_in.mkdir()
    (take_in / "eingriffe.csv").write_bytes(corrected.encode("cp1252"))
    take(home, take_in, source="klinik", zone="Europe/Berlin")
    assert rows(home, "select count(*), max(performed_on) from procedures") == [(4, dt.date(2026, 2, 20))]
    assert rows(home, "select count(score) from pain_scores") == [(3,)]


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_read() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/sheet.xml", "w") as entry:
        for _ in range(80):
            entry.write(b"\x00" * (1 << 20))
    with pytest.raises(FileRefused, match="unpacks to"):
        refuse_bomb(target.getvalue(), "book.xlsx")


WARD_BOOK = """
title = "Ward book"
time_zone = "Europe/Rome"
[formats]
date = "%d/%m/%Y"
time = "%H:%M"
empty = ["NULL", "n.d."]
[[file]]
name = "book"
reader = { kind = "csv", delimiter = "^" }
fill_down = ["Paziente"]
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = { parts = ["Paziente", { column = "Data", formats = "%d/%m/%Y" }] }
patient_id = "Paziente"
performed_on = "Data"
started_at = { date = "Data", time = "Inizio" }
ended_at = { date = "Data", time = "Inizio", plus = "Durata" }
discharged_at = { column = "Data", plus = "Notti", plus_unit = "days" }
levels = { parts = ["L-A", "L-B", "L-C"] }
site = { name_of = "file", pattern = "^([a-z]+)_" }
updated_at = { name_of = "file", pattern = "_([0-9]{8})[.]", formats = "%Y%m%d" }
[[file.record]]
kind = "pain_scores"
only_with = ["score"]
[file.record.columns]
score_id = { parts = ["Paziente", { column = "Data", formats = "%d/%m/%Y" }, { constant = "pre" }] }
patient_id = "Paziente"
measured_at = { column = "Data", plus = { constant = "-1" }, plus_unit = "days" }
score = { column = "NRS pre/post", pattern = "^([0-9]+)/[0-9]+$" }
"""

WARD_CSV = """Paziente^Data^Inizio^Durata^Notti^L-A^L-B^L-C^NRS pre/post
R1^12/01/2026^09:00^45^0^D12^^L1^8/3
^20/02/2026^23:50^30^2^NULL^L3^^n.d.
R2^13/01/2026^09:00^circa un'ora^0^L4^^^7/2
"""


def test_merged_cells_durations_level_columns_and_names_of_files(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "in", "reparto", WARD_BOOK, {"nord_20260301.csv": WARD_CSV.encode()})
    assert rejected(home) == [(3, 4, "date_unreadable", "row")]
    assert rows(
        home,
        "select site, cast(ended_at - started_at as varchar), discharged_on - performed_on from procedures order by 3",
    ) == [("nord", "00:45:00", 0), ("nord", "00:30:00", 2)]
    assert rows(home, "select count(distinct patient_key) from procedures") == [(1,)]
    assert rows(home, "select vertebra from treated_levels order by vertebra") == [("T12",), ("L1",), ("L3",)]
    assert rows(home, "select measured_on, score from pain_scores") == [(dt.date(2026, 1, 11), 8)]


def test_the_example_of_the_documentation_is_a_source() -> None:
    text = (PROJECT / "docs" / "sources.md").read_text(encoding="utf-8")
    example = next(one for one in re.findall(r"```toml\n(.+?)```", text, re.DOTALL) if "Klinik Beispiel" in one)
    assert [one.name for one in validate_source(example.encode(), "klinik", "docs").file] == ["Eingriffe", "Nachsorge"]


def test_a_source_may_declare_how_far_its_records_are_complete(home: Home, tmp_path: Path) -> None:
    toml = JAPANESE.replace('time_zone = "Asia/Tokyo"', 'time_zone = "Asia/Tokyo"\ncomplete_to = 2026-03-31')
    load(home, tmp_path / "in", "byoin", toml, {"a.csv": JAPANESE_CSV.encode("shift_jis", "replace")})
    assert rows(home, "select distinct as_of from source_clocks") == [(dt.date(2026, 3, 31),)]


def test_a_changed_toml_reads_the_files_of_its_source_anew_at_the_next_load(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "in", "klinik", GERMAN, {"eingriffe.csv": GERMAN_CSV.encode("cp1252")})
    changed = GERMAN.replace('"ambulant" = "outpatient"', '"ambulant" = "transferred"')
    again = load(home, tmp_path / "later", "klinik", changed, {"more.csv": GERMAN_CSV.replace("F1;", "F9;").encode()})
    assert again.generation
    assert rows(home, "select count(*) from procedures where setting = 'transferred'") == [(2,)]


def test_files_one_by_one_in_any_order_make_the_same_records(home: Home, tmp_path: Path, examples: Path) -> None:
    other = Home(tmp_path / "other")
    take(home, examples / "us_ehr_csv", source="us_ehr_csv", zone="America/New_York")
    for name in ("pain_flowsheet.csv", "or_cases.csv"):
        take(other, examples / "us_ehr_csv" / name, source="us_ehr_csv", zone="America/New_York")
    count = "select count(*), sum(score), count(distinct patient_key) from pain_scores"
    assert rows(home, count) == rows(other, count)
    assigned = "select reason, count(*) from score_assignments group by reason order by reason"
    assert rows(home, assigned) == rows(other, assigned)


def test_a_missing_column_and_a_doubled_one_refuse_the_file_and_are_named(home: Home, tmp_path: Path) -> None:
    (home.root / "sources").mkdir(parents=True)
    (home.root / "sources" / "klinik.toml").write_text(GERMAN, encoding="utf-8")
    for change, words in (
        (("Operateur", "Arzt"), "missing column Operateur"),
        (("Höhe;Zement", "Höhe;Höhe;Zement"), "appears 2 times"),
    ):
        (tmp_path / "a.csv").write_text(GERMAN_CSV.replace(*change), encoding="utf-8")
        refused = take(home, tmp_path / "a.csv", source="klinik", zone="Europe/Berlin").refused
        assert words in str(refused[0].error)
        assert "a.csv, line 4" in str(refused[0].error)


def test_a_row_of_another_width_is_rejected_with_its_cells(home: Home, tmp_path: Path) -> None:
    text = GERMAN_CSV.replace("Dr. Müller;7,5", "Dr. Müller;7,5;extra")
    load(home, tmp_path / "in", "klinik", GERMAN, {"eingriffe.csv": text.encode("cp1252")})
    assert rejected(home)[0] == (1, 5, "column_count", "row")
    assert rows(home, "select count(*) from pain_scores") == [(1,)]


WIDE = """
title = "Wide sheet of scores"
time_zone = "Europe/London"
formats.date = "%d/%m/%Y"
[[file]]
name = "scores"
reader = { kind = "excel", hidden_sheets = true }
sheets = "clinic*"
files = "*.xlsx"
"""
VISIT = """
[[file.record]]
kind = "pain_scores"
only_with = "score"
[file.record.columns]
score_id = {{ parts = ["Hosp No", {{ constant = "{0}" }}] }}
patient_id = "Hosp No"
measured_at = {{ column = "Date", after = "{0}" }}
score = "{0}"
"""


def test_in_a_wide_sheet_a_bad_first_score_takes_no_other_with_it(home: Home, tmp_path: Path) -> None:
    toml = WIDE + "".join(VISIT.format(name) for name in ("Before", "Day 1", "Month 1"))
    header = ["Hosp No", "Before", "Date", "Day 1", "Date", "Month 1", "Date"]
    days = [dt.date(2026, 1, 5), dt.date(2026, 1, 7), dt.date(2026, 2, 6)]
    book = {
        "clinic A": [header, ["1", 12, days[0], 4, days[1], 3, days[2]], ["2", 11, days[0], None, None, "x", days[2]]],
        "old clinic": [header, ["3", 1, days[0], 1, days[1], 1, days[2]]],
        "clinic B": [header, ["4", 8, days[0], None, None, 2, days[2]]],
    }
    load(home, tmp_path / "in", "wide", toml, {"scores.xlsx": workbook(**book)})
    assert [(one["name"], one["rows_loaded"]) for one in read_status(home)["files"]] == [
        ("scores.xlsx#clinic A", 1), ("scores.xlsx#clinic B", 1),
    ]  # fmt: skip
    assert [(row, rule, scope) for row, _, rule, scope in rejected(home)] == [
        (1, "score_out_of_range", "cell"),
        (2, "score_out_of_range", "row"),
        (2, "score_unreadable", "cell"),
    ]
    assert rows(home, "select measured_on, score from pain_scores order by score desc") == [
        (days[0], 8), (days[1], 4), (days[2], 3), (days[2], 2),
    ]  # fmt: skip


def test_the_patients_list_and_the_stays_may_come_in_files_of_their_own(home: Home, tmp_path: Path) -> None:
    toml = """
title = "Three lists"
time_zone = "Europe/London"
[formats]
date = "%d/%m/%Y"
date_time = "%d/%m/%Y %H:%M"
[[file]]
name = "patients"
[[file.record]]
kind = "people"
columns = { patient_id = "NHS No", sex = "Sex", born_on = "DOB", died_on = "DOD" }
[[file]]
name = "stays"
[[file.record]]
kind = "stays"
columns = { stay_id = "Spell", patient_id = "NHS No", arrived_at = "Admitted", discharged_at = "Left" }
[[file]]
name = "procedures"
[[file.record]]
kind = "procedures"
columns = { procedure_id = "No", patient_id = "NHS No", stay_id = "Spell", performed_on = "Date", levels = "Level" }
"""
    files = {
        "c.csv": b"NHS No,Sex,DOB,DOD\n1,F,31/12/1940,01/03/2026\n",
        "b.csv": b"No,NHS No,Spell,Date,Level\nP1,1,S1,12/01/2026,T12\n",
        "a.csv": b"Spell,NHS No,Admitted,Left\nS1,1,12/01/2026 07:30,12/01/2026 16:00\n",
    }
    load(home, tmp_path / "in", "lists", toml, files)
    assert rows(
        home,
        "select sex, died_on, age_years, cast(arrived_at as varchar), cast(discharged_at as varchar)"
        " from procedures inner join patients using (patient_key)",
    ) == [("F", dt.date(2026, 3, 1), 85, "2026-01-12 07:30:00", "2026-01-12 16:00:00")]
    assert {file["rows_loaded"] for file in read_status(home)["files"]} == {1}
