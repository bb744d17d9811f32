"""Delimited text: exact rows and lines, strict quotes, and a reported decision on the encoding.

Most files hold no quote at all; then one line is one row and pyarrow reads them fast. Every other file goes
through Python's strict csv reader, which knows on which line each row begins.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
from pydantic import Field

from data.errors import FileRefused
from data.spreadsheet_text import neutral_text, original_text
from etl.readers import BLANKS, ENOUGH_HEADINGS, WHY, Extract, ReaderOptions, Reasons, Wanted, plain_heading
from etl.readers.delimited.encoding import as_it_came, to_utf8
from etl.readers.delimited.head import HEAD, Head, find_head, first_header, first_text, quoting_options

# White space in UTF-8 that copies from documents bring along.
RARE_BLANKS = (b"\xc2\xa0", b"\xe2\x80\x87", b"\xe2\x80\xaf", b"\xef\xbb\xbf", b"\x0b", b"\x0c")
LONGEST_CELL = 131_072
# How digits as wide as letters of Chinese and Japanese begin.
WIDE = b"\xef\xbc"
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
MOST_COLUMNS = 2_000
# Bytes of a plain file that are read at once.
PART = 1 << 25


class Options(ReaderOptions):
    """Delimited text. Without a delimiter the one that shows the most of the wanted headings is taken."""

    kind: Literal["csv"]
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: str | None = None
    quote: str = Field(default='"', max_length=1)


def read_header(content: bytes, where: str, delimiter: str) -> tuple[str, ...]:
    """The cells of the first line, or of the one below a line that says the separator; empty when it is no header."""
    if content.startswith(b"PK\x03\x04"):
        to_utf8(content, where)
    return first_header(first_text(content, None), delimiter).header


def refuse_empty(content: bytes, where: str) -> None:
    """Raise `FileRefused` when there is nothing but white space."""
    if not content.strip():
        raise FileRefused(
            where, "the file is empty", "Export it again; where there was nothing to report, a header stands alone"
        )


def read_table(content: bytes, where: str, delimiter: str = ",") -> Extract:
    """A file whose first line is its header, as text rows. `FileRefused` names the line that is no row of a table."""
    return _join_parts(list(read_parts(content, where, delimiter)))


def read_parts(content: bytes, where: str, delimiter: str = ",") -> Iterator[Extract]:
    """The same, a large plain file in parts, so that a million rows need not lie in memory at once."""
    refuse_empty(content, where)
    text, encoding = to_utf8(content, where)
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    head = first_header(text[:HEAD].decode("utf-8", "ignore"), delimiter)
    if not head.header:
        head = replace(head, header=tuple(next(_read_quoted_records(text, where, delimiter, 1))[1]))
    yield from _read_rows(text, where, head, encoding)


def share_found(content: bytes, options: Options, wanted: Wanted) -> float:
    """How much of what is wanted stands in the header, 0 to 1."""
    if content.startswith(b"PK\x03\x04"):
        return 0.0
    head = find_head(first_text(content, options.encoding), options.delimiter, wanted, options.quote)
    return head.share if head else 0.0


def read_tables(content: bytes, where: str, options: Options, wanted: Wanted) -> list[Extract]:
    """The one table of a file of any habits: its header is the line that holds the most of the wanted headings."""
    refuse_empty(content, where)
    text, encoding = to_utf8(content, where, options.encoding)
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    head = find_head(text[:HEAD].decode("utf-8", "ignore"), options.delimiter, wanted, options.quote)
    if head is None or head.share < ENOUGH_HEADINGS:
        return []
    return [without_blank_rows(_join_parts(list(_read_rows(text, where, head, encoding, options.quote))))]


def _join_parts(parts: list[Extract]) -> Extract:
    return replace(parts[0], rows=pa.concat_tables([part.rows for part in parts]))


def _end_of_lines(text: bytes, count: int) -> int:
    """Where the text after its first lines begins."""
    end = 0
    for _ in range(count):
        end = text.find(b"\n", end) + 1
        if not end:
            return len(text)
    return end


def _read_rows(text: bytes, where: str, head: Head, encoding: str, quote: str = '"') -> Iterator[Extract]:
    width = len(head.header)
    if width > MOST_COLUMNS:
        raise FileRefused(f"{where}, line {head.line}", f"{width} columns", "Check the separator and export again")
    first_line = head.lines_before_rows + 1
    start = _end_of_lines(text, head.lines_before_rows)
    if start < len(text) and _is_plain(text, start, head.delimiter, width, quote):
        tables = _read_plain(text, start, head.delimiter, width, first_line)
    else:
        tables = iter([_read_records(text[start:], where, head, first_line, quote)])
    edges = _has_edge_blanks(text, start, head.delimiter)
    is_wide = text.find(WIDE, start) >= 0
    is_cut = not text.endswith(b"\n")
    for rows in tables:
        yield Extract(
            header=head.header,
            rows=rows,
            encoding=encoding,
            has_edge_blanks=edges,
            groups=head.groups,
            header_line=head.line,
            delimiter=head.delimiter,
            is_cut=is_cut,
            has_wide_digits=is_wide,
        )


def without_blank_rows(extract: Extract) -> Extract:
    """The table without rows whose cells are all empty, as spreadsheets leave them behind; rows are numbered anew."""
    blank = None
    for place in range(len(extract.header)):
        empty = pyarrow.compute.equal(
            pyarrow.compute.utf8_trim_whitespace(pyarrow.compute.fill_null(extract.rows.column(str(place)), "")), ""
        )
        blank = empty if blank is None else pyarrow.compute.and_(blank, empty)
        if not pyarrow.compute.any(blank).as_py():
            return extract
    kept = extract.rows.filter(pyarrow.compute.invert(blank))
    place = kept.schema.get_field_index("source_row")
    numbers = pa.array(np.arange(1, kept.num_rows + 1, dtype=np.int32))
    return replace(extract, rows=kept.set_column(place, "source_row", numbers))


def _has_edge_blanks(text: bytes, start: int, delimiter: str) -> bool:
    """Whether any cell may begin or end with white space. Most files have none, and need no trimming."""
    edge = delimiter.encode()
    rare = RARE_BLANKS[-2:] if text.isascii() else RARE_BLANKS
    if any(text.find(blank, start) >= 0 for blank in rare):
        return True
    beside = [edge, b"\n", *(one for one in (b"\r", b'"') if text.find(one, start) >= 0)]
    blanks = [blank for blank in (b" ", b"\t") if blank != edge and text.find(blank, start) >= 0]
    return any(text.find(pair, start) >= 0 for blank in blanks for one in beside for pair in (blank + one, one + blank))


def _split_parts(text: bytes, start: int) -> Iterator[bytes]:
    """The text from here on in parts of whole lines."""
    while start < len(text):
        end = text.rfind(b"\n", start, start + PART) + 1 or text.find(b"\n", start) + 1 or len(text)
        if len(text) <= start + PART:
            end = len(text)
        yield text[start:end]
        start = end


def _is_plain(text: bytes, start: int, delimiter: str, width: int, quote: str) -> bool:
    """Whether every line is one row of `width` cells: no quotes, no blank lines, no lone carriage returns."""
    if any(text.find(sign, start) >= 0 for sign in (quote.encode(), b"\n\n", b"\n\r\n") if sign):
        return False
    if text.count(b"\r", start) != text.count(b"\r\n", start):
        return False
    return all(_is_even(part, delimiter, width) for part in _split_parts(text, start))


def _is_even(part: bytes, delimiter: str, width: int) -> bool:
    """Whether every line has `width` cells and none is too long."""
    signs = np.frombuffer(part, np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    begins = np.concatenate([[0], ends + 1])
    begins = begins[begins < len(part)]
    lengths = np.diff(np.append(begins, len(part)))
    if len(delimiter.encode()) > 1 or lengths.max() > LONGEST_CELL:
        return False
    delimiters = np.add.reduceat(signs == ord(delimiter), begins, dtype=np.int32)
    return bool((delimiters == width - 1).all())


def _read_plain(text: bytes, start: int, delimiter: str, width: int, first_line: int) -> Iterator[pa.Table]:
    """Rows of a plain file, part by part."""
    names = [str(place) for place in range(width)]
    rows_before = 0
    for part in _split_parts(text, start):
        cells = pyarrow.csv.read_csv(
            pa.BufferReader(part),
            read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=1 << 22),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
        rows = np.arange(1, cells.num_rows + 1, dtype=np.int32) + np.int32(rows_before)
        rows_before += cells.num_rows
        yield _with_places(cells, rows, rows + np.int32(first_line - 1), np.zeros(cells.num_rows, dtype=bool))


def _with_places(cells: pa.Table, rows: np.ndarray, lines: np.ndarray, odd: np.ndarray) -> pa.Table:
    for name, values in (("source_row", rows), ("source_line", lines), ("has_other_width", odd)):
        cells = cells.append_column(name, pa.array(values))
    return cells


def _read_quoted_records(
    text: bytes, where: str, delimiter: str, first_line: int, quote: str = '"'
) -> Iterator[tuple[int, list[str]]]:
    """Records with the line each begins on; blank lines are not records."""
    lines = io.StringIO(text.decode("utf-8"), newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True, **quoting_options(quote))
    begins = first_line
    try:
        for record in reader:
            if record and not (len(record) == 1 and not record[0].strip()):
                yield begins, record
            begins = reader.line_num + first_line
    except csv.Error as error:
        raise FileRefused(
            f"{where}, line {begins}",
            f"the row that begins here cannot be read ({error})",
            "Look for an opening quote without its closing one, or a cell that is far too long",
        ) from None


def _read_records(text: bytes, where: str, head: Head, first_line: int, quote: str) -> pa.Table:
    """Rows by the strict reader; a row of another width keeps its cells up to the header's.

    Empty cells behind the last one, as some exports write, are no other width; nor is a row without the cells below
    headings that are empty at the end.
    """
    width = len(head.header)
    least = max((place for place, name in enumerate(head.header, start=1) if name.strip()), default=width)
    columns: list[list[str | None]] = [[] for _ in range(width)]
    begins: list[int] = []
    odd: list[bool] = []
    for line, record in _read_quoted_records(text, where, head.delimiter, first_line, quote):
        begins.append(line)
        odd.append(len(record) < least or any(cell.strip() for cell in record[width:]))
        for place, column in enumerate(columns):
            column.append(record[place] if place < len(record) else None)
    cells = pa.table({str(place): pa.array(column, pa.string()) for place, column in enumerate(columns)})
    rows = np.arange(1, len(begins) + 1, dtype=np.int32)
    return _with_places(cells, rows, np.array(begins, dtype=np.int32), np.array(odd, dtype=bool))


def give_back(content: bytes, where: str, options: Options, wanted: Wanted, reasons: Reasons) -> bytes:
    """The rows that are to be corrected under the sender's own headings, with `why`, in its delimiter and encoding."""
    extracts = read_tables(content, where, options, wanted)
    if not extracts:
        return b""
    text = write_rows(
        extracts[0], reasons.get(extracts[0].sheet, {}), extracts[0].delimiter, options.quote, not wanted.header
    )
    return as_it_came(text, content, options.encoding)


