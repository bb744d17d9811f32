"""A live database as a source: read-only, its address nowhere but in the environment, its answer kept as a file."""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from adbc_driver_postgresql import dbapi

from data.errors import OutcomesError, StorageProblem, UsageProblem
from data.home import Home
from etl.generations.publish import only_load, prepare_home
from etl.load import load_files, rebuild_generation
from etl.load_terms import Terms
from etl.readers import database
from etl.sources import read_source
from queries.warehouse import open_current
from tests import postgres
from tests.records import quiet

ADDRESS = "OUTCOMES_DATABASE"
SOURCE = """
title = "A department's database"
sends = ["deaths"]
time_zone = "Europe/London"
[formats]
date = "iso"
date_time = "iso"
[[file]]
name = "cases"
reader = { kind = "database", driver = "postgresql", query = "select * from cases" }
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "case_no"
patient_id = "patient_no"
started_at = "started"
levels = "levels"
cement_ml = "cement"
[[file]]
name = "scores"
reader = { kind = "database", driver = "postgresql", query = "select score_no, patient_no, asked, nrs from scores" }
[[file.record]]
kind = "pain_scores"
[file.record.columns]
score_id = "score_no"
patient_id = "patient_no"
measured_at = "asked"
score = "nrs"
"""
TABLES = (
    "create table cases (case_no text, patient_no text, started timestamptz, levels text, cement numeric(4, 1))",
    "insert into cases values ('C2', '007', '2026-01-12 23:30:00Z', 'T12/L1', 4.5)",
    "insert into cases values ('C1', '008', '2026-06-12 23:30:00Z', null, null)",
    "create table scores (score_no int, patient_no text, asked timestamp, nrs int)",
    "insert into scores values (1, '007', '2026-01-14 10:00', 7), (2, '007', '2026-01-15 10:00:01', 5)",
)


def test_without_the_address_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    options = database.Options(kind="database", driver="postgresql", query="select 1")
    with pytest.raises(UsageProblem, match=ADDRESS):
        database.fetch_rows(options, "cases")


@pytest.mark.parametrize("driver", ["adbc_driver_postgresql", "mssql_python"])
def test_the_drivers_of_the_extras_can_be_imported(driver: str) -> None:
    assert importlib.import_module(driver)


@pytest.mark.parametrize(
    ("driver", "module"), [("postgresql", "adbc_driver_postgresql"), ("sqlserver", "mssql_python")]
)
def test_a_missing_driver_says_how_to_install_it(driver: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, "somewhere")
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(UsageProblem, match="requirements-extras"):
        database.fetch_rows(database.Options(kind="database", driver=driver, query="select 1"), "cases")  # type: ignore[arg-type]


def test_a_database_that_does_not_answer_is_a_problem_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, "postgresql://secretuser:secretword@127.0.0.1:1/nothing?connect_timeout=2")
    with pytest.raises(StorageProblem) as raised:
        database.fetch_rows(database.Options(kind="database", driver="postgresql", query="select 1"), "cases")
    assert "secret" not in str(raised.value)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    folder = postgres.programs()
    if folder is None:
        assert not postgres.REQUIRED, "OUTCOMES_REQUIRE_POSTGRES=1, and PostgreSQL is not installed"
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.running(folder) as address:
        with dbapi.connect(address) as connection, connection.cursor() as cursor:
            for statement in TABLES:
                cursor.execute(statement)
            connection.commit()
        yield address


def ask(home: Home, source: Path) -> list[str]:
    """Load what the database answers; the names of files that were there before."""
    prepare_home(home)
    sending = read_source(source.stem)
    with only_load(home):
        result = load_files(
            home, [], Terms(source=sending, zone="Europe/London", received_at="2026-07-01T12:00:00"), quiet
        )
    assert not result.refused, [str(one.error) for one in result.refused]
    return result.known


@pytest.fixture
def source(home: Home) -> Path:
    path = home.root / "sources" / "live.toml"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCE, encoding="utf-8")
    return path


def test_a_query_on_a_real_postgresql_loads(
    server: str, home: Home, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, server)
    assert ask(home, source) == []
    warehouse = open_current(home)
    columns = "cast(performed_on as varchar), cast(cement_ml as double)"
    assert warehouse.rows(f"select {columns} from procedures order by 1") == [("2026-01-12", 4.5), ("2026-06-13", None)]
    assert warehouse.rows("select count(*) from treated_levels") == [(2,)]
    assert warehouse.rows("select cast(score as double) from pain_scores order by measured_at") == [(7,), (5,)]
    assert ask(home, source) == ["cases.csv", "scores.csv"]
    monkeypatch.delenv(ADDRESS)
    with only_load(home):
        rebuild_generation(home, quiet)
    for path in home.root.rglob("*"):
        assert not path.is_file() or server.encode() not in path.read_bytes()


def test_a_query_may_not_write_and_its_error_tells_no_value(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, server)
    for query, state in (
        ("delete from cases returning *", "25006"),
        ("select cast(levels as integer) from cases where levels is not null", "22P02"),
        ("select * from nowhere", "42P01"),
    ):
        with pytest.raises(OutcomesError) as raised:
            database.fetch_rows(database.Options(kind="database", driver="postgresql", query=query), "cases")
        assert state in str(raised.value)
        assert "T12" not in str(raised.value)


def test_the_same_rows_are_the_same_file_in_any_order(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, server)
    up, down = (
        database.fetch_rows(
            database.Options(kind="database", driver="postgresql", query=f"select * from cases order by 1 {order}"), "c"
        )
        for order in ("asc", "desc")
    )
    assert up == down
    assert up.decode().splitlines()[1].startswith("C1,008,")
    assert os.environ[ADDRESS] == server
