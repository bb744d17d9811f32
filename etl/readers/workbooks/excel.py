"""Workbooks: every visible sheet that shows the wanted headings is a table. Cells become the text that was meant.

Dates and times that Excel knows as such become ISO text, whole numbers lose their `.0`, text stays as typed
(`00123` keeps its zeros). A formula without a stored value and an Excel error are no values: they stay visible as
`#FORMULA` and `#N/A`, so that the rule of their column names them.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from data.errors import FileRefused
from etl.readers import (  # fmt: skip
    ENOUGH_HEADINGS,
    FIRST_EXCEL_DAY,
    FIRST_MACINTOSH_DAY,
    MOST_TITLE_LINES,
    WHY,
    Extract,
    ReaderOptions,
    Reasons,
    Wanted,
    plain_heading,
)
from etl.readers.workbooks.cell_texts import cells_of_other_text, counts_from_1904
from etl.readers.workbooks.workbook_rows import write_workbook

ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# A workbook is unpacked in memory: what it declares to unpack to is looked at before that.
MOST_UNPACKED = 512 * 1024 * 1024
MOST_RATIO = 200
RATIO_MATTERS_FROM = 64 * 1024 * 1024
MOST_SHEETS = 1_000
# So many columns behind the last heading are looked at.
MOST_UNNAMED = 26

Value = str | float | int | bool | dt.date | dt.time | dt.datetime | dt.timedelta


class Options(ReaderOptions):
    """Excel workbooks (.xlsx, .xlsm, .xlsb) and OpenDocument sheets (.ods)."""

    kind: Literal["excel"]
    hidden_sheets: bool = False


def share_found(content: bytes, options: Options, wanted: Wanted) -> float:
    """How much of what is wanted stands in the header of the best sheet, 0 to 1."""
    if not content.startswith(ZIP):
        return 0.0
    book = _open_workbook(content, "workbook")
    found = (_find_header(_sheet_rows(sheet), wanted) for _, sheet in _visible_sheets(book, options))
    return max((share for _, share in found), default=0.0)


def read_tables(content: bytes, where: str, options: Options, wanted: Wanted) -> list[Extract]:
    """The sheets that show at least half of the wanted headings. `FileRefused` for what is no workbook."""
    if content.startswith(OLD_EXCEL):
        raise FileRefused(where, "an old .xls or a protected workbook", "Save it as .xlsx without a password")
    if not content.startswith(ZIP):
        return []
    book = _open_workbook(content, where)
    other_texts = cells_of_other_text(content)
    day_zero = FIRST_MACINTOSH_DAY if counts_from_1904(content) else FIRST_EXCEL_DAY
    found = []
    for name, sheet in _visible_sheets(book, options):
        rows = _sheet_rows(sheet)
        place, share = _find_header(rows, wanted)
        if share >= ENOUGH_HEADINGS:
            extract = _extract_table(
                name, sheet, rows=rows, place=place, wanted=wanted, other_texts=other_texts.get(name, {})
            )
            found.append(replace(extract, day_zero=day_zero))
    return found


def give_back(content: bytes, where: str, options: Options, wanted: Wanted, reasons: Reasons) -> bytes:
    """The rows that are to be corrected, in sheets of the same names under their own headings, with `why`."""
    extracts = {extract.sheet: extract for extract in read_tables(content, where, options, wanted)}
    other_texts = cells_of_other_text(content)
    sheets = {}
    for name, sheet in _visible_sheets(_open_workbook(content, where), options):
        if not reasons.get(name) or name not in extracts:
            continue
        rows, extract, others = _sheet_rows(sheet), extracts[name], other_texts.get(name, {})
        kept = [place for place, heading in enumerate(extract.header) if plain_heading(heading) != WHY]
        header: list[Sequence[Value]] = [list(extract.groups)] if extract.groups else []
        header.append(rows[extract.header_line - 1])
        lines = dict(zip(extract.rows["source_row"].to_pylist(), extract.rows["source_line"].to_pylist(), strict=True))
        found = [
            ([others.get((line - 1, place), rows[line - 1][place]) for place in kept], why)
            for number, why in sorted(reasons[name].items())
            for line in [lines[number]]
        ]
        sheets[name] = ([[row[place] for place in kept] for row in header], found)
    return write_workbook(sheets)


def visible_rows(content: bytes, where: str, options: Options) -> list[tuple[str, list[list[Value]]]]:
    """The sheets that would be read, with the values of their cells."""
    return [(name, _sheet_rows(sheet)) for name, sheet in _visible_sheets(_open_workbook(content, where), options)]


def other_sheets(content: bytes, where: str, options: Options, read: Collection[str | None]) -> tuple[str, ...]:
    """The sheets that hold anything and are not among those read; hidden ones are said to be."""
    book = _open_workbook(content, where)
    seen = {name for name, sheet in _visible_sheets(book, options) if name not in read and _sheet_rows(sheet)}
    hidden = {known.name for known in book.sheets_metadata if known.visible != SheetVisibleEnum.Visible} - set(read)
    names = [known.name for known in book.sheets_metadata if known.name in seen | hidden]
    return tuple(f"{name} (hidden)" if name in hidden else name for name in names)


def _open_workbook(content: bytes, where: str) -> CalamineWorkbook:
    refuse_bomb(content, where)
    try:
        return _load_workbook(content)
    except (CalamineError, zipfile.BadZipFile, OSError):
        raise FileRefused(where, "not a workbook that can be read", "Save it again as .xlsx and load that") from None


@lru_cache(maxsize=1)
def _load_workbook(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def refuse_bomb(content: bytes, where: str) -> None:
    """Raise `FileRefused` when the archive declares to unpack to far more than a workbook of records."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        raise FileRefused(where, "a damaged workbook", "Save it again as .xlsx and load that") from None
    if unpacked > MOST_UNPACKED or (unpacked > RATIO_MATTERS_FROM and unpacked > MOST_RATIO * len(content)):
        raise FileRefused(
            where,
            f"a workbook of {len(content):,} bytes that unpacks to {unpacked:,}",
            "Save only the sheets with records, without formatted empty rows",
        )