def _harmless_cell(cell: str | None) -> str:
    """A cell that no spreadsheet runs and that the loader reads as the one received; a number stays a number."""
    return cell or "" if cell is None or NUMBER.fullmatch(cell) else neutral_text(original_text(cell.strip(BLANKS)))


def write_rows(
    extract: Extract, reasons: Mapping[int, str], delimiter: str, quote: str = '"', with_header: bool = True
) -> str:
    """Some rows of a table as delimited text: the header (two rows where it has groups), the rows, and `why`.

    Text that a spreadsheet would run as a formula has an apostrophe before it.
    """
    kept = [place for place, column in enumerate(extract.header) if plain_heading(column) != WHY]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", **quoting_options(quote))
    if extract.groups:
        writer.writerow([*(_harmless_cell(extract.groups[place]) for place in kept), ""])
    if with_header:
        writer.writerow([*(_harmless_cell(extract.header[place]) for place in kept), WHY])
    columns = [extract.rows.column(str(place)).to_pylist() for place in kept]
    for place, number in enumerate(extract.rows.column("source_row").to_pylist()):
        if number in reasons:
            why = reasons[number] if quote else reasons[number].replace(delimiter, " ")
            writer.writerow([*(_harmless_cell(column[place]) for column in columns), why])
    return text.getvalue()
