"""A registry of 50,000 procedures for tests: a synthetic department many times over, split among three hospitals."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from data.home import PROJECT, Home
from queries.figures.own_metrics import TABLES

# The app's environment makes the department: this one has no more than an engine needs.
APP = Path(os.environ.get("OUTCOMES_APP_PYTHON") or PROJECT / ".venv" / "bin" / "python")
PROCEDURES, TIMES = 5_000, 10
HOSPITALS = ("alpha", "beta", "gamma")
SHIPMENT = "0123456789abcdef"
LATE, LATE_SINCE = "gamma", date(2025, 9, 30)
# What no hospital ships, and what one does not.
NEVER_SHIPPED = {"hospital", "source_row", "approach", "label", "missing_reason"}
UNSHIPPED = {"beta": {"operator"}}
SIGNED = {"UTINYINT": "smallint", "USMALLINT": "integer", "UINTEGER": "bigint"}
COPIED_KEYS = {
    "procedure_id": "cast(md5(concat(procedure_id, copy)) as uuid)",
    "patient_key": "cast(md5(concat(patient_key, copy)) as uuid)",
}


def run_app(*arguments: str, home: Path, python: Path = APP) -> str:
    """A command in the app's environment, or in another: what it writes."""
    environment = os.environ | {"OUTCOMES_HOME": str(home), "OUTCOMES_DEMO_HOME": str(home)}
    done = subprocess.run(
        [str(python), "-m", *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def build_registry(folder: Path) -> Home:
    """A home with the files of its hospitals, and with the generation that pooling them gives."""
    home = Home(folder)
    run_app("etl", "demo", "--procedures", str(PROCEDURES), home=folder)
    path = home.generations / home.current.read_text(encoding="utf-8").strip()
    path.chmod(0o600)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create temp table copies as select unnest(range($times)) as copy", {"times": TIMES})
        kinds = {table: dict(_columns(connection, table)) for table in TABLES}
        for table, columns in kinds.items():
            _multiply(connection, table, columns)
        for hospital in HOSPITALS:
            _ship(connection, hospital, kinds, folder / "sites" / f"site_key={hospital}" / SHIPMENT)
        _pool(connection)
    return home


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[str, str]]:
    yield from connection.execute(
        "select column_name, data_type from duckdb_columns() where table_name = $table", {"table": table}
    ).fetchall()


def _multiply(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str]) -> None:
    """Every person, and all that belongs to it, so many times; whole people go to one hospital."""
    replaced = {name: text for name, text in COPIED_KEYS.items() if name in columns}
    if "hospital" in columns:
        replaced["hospital"] = f"list_extract({list(HOSPITALS)}, cast(copy % {len(HOSPITALS)} + 1 as integer))"
        replaced["outcome_no"] = f"cast(outcome_no * {TIMES} + copy as integer)"
    told = ", ".join(f"{text} as {name}" for name, text in replaced.items())
    owner = f"list_extract({list(HOSPITALS)}, cast(copy % {len(HOSPITALS)} + 1 as integer)) as owner"
    connection.execute(f"create temp table many as select * replace ({told}), {owner} from {table} cross join copies")
    connection.execute(f"drop table {table}")
    connection.execute(f"create table {table} as select * exclude (copy) from many")
    connection.execute("drop table many")


def _ship(connection: duckdb.DuckDBPyConnection, hospital: str, kinds: dict[str, dict[str, str]], folder: Path) -> None:
    folder.mkdir(parents=True)
    for table, columns in kinds.items():
        left = NEVER_SHIPPED | UNSHIPPED.get(hospital, set())
        told = ", ".join(_written(name, kind) for name, kind in columns.items() if name not in left)
        rows = f"select {told} from {table} where owner = '{hospital}'"
        connection.execute(f"copy ({rows}) to '{folder / table}.parquet' (format parquet, compression zstd)")


def _written(name: str, kind: str) -> str:
    is_text = kind == "UUID" or kind.startswith("ENUM")
    return f"cast({name} as {'varchar' if is_text else SIGNED.get(kind, kind)}) as {name}"


def _pool(connection: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        connection.execute(f"alter table {table} drop column owner")
    late = {"late": LATE, "since": LATE_SINCE}
    connection.execute("delete from outcomes where hospital = $late and performed_on > $since", late)
    for hospital, columns in UNSHIPPED.items():
        for column in columns:
            connection.execute(f"update outcomes set {column} = null where hospital = '{hospital}'")
    connection.execute(
        "create or replace table outcomes as select * replace"
        " (cast(row_number() over (order by outcome_no) as integer) as outcome_no) from outcomes"
    )
    connection.execute(
        "create table hospitals as select hospital, $shipment as shipment, 'records' as what,"
        " case when hospital = $late then cast($since as date) end as as_of,"
        " case when hospital = $late then 40 else 0 end as late_days"
        " from (select unnest(cast($hospitals as json)::varchar[]) as hospital)",
        {"shipment": SHIPMENT, "hospitals": json.dumps(HOSPITALS), **late},
    )
