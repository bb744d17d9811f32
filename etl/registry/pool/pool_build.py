"""The generation of a pool: ordinary tables, made from the Parquet files of the shipments in force.

Everything streams from file to table, so that what it takes does not grow with the number of hospitals but for a number
and a key a procedure; DuckDB keeps to its limit and spills the rest (`OUTCOMES_MEMORY`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from data.errors import FileRefused
from data.home import Home
from data.settings import read_timepoints
from data.storage.registry_settings import Member
from data.storage.sql_statements import read_statements
from data.storage.storage_faults import find_storage_problem
from etl.build.statements import in_one_transaction, insert_rows, run_text
from etl.generations.empty_generation import create_generation
from etl.generations.manifest import Manifest, code_version
from etl.generations.publish import open_build, publish_build
from etl.generations.stored_answers import write_answers
from etl.registry.hospital_cells import SCHEMA
from etl.registry.pool.hospital_clock import Reach, days_late, pool_clock
from etl.registry.pool.pool_shipments import CELLS, RECORDS
from etl.registry.shipment_columns import can_leave, is_known, written_column
from etl.registry.shipment_manifest import ShipmentManifest
from queries.cells.pool_engine import connect_engine, read_pool_sql
from queries.engines.engine import Engine
from queries.explain.record_quality import read_checks
from queries.warehouse import SCHEMA_VERSION

SQL = Path(__file__).parent.parent / "sql"
STATEMENTS = {**read_statements(SQL / "pool_numbers.sql"), **read_statements(SQL / "pool_rows.sql")}
BEFORE = ("offsets", "left_out", "left_people", "left_scores", "numbers")
# What every generation keeps, of those that ask nothing of rejected rows: these never leave a hospital.
PROMISES = ("every_score_is_assigned", "one_outcome_per_procedure", "one_score_per_window", "one_status_per_timepoint")
# Ten million procedures need so much, and the whole command less than 4 GiB.
MEMORY = "2600MiB"
NO_FIT = "Let hospital and registry run the same version of this program, and ship again"


@dataclass(frozen=True)
class Pooled:
    """A hospital of a pool: the folder of its shipment, what that says, and what the registry says of the hospital."""

    folder: Path
    shipment: str
    manifest: ShipmentManifest
    member: Member

    @property
    def reach(self) -> Reach:
        """How far its records reach."""
        told = self.manifest
        return Reach(told.site, told.as_of.get("reached"), told.procedures_last_year, self.member.until)


def build_pool(connection: duckdb.DuckDBPyConnection, hospitals: Sequence[Pooled], generation: str) -> None:
    """Fill an empty database with the generation of these hospitals."""
    create_generation(connection)
    connection.execute((SQL / "pool_tables.sql").read_text(encoding="utf-8"))
    clock = pool_clock([one.reach for one in hospitals])
    connection.execute(STATEMENTS["rows"])
    connection.execute(STATEMENTS["sites"])
    records = [one for one in hospitals if one.manifest.what == "records"]
    cells = [one for one in hospitals if one.manifest.what == "cells"]
    sites = [(one.manifest.site, _last_day(one, clock)) for one in records]
    insert_rows(connection, "pool_sites (site_key, last_day)", sites)
    insert_rows(connection, "hospitals", [_hospital_row(one, clock) for one in hospitals])
    if records:
        for table in RECORDS:
            _show_files(connection, table, [one.folder for one in records])
        for name in (*BEFORE, *RECORDS):
            connection.execute(STATEMENTS[name])
        connection.execute(STATEMENTS["counted"])
        connection.execute(STATEMENTS["counted_out"])
    if cells:
        _show_files(connection, CELLS[0], [one.folder for one in cells])
        connection.execute(STATEMENTS["cells"])
    connection.execute(
        STATEMENTS["info"],
        {
            "told_generation": generation,
            "told_version": SCHEMA_VERSION,
            "told_as_of": clock,
            "told_synthetic": any(one.manifest.is_synthetic for one in hospitals),
            "told_timepoints": read_timepoints().model_dump_json(),
            "told_code": code_version(),
        },
    )


def publish_pool(home: Home, hospitals: Sequence[Pooled], manifest: Manifest, engine: str | None = None) -> str:
    """Build the generation of a pool and put it into service; its file name.

    `engine`: address of a Spark Connect server that gives the answers of all procedures.
    """
    with open_build(home, MEMORY) as (path, connection):
        build_pool(connection, hospitals, manifest.generation)
        with in_one_transaction(connection):
            has_records = any(one.manifest.what == "records" for one in hospitals)
            write_answers(connection, _connect_engine(engine, home, connection) if engine and has_records else None)
        return publish_build(home, path, connection, manifest)


def _connect_engine(url: str, home: Home, connection: duckdb.DuckDBPyConnection) -> Engine:
    """The server, over the shipments of the generation that is being built."""
    hospitals = connection.execute(read_pool_sql("pooled_hospitals")).fetchall()
    return connect_engine(url, home, hospitals, connection.execute(read_pool_sql("column_types")).fetchall())


def _show_files(connection: duckdb.DuckDBPyConnection, table: str, folders: Sequence[Path]) -> None:
    """Make a view of a table in the files of these shipments."""
    paths = [str(folder / f"{table}.parquet") for folder in folders]
    connection.execute(f"set variable {table}_files = ?", [paths])
    connection.execute(
        Template(STATEMENTS["table"]).substitute(
            named=table, shipped_named=f"shipped_{table}", named_files=f"{table}_files"
        )
    )


def _last_day(one: Pooled, clock: date | None) -> date | None:
    """Of a late hospital the last day of the month that its records reach; null = all of its procedures stay."""
    reached = one.reach.reached
    if reached is None or not days_late(one.reach, clock):
        return None
    return (reached.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _hospital_row(one: Pooled, clock: date | None) -> tuple[object, ...]:
    told, member = one.manifest, one.member
    return (
        told.site, member.title or told.site, member.peer_group, told.what, told.sequence, one.shipment,
        one.reach.reached, days_late(one.reach, clock), 0, 0, told.procedures_last_year,
        told.operators, told.age, told.dates,
    )  # fmt: skip


def try_alone(home: Home, hospital: Pooled, others: Sequence[Path], where: str) -> None:
    """Build the generation of one shipment and throw it away; `FileRefused` where its files do not make one.

    `others`: the folders of the other hospitals' records, which must have none of its procedures.
    """
    with open_build(home) as (_, connection):
        try:
            _refuse_other_tables(connection, hospital, where)
            _refuse_other_types(hospital, where)
            build_pool(connection, [hospital], "")
            if hospital.manifest.what == "records":
                _refuse_broken_promises(connection, where)
                _refuse_shared_procedures(connection, others, where)
        except duckdb.Error as error:
            if isinstance(error, duckdb.OutOfMemoryException) or find_storage_problem(error):
                raise
            kind = type(error).__name__.removesuffix("Exception")
            raise FileRefused(where, f"its tables do not fit those of this version ({kind})", NO_FIT) from None


def _refuse_other_tables(connection: duckdb.DuckDBPyConnection, hospital: Pooled, where: str) -> None:
    for name, told in hospital.manifest.files.items():
        table = name.removesuffix(".parquet")
        rows = connection.read_parquet(str(hospital.folder / name), hive_partitioning=False)
        if rows.count("*").fetchall()[0][0] != told.rows:
            raise FileRefused(f"{where}, {name}", "has another number of rows than its manifest says", NO_FIT)
        surplus = [
            column
            for column in rows.columns
            if not (column in SCHEMA.names if table in CELLS else can_leave(table, column, hospital.manifest))
        ]
        if surplus:
            # A name that the schema does not have may be anything, also a patient's.
            stay = sorted(column for column in surplus if is_known(table, column))
            raise FileRefused(
                f"{where}, {name}",
                f"has columns that its agreement keeps in the hospital: {', '.join(stay) or 'unknown ones'}",
                "Delete the shipment, and let the hospital ship again with an unchanged program",
            )


def _refuse_other_types(hospital: Pooled, where: str) -> None:
    """Before anything is built: a cast would make of another type something that nobody shipped: of 7.6 an 8."""
    with duckdb.connect() as connection:
        create_generation(connection)
        for name in hospital.manifest.files:
            table = name.removesuffix(".parquet")
            rows = connection.read_parquet(str(hospital.folder / name), hive_partitioning=False)
            written = _written_types(connection, table)
            other = [column for column, kind in zip(rows.columns, rows.types, strict=True) if kind != written[column]]
            what = "columns are not of the type that this version writes"
            if not other and table not in CELLS:
                other = _columns_of_other_values(connection, table, rows)
                what = "columns hold values that the dictionary does not have"
            if other:
                raise FileRefused(f"{where}, {name}", f"{what}: {', '.join(other)}", NO_FIT)


def _written_types(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, Any]:
    """Of each column of a table its type in a shipment."""
    if table in CELLS:
        rows = connection.from_arrow(SCHEMA.empty_table())
    else:
        stored = connection.table(table)
        columns = zip(stored.columns, stored.types, strict=True)
        rows = stored.project(", ".join(f"{written_column(name, str(kind))} as {name}" for name, kind in columns))
    return dict(zip(rows.columns, rows.types, strict=True))


def _columns_of_other_values(
    connection: duckdb.DuckDBPyConnection, table: str, rows: duckdb.DuckDBPyRelation
) -> list[str]:
    """Columns with a value that is none of a generation's: of another list, out of range, no key."""
    stored = connection.table(table)
    kinds = dict(zip(stored.columns, stored.types, strict=True))
    counts = [f"count({name}) - count(try_cast({name} as {kinds[name]}))" for name in rows.columns]
    (found,) = rows.aggregate(", ".join(counts)).fetchall()
    return [name for name, count in zip(rows.columns, found, strict=True) if count]


def _refuse_shared_procedures(connection: duckdb.DuckDBPyConnection, others: Sequence[Path], where: str) -> None:
    if others:
        _show_files(connection, "procedures", others)
        found = [site for (site,) in connection.execute(STATEMENTS["shared"]).fetchall()]
        if found:
            raise FileRefused(
                where,
                f"procedures of it are pooled already, as those of {', '.join(found)}",
                "Ask both: a hospital has the key or the home of another. Take out the wrong one with --withdraw",
            )


def _refuse_broken_promises(connection: duckdb.DuckDBPyConnection, where: str) -> None:
    for name in PROMISES:
        violations, _ = run_text(connection, read_checks()[name][1]).fetchall()[0]
        if violations:
            raise FileRefused(where, f"its tables contradict each other ({name})", NO_FIT)
