"""Delimited text: exact rows and lines, strict quotes, and a reported decision on the encoding.

Most files hold no quote at all; then one line is one row and pyarrow reads them fast. Every other file goes
through Python's strict csv reader, which knows on which line each row begins.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
from pydantic import Field

from etl.readers import ENOUGH_HEADINGS, WHY, Extract, ReaderOptions, Reasons, Wanted, plain
from etl.readers.encoding import to_utf8
from etl.readers.head import HEAD, Head, find_head, first_text, lines_of_first_record
from queries.errors import FileRefused

# White space in UTF-8 that copies from documents bring along.
RARE_BLANKS = (b"\xc2\xa0", b"\xe2\x80\x87", b"\xe2\x80\xaf", b"\xef\xbb\xbf", b"\x0b", b"\x0c")
LONGEST_CELL = 131_072
MOST_COLUMNS = 2_000


class Options(ReaderOptions):
    """Delimited text. Without a delimiter the one that shows the most of the wanted headings is taken."""

    kind: Literal["csv"]
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: str | None = None


def read_header(content: bytes, where: str, delimiter: str) -> tuple[str, ...]:
    """The cells of the first line; empty when there is no first line that could be a header."""
    first_line = content[: content.find(b"\n") + 1 or len(content)]
    if len(first_line) > LONGEST_CELL:
        return ()
    text = to_utf8(first_line, where)[0].decode("utf-8")
    try:
        return tuple(next(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), ()))
    except csv.Error:
        return ()


def refuse_empty(content: bytes, where: str) -> None:
    """Raise `FileRefused` when there is nothing but white space."""
    if not content.strip():
        raise FileRefused(where, "the file is empty", "Export it again; a file has a header and at least one row")


def read_table(content: bytes, where: str, delimiter: str = ",") -> Extract:
    """A file whose first line is its header, as text rows. `FileRefused` names the line that is no row of a table."""
    refuse_empty(content, where)
    text, encoding = to_utf8(content, where)
    header = read_header(text, where, delimiter) or tuple(next(_records(text, where, delimiter, 1))[1])
    head = Head(1.0, delimiter, header, (), 1, lines_of_first_record(text, delimiter))
    return _read_rows(text, where, head, encoding)


def share_found(content: bytes, options: Options, wanted: Wanted) -> float:
    """How much of what is wanted stands in the header, 0 to 1."""
    if content.startswith(b"PK\x03\x04"):
        return 0.0
    head = find_head(first_text(content, options.encoding), options.delimiter, wanted)
    return head.share if head else 0.0


def read(content: bytes, where: str, options: Options, wanted: Wanted) -> list[Extract]:
    """The one table of a file of any habits: its header is the line that holds the most of the wanted headings."""
    refuse_empty(content, where)
    text, encoding = to_utf8(content, where, options.encoding)
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    head = find_head(text[:HEAD].decode("utf-8", "ignore"), options.delimiter, wanted)
    if head is None or head.share < ENOUGH_HEADINGS:
        return []
    return [without_blank_rows(_read_rows(text, where, head, encoding))]


def _after_lines(text: bytes, count: int) -> bytes:
    """The text without its first lines."""
    end = 0
    for _ in range(count):
        end = text.find(b"\n", end) + 1
        if not end:
            return b""
    return text[end:]


def _read_rows(text: bytes, where: str, head: Head, encoding: str) -> Extract:
    width = len(head.header)
    if width > MOST_COLUMNS:
        raise FileRefused(f"{where}, line {head.line}", f"{width} columns", "Check the separator and export again")
    body = _after_lines(text, head.lines_before_rows)
    first_line = head.lines_before_rows + 1
    rows = None
    if body and _is_plain(body, head.delimiter, width):
        rows = _read_plain(body, head.delimiter, width, first_line)
    if rows is None:
        rows = _read_records(body, where, head.delimiter, width, first_line)
    if rows.num_rows == 0:
        raise FileRefused(
            f"{where}, line {first_line}", "a header and no rows", "If there was nothing to report, leave the file out"
        )
    edges = _has_edge_blanks(body, head.delimiter)
    return Extract(
        head.header, rows, encoding, edges, groups=head.groups, header_line=head.line, delimiter=head.delimiter
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


def _has_edge_blanks(text: bytes, delimiter: str) -> bool:
    """Whether any cell may begin or end with white space. Most files have none, and need no trimming."""
    edge = delimiter.encode()
    return any(blank in text for blank in RARE_BLANKS) or any(
        pair in text
        for blank in (b" ", b"\t")
        if blank != edge
        for pair in (
            blank + edge,
            edge + blank,
            blank + b"\r",
            blank + b"\n",
            b"\n" + blank,
            blank + b'"',
            b'"' + blank,
        )
    )


def _line_count(text: bytes) -> int:
    return text.count(b"\n") + (not text.endswith(b"\n"))


def _is_plain(text: bytes, delimiter: str, width: int) -> bool:
    """Whether every line can be one row of `width` cells: no quotes, no blank lines, no lone carriage returns."""
    if b'"' in text or b"\n\n" in text or b"\n\r\n" in text or text.count(b"\r") != text.count(b"\r\n"):
        return False
    return _longest_line(text) <= LONGEST_CELL and text.count(delimiter.encode()) == _line_count(text) * (width - 1)


def _longest_line(text: bytes) -> int:
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
    return int(np.diff(np.concatenate([[-1], ends, [len(text)]])).max())


def _read_plain(text: bytes, delimiter: str, width: int, first_line: int) -> pa.Table | None:
    """Rows of a plain file, or None when a single line turns out to differ after all."""
    names = [str(place) for place in range(width)]
    try:
        cells = pyarrow.csv.read_csv(
            pa.BufferReader(text),
            read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=1 << 22),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if cells.num_rows != _line_count(text):
        return None
    rows = np.arange(1, cells.num_rows + 1, dtype=np.int32)
    return _with_places(cells, rows, rows + np.int32(first_line - 1), np.zeros(cells.num_rows, dtype=bool))


def _with_places(cells: pa.Table, rows: np.ndarray, lines: np.ndarray, odd: np.ndarray) -> pa.Table:
    for name, values in (("source_row", rows), ("source_line", lines), ("has_other_width", odd)):
        cells = cells.append_column(name, pa.array(values))
    return cells


def _records(text: bytes, where: str, delimiter: str, first_line: int) -> Iterator[tuple[int, list[str]]]:
    """Records with the line each begins on; blank lines are not records."""
    reader = csv.reader(io.StringIO(text.decode("utf-8"), newline=""), delimiter=delimiter, strict=True)
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


def _read_records(text: bytes, where: str, delimiter: str, width: int, first_line: int) -> pa.Table:
    """Rows by the strict reader; a row of another width keeps its cells up to the header's."""
    columns: list[list[str | None]] = [[] for _ in range(width)]
    begins: list[int] = []
    odd: list[bool] = []
    for line, record in _records(text, where, delimiter, first_line):
        begins.append(line)
        odd.append(len(record) != width)
        for place, column in enumerate(columns):
            column.append(record[place] if place < len(record) else None)
    cells = pa.table({str(place): pa.array(column, pa.string()) for place, column in enumerate(columns)})
    rows = np.arange(1, len(begins) + 1, dtype=np.int32)
    return _with_places(cells, rows, np.array(begins, dtype=np.int32), np.array(odd, dtype=bool))


