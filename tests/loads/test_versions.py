"""Corrections, withdrawals, duplicates and conflicts: each row has one fate, whatever the order of deliveries."""

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.home import Home
from queries.warehouse import Warehouse, open_current
from tests.records import Records, take

EARLY, LATE, LATEST = "2026-02-01T06:00", "2026-03-01T06:00", "2026-04-01T06:00"


def delivery(folder: Path, **cells: object) -> Path:
    records = Records()
    records.procedure("2026-01-12", **cells)
    return records.write(folder)


def operators(home: Home) -> list[str]:
    return [row[0] for row in open_current(home).rows("select operator from procedures order by operator")]


def fates(warehouse: Warehouse) -> list[tuple[int, int, str]]:
    return warehouse.rows("select source_file_id, source_row, reason from replaced_rows order by 1, 2")


def test_the_newest_version_holds_in_any_order_of_deliveries(tmp_path: Path) -> None:
    versions = {
        name: delivery(tmp_path / name, operator=name, updated_at=at)
        for name, at in (("first", EARLY), ("second", LATE), ("third", LATEST))
    }
    for place, order in enumerate(permutations(versions)):
        home = Home(tmp_path / f"home{place}")
        for name in order:
            take(home, versions[name])
        assert operators(home) == ["third"]


def test_without_a_version_the_later_delivery_holds(home: Home, tmp_path: Path) -> None:
    take(home, delivery(tmp_path / "one", operator="earlier"))
    take(home, delivery(tmp_path / "two", operator="later"))
    assert operators(home) == ["later"]
    assert fates(open_current(home)) == [(1, 1, "corrected")]


def test_an_older_version_that_comes_later_is_set_aside(home: Home, tmp_path: Path) -> None:
    take(home, delivery(tmp_path / "one", operator="newer", updated_at=LATE))
    take(home, delivery(tmp_path / "two", operator="older", updated_at=EARLY))
    assert operators(home) == ["newer"]
    assert fates(open_current(home)) == [(2, 1, "older_version")]


def test_a_withdrawal_takes_the_row_and_itself_out(home: Home, tmp_path: Path) -> None:
    take(home, delivery(tmp_path / "one", updated_at=EARLY))
    take(home, delivery(tmp_path / "two", updated_at=LATE, record_status="withdrawn"))
    assert operators(home) == []
    assert fates(open_current(home)) == [(1, 1, "withdrawn"), (2, 1, "withdrawal")]


def test_a_withdrawal_may_be_bare(home: Home, tmp_path: Path) -> None:
    take(home, delivery(tmp_path / "one", updated_at=EARLY))
    bare = Records()
    bare.procedures.append({"procedure_id": "P001", "record_status": "withdrawn", "updated_at": LATE})
    take(home, bare.write(tmp_path / "two"))
    assert operators(home) == []


def test_a_withdrawn_row_can_come_back(home: Home, tmp_path: Path) -> None:
    take(home, delivery(tmp_path / "one", updated_at=EARLY))
    take(home, delivery(tmp_path / "two", updated_at=LATE, record_status="withdrawn"))
    take(home, delivery(tmp_path / "three", operator="back", updated_at=LATEST))
    assert operators(home) == ["back"]


def test_an_identical_row_is_a_duplicate_of_the_first(home: Home, tmp_path: Path) -> None:
    records = Records()
    row = records.procedure("2026-01-12")
    records.procedures.append(dict(row))
    take(home, records.write(tmp_path / "in"))
    assert fates(open_current(home)) == [(1, 2, "identical")]


def test_two_rows_that_claim_the_same_moment_are_both_rejected(home: Home, tmp_path: Path) -> None:
    records = Records()
    row = records.procedure("2026-01-12", updated_at=EARLY)
    records.procedures.append({**row, "operator": "someone else"})
    for day in range(1, 9):
        records.procedure(f"2026-01-{day:02}")
    take(home, records.write(tmp_path / "in"), accept_rejects=True)
    rejected = open_current(home).rows("select source_row, rule, field from rejected_rows order by source_row")
    assert rejected == [(1, "id_conflict", "procedure_id"), (2, "id_conflict", "procedure_id")]


def test_a_file_split_in_two_gives_the_same_conflicts(tmp_path: Path) -> None:
    whole, halves = Home(tmp_path / "whole"), Home(tmp_path / "halves")
    one, two = (delivery(tmp_path / name, operator=name, updated_at=EARLY) for name in ("a", "b"))
    records = Records()
    records.procedure("2026-01-12", operator="a", updated_at=EARLY)
    records.procedures.append({**records.procedures[0], "operator": "b"})
    take(whole, records.write(tmp_path / "both"), accept_rejects=True)
    take(halves, one, accept_rejects=True)
    take(halves, two, accept_rejects=True)
    assert operators(whole) == operators(halves) == []


def test_death_and_sex_of_a_person_are_those_of_the_newest_row(home: Home, tmp_path: Path) -> None:
    records = Records()
    row = records.procedure("2026-01-12", sex="M", died_on="2026-05-01", updated_at=LATE)
    records.procedure("2026-02-12", patient_id=row["patient_id"], sex="F", died_on="2026-05-02", updated_at=EARLY)
    take(home, records.write(tmp_path / "in"))
    assert open_current(home).rows("select sex, cast(died_on as varchar) from patients") == [("M", "2026-05-01")]


KINDS_OF_ROW = ("good", "copy", "newer", "older", "withdrawn", "bad_date", "bad_score", "no_id")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(KINDS_OF_ROW), min_size=1, max_size=12))
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
