"""From text rows to values, file by file: what a row says of itself, whatever else is delivered.

Readings depend on a file and its terms alone, so that they can be kept. Rows of the text tables go over to the tables
of `02_readings.sql`; what people, stays and other rows add to them is decided when all files are read.

Large readings that were kept stay in their files: `kept_files` names them, and `show_kept` makes `read_<kind>` a view
of them and of what was read, `own_read_<kind>`. Copying a million rows takes longer than reading them where they are.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from etl.build import staging
from etl.build.statements import run_sql
from etl.parse.levels import read_levels
from etl.parse.scores import read_score
from etl.sources import canonical
from etl.sources.canonical import Kind

READ = {
    "links": "1_read/07_read_links.sql",
    "people": "1_read/08_read_people.sql",
    "stays": "1_read/09_read_stays.sql",
    "procedures": "1_read/10_read_procedures.sql",
    "pain_scores": "1_read/11_read_pain_scores.sql",
    "complications": "1_read/12_read_complications.sql",
    "contacts": "1_read/13_read_contacts.sql",
    "counts": "1_read/14_read_counts.sql",
}
LEVEL_READINGS = {
    "written": pa.string(), "vertebrae": pa.list_(pa.string()), "problem": pa.string(), "is_expanded": pa.bool_(),
}  # fmt: skip
SCORE_READINGS = {
    "written": pa.string(), "score": pa.string(), "problem": pa.string(), "missing_reason": pa.string(),
}  # fmt: skip
# What reading a file writes: rows with its `source_file_id`, from its bytes and the terms of its delivery alone.
KINDS = tuple(f"read_{kind.name}" for kind in canonical.ALL_KINDS)
READ_TABLES = (*KINDS, "set_aside", "session_lines", "remarks_of_readers", "files")
# Kept readings of this many bytes stay in their files.
LARGE = 1 << 23


def take_kept(connection: duckdb.DuckDBPyConnection, name: str, path: Path, first: int, last: int) -> None:
    """Bring the kept rows of a delivery, whose files have these numbers, into a table of readings."""
    if name in KINDS and path.stat().st_size >= LARGE:
        connection.execute("insert into kept_files values (?, ?, ?, ?)", [name, first, last, str(path)])
        return
    connection.execute(
        f"insert into {name} by name select * replace (source_file_id + ? as source_file_id) from read_parquet(?)",
        [first, str(path)],
    )


def show_kept(connection: duckdb.DuckDBPyConnection) -> None:
    """Let `read_<kind>` show also the rows that stayed in files. From then on nothing is read."""
    kept = connection.execute("select name, first, path from kept_files order by name, first").fetchall()
    shown = _shown_names(connection)
    for name in sorted({row[0] for row in kept} - shown):
        connection.execute(f"alter table {name} rename to own_{name}")
        connection.execute("insert into shown_readings values (?)", [name])
    for name in sorted({row[0] for row in kept} | shown):
        parts = "".join(_kept_rows(connection, name, first, path) for of, first, path in kept if of == name)
        connection.execute(f"create or replace temp view {name} as from own_{name}{parts}")


def _kept_rows(connection: duckdb.DuckDBPyConnection, name: str, first: int, path: str) -> str:
    """SQL of the rows of a file, numbered and typed as in the table: Parquet knows no closed lists."""
    columns = ", ".join(
        f"cast({column}{f' + {first}' if column == 'source_file_id' else ''} as {kind}) as {column}"
        for column, kind, *_ in connection.execute(f"describe own_{name}").fetchall()
    )
    quoted = path.replace("'", "''")
    return f" union all by name select {columns} from read_parquet('{quoted}')"


def _shown_names(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables of readings that are already views of their files."""
    return {name for (name,) in connection.execute("from shown_readings").fetchall()}


def read_rows(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind]) -> None:
    """Read what lies in the text tables of these kinds, and empty them."""
    for kind in kinds:
        if not connection.execute(f"select 1 from text_{kind.name} limit 1").fetchall():
            continue
        if kind is canonical.PROCEDURES:
            _read_levels(connection)
        if kind is canonical.PAIN_SCORES:
            _read_scores(connection)
        run_sql(connection, READ[kind.name])
        staging.empty_text_table(connection, kind)


def take_out(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> None:
    """Take the rows of the files with these numbers out again, however far their reading came."""
    for kind in canonical.ALL_KINDS:
        staging.empty_text_table(connection, kind)
    shown = _shown_names(connection)
    for name in READ_TABLES:
        table = f"own_{name}" if name in shown else name
        connection.execute(f"delete from {table} where source_file_id between ? and ?", [first, last])
    connection.execute("delete from kept_files where first <= ? and last >= ?", [last, first])


def _read_levels(connection: duckdb.DuckDBPyConnection) -> None:
    """Read each distinct text of levels once, into `level_readings`."""
    levels = [
        (written, reading.vertebrae, reading.problem, bool(reading.warnings))
        for written in _distinct_texts(
            connection, "select distinct levels from text_procedures where levels is not null"
        )
        for reading in [read_levels(written)]
    ]
    _replace_texts(connection, "level_readings", LEVEL_READINGS, levels)


def _read_scores(connection: duckdb.DuckDBPyConnection) -> None:
    """Read each distinct text of a score once, into `score_readings`."""
    scores = [
        (written, None if reading.score is None else f"{reading.score:f}", reading.problem, reading.missing_reason)
        for written in _distinct_texts(connection, "select distinct score from text_pain_scores")
        for reading in [read_score(written)]
    ]
    _replace_texts(
        connection, "score_readings", SCORE_READINGS, scores, "* replace (cast(score as decimal(4, 2)) as score)"
    )


def _distinct_texts(connection: duckdb.DuckDBPyConnection, query: str) -> list[str | None]:
    return [row[0] for row in connection.execute(query).fetchall()]


def _replace_texts(
    connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, pa.DataType], rows: list, shown: str = "*"
) -> None:
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(column, kind) for column, kind in zip(values, columns.values(), strict=True)]
    connection.register("readings", pa.table(arrays, names=list(columns)))
    connection.execute(f"create or replace temp table {table} as select {shown} from readings")
    connection.unregister("readings")
