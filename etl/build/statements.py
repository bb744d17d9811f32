"""Statements of a build: the files of `etl/build/sql`, several as one, a few rows at once.

Each statement that stands alone is brought onto the disk, and hundreds of them take their time. So does reading their
text, which a process does once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path

import duckdb

from data.field_sql import read_filled

SQL = Path(__file__).parent / "sql"
# Up to so many rows, planning some three hundred statements well takes longer than running them badly.
FEW_ROWS = 2_000


def plan_for_rows(connection: duckdb.DuckDBPyConnection, rows: int, before: int | None = None) -> None:
    """Let DuckDB plan for so many rows, after it did for those before.

    Few are read by one thread, and planned only to read no column in vain.
    """
    few = rows <= FEW_ROWS
    if before is None or few != (before <= FEW_ROWS):
        optimizers, threads = (_costly_optimizers(), 1) if few else ("", 2)
        connection.execute(f"set disabled_optimizers = '{optimizers}'; set threads = {threads}")


@cache
def _costly_optimizers() -> str:
    """All passes of the optimizer but the one that leaves out columns that nothing asks for."""
    names = duckdb.execute("select name from duckdb_optimizers() where name <> 'unused_columns'").fetchall()
    return ",".join(name for (name,) in names)


def run_sql(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run one file of `etl/build/sql/`, with the fields of the dictionary."""
    run_text(connection, read_filled(SQL / name))


def run_text(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()
) -> duckdb.DuckDBPyConnection:
    """Run statements whose text is the same in every build; `values` are those of the last one, which is answered."""
    *earlier, last = _parse_statements(sql)
    for statement in earlier:
        connection.execute(statement)
    return connection.execute(last, values)


@lru_cache(maxsize=1_000)
def _parse_statements(sql: str) -> list[duckdb.Statement]:
    return duckdb.extract_statements(sql)


@contextmanager
def in_one_transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Run what follows as a whole or not at all."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Write a few rows by one statement."""
    if rows:
        marks = f"({', '.join('?' * len(rows[0]))})"
        values = [value for row in rows for value in row]
        connection.execute(f"insert into {table} values {', '.join([marks] * len(rows))}", values)
