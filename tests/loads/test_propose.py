"""`python -m etl map`: a proposal with evidence and no values; what is ambiguous stays open until a person decides."""

import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import FileRefused, UsageProblem
from data.home import PROJECT, Home
from etl.propose.column_profile import profile_column
from etl.propose.heading_meanings import field_words, heading_words
from etl.propose.proposal import propose_source
from etl.sources import validate_source
from tests.grids import sample
from tests.loads.test_other_habits import FRENCH_TSV, GERMAN_CSV, HEADINGS, load, rejected, rows, told, workbook

AMBIGUOUS = "Case ID,MRN,Surgery Date,Levels\nC1,CANARY1,01/02/2024,T12\nC2,CANARY2,03/02/2024,L1\n"
SAID = "Case ID,MRN,Surgery Date,Levels\nC1,CANARY1,01/02/2024,T12\nC2,CANARY2,13/02/2024,L1\n"


def test_a_date_that_can_be_read_in_two_ways_is_left_to_a_person() -> None:
    proposal = propose_source(AMBIGUOUS.encode(), "log.csv")
    assert "# decide: %d/%m/%Y or %m/%d/%Y; each reads 100.0% of the 2 cells of Surgery Date" in proposal
    assert 'date = ""' in proposal
    decided = proposal.replace('time_zone = ""', 'time_zone = "Europe/London"')
    with pytest.raises(UsageProblem, match="is not a format"):
        validate_source(decided.encode(), "log", "log.toml")
    assert validate_source(decided.replace('date = ""', 'date = "%d/%m/%Y"').encode(), "log", "log.toml").file


def test_one_day_above_twelve_decides_and_is_the_evidence() -> None:
    assert 'date = "%d/%m/%Y"  # reads Surgery Date 100.0% of 2' in propose_source(SAID.encode(), "log.csv")


@pytest.mark.parametrize("text", sample([AMBIGUOUS, SAID, GERMAN_CSV, FRENCH_TSV], 2))
def test_no_proposal_validates_before_its_decisions_are_made(text: str) -> None:
    with pytest.raises(UsageProblem):
        validate_source(propose_source(text.encode(), "log.csv").encode(), "log", "log.toml")


def test_a_proposal_holds_no_value_of_the_file() -> None:
    assert "CANARY" not in propose_source(AMBIGUOUS.encode(), "log.csv")
    assert "Müller" not in propose_source(GERMAN_CSV.encode("cp1252"), "log.csv")


def test_a_missing_column_is_said_to_be_missing() -> None:
    proposal = propose_source(b"MRN,Surgery Date,Levels,Primary Surgeon\nM1,13/02/2024,T12,x\n", "log.csv")
    assert "# missing: no heading looks like procedure_id" in proposal
    assert "procedure_id = {}" in proposal


def test_a_german_file_below_its_title_is_understood() -> None:
    proposal = propose_source(GERMAN_CSV.encode("cp1252"), "eingriffe.csv")
    for line in ('delimiter = ";"', 'procedure_id = "Fall-Nr."', 'operator = "Operateur"', 'levels = "Höhe"'):
        assert line in proposal
    assert "windows-1252" in proposal


def test_a_workbook_is_described_once_for_sheets_of_one_shape() -> None:
    book = workbook(a=[HEADINGS, [1, "01", "13/02/2026", 7]], b=[HEADINGS, [2, "02", "14/02/2026", 8]])
    proposal = propose_source(book, "scores.xlsx")
    assert proposal.count("[[file]]") == 1
    assert 'kind = "pain_scores"' in proposal
    assert 'date = "%d/%m/%Y"' in proposal


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(FileRefused, match="no header line"):
        propose_source(b"once upon a time\nthere was\n", "tale.txt")


def test_repeated_headings_and_equal_fits_are_left_open() -> None:
    proposal = propose_source(b"Case ID,MRN,Date,Date,Levels\n1,2,13/02/2024,14/02/2024,T12\n", "log.csv")
    assert "# decide: Date appears more than once" in proposal


def test_looking_at_a_column_counts_and_never_shows() -> None:
    seen = profile_column("Level", ["T12", "T12", "perhaps", None, " "])
    assert (seen.filled, seen.different) == (3, 2)
    assert seen.levels == pytest.approx(2 / 3)
    day = field_words("procedures")["performed_on"]
    assert day.fit(heading_words("Date of procedure")) > day.fit(heading_words("Date")) > (0.0, False)


