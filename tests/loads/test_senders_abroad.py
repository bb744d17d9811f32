"""Extracts of invented clinics in `extracts/`, each with nothing but a TOML written from `docs/sources.md`.

The truth of each is worked out by hand.
"""

import datetime as dt
from pathlib import Path

from data.home import Home
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import headline_row
from queries.warehouse import open_current
from tests.loads.test_other_habits import load, rejected, rows, told

EXTRACTS = Path(__file__).parent / "extracts"
LEVELS = "select string_agg(vertebra, ';' order by vertebra) from treated_levels group by procedure_id order by 1"


def taken(home: Home, folder: Path, source: str, encoding: str, **files: str) -> None:
    """Load extracts of a source: name they come under → name in `extracts/`."""
    toml = (EXTRACTS / f"{source}.toml").read_text(encoding="utf-8")
    texts = {name: (EXTRACTS / stored).read_text(encoding="utf-8") for name, stored in files.items()}
    contents = {f"{name}.txt": text.encode(encoding) for name, text in texts.items()}
    load(home, folder, source, toml, contents)


def figure(home: Home, name: str) -> tuple[int, int, int]:
    """Numerator, recorded and eligible of a proportion."""
    row = headline_row(open_current(home), read_catalogue()[name])
    return int(row["numerator"]), int(row["recorded"]), int(row["eligible"])


def used(home: Home) -> dict[str, float]:
    """Timepoint → the scores that are used there, added up."""
    return dict(
        rows(
            home,
            "select timepoint, cast(sum(score) as double) from score_assignments"
            " inner join pain_scores using (score_id) where reason = 'used' group by timepoint",
        )
    )


def test_a_german_sheet_with_a_row_for_each_patient(home: Home, tmp_path: Path) -> None:
    taken(home, tmp_path / "in", "german_wide", "cp1252", verlauf="german_wide.csv")
    assert (told(home)["rows_read"], told(home)["rows_loaded"], rejected(home)) == (3, 3, [])
    assert rows(
        home,
        "select cast(started_at as varchar), cast(ended_at - started_at as varchar),"
        " cast(recovery_ready_at as varchar), discharged_on, age_years, readmitted_on, cast(cement_ml as double)"
        " from procedures order by performed_on",
    ) == [
        ("2026-01-05 07:30:00", "00:45:00", "2026-01-05 12:15:00", dt.date(2026, 1, 5), 85, None, 5.5),
        ("2026-01-06 22:40:00", "00:50:00", None, dt.date(2026, 1, 8), 75, dt.date(2026, 1, 12), 8.0),
        ("2026-01-07 10:05:00", "01:10:00", "2026-01-07 16:15:00", dt.date(2026, 1, 7), 66, None, 12.25),
    ]  # fmt: skip
    assert rows(home, "select intended_stay, disposition from procedures order by performed_on") == [
        ("day_case", "home"), ("overnight", "skilled_nursing_or_rehab"), ("day_case", "home"),
    ]  # fmt: skip
    assert [row[0] for row in rows(home, LEVELS)] == ["L1;L2", "T11;T12;L1", "T12"]
    assert used(home) == {"baseline": 24, "hours_24_72": 11.5, "follow_up": 6}
    assert rows(home, "select missing_reason from pain_scores where score is null") == [("nicht erhoben",)]
    assert figure(home, "same_day_discharge") == (2, 3, 3)
    assert figure(home, "day_case_completed") == (2, 2, 2)


def test_a_french_block_whose_scores_name_the_procedure_and_not_the_patient(home: Home, tmp_path: Path) -> None:
    taken(home, tmp_path / "in", "french_block", "iso8859-15", douleur="french_pain.csv", bloc="french_block.csv")
    assert rejected(home, 0) == [(3, 4, "status_not_loaded", "row")]
    assert rejected(home, 1) == [(6, 7, "other_measure", "row"), (7, 8, "procedure_not_found", "row")]
    assert rows(
        home,
        "select performed_on, cast(started_at as varchar), age_years, setting, sedation from procedures order by 1",
    ) == [
        (dt.date(2026, 1, 12), "2026-01-12 08:05:00", 81, "outpatient", "local"),
        (dt.date(2026, 3, 29), "2026-03-29 06:00:00", 67, "admitted_for_procedure", "moderate"),
        (dt.date(2026, 4, 14), "2026-04-14 07:05:00", None, "already_inpatient", "general"),
    ]
    assert [row[0] for row in rows(home, LEVELS)] == ["L1;L2;L3", "T12;L1", "T8"]
    assert rows(home, "select type, symptomatic from complications order by occurred_on") == [
        ("cement_leak", True), ("cement_leak", False),
    ]  # fmt: skip
    assert used(home) == {"baseline": 15.2, "hours_24_72": 10.1}
    assert figure(home, "same_day_discharge") == (1, 2, 2)


def test_a_spanish_export_in_two_byte_letters_without_a_mark(home: Home, tmp_path: Path) -> None:
    taken(home, tmp_path / "in", "spanish", "utf-16-le", proc="spanish.csv")
    assert told(home)["encoding"] == "utf-16-le, as its source declares"
    assert rejected(home) == []
    assert rows(home, "select performed_on, age_years, discharged_on, setting from procedures order by 1") == [
        (dt.date(2026, 1, 12), 81, dt.date(2026, 1, 12), "outpatient"),
        (dt.date(2026, 1, 13), None, dt.date(2026, 1, 15), "admitted_for_procedure"),
        (dt.date(2026, 1, 14), 75, None, "admitted_for_procedure"),
    ]
    assert [row[0] for row in rows(home, LEVELS)] == ["L1;L2;L3", "L4", "T12;L1"]
    assert rows(home, "select type from complications order by type") == [("infection",), ("haematoma",)]
    assert figure(home, "same_day_discharge") == (1, 2, 3)


def test_a_swedish_register_with_two_header_rows_and_a_sum(home: Home, tmp_path: Path) -> None:
    taken(home, tmp_path / "in", "swedish", "utf-8", register="swedish.tsv")
    assert rejected(home) == [(4, 7, "totals_row", "row")]
    assert rows(home, "select cast(ended_at - started_at as varchar), sex, died_on from procedures"
                " inner join patients using (patient_key) order by performed_on") == [
        ("00:45:00", "F", None), ("00:40:00", "M", dt.date(2026, 2, 20)), (None, "F", None),
    ]  # fmt: skip
    assert [row[0] for row in rows(home, LEVELS)] == ["L2", "T12;L1"]
    assert used(home) == {"baseline": 21.5, "month_1": 9}
