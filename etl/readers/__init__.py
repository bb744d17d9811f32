"""One reader per file kind: bytes in, rows of text with row and line numbers out. Nothing is cast here."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Extract:
    """A delivered table as text.

    `rows` has one string column per header cell named `0`, `1`, … (a missing cell is null), then `source_row`
    (from 1), `source_line` (where the row begins, from 1) and `has_other_width` (more or fewer cells than the header).
    `has_edge_blanks` is false when no cell begins or ends with white space.
    """

    header: tuple[str, ...]
    rows: pa.Table
    encoding: str
    has_edge_blanks: bool = True
