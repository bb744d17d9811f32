"""Readings of files are kept from load to load, and are never needed: the archive alone gives the same generation."""

from typing import Any

import data
from data import Home
from etl.demo import RECEIVED_AT
from etl.load import rebuild
from etl.status import TABLES
from queries.warehouse import open_current
from tests.records import quiet, take

FILES = ("contacts.csv", "pain_scores.csv", "procedures.csv", "complications.csv")


def contents(home: Home) -> dict[str, list[Any]]:
    warehouse = open_current(home)
    return {name: warehouse.rows(f"select * from {name}") for name in (*TABLES, "source_clocks", "generation_info")}


def test_a_rebuild_from_the_archive_equals_loads_from_kept_readings(home: Home) -> None:
    for name in FILES:
        take(home, data.SAMPLE / name, received_at=RECEIVED_AT)
    loaded = contents(home)
    assert all(loaded[name] for name in ("procedures", "pain_outcomes", "score_assignments", "contacts"))
    assert len(list(home.staging.glob("read-*/*.parquet"))) >= len(FILES)
    rebuild(home, quiet)
    assert contents(home) == loaded