def give_back(content: bytes, where: str, options: Options, wanted: Wanted, reasons: Reasons) -> bytes:
    """The rows that are to be corrected under the sender's own headings, with `why`, in its delimiter and encoding."""
    head = find_head(first_text(content, options.encoding), options.delimiter, wanted)
    extracts = read(content, where, options, wanted)
    if head is None or not extracts:
        return b""
    text = written(extracts[0], reasons.get(extracts[0].sheet, {}), head.delimiter)
    return _as_it_came(text, content, options)


def _as_it_came(text: str, content: bytes, options: Options) -> bytes:
    """Text in the encoding of a file, so that it is read back in the same way."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return text.encode("utf-16")
    try:
        codecs.utf_8_decode(content, "strict", True)
    except UnicodeDecodeError:
        try:
            return text.encode(options.encoding or "cp1252")
        except UnicodeEncodeError:
            return codecs.BOM_UTF8 + text.encode("utf-8")
    return (codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b"") + text.encode("utf-8")


def written(extract: Extract, reasons: Mapping[int, str], delimiter: str) -> str:
    """Some rows of a table as delimited text: the header (two rows where it has groups), the rows, and `why`."""
    kept = [place for place, column in enumerate(extract.header) if plain(column) != WHY]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    if extract.groups:
        writer.writerow([*(extract.groups[place] for place in kept), ""])
    writer.writerow([*(extract.header[place] for place in kept), WHY])
    columns = [extract.rows.column(str(place)).to_pylist() for place in kept]
    for place, number in enumerate(extract.rows.column("source_row").to_pylist()):
        if number in reasons:
            writer.writerow([*(column[place] or "" for column in columns), reasons[number]])
    return text.getvalue()
