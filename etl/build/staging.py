"""Delivered files into text tables: one column per canonical column, one row per record, nothing cast."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import duckdb

from data.errors import FileRefused
from etl.build.folded_names import fold_names
from etl.build.statements import insert_rows, run_sql, run_text
from etl.build.untreated import list_other_codes
from etl.generations.manifest import Delivery
from etl.readers import BLANKS, Extract
from etl.readers.delimited import csv
from etl.readers.registry import other_sheets
from etl.readers.workbooks import excel
from etl.sources import FACTS, LINKABLE, Source, canonical, canonical_files, declared_text, lookups
from etl.sources.canonical import Kind
from etl.sources.declared_text import Clock
from etl.sources.headings import Columns
from etl.sources.language.model import FileMapping
from etl.sources.mapping import MappedTable
from etl.sources.source_files import tables_of

# What is done with the rows of a part of a file, which are of these kinds.
AfterPart = Callable[[Iterable[Kind]], None]


@dataclass(frozen=True, kw_only=True)
class StagedFile:
    """A file, or a sheet of one, whose rows are in the text tables. `kinds` are all that it holds, `kind` the first.

    `other_sheets` of the first sheet of a workbook that was read are those that were not. `other_codes` says what its
    procedures are where none is the treatment.
    """

    delivery: Delivery
    kind: Kind
    rows_read: int
    encoding: str
    ignored_columns: tuple[str, ...]
    source_file_id: int
    sheet: str | None = None
    kinds: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()
    other_codes: str = ""

    @property
    def name(self) -> str:
        """The name of the file; a sheet of a workbook is a file of its own."""
        return self.delivery.name if self.sheet is None else f"{self.delivery.name}#{self.sheet}"


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty text tables and the tables that describe files and sources."""
    run_sql(connection, "1_read/03_files.sql")
    for kind in canonical.ALL_KINDS:
        empty_text_table(connection, kind)


