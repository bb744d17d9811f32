"""Arrow tables as CSV, fast: text quoted and harmless to spreadsheets, numbers bare, null = nothing."""

import io
import re

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from data.spreadsheet_text import DANGEROUS, neutral_text

OPTIONS = csv.WriteOptions(include_header=False, quoting_style="needed")
HARMLESS_START = re.compile(r"[A-Za-z0-9\[(]?")
# Keys of ours, never text of a sender.
IDS = ("procedure_id", "patient_key")
BYTE_ORDER_MARK = "\ufeff".encode()


def header_line(names: list[str]) -> bytes:
    """The first line."""
    return (",".join(names) + "\n").encode()


def row_lines(rows: pa.Table) -> bytes:
    """All rows, without a header. Empty text is `""`, null is nothing."""
    sink = io.BytesIO()
    csv.write_csv(safe_rows(rows), sink, OPTIONS)
    return sink.getvalue()


def safe_rows(rows: pa.Table) -> pa.Table:
    """Rows whose text cells no spreadsheet runs."""
    for place, name in enumerate(rows.schema.names):
        column = rows[name]
        if name not in IDS and pa.types.is_string(column.type) and _has_dangerous(column):
            changed = pc.replace_substring_regex(column, pattern=DANGEROUS, replacement=r"'\1")
            rows = rows.set_column(place, name, changed)
        elif pa.types.is_dictionary(column.type):
            rows = rows.set_column(place, name, safe_dictionary(column))
    return rows


def safe_dictionary(column: pa.ChunkedArray) -> pa.Array:
    """A column of few different texts, each made harmless once."""
    one = column.combine_chunks()
    texts = pa.array([None if text is None else neutral_text(text) for text in one.dictionary.to_pylist()], pa.string())
    return texts.take(one.indices)


def _has_dangerous(column: pa.ChunkedArray) -> bool:
    starts = pc.unique(pc.utf8_slice_codeunits(column, 0, 1)).to_pylist()
    return not all(start is None or HARMLESS_START.fullmatch(start) for start in starts)
