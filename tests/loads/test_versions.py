"""Corrections, withdrawals, duplicates and conflicts: each row has one fate, whatever the order of deliveries."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.home import Home
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import headline_row
from queries.warehouse import Warehouse, open_current
from tests.records import Records, loaded, take

BEFORE, EARLY, LATE, LATEST = "2026-01-20T06:00", "2026-02-01T06:00", "2026-03-01T06:00", "2026-04-01T06:00"


def delivery(folder: Path, **cells: object) -> Path:
    records = Records()
    records.procedure("2026-01-12", **cells)
    return records.write(folder)


def operators(home: Home) -> list[str]:
    return [row[0] for row in open_current(home).rows("select operator from procedures order by operator")]


def fates(warehouse: Warehouse) -> list[tuple[int, int, str]]:
    return warehouse.rows("select source_file_id, source_row, reason from replaced_rows order by 1, 2")


def test_without_a_version_the_later_delivery_holds(home: Home, tmp_path: Path) -> None:
    take(home, delivery(tmp_path / "one", operator="earlier"))
    take(home, delivery(tmp_path / "two", operator="later"))
    assert operators(home) == ["later"]
    assert fates(open_current(home)) == [(1, 1, "corrected")]


def test_each_row_of_one_delivery_meets_its_fate(home: Home, tmp_path: Path) -> None:
    """The rules of tests/unit/etl/test_version_fates.py once more, from the text of the cells on."""
    records = Records()
    for number, later in enumerate(
        (
            {"operator": "newer", "updated_at": LATE},
            {"operator": "older", "updated_at": BEFORE},
            {"record_status": "withdrawn", "updated_at": LATE},
            {"operator": "someone else"},
            {},
        ),
        start=1,
    ):
        row = records.procedure("2026-01-12", operator=f"first {number}", updated_at=EARLY)
        records.procedures.append(row | later)
    records.procedures.append({**records.procedures[4], "operator": "back", "updated_at": LATEST})
    row = records.procedure("2026-01-12", updated_at=EARLY)
    bare = {"procedure_id": row["procedure_id"], "record_status": "withdrawn", "updated_at": LATE}
    records.procedures.append(bare)
    take(home, records.write(tmp_path / "in"), accept_rejects=True)
    assert operators(home) == ["back", "first 2", "first 5", "newer"]
    assert fates(open_current(home)) == [
        (1, 1, "corrected"), (1, 4, "corrected"), (1, 5, "corrected"), (1, 6, "corrected"), (1, 10, "identical"),
        (1, 12, "withdrawn"), (1, 13, "withdrawal"),
    ]  # fmt: skip
    rejected = open_current(home).rows("select source_row, rule, field from rejected_rows order by source_row")
    assert rejected == [(7, "id_conflict", "procedure_id"), (8, "id_conflict", "procedure_id")]


def test_death_and_sex_of_a_person_are_those_of_the_newest_row(home: Home, tmp_path: Path) -> None:
    records = Records()
    row = records.procedure("2026-01-12", sex="M", died_on="2026-05-01", updated_at=LATE)
    records.procedure("2026-02-12", patient_id=row["patient_id"], sex="F", died_on="2026-05-02", updated_at=EARLY)
    take(home, records.write(tmp_path / "in"))
    assert open_current(home).rows("select sex, cast(died_on as varchar) from patients") == [("M", "2026-05-01")]


KINDS_OF_ROW = ("good", "copy", "newer", "older", "withdrawn", "bad_date", "bad_score", "no_id")


# As many rows as fifteen deliveries of up to twelve: a load costs the same for a few rows as for many.
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(KINDS_OF_ROW), min_size=1, max_size=60))
def test_row_numbers_are_a_disjoint_union(kinds: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("in")
    home = Home(tmp_path_factory.mktemp("home"))
    records = Records()
    patient = records.procedure("2026-01-12")
    for kind in kinds:
        base = records.score(patient, "2026-01-14T10:00", 4, updated_at=LATE)
        if kind == "copy":
            records.pain_scores.append(dict(base))
        elif kind == "newer":
            records.pain_scores.append({**base, "score": 5, "updated_at": LATEST})
        elif kind == "older":
            records.pain_scores.append({**base, "score": 5, "updated_at": EARLY})
        elif kind == "withdrawn":
            records.pain_scores.append({**base, "record_status": "withdrawn", "updated_at": LATEST})
        elif kind == "bad_date":
            base["measured_at"] = "14/01/2026"
        elif kind == "bad_score":
            base["score"] = 11
        elif kind == "no_id":
            base["score_id"] = None
    take(home, records.write(folder), accept_rejects=True)
    warehouse = open_current(home)
    file_id, read = warehouse.rows("select source_file_id, rows_read from source_files where kind = 'pain_scores'")[0]
    loaded = [row[0] % 100_000_000_000 // 100 for row in warehouse.rows("select score_id from pain_scores")]
    others = [
        row[0]
        for table in ("replaced_rows", "rejected_rows")
        for row in warehouse.rows(f"select source_row from {table} where source_file_id = {file_id}")
    ]
    assert sorted(loaded + others) == list(range(1, read + 1)) == list(range(1, len(records.pain_scores) + 1))


def test_what_a_first_delivery_brings_is_not_late(home: Home) -> None:
    records = Records()
    old = records.procedure("2024-01-12")
    loaded(home, records, "first", received_at="2026-06-01T12:00:00")
    records.procedures.clear()
    records.procedure("2026-06-20")
    records.procedures.append(old | {"age_years": 76, "updated_at": "2026-06-30T08:00"})
    warehouse = loaded(home, records, "second", received_at="2026-07-01T12:00:00")
    found = warehouse.rows("select performed_on, registration_delay_days from outcomes order by performed_on")
    assert found == [(date(2024, 1, 12), None), (date(2026, 6, 20), 11)]
    figure = headline_row(warehouse, read_catalogue()["registration_delay_days"])
    assert (figure["eligible"], figure["value"]) == (1, 11)
