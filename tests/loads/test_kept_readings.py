"""Readings of files are kept from load to load, and are never needed: the archive alone gives the same generation."""

from pathlib import Path
from typing import Any

import pytest

from data.home import SAMPLE, Home
from etl.build import typed_rows
from etl.demo import RECEIVED_AT
from etl.generations import publish
from etl.load import rebuild_generation
from etl.operations.status import TABLES
from queries.warehouse import open_current
from tests.grids import sample
from tests.records import Records, quiet, take

FILES = ("contacts.csv", "pain_scores.csv", "procedures.csv", "complications.csv")


def contents(home: Home) -> dict[str, list[Any]]:
    warehouse = open_current(home)
    return {name: warehouse.rows(f"select * from {name}") for name in (*TABLES, "source_clocks", "generation_info")}


@pytest.mark.parametrize("large", sample([typed_rows.LARGE, 0]), ids=["copied", "left in their files"])
def test_a_rebuild_from_the_archive_equals_loads_from_kept_readings(
    large: int, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed_rows, "LARGE", large)
    for name in FILES:
        take(home, SAMPLE / name, received_at=RECEIVED_AT)
    loaded = contents(home)
    assert all(loaded[name] for name in ("procedures", "pain_outcomes", "score_assignments", "contacts"))
    assert len(list(home.staging.glob("read-*/*.parquet"))) >= len(FILES)
    rebuild_generation(home, quiet)
    assert contents(home) == loaded


def test_a_kept_file_that_is_refused_leaves_no_row(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_rows, "LARGE", 0)
    names = ("good", "bad", "later")
    folders = {}
    for number, name in enumerate(names):
        records = Records()
        records.procedure(procedure_id=f"{name} 1", patient_id=f"N{number}")
        records.procedure(procedure_id=f"{name} 2", patient_id=f"M{number}", age_years="old" if name == "bad" else 70)
        folders[name] = records.write(tmp_path / name)
    take(home, folders["good"])
    assert take(home, folders["bad"], accept_rejects=True).generation
    publish.roll_back(home)
    result = take(home, folders["bad"], folders["later"])
    assert [one.delivery.folder for one in result.refused] == [str(folders["bad"])]
    rows = open_current(home).rows("select name, rows_loaded from source_files")
    assert rows == [("procedures.csv", 2), ("procedures.csv", 2)]
    assert open_current(home).rows("select count(*) from procedures") == [(4,)]