def _visible_sheets(book: CalamineWorkbook, options: Options) -> Iterator[tuple[str, CalamineSheet]]:
    for known in book.sheets_metadata[:MOST_SHEETS]:
        is_seen = known.visible == SheetVisibleEnum.Visible or options.hidden_sheets
        if known.typ == SheetTypeEnum.WorkSheet and is_seen:
            yield known.name, book.get_sheet_by_name(known.name)


def _sheet_rows(sheet: CalamineSheet) -> list[list[Value]]:
    return sheet.to_python(skip_empty_area=False)


def _find_header(rows: list[list[Value]], wanted: Wanted) -> tuple[int, float]:
    """Place of the row that holds the most of the wanted headings, and how much of them."""
    best, most = 0, 0.0
    for place, row in enumerate(rows[:MOST_TITLE_LINES]):
        if wanted.header_line in (None, place + 1):
            share = wanted.share(plain_heading(as_text(cell)) for cell in row)
            if share > most:
                best, most = place, share
    return best, most


def _extract_table(
    name: str,
    sheet: CalamineSheet,
    *,
    rows: list[list[Value]],
    place: int,
    wanted: Wanted,
    other_texts: dict[tuple[int, int], str],
) -> Extract:
    header = [as_text(cell).strip() for cell in rows[place]]
    named = max((position for position, heading in enumerate(header, start=1) if heading), default=0)
    below = rows[place + 1 :]
    del header[named + MOST_UNNAMED :]
    # Columns without a heading at the end are columns only where something stands in them.
    while len(header) > named and not any(as_text(row[len(header) - 1]).strip() for row in below):
        header.pop()
    columns: list[list[str | None]] = [[] for _ in header]
    lines: list[int] = []
    for number, row in enumerate(below, place + 1):
        cells = [
            other_texts.get((number, position)) or as_text(cell) for position, cell in enumerate(row[: len(header)])
        ]
        if any(cell.strip() for cell in cells[:named]):
            lines.append(number + 1)
            for column, cell in zip(columns, cells, strict=True):
                column.append(cell)
    table = pa.table({str(position): pa.array(column, pa.string()) for position, column in enumerate(columns)})
    for extra, values in (
        ("source_row", np.arange(1, len(lines) + 1, dtype=np.int32)),
        ("source_line", np.array(lines, dtype=np.int32)),
        ("has_other_width", np.zeros(len(lines), dtype=bool)),
    ):
        table = table.append_column(extra, pa.array(values))
    groups = _group_names(sheet, rows, place, len(header)) if wanted.header_rows == 2 else ()
    merged = _lines_merged_upwards(sheet, rows, place, named)
    return Extract(
        header=tuple(header),
        rows=table,
        encoding="workbook",
        sheet=name,
        groups=groups,
        header_line=place + 1,
        merged_rows=tuple(number for number, line in enumerate(lines, start=1) if line in merged),
    )


def _lines_merged_upwards(sheet: CalamineSheet, rows: list[list[Value]], place: int, named: int) -> set[int]:
    """Lines of which a cell under a heading is merged with one above that has a value."""
    return {
        line
        for first, last in sheet.merged_cell_ranges or ()
        if first[0] > place and first[1] < named and as_text(rows[first[0]][first[1]]).strip()
        for line in range(first[0] + 2, last[0] + 2)
    }


def _group_names(sheet: CalamineSheet, rows: list[list[Value]], place: int, width: int) -> tuple[str, ...]:
    """The names above the header, each over the cells that are merged with it, or else up to the next name."""
    if place == 0:
        return ("",) * width
    above = [as_text(cell).strip() for cell in rows[place - 1][:width]]
    merged = [(first[1], last[1]) for first, last in sheet.merged_cell_ranges or () if first[0] == place - 1]
    groups, last_name = list(above), ""
    if merged:
        for first, last in merged:
            for position in range(first, min(last + 1, width)):
                groups[position] = above[first]
        return tuple(groups)
    for position, name in enumerate(above):
        last_name = name or last_name
        groups[position] = last_name
    return tuple(groups)


def as_text(value: Value) -> str:
    """A cell as the text that was meant."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, dt.time):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
