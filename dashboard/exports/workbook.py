"""A table as an Excel workbook: typed columns, a frozen header, text that cannot run, the same bytes each time."""

import io
from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd
import xlsxwriter

from data.spreadsheet_text import neutral_text

# Nothing but text becomes a formula, a link or a number of its own accord.
OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}  # fmt: skip
FIXED = datetime(1980, 1, 1)  # noqa: DTZ001 - workbooks hold no zone
NARROWEST = 10


def to_workbook(table: pd.DataFrame, columns: Sequence[str], title: str = "figures") -> bytes:
    """The columns as one sheet: numbers, dates and yes or no as such, an empty cell for what is null."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, OPTIONS)
    book.set_properties({"created": FIXED})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(columns):
        sheet.set_column(place, place, max(NARROWEST, len(name) + 2))
        sheet.write_string(0, place, neutral_text(name), bold)
    for number, row in enumerate(table[list(columns)].itertuples(index=False, name=None), start=1):
        for place, value in enumerate(row):
            if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
                continue
            if isinstance(value, str):
                sheet.write_string(number, place, neutral_text(value))
            elif isinstance(value, datetime):
                sheet.write_datetime(number, place, value, moment)
            elif isinstance(value, date):
                sheet.write_datetime(number, place, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif isinstance(value, bool):
                sheet.write_boolean(number, place, value)
            else:
                sheet.write_number(number, place, value)
    book.close()
    return content.getvalue()
