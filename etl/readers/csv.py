"""Delimited text: exact rows and lines, strict quotes, and a reported decision on the encoding.

Most files hold no quote at all; then one line is one row and pyarrow reads them fast. Every other file goes
through Python's strict csv reader, which knows on which line each row begins.
"""

import codecs
import csv
import io
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.csv

from etl.readers import Extract
from queries.errors import FileRefused

DELIMITERS = (",", ";", "\t", "|")
# White space in UTF-8 that copies from documents bring along.
RARE_BLANKS = (b"\xc2\xa0", b"\xe2\x80\x87", b"\xe2\x80\xaf", b"\xef\xbb\xbf", b"\x0b", b"\x0c")
LONGEST_CELL = 131_072
MOST_COLUMNS = 2_000


def to_utf8(content: bytes, where: str) -> tuple[bytes, str]:
    """The text as UTF-8 and how it was read: byte order mark, else strict UTF-8, else Windows-1252.

    `FileRefused` for what is not text.
    """
    if content.startswith(b"PK\x03\x04"):
        raise FileRefused(where, "a workbook or archive, not a CSV file", "Save the sheet as CSV and load that")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _recode(content, "utf-16", where), "utf-16, by its byte order mark"
    if b"\x00" in content:
        line = content.count(b"\n", 0, content.index(b"\x00")) + 1
        raise FileRefused(f"{where}, line {line}", "a zero byte: not a text file", "Export the table as CSV in UTF-8")
    marked = content.startswith(codecs.BOM_UTF8)
    unmarked = content[len(codecs.BOM_UTF8) :] if marked else content
    try:
        codecs.utf_8_decode(unmarked, "strict", True)
    except UnicodeDecodeError:
        return _recode(content, "cp1252", where), "windows-1252, because it is not valid UTF-8"
    return unmarked, "utf-8, by its byte order mark" if marked else "utf-8"


def _recode(content: bytes, encoding: str, where: str) -> bytes:
    try:
        return content.decode(encoding).encode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileRefused(
            f"{where}, line {line}", "bytes that are no known text", "Export the file as CSV in UTF-8"
        ) from None


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


def read(content: bytes, where: str, delimiter: str = ",") -> Extract:
    """The whole file as text rows. `FileRefused` names the line when it cannot be read as a table."""
    refuse_empty(content, where)
    text, encoding = to_utf8(content, where)
    header = read_header(text, where, delimiter) or tuple(next(_records(text, where, delimiter))[1])
    if len(header) > MOST_COLUMNS:
        raise FileRefused(f"{where}, line 1", f"{len(header)} columns", "Check the separator and export again")
    rows = None
    if _is_plain(text, delimiter, len(header)):
        rows = _read_plain(text, delimiter, len(header))
    if rows is None:
        rows = _read_records(text, where, delimiter, len(header))
    if rows.num_rows == 0:
        raise FileRefused(
            f"{where}, line 2", "a header and no rows", "If there was nothing to report, leave the file out"
        )
    return Extract(header, rows, encoding, has_edge_blanks=_has_edge_blanks(text, delimiter))


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


def _read_plain(text: bytes, delimiter: str, width: int) -> pa.Table | None:
    """Rows of a plain file, or None when a single line turns out to differ after all."""
    names = [str(place) for place in range(width)]
    try:
        cells = pyarrow.csv.read_csv(
            pa.BufferReader(text),
            read_options=pyarrow.csv.ReadOptions(column_names=names, skip_rows=1, block_size=1 << 22),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if cells.num_rows != _line_count(text) - 1:
        return None
    rows = np.arange(1, cells.num_rows + 1, dtype=np.int32)
    return _with_places(cells, rows, rows + 1, np.zeros(cells.num_rows, dtype=bool))


def _with_places(cells: pa.Table, rows: np.ndarray, lines: np.ndarray, odd: np.ndarray) -> pa.Table:
    for name, values in (("source_row", rows), ("source_line", lines), ("has_other_width", odd)):
        cells = cells.append_column(name, pa.array(values))
    return cells


def _records(text: bytes, where: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the line each begins on; blank lines are not records."""
    reader = csv.reader(io.StringIO(text.decode("utf-8"), newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for record in reader:
            if record and not (len(record) == 1 and not record[0].strip()):
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(
            f"{where}, line {begins}",
            f"the row that begins here cannot be read ({error})",
            "Look for an opening quote without its closing one, or a cell that is far too long",
        ) from None


def _read_records(text: bytes, where: str, delimiter: str, width: int) -> pa.Table:
    """Rows by the strict reader; a row of another width keeps its cells up to the header's."""
    columns: list[list[str | None]] = [[] for _ in range(width)]
    begins: list[int] = []
    odd: list[bool] = []
    records = _records(text, where, delimiter)
    next(records)
    for line, record in records:
        begins.append(line)
        odd.append(len(record) != width)
        for place, column in enumerate(columns):
            column.append(record[place] if place < len(record) else None)
    cells = pa.table({str(place): pa.array(column, pa.string()) for place, column in enumerate(columns)})
    rows = np.arange(1, len(begins) + 1, dtype=np.int32)
    return _with_places(cells, rows, np.array(begins, dtype=np.int32), np.array(odd, dtype=bool))
