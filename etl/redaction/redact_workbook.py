"""A workbook without some rows, and without a number wherever other rows mention it.

Only the cells are carried over, of every sheet, each as the reader sees it: formulas as their values, hidden sheets
hidden, names that are merged over a header. Pictures, comments, properties and macros may name anybody, and go.
Whatever kind of workbook it was, it becomes `.xlsx`, the kind that can be written; the same rows are read from it.
"""

import datetime as dt
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import xlsxwriter
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum
from xlsxwriter.worksheet import Worksheet

from data.errors import StorageProblem
from etl.readers import ERASED, MOST_TITLE_LINES
from etl.readers.workbooks.cell_texts import cells_of_other_text
from etl.readers.workbooks.excel import Value, as_text
from etl.redaction.search_home import Needles

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
FORMS = {
    dt.datetime: "yyyy-mm-dd hh:mm:ss", dt.date: "yyyy-mm-dd", dt.time: "hh:mm:ss", dt.timedelta: "[hh]:mm:ss",
}  # fmt: skip
Grid = list[list[Value]]
Place = tuple[int, int]


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet, and the cells over a header that are merged: first and last (row, column), from 0."""

    name: str
    visible: SheetVisibleEnum
    cells: Grid
    merged: tuple[tuple[Place, Place], ...] = ()


def sheets_of(content: bytes) -> list[Sheet]:
    """Every sheet of cells, also hidden ones; what a reader names where a cell has no value stands in it as text."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    unknown = cells_of_other_text(content)
    found = []
    for known in book.sheets_metadata:
        if known.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(known.name)
            cells = sheet.to_python(skip_empty_area=False)
            for (row, column), shown in unknown.get(known.name, {}).items():
                if row < len(cells) and column < len(cells[row]):
                    cells[row][column] = shown
            found.append(Sheet(known.name, known.visible, cells, tuple(_merged_ranges(sheet))))
    return found


def _merged_ranges(sheet: CalamineSheet) -> Iterable[tuple[Place, Place]]:
    return (one for one in sheet.merged_cell_ranges or () if one[0][0] == one[1][0] < MOST_TITLE_LINES)


def without_lines(
    content: bytes,
    lines: Mapping[str | None, Collection[int]],
    needles: Needles,
    facts: Mapping[str | None, Collection[int]],
) -> bytes:
    """The workbook with these lines of its sheets erased, and the numbers in the text of all others.

    `facts` are the columns of a sheet, from 0, that hold other people's own numbers and dates: those stay.
    """
    sheets = sheets_of(content)
    for sheet in sheets:
        for number, row in enumerate(sheet.cells, start=1):
            if number in lines.get(sheet.name, ()):
                row[:] = [ERASED if place == 0 or as_text(cell) else "" for place, cell in enumerate(row)]
            else:
                kept = facts.get(sheet.name, ())
                row[:] = [
                    needles.replaced(one, ERASED) if isinstance(one, str) and place not in kept else one
                    for place, one in enumerate(row)
                ]
    made = _write_sheets(sheets, {})
    changed = _changed_cells(sheets, made)
    if any(changed.values()):
        made = _write_sheets(sheets, changed)
    if any(_changed_cells(sheets, made).values()):
        raise StorageProblem(
            "archive",
            "a workbook cannot be written so that it reads the same",
            "Take its delivery out: restore a backup made before it, and load a corrected file",
        )
    return made


def _changed_cells(sheets: Iterable[Sheet], made: bytes) -> dict[str, set[Place]]:
    """Sheet → the cells that would be read otherwise, such as numbers of more than fifteen digits."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    found = {}
    for sheet in sheets:
        again = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        found[sheet.name] = {
            (row, column)
            for row, cells in enumerate(sheet.cells)
            for column, cell in enumerate(cells)
            if as_text(cell) != (as_text(again[row][column]) if row < len(again) and column < len(again[row]) else "")
        }
    return found


def _write_sheets(sheets: Iterable[Sheet], as_words: Mapping[str, Collection[Place]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        # The same cells are always the same bytes.
        book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})
        forms = {kind: book.add_format({"num_format": form}) for kind, form in FORMS.items()}
        for known in sheets:
            sheet = book.add_worksheet()
            # Set afterwards: other kinds of workbook have names that a new sheet may not be given.
            sheet.name = known.name
            if known.visible == SheetVisibleEnum.Hidden:
                sheet.hide()
            elif known.visible == SheetVisibleEnum.VeryHidden:
                sheet.very_hidden()
            for first, last in known.merged:
                if first != last:
                    sheet.merge_range(*first, *last, "")
            words = as_words.get(known.name, ())
            for row, cells in enumerate(known.cells):
                for column, cell in enumerate(cells):
                    shown = as_text(cell) if (row, column) in words else cell
                    if shown != "":
                        _write_cell(sheet, (row, column), shown, forms)
    return target.getvalue()


def _write_cell(sheet: Worksheet, place: Place, value: Value, forms: Mapping[type, object]) -> None:
    if isinstance(value, str):
        sheet.write_string(*place, value)
    elif isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, (dt.date, dt.time, dt.timedelta)):
        sheet.write_datetime(*place, value, forms[type(value)])
    else:
        sheet.write_number(*place, value)