def test_the_command_writes_a_file_once(home: Home, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(AMBIGUOUS, encoding="utf-8")
    command = [sys.executable, "-m", "etl", "map", str(tmp_path / "log.csv"), "--out", str(tmp_path / "log.toml")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    assert done.returncode == 0, done.stderr
    assert "left to a person: 4 decisions and 0 missing columns" in done.stdout
    assert 'title = "log"' in (tmp_path / "log.toml").read_text(encoding="utf-8")
    again = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    assert again.returncode == 2


WIDE = """Case Ref,Hospital Number,Sex,Op Date,Knife,Closed,Vert,NRS pre,NRS 48h
C1,CANARY1,2,13/02/2026,09:05,09:50,T12,8,3
C2,CANARY2,1,29/02/2026,10:05,10:50,behind,7,4 and more
C3,CANARY3,2,16/02/2026,11:05,11:40,T11;L1,9,99
"""


def test_what_does_not_read_is_told_by_its_line_and_never_by_its_value() -> None:
    proposal = propose_source(WIDE.encode(), "log.csv")
    assert "# Op Date: not a date or time in this form on line 3" in proposal
    assert "# Vert: cannot be read on line 3" in proposal
    assert "# NRS 48h: cannot be read on lines 3, 4" in proposal
    for value in ("CANARY", "29/02", "behind", "and more"):
        assert value not in proposal


def test_scores_beside_a_procedure_and_times_apart_from_their_day_are_proposed_and_left_open() -> None:
    proposal = propose_source(WIDE.encode(), "log.csv")
    assert proposal.count('kind = "pain_scores"') == 2
    assert 'score_id = { parts = ["Case Ref", { constant = "NRS pre" }] }' in proposal
    assert '{ date = "Op Date", time = "Knife" }' in proposal
    assert "# decide: write [codes.sex] for its 2 different texts" in proposal
    finished = (
        proposal.replace('time_zone = ""', 'time_zone = "Europe/London"\n[codes.sex]\n"1" = "M"\n"2" = "F"')
        .replace("sends = []", "")
        .replace('{ time = "Knife" }', '{ date = "Op Date", time = "Knife" }')
        .replace('{ time = "Closed" }', '{ date = "Op Date", time = "Closed" }')
        .replace("timepoint = {}", 'timepoint = "When"')
    )
    assert validate_source(finished.encode(), "log", "log.toml").file[0].record[2].kind == "pain_scores"


def test_columns_named_after_vertebrae_become_ticks() -> None:
    proposal = propose_source("Löpnr\tKod\tDatum\tTh12\tL1\n1\tK\t2026-01-12\tja\t\n".encode(), "r.tsv")
    assert 'levels = { ticked = { "Th12" = "T12", "L1" = "L1" }, marks = "" }  # 2 columns' in proposal


@pytest.mark.parametrize(
    ("header", "kind"),
    sample(
        [
            ("NHS No,Sex,DOB,DOD", "people"),
            ("Spell,NHS No,Admitted,Left", "stays"),
            ("Event ID,Case ID,Event date,Complication", "complications"),
            ("Call ID,Case ID,Call type,Called at,Outcome", "contacts"),
        ],
        2,
    ),
)
def test_lists_of_people_stays_and_events_are_known(header: str, kind: str) -> None:
    row = ",".join("x" for _ in header.split(","))
    assert f'kind = "{kind}"' in propose_source(f"{header}\n{row}\n".encode(), "list.csv")


def test_every_needed_column_that_is_missing_is_said_also_the_day() -> None:
    proposal = propose_source(b"MRN,Levels,Surgeon\n1,T12,x\n", "log.csv")
    assert "# missing: no heading looks like procedure_id" in proposal
    assert "# missing: no heading looks like performed_on or started_at" in proposal
    scores = propose_source(b"NRS,Recorded time\n5,2026-01-12\n", "scores.csv")
    for name in ("score_id", "patient_id or procedure_id"):
        assert f"# missing: no heading looks like {name}" in scores


TWO_ROWS = """Register 2026;;;;;;;;
Patient;;Operation;;;Entlassung;;Schmerz;
Nr;Geschl.;Fall-Nr.;Datum;Beginn;Datum;Zeit;vorher;48 h
CANARY1;w;7;13.02.2026;09:05;14.02.2026;10:00;8;3
CANARY2;m;8;14.02.2026;09:15;15.02.2026;11:00;7;2
"""


def finished(proposal: str, *decided: tuple[str, str]) -> str:
    for open_, closed in (*decided, ('time_zone = ""', 'time_zone = "Europe/Berlin"'), ("sends = []", "")):
        assert open_ in proposal
        proposal = proposal.replace(open_, closed)
    return proposal


def test_a_header_of_two_rows_is_proposed_with_its_groups_and_loads(home: Home, tmp_path: Path) -> None:
    proposal = propose_source(TWO_ROWS.encode(), "register.csv")
    assert "header_rows = 2  # above the headings: Patient, Operation, Entlassung, Schmerz" in proposal
    assert 'performed_on = { group = "Operation", column = "Datum" }' in proposal
    assert 'discharged_at = { date = { group = "Entlassung", column = "Datum" }, time = "Zeit" }' in proposal
    assert 'started_at = { date = { group = "Operation", column = "Datum" }, time = "Beginn" }' in proposal
    for timepoint in ("baseline", "hours_24_72"):
        assert f'timepoint = {{ constant = "{timepoint}" }}' in proposal
    assert "CANARY" not in proposal
    assert "appears more than once" not in proposal
    toml = finished(
        proposal,
        ('codes = "sex"', 'codes = { "w" = "F", "m" = "M" }'),
    )  # fmt: skip
    load(home, tmp_path / "in", "register", toml, {"register.csv": TWO_ROWS.encode()})
    assert rejected(home) == []
    days = rows(home, "select cast(performed_on as varchar), cast(discharged_on as varchar) from procedures order by 1")
    assert days == [("2026-02-13", "2026-02-14"), ("2026-02-14", "2026-02-15")]
    assert rows(home, "select cast(score as int) from pain_scores order by 1") == [(2,), (3,), (7,), (8,)]


def test_a_workbook_whose_groups_are_merged_is_proposed_with_them() -> None:
    book = workbook(
        a=[["Patient", None, "Operation", None], ["MRN", "Sex", "Case ID", "Date"], ["01", "F", 7, "13/02/2026"]]
    )
    proposal = propose_source(book, "log.xlsx")
    assert "header_rows = 2  # above the headings: Patient, Operation" in proposal
    assert 'performed_on = "Date"' in proposal


def test_a_title_above_the_header_names_no_groups() -> None:
    assert "header_rows" not in propose_source(GERMAN_CSV.encode("cp1252"), "eingriffe.csv")
    assert "header_rows" not in propose_source(b"Audit;2026;;\nCase ID;MRN;Date;Level\n1;2;13/02/2026;T12\n", "log.csv")


ITEMS = "Case,MRN,Item,Value,Recorded time\n" + "".join(
    f"C{number},CANARY{number},{item},{value},{day}/02/2026 10:00\n"
    for number in range(3)
    for item, value, day in (
        ("NRS lying", 7, 13),
        ("NRS walking", 4, 14),
        ("Surgeon", "Moreau", 15),
        ("Level", "T12", 16),
    )
)


def test_rows_of_items_and_values_are_scores_where_a_person_says_so(home: Home, tmp_path: Path) -> None:
    proposal = propose_source(ITEMS.encode(), "flowsheet.csv")
    assert "Of its 4 different texts 2 have values that read as scores from 0 to 10: see lines 2, 3" in proposal
    assert "What describes a procedure (its day, levels, operator) cannot be put together from several rows" in proposal
    for value in ("CANARY", "NRS lying", "Moreau", "T12"):
        assert value not in proposal
    toml = finished(proposal, ("is = []", 'is = "NRS*"'))
    load(home, tmp_path / "in", "flowsheet", toml, {"flowsheet.csv": ITEMS.encode()})
    assert [one[2] for one in rejected(home)] == ["other_measure"] * 6
    assert rows(home, "select cast(score as int), count(*) from pain_scores group by 1 order by 1") == [(4, 3), (7, 3)]
    with pytest.raises(UsageProblem):
        validate_source(finished(proposal).encode(), "flowsheet", "flowsheet.toml")


def test_a_sum_of_columns_is_offered_and_left_to_a_person(home: Home, tmp_path: Path) -> None:
    text = (
        "Case ID,MRN,Surgery Date,Levels,Cement T12 ml,Cement L1 ml\n"
        "1,A,13/02/2026,T12;L1,2.5,3\n2,B,14/02/2026,L1,,4.25\n3,C,15/02/2026,L1,,\n4,D,16/02/2026,T12,some,2\n"
    )
    proposal = propose_source(text.encode(), "log.csv")
    assert "# decide: Cement T12 ml or Cement L1 ml fit cement_ml equally" in proposal
    total = '{ total = ["Cement T12 ml", "Cement L1 ml"] }'
    assert f"# Or is it their sum, the volume of all vertebrae together? {total}" in proposal
    toml = finished(proposal, ("cement_ml = {}", f"cement_ml = {total}"))
    load(home, tmp_path / "in", "log", toml, {"log.csv": text.encode()})
    found = rows(home, "select source_row, cast(cement_ml as double) from procedures order by source_row")
    assert found == [(1, 5.5), (2, 4.25), (3, None)]
    assert [(one["row"], one["field"]) for one in told(home)["rejected"]] == [(4, "cement_ml")]
