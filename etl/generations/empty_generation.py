"""The tables of a generation without rows, made once in a process and copied from then on.

Some three hundred statements make them and say what every column means: that takes as long as a fifth of a small load.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from data.field_sql import schema_sql


@cache
def empty_generation() -> bytes:
    """The file of a generation without rows."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.begin()
            connection.execute(schema_sql())
            connection.commit()
        return path.read_bytes()


def create_generation(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables of a generation in the database of a connection."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.duckdb"
        path.write_bytes(empty_generation())
        database = connection.execute("select current_database()").fetchall()[0][0]
        connection.execute(f"attach '{path}' as empty_generation (read_only)")
        connection.execute(f'copy from database empty_generation to "{database}" (schema)')
        connection.execute("detach empty_generation")
