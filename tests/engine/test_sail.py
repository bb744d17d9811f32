"""Sail, a server without Java, inside the test process: every figure as DuckDB gives it."""

import sys
import time
from pathlib import Path

import pytest

from data.errors import StorageProblem
from data.home import Home
from queries.catalogue.filters import KEYS
from queries.catalogue.metrics import read_catalogue
from queries.cells.cell_sql import MONTH
from queries.cells.pool_engine import open_engine
from queries.warehouse import Warehouse
from tests.engine.figures import compare_figures
from tests.engine.registry import run_app

# Of the keys each metric is split by so many, others each time.
KEYS_AT_ONCE = 2


def test_all_metrics_in_all_by_month_and_by_some_keys_are_as_duckdb_gives_them(
    registry: Home, pooled: Warehouse, sail: str
) -> None:
    engine, rows = open_engine(sail, registry, pooled), 0
    for place, metric in enumerate(read_catalogue().values()):
        keys = [KEYS[(place * KEYS_AT_ONCE + step) % len(KEYS)] for step in range(KEYS_AT_ONCE)]
        rows += compare_figures(engine, pooled, metric, ((), (MONTH,), *((key,) for key in keys)))
    assert rows > 5_000


@pytest.mark.thorough
def test_all_metrics_by_every_key_are_as_duckdb_gives_them(registry: Home, pooled: Warehouse, sail: str) -> None:
    engine = open_engine(sail, registry, pooled)
    for metric in read_catalogue().values():
        if metric.kind != "category":
            assert compare_figures(engine, pooled, metric, [(key,) for key in KEYS])


@pytest.mark.parametrize(
    "arguments",
    [
        (
            "followed_up",
            "stay_hours",
            "new_fracture_cumulative_incidence_12_months",
            "--by",
            "hospital",
            "--by",
            "month",
        ),
        ("mean_levels", "complication_kinds", "--by", "quarter", "--where", "from=2024-02-10", "--where", "sex=F"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_an_export_is_the_same_file_with_and_without_an_engine(
    arguments: tuple[str, ...], registry: Home, sail: str
) -> None:
    expected = run_app("dashboard", "export", *arguments, home=registry.root)
    command = ("dashboard", "export", *arguments, "--engine", sail)
    assert run_app(*command, home=registry.root, python=Path(sys.executable)) == expected


def test_a_session_that_the_server_forgot_is_opened_anew(registry: Home, pooled: Warehouse, sail: str) -> None:
    engine = open_engine(sail, registry, pooled)
    before = engine.table("select count(*) as n from outcomes").to_pylist()
    engine._session.stop()  # type: ignore[attr-defined]
    assert engine.table("select count(*) as n from outcomes").to_pylist() == before


def test_a_query_that_takes_too_long_is_stopped(registry: Home, pooled: Warehouse, sail: str) -> None:
    engine = open_engine(sail, registry, pooled)
    engine.table("select count(*) as n from outcomes")
    engine._seconds = 1  # type: ignore[attr-defined]
    begun = time.monotonic()
    with pytest.raises(StorageProblem, match="no answer within 1 seconds"):
        engine.table(
            "select count(*) as n from outcomes as a cross join outcomes as b"
            " where a.age_years * b.level_count + a.outcome_no % 7 = b.outcome_no % 11"
        )
    assert time.monotonic() - begun < 30


def test_a_server_that_is_not_there_is_named_in_words(registry: Home, pooled: Warehouse) -> None:
    engine = open_engine("sc://127.0.0.1:9", registry, pooled, seconds=2)
    with pytest.raises(StorageProblem, match="--engine"):
        engine.table("select 1 as one from outcomes")
