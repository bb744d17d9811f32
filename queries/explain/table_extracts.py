"""Whole tables of a generation for people who recompute: plain columns, meaning beside each, in one fixed order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from pydantic import Field

from queries.catalogue.filters import HOSPITAL
from queries.catalogue.sql_files import FOLDER, Header, read_sql_file
from queries.warehouse import Warehouse

EXTRACTS = FOLDER / "extracts"
# What CSV and workbooks can hold: keys and closed lists as text, times as ISO 8601, decimals as numbers.
PLAIN = {
    "UUID": "cast({0} as varchar)",
    "ENUM": "cast({0} as varchar)",
    "TIMESTAMP": "strftime({0}, '%Y-%m-%dT%H:%M:%S')",
    "DECIMAL": "cast({0} as double)",
}
# A first column that is never the same twice puts rows in order by itself.
ONE_ROW_EACH = ("complications", "contacts", "outcomes", "pain_scores", "procedures")
ARROW_TYPES = {pa.string(): "VARCHAR", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN"}


class ExtractHeader(Header):
    """What a file of `queries/extracts` says about itself; `derived` gives the meaning of columns made there."""

    title: str = Field(min_length=1)
    grain: str = Field(min_length=1)
    derived: Mapping[str, str] = {}


@dataclass(frozen=True)
class Column:
    """A column of the schema. `type` is DuckDB's; `values` are those of a closed list."""

    name: str
    type: str
    meaning: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extract:
    """The rows of one table and the meaning of its columns."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: pa.Table = field(repr=False)


def table_columns(warehouse: Warehouse) -> dict[str, tuple[str, tuple[Column, ...]]]:
    """Table → its meaning and columns, from the comments of the schema."""
    return warehouse.remember(("table columns",), lambda: _read_columns(warehouse))


def _read_columns(warehouse: Warehouse) -> dict[str, tuple[str, tuple[Column, ...]]]:
    meanings = dict(warehouse.rows("select table_name, comment from duckdb_tables() order by table_name"))
    found: dict[str, tuple[str, tuple[Column, ...]]] = {}
    for table, meaning in meanings.items():
        rows = warehouse.rows(
            "select column_name, data_type, comment from duckdb_columns() where table_name = $table"
            " order by column_index",
            {"table": table},
        )
        if not warehouse.is_pool:
            rows = [row for row in rows if row[0] != HOSPITAL]
        found[table] = (
            meaning or "",
            tuple(Column(name, kind.split("(")[0], said or "", _enum_values(kind)) for name, kind, said in rows),
        )
    return found


def extract_table(warehouse: Warehouse, table: str, without: frozenset[str] = frozenset()) -> Extract:
    """Every row of a table, but for the columns named."""
    meaning, every = table_columns(warehouse)[table]
    columns = tuple(column for column in every if column.name not in without)
    key = columns[0].name if table in ONE_ROW_EACH else "all"
    written = ", ".join(f"{PLAIN.get(one.type, '{0}').format(one.name)} as {one.name}" for one in columns)
    return Extract(table, meaning, columns, warehouse.table(f"select {written} from {table} order by {key}"))


def extract_reviewed(warehouse: Warehouse, profile: str, table: str) -> Extract:
    """A table as the file `queries/extracts/<profile>/<table>.sql` gives it: only what stands there leaves."""
    header, sql = _read_extract(EXTRACTS / profile / f"{table}.sql")
    known = {column.name: column for column in table_columns(warehouse)[table][1]}
    rows = warehouse.table(f"select * from ({sql}) order by all")
    columns = tuple(
        Column(name, ARROW_TYPES.get(kind, "BIGINT"), header.derived[name]) if name in header.derived else known[name]
        for name, kind in zip(rows.schema.names, rows.schema.types, strict=True)
    )
    return Extract(table, header.title, columns, rows)


def reviewed_tables(profile: str) -> tuple[str, ...]:
    """The tables that a profile lists."""
    return tuple(sorted(path.stem for path in (EXTRACTS / profile).glob("*.sql")))


def procedure_ids(warehouse: Warehouse) -> np.ndarray:
    """The key of every procedure, in the order of `outcomes`."""

    def read() -> np.ndarray:
        rows = warehouse.rows("select cast(procedure_id as varchar) from outcomes order by outcome_no")
        return np.array([row[0] for row in rows], dtype=object)

    return warehouse.remember(("procedure ids",), read)


@lru_cache
def _read_extract(path: Path) -> tuple[ExtractHeader, str]:
    return read_sql_file(path, ExtractHeader)


def _enum_values(kind: str) -> tuple[str, ...]:
    return tuple(part.strip("' ") for part in kind[5:-1].split("', '")) if kind.startswith("ENUM(") else ()
