"""Tables of a file that no source describes yet: where they seem to begin, and what is none. Only `map` guesses."""

import csv as python_csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from data.errors import FileRefused
from etl.propose.column_profile import Look
from etl.readers import MOST_TITLE_LINES, Extract, Wanted, plain_heading
from etl.readers.delimited import csv
from etl.readers.delimited.head import DELIMITERS, first_text
from etl.readers.workbooks import excel

# A table in which neither people nor days are listed and most columns are figures holds no records.
OF_RECORDS = frozenset({"patient", "record", "subject", "case", "fall", "stay", "call", "incident"})
FIGURE = re.compile(r"[+-]?[0-9]+([.,][0-9]+)? ?%?")
MOST_FIGURES = 0.6


def guess_tables(content: bytes, name: str) -> list[Extract]:
    """The table of a text file, or those of the visible sheets of a workbook. `FileRefused` when there is none."""
    if content.startswith(excel.ZIP):
        return _read_sheets(content, name)
    csv.refuse_empty(content, name)
    lines = first_text(content, None).split("\n")[:MOST_TITLE_LINES]
    found = [(delimiter, *_find_header([_split_cells(line, delimiter) for line in lines])) for delimiter in DELIMITERS]
    delimiter, place, header = max(found, key=lambda one: len(one[2]))
    if len(header) < 2:
        raise FileRefused(name, "no header line can be found", "Say which line it is: header_line in a source's TOML")
    above = _split_cells(lines[place - 1], delimiter) if place else []
    names = frozenset(plain_heading(cell) for cell in header if cell.strip())
    wanted = Wanted(
        headings=names,
        written=tuple(header),
        header_rows=2 if _names_groups(above, header) else 1,
        header_line=place + 1,
    )
    extracts = csv.read_tables(content, name, csv.Options(kind="csv", delimiter=delimiter), wanted)
    if not any(extract.rows.num_rows for extract in extracts):
        raise FileRefused(name, "a header and no rows", "Take a file that has some: map looks at what its columns hold")
    return [replace(extract, delimiter=delimiter) for extract in extracts]


def _split_cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(python_csv.reader([line.rstrip("\r")], delimiter=delimiter), [])
    except python_csv.Error:
        return []


def _find_header(lines: list[list[str]]) -> tuple[int, list[str]]:
    """The first line in which nearly as many cells hold words as the lines of the table have cells.

    Single lines may be longer, such as those with a sign of separation in a remark.
    """
    width = _usual_width(lines)
    for place, line in enumerate(lines):
        words = [cell for cell in line if cell.strip() and not cell.strip()[0].isdigit()]
        if width > 1 and len(words) >= 0.8 * width:
            return place, line
    return 0, []


def _usual_width(lines: list[list[str]]) -> int:
    """How many cells of a line hold something, in the widest shape that at least a fifth of the lines have."""
    widths = Counter(sum(bool(cell.strip()) for cell in line) for line in lines if any(cell.strip() for cell in line))
    whole = sum(widths.values())
    common = [width for width in widths if sum(n for other, n in widths.items() if other >= width) >= max(2, whole / 5)]
    return max(common, default=max(widths, default=0))


def _names_groups(above: list[str], header: list[str]) -> bool:
    """Whether the line above a header names groups of its columns: several words, with gaps where groups go on."""
    filled = [cell.strip() for cell in above if cell.strip()]
    ends = [place for place, cell in enumerate(above) if cell.strip()]
    return (
        1 < len(filled) < sum(bool(cell.strip()) for cell in header)
        and len(above) <= len(header)
        and not any(cell[0].isdigit() for cell in filled)
        and ends[-1] - ends[0] >= len(ends)
    )


def _read_sheets(content: bytes, name: str) -> list[Extract]:
    options = excel.Options(kind="excel")
    found = []
    for sheet, rows in excel.visible_rows(content, name, options):
        lines = [[excel.as_text(cell) for cell in row] for row in rows[:MOST_TITLE_LINES]]
        place, header = _find_header(lines)
        repeated = len({plain_heading(cell) for cell in header if cell.strip()}) < sum(
            bool(cell.strip()) for cell in header
        )
        has_groups = repeated or (place > 0 and _names_groups(lines[place - 1], header))
        if header:
            names = frozenset(plain_heading(cell) for cell in header if cell.strip())
            wanted = Wanted(
                headings=names, written=tuple(header), header_rows=2 if has_groups else 1, header_line=place + 1
            )
            read = excel.read_tables(content, name, options, wanted)
            found += [one for one in read if one.sheet == sheet and one.rows.num_rows]
    if not found:
        raise FileRefused(name, "no sheet with a header line", "Say which line it is: header_line in a source's TOML")
    return found


def refuse_crosstab(extract: Extract, looks: Sequence[Look], name: str) -> None:
    """Raise `FileRefused` where neither people nor days are listed, and most columns are figures."""
    if len(looks) < 3 or any(_names_records(one) or one.moment in ("dates", "date_times") for one in looks):
        return
    figures = [one for one in looks[1:] if one.filled and one.share_of(_is_figure) > 0.8]
    if len(figures) >= MOST_FIGURES * (len(looks) - 1):
        where = name if extract.sheet is None else f"{name}#{extract.sheet}"
        raise FileRefused(
            where,
            "a table of counts or means, not of records",
            "Ask for the rows behind it, one for each procedure or score",
        )


def _names_records(one: Look) -> bool:
    return bool(OF_RECORDS & one.meanings) and not one.moment and one.different > 1


def _is_figure(written: str) -> bool:
    return FIGURE.fullmatch(written) is not None
