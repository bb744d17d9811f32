"""Statements of a build: the files of `etl/build/sql`, several as one, a few rows at once.

Each statement that stands alone is brought onto the disk, and hundreds of them take their time.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from data.field_sql import read_filled

SQL = Path(__file__).parent / "sql"
# Up to so many rows, planning some three hundred statements well takes longer than running them badly.
FEW_ROWS = 2_000


def plan_for_rows(connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Let DuckDB plan for so many rows: few are read by one thread and without its optimizer."""
    connection.execute(
        "pragma disable_optimizer; set threads = 1" if rows <= FEW_ROWS else "pragma enable_optimizer; set threads = 2"
    )


def run_sql(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run one file of `etl/build/sql/`, with the fields of the dictionary."""
    connection.execute(read_filled(SQL / name))


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
