"""Figures as a workbook: typed, frozen, harmless, the same bytes."""

import io
import time
import zipfile
from datetime import date

import pandas as pd
from python_calamine import CalamineWorkbook

from dashboard.exports.workbook import to_workbook
from data.spreadsheet_text import original_text
from tests.test_spreadsheet import TRIGGERS

TEXTS = [text for text in TRIGGERS if "\0" not in text]
TABLE = pd.DataFrame(
    {
        "text": TEXTS,
        "count": pd.array([*range(len(TEXTS) - 1), None], dtype="Int64"),
        "value": [-3.5] * (len(TEXTS) - 1) + [float("nan")],
        "day": [date(2026, 1, 31)] * len(TEXTS),
        "suppressed": [True] * len(TEXTS),
    }
)


def test_columns_keep_their_types_and_text_cannot_run() -> None:
    content = to_workbook(TABLE, list(TABLE.columns))
    header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("figures").to_python()
    assert header == list(TABLE.columns)
    assert all(row[0].startswith("'") for row in rows)
    assert [original_text(row[0]) for row in rows[:2]] == ["=1+1", "+1"]
    assert rows[0][1:] == [0.0, -3.5, date(2026, 1, 31), True]
    assert rows[-1][1:3] == ["", ""]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert 'topLeftCell="A2"' in sheet and 'state="frozen"' in sheet


def test_the_same_table_gives_the_same_bytes() -> None:
    first = to_workbook(TABLE, list(TABLE.columns))
    # Times inside a zip have steps of two seconds.
    time.sleep(2.1)
    assert to_workbook(TABLE, list(TABLE.columns)) == first
