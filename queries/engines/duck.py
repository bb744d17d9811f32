"""DuckDB, closed to everything but one file: the only part of the read side that speaks to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from data.errors import NoGeneration, StorageProblem

if TYPE_CHECKING:
    import pyarrow as pa

THREADS = 2
LEAST_MEMORY = 256 * 2**20
HARDENED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": str(THREADS),
    # Threads that read ahead from far away: a file of this machine needs none, and each generation would have eight.
    "async_threads": "0",
    "lock_configuration": "true",
}

# What goes wrong with a query: anything, SQL that makes no sense, and one that was stopped.
QueryFailure = duckdb.Error
SQL_MISTAKES = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
QueryStopped = duckdb.InterruptException
DAMAGE = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)


class Duck:
    """One file and one hardened connection to it; a cursor for each query.

    One DuckDB connection refuses concurrent use, a cursor of it does not. The connection is never closed:
    another session may be in the middle of a query.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, read-only. `NoGeneration` when it cannot be opened."""
        self._path = path
        try:
            self._connection = duckdb.connect(
                str(path), read_only=True, config={**HARDENED, "memory_limit": _memory_limit(path)}
            )
        except duckdb.Error:
            raise NoGeneration(
                path.name, "the warehouse file cannot be opened", "Run `python -m etl rebuild`"
            ) from None
        self._lock = threading.Lock()

    def table(self, sql: str, parameters: dict[str, Any] | None = None) -> "pa.Table":
        """All rows of a query as an Arrow table."""
        with self.cursor() as cursor:
            return cursor.sql(sql, params=parameters or {}).to_arrow_table()

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one query.

        `NoGeneration` when what is on the disk is not what was written; `StorageProblem` when memory does not suffice.
        """
        with self._lock:
            cursor = self._connection.cursor()
        try:
            yield cursor
        except duckdb.OutOfMemoryException:
            raise StorageProblem(
                "memory",
                "this question needs more of it than the server allows one generation",
                "Choose a shorter period or fewer groups",
            ) from None
        except duckdb.Error as error:
            if not _is_damage(error):
                raise
            raise NoGeneration(
                self._path.name, "the warehouse file is damaged", "Run `python -m etl rebuild`"
            ) from None
        finally:
            cursor.close()


def serialize_sql(sql: str) -> str:
    """The parse tree of a text of SQL as JSON, or that it cannot be parsed; nothing is run."""
    with duckdb.connect(config={"enable_external_access": "false"}) as parser:
        row = parser.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchone()
    return row[0] if row else "{}"


def _memory_limit(path: Path) -> str:
    """What DuckDB may hold of a file at once. Left to itself it keeps all that was ever read, of every generation."""
    size = path.stat().st_size if path.exists() else 0
    return f"{max(LEAST_MEMORY, size // 2) >> 20}MiB"


def _is_damage(error: duckdb.Error) -> bool:
    """Whether checksums or structures of the file do not hold, rather than the query being wrong."""
    return isinstance(error, DAMAGE) or str(error).startswith("Corrupt")
