"""Where the table of a text file begins: below title lines, with the delimiter that shows the most of its headings."""

import codecs
import csv
import io
import re
from dataclasses import dataclass
from typing import Any

from etl.readers import MOST_TITLE_LINES, WHY, Wanted, plain_heading
from etl.readers.delimited.encoding import UTF_16_MARKS, UTF_32_MARKS, is_utf_16

DELIMITERS = (",", ";", "\t", "|")
# How much of a file is looked at to find its header.
HEAD = 1 << 18
# The first line of a file that Excel wrote may say the separator, and nothing else.
SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=(.)"?[ \t;,]*\r?(?:\n|$)', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Head:
    """Where a table begins: its header, the line above it when that names groups, and how many lines go before rows."""

    share: float
    delimiter: str
    header: tuple[str, ...]
    groups: tuple[str, ...]
    line: int
    lines_before_rows: int


def first_text(content: bytes, encoding: str | None) -> str:
    """The beginning of a file as text, without deciding anything."""
    if content.startswith(UTF_32_MARKS):
        return content[:HEAD].decode("utf-32", "ignore")
    if content.startswith(UTF_16_MARKS):
        return content[:HEAD].decode("utf-16", "ignore")
    if encoding and is_utf_16(encoding):
        return content[:HEAD].decode(encoding, "ignore")
    try:
        text = codecs.utf_8_decode(content[:HEAD].removeprefix(codecs.BOM_UTF8), "strict", False)[0]
    except UnicodeDecodeError:
        try:
            text = content[:HEAD].decode(encoding or "cp1252", "ignore")
        except LookupError:
            return ""
    return text if "\n" in text else text.replace("\r", "\n")


def declared_separator(text: str) -> str | None:
    """The separator that the first line of a text says, `sep=;`; None when it is a line like any other."""
    found = SEPARATOR_LINE.match(text)
    return found[1] if found else None


def find_head(text: str, delimiter: str | None, wanted: Wanted, quote: str = '"') -> Head | None:
    """The line that looks most like the header, with the delimiter that shows it; the first of equals."""
    lines = [f"{line}\n" for line in text.split("\n")]
    delimiter = declared_separator(text) or delimiter
    if wanted.header:
        return _without_header(lines, delimiter, wanted.header, quote)
    found: Head | None = None
    for tried in (delimiter,) if delimiter else DELIMITERS:
        for place in range(min(len(lines), MOST_TITLE_LINES)):
            if wanted.header_line not in (None, place + 1):
                continue
            header, used = _record_at(lines, place, tried, quote)
            share = wanted.share(plain_heading(cell) for cell in header)
            if share > (found.share if found else 0.0):
                groups = _groups_of(lines, place, tried, len(header), quote) if wanted.header_rows == 2 else ()
                found = Head(
                    share=share,
                    delimiter=tried,
                    header=header,
                    groups=groups,
                    line=place + 1,
                    lines_before_rows=place + used,
                )
    return found


def _without_header(lines: list[str], delimiter: str | None, header: tuple[str, ...], quote: str) -> Head | None:
    """A table whose rows begin at once: known by as many cells as its source names, or one more with the reason why."""
    above = 1 if declared_separator(lines[0]) else 0
    for tried in (delimiter,) if delimiter else DELIMITERS:
        width = len(_record_at(lines, above, tried, quote)[0]) if above < len(lines) else 0
        if width in (len(header), len(header) + 1):
            return Head(
                share=1.0,
                delimiter=tried,
                header=(*header, WHY)[:width],
                groups=(),
                line=above + 1,
                lines_before_rows=above,
            )
    return None


def _record_at(lines: list[str], place: int, delimiter: str, quote: str) -> tuple[tuple[str, ...], int]:
    """The cells of the record that begins on this line, and how many lines it takes; no cells when it is none."""
    reader = csv.reader(iter(lines[place:]), delimiter=delimiter, strict=True, **quoting_options(quote))
    try:
        cells = tuple(next(reader, ()))
    except csv.Error:
        return (), 1
    return cells, reader.line_num


def quoting_options(quote: str) -> dict[str, Any]:
    """How the reader of the standard library treats a quotation mark; without one nothing is quoted."""
    return {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}


def _groups_of(lines: list[str], place: int, delimiter: str, width: int, quote: str) -> tuple[str, ...]:
    """The names above the header, each also over the empty cells to its right, as merged cells are exported."""
    above = _record_at(lines, place - 1, delimiter, quote)[0] if place else ()
    groups, last = [], ""
    for position in range(width):
        last = (above[position].strip() if position < len(above) else "") or last
        groups.append(last)
    return tuple(groups)


def first_header(text: str, delimiter: str) -> Head:
    """The header of a table that begins at once, or below a line that says the separator; no cells when it is none."""
    said = declared_separator(text)
    above = 1 if said else 0
    begin = io.StringIO(text, newline="")
    for _ in range(above):
        begin.readline()
    reader = csv.reader(begin, delimiter=said or delimiter, strict=True)
    try:
        header = next((tuple(record) for record in reader if record), ())
    except csv.Error:
        header = ()
    return Head(
        share=1.0,
        delimiter=said or delimiter,
        header=header,
        groups=(),
        line=above + 1,
        lines_before_rows=above + reader.line_num,
    )