def empty_text_table(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """A text table without rows."""
    columns = ", ".join(f"{name} varchar" for name in kind.text_columns)
    connection.execute(
        f"create or replace temp table text_{kind.name} (source_file_id integer, source_row integer,"
        f" source_line integer, place integer, is_cell boolean, has_other_width boolean, cells_hash ubigint, {columns})"
    )


def add_source(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Describe a sending system once."""
    row = {"source": source.name, "is_synthetic": source.is_synthetic, "complete_to": source.complete_to}
    row |= {kind: getattr(source, kind) for kind in LINKABLE}
    row |= {f"sends_{fact}": fact in source.facts for fact in FACTS}
    insert_rows(connection, f"sources ({', '.join(row)})", [tuple(row.values())])


def stage_file(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    *,
    delivery: Delivery,
    content: bytes,
    companion: bytes | None = None,
    after_part: AfterPart = lambda _: None,
) -> list[StagedFile]:
    """Put one file's rows into the text tables; `FileRefused` when it cannot be taken as a whole.

    `companion` is the content of the file that says what the codes of this one mean. Large files come in parts;
    `after_part` may take the rows of each, of these kinds, out of the text tables.
    """
    csv.refuse_empty(content, delivery.where)
    if source.is_canonical and canonical_files.is_workbook(content):
        staged = _stage_workbook(connection, delivery, content)
        after_part(canonical.ALL_KINDS)
        return staged
    if source.is_canonical:
        return [_stage_canonical(connection, delivery, content, after_part)]
    staged = _stage_mapped(connection, source, delivery, content, companion)
    after_part(canonical.ALL_KINDS)
    return staged


def _stage_canonical(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    content: bytes,
    after_part: AfterPart,
) -> StagedFile:
    recognised = canonical_files.recognise_canonical(content, delivery.where)
    if recognised is None:
        raise canonical.unknown_header(f"{delivery.where}, line 1")
    kind = recognised.kind
    rows_read = 0
    for part in csv.read_parts(content, delivery.where, recognised.delimiter):
        extract = part.with_erased().with_plain_digits()
        if not rows_read:
            positions = canonical.match_columns(extract.header, kind, delivery.where)
            ignored = canonical.ignored_columns(extract.header, kind)
            _describe_file(connection, delivery, delivery.sequence, [kind.name])
        _insert_texts(connection, kind, delivery.sequence, extract, positions)
        fold_names(connection, kind)
        rows_read += extract.rows.num_rows
        _remark_cut(connection, delivery.sequence, extract)
        after_part([kind])
    return StagedFile(
        delivery=delivery,
        kind=kind,
        rows_read=rows_read,
        encoding=extract.encoding,
        ignored_columns=ignored,
        source_file_id=delivery.sequence,
    )


def _stage_workbook(connection: duckdb.DuckDBPyConnection, delivery: Delivery, content: bytes) -> list[StagedFile]:
    """The sheets of a workbook in the canonical form, each a file of its own."""
    tables = canonical_files.read_sheets(content, delivery.where)
    if not tables:
        raise canonical.unknown_header(f"{delivery.where}, every sheet")
    read = {extract.sheet for _, extract in tables}
    others = excel.other_sheets(content, delivery.where, canonical_files.OPTIONS, read)
    staged = []
    for place, (kind, sheet) in enumerate(tables):
        extract = sheet.with_erased()
        where = f"{delivery.where}#{extract.sheet}"
        positions = canonical.match_columns(extract.header, kind, where)
        source_file_id = delivery.sequence + place
        _describe_file(connection, delivery, source_file_id, [kind.name])
        _insert_texts(connection, kind, source_file_id, extract, positions)
        _remark_merged(connection, source_file_id, extract)
        ignored = canonical.ignored_columns(extract.header, kind)
        one = StagedFile(
            delivery=delivery,
            kind=kind,
            rows_read=extract.rows.num_rows,
            encoding=extract.encoding,
            ignored_columns=ignored,
            source_file_id=source_file_id,
            sheet=extract.sheet,
            other_sheets=() if place else others,
        )
        staged.append(one)
    return staged


def _remark_cut(connection: duckdb.DuckDBPyConnection, source_file_id: int, extract: Extract) -> None:
    """Remember the last row so far of a text that ends without the end of its last line: it may be cut."""
    if extract.is_cut and extract.rows.num_rows:
        rows = extract.rows.slice(extract.rows.num_rows - 1)
        place = [rows.column(name)[0].as_py() for name in ("source_row", "source_line")]
        connection.execute("delete from remarks_of_readers where source_file_id = ?", [source_file_id])
        row = [source_file_id, *place, "no_last_line_end"]
        connection.execute("insert into remarks_of_readers values (?, ?, ?, ?)", row)


def _remark_merged(connection: duckdb.DuckDBPyConnection, source_file_id: int, extract: Extract) -> None:
    """Remember the rows of a sheet that lack what stands in a merged cell above."""
    for number in extract.merged_rows:
        place = [extract.rows.column(name)[number - 1].as_py() for name in ("source_row", "source_line")]
        row = [source_file_id, *place, "cell_merged"]
        connection.execute("insert into remarks_of_readers values (?, ?, ?, ?)", row)


def _insert_texts(
    connection: duckdb.DuckDBPyConnection, kind: Kind, source_file_id: int, extract: Extract, positions: dict[str, int]
) -> None:
    """Put rows of a canonical file into the text table of their kind."""
    names = [name for name in kind.all_columns if name in positions]
    cells = ", ".join(_cell_sql(positions[name], name, extract) for name in names)
    passed = "where problem is null" if "problem" in extract.rows.schema.names else ""
    connection.register("extract_rows", extract.rows)
    run_text(
        connection,
        f"insert into text_{kind.name}"
        f" (source_file_id, source_row, source_line, place, is_cell, has_other_width, {', '.join(names)})"
        f" select ?, source_row, source_line, 0, false, has_other_width, {cells} from extract_rows {passed}",
        [source_file_id],
    )
    if passed:
        connection.execute(
            "insert into set_aside select ?, source_row, source_line, null, problem from extract_rows"
            " where problem is not null",
            [source_file_id],
        )
    connection.unregister("extract_rows")


def _stage_mapped(
    connection: duckdb.DuckDBPyConnection, source: Source, delivery: Delivery, content: bytes, companion: bytes | None
) -> list[StagedFile]:
    source = lookups.with_codes(source, companion, delivery.where)
    tables = tables_of(source, delivery.where, content, companion)
    if not tables:
        shapes = ", ".join(mapping.name for mapping in source.file)
        raise FileRefused(
            delivery.where,
            f"no table of the source {source.name} (it knows {shapes})",
            "Check that the file is whole and has its header line, or name another --source",
        )
    clock = Clock(delivery.time_zone, delivery.received_on.isoformat())
    read = {extract.sheet for _, extract in tables}
    others = other_sheets(tables[0][0].reader, content, delivery.where, read)
    staged = []
    for place, (mapping, extract) in enumerate(tables):
        where = delivery.where if extract.sheet is None else f"{delivery.where}#{extract.sheet}"
        columns = Columns(extract.with_erased().with_plain_digits(), where)
        table = MappedTable(source, mapping, columns, clock.counting_from(extract.day_zero))
        source_file_id = delivery.sequence + place
        _describe_file(connection, delivery, source_file_id, [record.kind for record in mapping.record])
        table.stage(connection, source_file_id)
        for kind in dict.fromkeys(record.canonical for record in mapping.record):
            fold_names(connection, kind)
        _remark_cut(connection, source_file_id, extract)
        _remark_merged(connection, source_file_id, extract)
        kinds = _kinds_held(connection, source_file_id, mapping)
        one = StagedFile(
            delivery=delivery,
            kind=kinds[0],
            rows_read=extract.rows.num_rows,
            encoding=extract.encoding,
            ignored_columns=table.ignored_columns,
            source_file_id=source_file_id,
            sheet=extract.sheet,
            kinds=tuple(kind.name for kind in kinds),
            other_sheets=() if place else others,
            other_codes=list_other_codes(connection, source_file_id) if source.treatment else "",
        )
        staged.append(one)
    return staged


def _kinds_held(connection: duckdb.DuckDBPyConnection, source_file_id: int, mapping: FileMapping) -> list[Kind]:
    """The kinds of which a file holds records; that of its first record where it holds none at all."""
    declared = dict.fromkeys(record.canonical for record in mapping.record)
    held = [
        kind
        for kind in declared
        if connection.execute(
            f"select 1 from text_{kind.name} where source_file_id = ? limit 1", [source_file_id]
        ).fetchall()
    ]
    return held or [mapping.record[0].canonical]


def _describe_file(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery, source_file_id: int, kinds: list[str]
) -> None:
    connection.execute(
        "insert into files values (?, ?, ?, ?, ?)",
        [source_file_id, delivery.source, kinds, delivery.time_zone, delivery.received_on],
    )


def _cell_sql(position: int, name: str, extract: Extract) -> str:
    """SQL of one cell without white space around it; null when nothing is left."""
    written = f"trim(\"{position}\", '{BLANKS}')" if extract.has_edge_blanks else f'"{position}"'
    if name.endswith("_id"):
        written = declared_text.read_whole_number(written)
    return f"nullif({declared_text.without_our_apostrophe(written)}, '')"
