"""One reader per file kind: bytes in, rows of text with row and line numbers out. Nothing is cast here.

A reader is a module with
- `Options`: what a source may say about such files (`kind` names the reader);
- `share_found(content, options, wanted)`: how much of what is wanted such a file shows, 0 to 1;
- `read(content, where, options, wanted)`: its tables, one `Extract` each; `FileRefused` when it cannot be read;
- `give_back(content, where, options, wanted, reasons)`: a file of the same kind with the rows of `reasons` and why.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from data.spreadsheet_text import original_text

# Sheet (None where the file is one table) → data row → why it comes back.
Reasons = Mapping[str | None, Mapping[int, str]]
# The column with the reason of a row that comes back; nothing reads it when the corrected file is loaded.
WHY = "why"
# Day 0 of a workbook, and of one that was made to fit the first Macintoshes.
FIRST_EXCEL_DAY, FIRST_MACINTOSH_DAY = "1899-12-30", "1904-01-01"
# White space that people and spreadsheets leave around a value.
BLANKS = " \t\r\n\x0b\x0c\u00a0\u2007\u202f\u3000\ufeff"
WIDE_DIGITS, PLAIN_DIGITS = "０１２３４５６７８９", "0123456789"
WIDE_SIGNS, PLAIN_SIGNS = "：／．，－Ｔ", ":/.,-T"
NARROW = str.maketrans(WIDE_DIGITS, PLAIN_DIGITS)
MOST_TITLE_LINES = 40
ENOUGH_HEADINGS = 0.5
# What every cell of an erased person's row holds in the archive.
ERASED = "[erased]"


@dataclass(frozen=True, kw_only=True)
class Extract:
    """A delivered table as text.

    `rows` has one string column per header cell named `0`, `1`, … (a missing cell is null), then `source_row`
    (from 1), `source_line` (where the row begins, from 1) and `has_other_width` (more or fewer cells than the header);
    where single rows could not be read, `problem` names the rule that each of them breaks.
    `has_edge_blanks` is false when no cell begins or ends with white space. `sheet` is the name within the file;
    `groups` stand above the header, one for each cell, where the header has two rows. `delimiter` separates the cells
    of a text file; it is empty for other kinds. `day_zero` is the day from which a workbook counts days. `is_cut`: the
    text ends without the end of its last line. `has_wide_digits` is false when no cell holds digits as wide as letters
    of Chinese and Japanese. `merged_rows`: data rows in which a cell is one with the cell above it, and so is empty.
    """

    header: tuple[str, ...]
    rows: pa.Table
    encoding: str
    has_edge_blanks: bool = True
    sheet: str | None = None
    groups: tuple[str, ...] = ()
    header_line: int = 1
    delimiter: str = ""
    day_zero: str = FIRST_EXCEL_DAY
    is_cut: bool = False
    has_wide_digits: bool = True
    merged_rows: tuple[int, ...] = ()

    def with_erased(self) -> "Extract":
        """The table with redacted rows named as what they are: rows of a person who was erased."""
        is_erased = pc.fill_null(pc.equal(self.rows.column("0"), ERASED), False)
        if not pc.any(is_erased).as_py():
            return self
        known = "problem" in self.rows.schema.names
        problem = self.rows.column("problem") if known else pa.nulls(self.rows.num_rows, pa.string())
        rows = self.rows.drop_columns(["problem"]) if known else self.rows
        named = pc.if_else(is_erased, "excluded_person", problem)
        return replace(self, rows=rows.append_column("problem", named))

    def holds_any(self, place: int) -> bool:
        """Whether anything stands in a column."""
        cells = pc.utf8_trim_whitespace(pc.fill_null(self.rows.column(str(place)), ""))
        return bool(pc.any(pc.not_equal(cells, "")).as_py())

    def with_plain_digits(self) -> "Extract":
        """The table with digits as ASCII has them, and the signs between two of them."""
        if not self.has_wide_digits:
            return self
        rows = self.rows
        for place in map(str, range(len(self.header))):
            cells = rows.column(place)
            if pc.any(pc.match_substring_regex(cells, f"[{WIDE_DIGITS}]")).as_py():
                for wide, digit in zip(WIDE_DIGITS, PLAIN_DIGITS, strict=True):
                    cells = pc.replace_substring(cells, wide, digit)
                for wide, sign in zip(WIDE_SIGNS, PLAIN_SIGNS, strict=True):
                    cells = pc.replace_substring_regex(cells, f"([0-9]){wide}([0-9])", f"\\1{sign}\\2")
                rows = rows.set_column(rows.schema.get_field_index(place), place, cells)
        return replace(self, rows=rows, has_wide_digits=False)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a mapping looks for in a file: its headings in plain form and as written, and where its header stands.

    `header` names the columns of a file that has no header line. `needed`: patterns of which a heading fits one, or it
    is another table.
    """

    headings: frozenset[str] = frozenset()
    written: tuple[str, ...] = ()
    header_rows: int = 1
    header_line: int | None = None
    header: tuple[str, ...] = ()
    needed: tuple[re.Pattern[str], ...] = ()

    def share(self, names: Iterable[str]) -> float:
        """How much of what is wanted stands among these plain names, 0 to 1."""
        known = set(names)
        if self.needed and not any(pattern.fullmatch(name) for pattern in self.needed for name in known):
            return 0.0
        return len(self.headings & known) / len(self.headings) if self.headings else 0.0


class ReaderOptions(BaseModel):
    """What a source may say about its files."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def plain_heading(written: str) -> str:
    """A heading or a code as compared: in lower case, with single spaces and plain digits, without our apostrophe."""
    return re.sub(r"[\s\u00a0\u2007\u202f\ufeff]+", " ", narrow(original_text(written))).strip().lower()


def narrow(written: str) -> str:
    """A text with digits as ASCII has them: those as wide as letters of Chinese and Japanese are the same digits."""
    return written if written.isascii() else written.translate(NARROW)


def column_letter(place: int) -> str:
    """How spreadsheets call a column, counted from 0: A to Z, AA and on."""
    before, last = divmod(place, 26)
    return (column_letter(before - 1) if before else "") + chr(ord("A") + last)
