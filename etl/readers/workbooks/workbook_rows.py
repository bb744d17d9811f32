"""Some rows of a workbook as a workbook: the sender's sheets, headings and kinds of cell, with a column `why`."""

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

from etl.readers import WHY

FORMS = {dt.datetime: "yyyy-mm-dd hh:mm", dt.date: "yyyy-mm-dd", dt.time: "hh:mm:ss"}
ExcelRow = Sequence[Any]


def write_workbook(sheets: Mapping[str, tuple[Sequence[ExcelRow], Sequence[tuple[ExcelRow, str]]]]) -> bytes:
    """Sheet → header rows, then rows with why. Text stays text: nothing turns into a formula or a link."""
    import xlsxwriter  # noqa: PLC0415 - only where rows go back as a workbook

    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(target, options) as book:
        forms = {kind: book.add_format({"num_format": form}) for kind, form in FORMS.items()}
        for name, (header, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            width = max((len(row) for row in header), default=0)
            lines = [[*header_row, *[""] * (width - len(header_row))] for header_row in header]
            lines[-1].append(WHY)
            lines += [[*row[:width], *[""] * (width - len(row)), why] for row, why in rows]
            for number, line in enumerate(lines):
                for place, value in enumerate(line):
                    if isinstance(value, str):
                        sheet.write_string(number, place, value)
                    elif isinstance(value, (dt.date, dt.time)):
                        sheet.write_datetime(number, place, value, forms[type(value)])
                    elif isinstance(value, dt.timedelta):
                        sheet.write_datetime(number, place, value, forms[dt.time])
                    else:
                        sheet.write(number, place, value)
    return target.getvalue()
