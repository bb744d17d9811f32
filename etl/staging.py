"""Delivered files into text tables: one column per canonical column, one row per data row, nothing cast."""

from dataclasses import dataclass

import duckdb

from data.spreadsheet import NEUTRALISED
from etl import canonical
from etl.canonical import Kind
from etl.manifest import Delivery
from etl.parse.levels import read_levels
from etl.parse.scores import read_score
from etl.readers import csv
from etl.sources import FACTS, Source
from queries.errors import FileRefused

# White space that people and spreadsheets leave around a value.
BLANKS = " \t\r\n\x0b\x0c\u00a0\u2007\u202f\ufeff"


@dataclass(frozen=True)
class Recognised:
    """What a file turned out to be, by its header alone."""

    kind: Kind
    delimiter: str


def recognise(content: bytes, where: str) -> Recognised | None:
    """The kind and delimiter of a canonical file; None when it is something else."""
    for delimiter in csv.DELIMITERS:
        kind = canonical.recognise(csv.read_header(content, where, delimiter))
        if kind is not None:
            return Recognised(kind, delimiter)
    return None


@dataclass(frozen=True)
class StagedFile:
    """A file whose rows are in the text tables."""

    delivery: Delivery
    kind: Kind
    rows_read: int
    encoding: str
    ignored_columns: tuple[str, ...]


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty text tables and the tables that describe files and sources."""
    for kind in canonical.KINDS:
        columns = ", ".join(f"{name} varchar" for name in kind.all_columns)
        connection.execute(
            f"create temp table text_{kind.name} (source_file_id integer, source_row integer, source_line integer,"
            f" place integer, has_other_width boolean, {columns})"
        )
    facts = ", ".join(f"sends_{fact} boolean" for fact in FACTS)
    connection.execute(f"create temp table sources (source varchar, is_synthetic boolean, {facts})")
    connection.execute(
        "create temp table files (source_file_id integer, source varchar, kind varchar, zone varchar, received_on date)"
    )


def add_source(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Describe a sending system once."""
    row = [source.name, source.is_synthetic, *(fact in source.sends for fact in FACTS)]
    connection.execute(f"insert into sources values ({', '.join('?' * len(row))})", row)


def stage(connection: duckdb.DuckDBPyConnection, delivery: Delivery, content: bytes) -> StagedFile:
    """Put one file's rows into its text table; `FileRefused` when it cannot be taken as a whole."""
    csv.refuse_empty(content, delivery.where)
    recognised = recognise(content, delivery.where)
    if recognised is None:
        raise FileRefused(
            f"{delivery.where}, line 1",
            "the header is not that of a canonical file",
            "Compare it with the templates in data/sample/templates",
        )
    kind = recognised.kind
    extract = csv.read(content, delivery.where, recognised.delimiter)
    positions = canonical.match_columns(extract.header, kind, delivery.where)
    cells = ", ".join(
        _cell(positions[name], extract.has_edge_blanks) if name in positions else "null" for name in kind.all_columns
    )
    rows = extract.rows
    connection.register("extract_rows", rows)
    connection.execute(
        f"insert into text_{kind.name} select ?, source_row, source_line, 0, has_other_width, {cells}"
        " from extract_rows",
        [delivery.sequence],
    )
    connection.unregister("extract_rows")
    connection.execute(
        "insert into files values (?, ?, ?, ?, ?)",
        [delivery.sequence, delivery.source, kind.name, delivery.time_zone, delivery.received_on],
    )
    return StagedFile(delivery, kind, rows.num_rows, extract.encoding, canonical.ignored_columns(extract.header, kind))


def _cell(position: int, has_edge_blanks: bool) -> str:
    """SQL of one cell without white space around it; null when nothing is left."""
    written = f"trim(\"{position}\", '{BLANKS}')" if has_edge_blanks else f'"{position}"'
    # The apostrophe that our own files put before text which a spreadsheet would run as a formula.
    pattern = NEUTRALISED.replace("'", "''")
    ours = f"starts_with({written}, '''')"
    text = f"case when {ours} then regexp_replace({written}, '{pattern}', '\\1') else {written} end"
    return f"nullif({text}, '')"


def unstage(connection: duckdb.DuckDBPyConnection, staged: StagedFile) -> None:
    """Take a file's rows out again."""
    for table in (f"text_{staged.kind.name}", "files"):
        connection.execute(f"delete from {table} where source_file_id = ?", [staged.delivery.sequence])


def read_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Read each distinct level and score text once, into `level_readings` and `score_readings`."""
    levels = [
        (written, reading.vertebrae, reading.problem, bool(reading.warnings))
        for written in _distinct(connection, "select distinct levels from text_procedures where levels is not null")
        for reading in [read_levels(written)]
    ]
    _replace(
        connection,
        "level_readings",
        "written varchar, vertebrae varchar[], problem varchar, is_expanded boolean",
        levels,
    )
    scores = [
        (written, reading.score, reading.problem, reading.missing_reason)
        for written in _distinct(connection, "select distinct score from text_pain_scores")
        for reading in [read_score(written)]
    ]
    _replace(
        connection,
        "score_readings",
        "written varchar, score decimal(4, 2), problem varchar, missing_reason varchar",
        scores,
    )


def _distinct(connection: duckdb.DuckDBPyConnection, query: str) -> list[str | None]:
    return [row[0] for row in connection.execute(query).fetchall()]


def _replace(connection: duckdb.DuckDBPyConnection, table: str, columns: str, rows: list[tuple]) -> None:
    connection.execute(f"create or replace temp table {table} ({columns})")
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into {table} values ({marks})", rows)
