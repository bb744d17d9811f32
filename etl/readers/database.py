"""A query on a live PostgreSQL or SQL Server. What it returns is kept as a file, so that a build never asks again.

The address stands in an environment variable, never in a source's TOML and never in a message. The transaction is
read-only and sees one moment. Rows are put in the order of their text: the same rows are always the same file.
"""

import csv as text_csv
import io
import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, datetime, time
from typing import Literal

import pyarrow as pa

from data.errors import StorageProblem, UsageProblem
from etl.readers import Extract, ReaderOptions, Reasons, Wanted
from etl.readers.delimited import csv

EXTRAS = "Install it with: pip install -r requirements-extras.txt"
AS_CSV = csv.Options(kind="csv", delimiter=",", encoding="utf-8")


class Options(ReaderOptions):
    """A query. `address` is the name of the environment variable that holds the connection string."""

    kind: Literal["database"]
    driver: Literal["postgresql", "sqlserver"]
    address: str = "OUTCOMES_DATABASE"
    query: str


def share_found(content: bytes, options: Options, wanted: Wanted) -> float:
    """How much of what is wanted stands in the header of a kept result, 0 to 1."""
    del options
    return csv.share_found(content, AS_CSV, wanted)


def read_tables(content: bytes, where: str, options: Options, wanted: Wanted) -> list[Extract]:
    """The rows of a kept result."""
    del options
    return csv.read_tables(content, where, AS_CSV, wanted)


def give_back(content: bytes, where: str, options: Options, wanted: Wanted, reasons: Reasons) -> bytes:
    """The rows that are to be corrected in the database, with `why`."""
    del options
    return csv.give_back(content, where, AS_CSV, wanted, reasons)


def fetch_rows(options: Options, where: str) -> bytes:
    """Run the query and return its rows as delimited text, every value as text; an empty cell is null.

    `UsageProblem` without the driver or the address, `StorageProblem` when the database cannot be asked.
    """
    address = os.environ.get(options.address)
    if not address:
        raise UsageProblem(
            where, f"{options.address} is not set", "Put the connection string into this environment variable"
        )
    columns, rows = _FETCHERS[options.driver](address, options.query, where)
    text = io.StringIO()
    writer = text_csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(sorted(tuple(value or "" for value in row) for row in rows))
    return text.getvalue().encode("utf-8")


def _from_postgresql(address: str, query: str, where: str) -> tuple[Sequence[str], Iterable[Sequence[str | None]]]:
    try:
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415  # an optional extra
    except ImportError:
        raise UsageProblem(where, "the PostgreSQL driver is not installed", EXTRAS) from None
    try:
        with dbapi.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute(query)
            table = cursor.fetch_arrow_table()
            connection.rollback()
    except dbapi.Error as error:
        raise _cannot_ask(where, getattr(error, "sqlstate", None)) from None
    columns = [_column_texts(column) for column in table.columns]
    return table.column_names, zip(*columns, strict=True)


def _column_texts(column: pa.ChunkedArray) -> list[str | None]:
    if pa.types.is_binary(column.type) or pa.types.is_nested(column.type):
        return [None if value is None else str(value) for value in column.to_pylist()]
    return column.cast(pa.string()).to_pylist()


def _from_sqlserver(address: str, query: str, where: str) -> tuple[Sequence[str], Iterable[Sequence[str | None]]]:
    try:
        import mssql_python  # noqa: PLC0415  # an optional extra
    except ImportError:
        raise UsageProblem(where, "the SQL Server driver is not installed", EXTRAS) from None
    try:
        with closing(mssql_python.connect(f"{address.rstrip(';')};ApplicationIntent=ReadOnly")) as connection:
            cursor = connection.cursor()
            cursor.execute(query)
            columns = [column[0] for column in cursor.description or ()]
            rows = [[_value_text(value) for value in row] for row in cursor.fetchall()]
            connection.rollback()
    except mssql_python.Error as error:
        raise _cannot_ask(where, getattr(error, "sqlstate", None)) from None
    return columns, rows


def _value_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value)


def _cannot_ask(where: str, state: str | None) -> StorageProblem:
    """The driver's own words may hold the address or a patient's value; the state says enough."""
    return StorageProblem(
        where,
        f"the database did not answer the query{f' (SQLSTATE {state})' if state else ''}",
        "Check the address, the rights of its user, and the query",
    )


_FETCHERS = {"postgresql": _from_postgresql, "sqlserver": _from_sqlserver}
