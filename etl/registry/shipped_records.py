"""The tables of a shipment of records: pseudonymised rows of a generation, written as Parquet."""

import hmac
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data.field_sql import fill_fields
from data.storage.registry_settings import Agreement
from data.storage.sql_statements import read_statements
from etl.registry.shipment_columns import leaving_columns, read_column_lists

SQL = {name: fill_fields(sql) for name, sql in read_statements(Path(__file__).parent / "sql" / "records.sql").items()}
CODE_DIGITS = 12


@dataclass(frozen=True)
class RecordTables:
    """A connection to a generation with the tables as they leave: `columns` is table → column → its SQL."""

    connection: duckdb.DuckDBPyConnection
    columns: dict[str, dict[str, str]]

    def write_files(self, folder: Path) -> dict[str, int]:
        """Write `<table>.parquet` for each table, sorted by its columns; name of the file → rows."""
        written = {}
        for table, columns in self.columns.items():
            path = str(folder / f"{table}.parquet").replace("'", "''")
            named = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
            count = self.connection.execute(
                f"copy (select {named} from shipped_{table} order by all)"
                f" to '{path}' (format parquet, compression zstd)"
            ).fetchall()[0][0]
            written[f"{table}.parquet"] = count
        return written

    def count_values(self) -> Iterator[tuple[str, int, dict[str, int]]]:
        """Each table, its rows, and of each column how many of them are filled."""
        for table, columns in self.columns.items():
            counted = ", ".join(f"count({name})" for name in columns)
            rows, *filled = self.connection.execute(f"select count(*), {counted} from shipped_{table}").fetchall()[0]
            yield table, rows, dict(zip(columns, filled, strict=True))


@contextmanager
def open_records(generation: Path, agreement: Agreement, key: bytes, scratch: Path) -> Iterator[RecordTables]:
    """The tables of a generation as the agreement lets them leave, under codes made with `key`.

    `scratch` is a private folder, for what does not fit into memory.
    """
    with closing(open_generation(generation, scratch)) as connection:
        connection.execute(SQL["policy"], {"is_moved": agreement.dates == "month"})
        _name_codes(connection, "person", _coded_keys(key, "person"))
        _name_codes(connection, "procedure", _coded_keys(key, "procedure"))
        _name_codes(connection, "operator", lambda given: _digest(key, "operator", given).hex()[:CODE_DIGITS])
        for name in ("moves", "score_numbers"):
            connection.execute(SQL[name])
        present = {}
        for table in read_column_lists().leave:
            connection.execute(SQL[table])
            described = connection.execute(f"describe shipped_{table}").fetchall()
            present[table] = {name: kind for name, kind, *_ in described}
        yield RecordTables(connection, leaving_columns(present, agreement))


def open_generation(generation: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads a generation and can write files; the warehouse's own can not."""
    config: dict[str, Any] = {
        "threads": "2",
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(config=config)
    path = str(generation).replace("'", "''")
    connection.execute(f"attach '{path}' as generation (read_only)")
    connection.execute("use generation")
    return connection


def _name_codes(connection: duckdb.DuckDBPyConnection, kind: str, code: Callable[[str], str]) -> None:
    """Make the table of given names of people, procedures or operators and their codes."""
    plural = "people" if kind == "person" else f"{kind}s"
    given = [str(value) for (value,) in connection.execute(SQL[f"given_{plural}"]).fetchall()]
    codes = pa.table({"given": pa.array(given, pa.string()), "code": pa.array(map(code, given), pa.string())})
    column = "varchar" if kind == "operator" else "uuid"
    connection.register("given_codes", codes)
    connection.execute(
        f"create temp table {kind}_codes as"
        f" select cast(given as {column}) as given, cast(code as {column}) as code from given_codes"
    )
    connection.unregister("given_codes")


def _coded_keys(key: bytes, kind: str) -> Callable[[str], str]:
    """A key of the generation as the registry's: made with the hospital's secret, so no key of its own pages."""
    return lambda given: str(uuid.UUID(bytes=_digest(key, kind, given)[:16], version=4))


def _digest(key: bytes, kind: str, given: str) -> bytes:
    return hmac.digest(key, f"{kind}:{given}".encode(), "sha256")
