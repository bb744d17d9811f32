"""The canonical form as one workbook: a sheet for each kind of record, with lists to choose from and dates as dates."""

import datetime as dt
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook

from data.field_dictionary import field_of
from etl.sources.canonical import CANONICAL_KINDS, Kind, closed_list

ROWS = 2_000
DATE_FORM, TIME_FORM = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
# Excel refuses a list that is longer than this in all.
LONGEST_LIST = 255
# The largest number that is read.
MOST = 999_999


def write_template(path: Path) -> None:
    """Write the workbook. The same code always writes the same cells."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})
        for kind in CANONICAL_KINDS:
            _write_sheet(book, kind)


def _write_sheet(book: Workbook, kind: Kind) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    forms = {"_on": book.add_format({"num_format": DATE_FORM}), "_at": book.add_format({"num_format": TIME_FORM})}
    # Numbers of patients keep their leading zeros only in cells of text.
    forms["_id"] = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(kind.name)
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(kind.all_columns):
        sheet.set_column(place, place, max(12, len(name) + 2), forms.get(name[-3:]))
        sheet.write_string(0, place, name, bold)
        allowed = _validation(kind, name)
        if allowed:
            sheet.data_validation(1, place, ROWS, place, allowed)


def _validation(kind: Kind, name: str) -> dict[str, object] | None:
    """What Excel offers and refuses in a column; None where anything may stand."""
    values, field = closed_list(kind.name, name), field_of(kind.name, name)
    if values and len(",".join(values)) <= LONGEST_LIST:
        return {"validate": "list", "source": list(values), "error_message": "Choose a value of the list, or none."}
    if field is not None and field.type in ("number", "grade"):
        low, high = (-MOST if field.least is None else field.least), (MOST if field.most is None else field.most)
        told = f"A number from {low} to {high}; an empty cell means not recorded."
        return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high, "error_message": told}
    if name.endswith(("_on", "_at")):
        first = dt.date(1900, 1, 1)
        told = "A date or a time, such as 2026-01-31 or 2026-01-31 08:30."
        return {"validate": "date", "criteria": ">=", "value": first, "error_message": told}
    return None
