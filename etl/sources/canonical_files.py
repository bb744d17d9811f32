"""Files in the product's own form, text or workbook: known by their headings; a sheet is a file."""

from dataclasses import dataclass, replace

import pyarrow.compute as pc

from data.errors import FileRefused
from etl.readers import Extract, Wanted
from etl.readers.delimited import csv
from etl.readers.delimited.head import DELIMITERS
from etl.readers.workbooks import excel
from etl.sources import canonical
from etl.sources.canonical import CANONICAL_KINDS, Kind

OPTIONS = excel.Options(kind="excel")


def wanted_of(kind: Kind) -> Wanted:
    """What a sheet of this kind shows in its header."""
    return Wanted(headings=frozenset(kind.columns), written=kind.columns)


def is_workbook(content: bytes) -> bool:
    """Whether these bytes may be a workbook."""
    return content.startswith((excel.ZIP, excel.OLD_EXCEL))


def read_sheets(content: bytes, where: str) -> list[tuple[Kind, Extract]]:
    """The sheets that hold canonical records, in the order of the kinds. `FileRefused` for what is no workbook."""
    return [
        (kind, _with_dates(extract))
        for kind in CANONICAL_KINDS
        for extract in excel.read_tables(content, where, OPTIONS, wanted_of(kind))
        if canonical.recognise_header(extract.header) is kind
    ]


def _with_dates(extract: Extract) -> Extract:
    """A day that somebody typed as a date with the time 00:00 is that day."""
    rows = extract.rows
    for place, heading in enumerate(extract.header):
        if heading.strip().lower().endswith("_on"):
            days = pc.replace_substring_regex(rows.column(str(place)), r"T00:00:00$", "")
            rows = rows.set_column(rows.schema.get_field_index(str(place)), str(place), days)
    return replace(extract, rows=rows)


def shares_headings(content: bytes, where: str) -> bool:
    """Whether any sheet is one of ours; a file that cannot be opened is none."""
    try:
        return bool(read_sheets(content, where))
    except FileRefused:
        return False


def give_back(content: bytes, where: str, kind: Kind, reasons: dict[str | None, dict[int, str]]) -> bytes:
    """A workbook with the rows of `reasons` of the sheets of one kind, and why."""
    return excel.give_back(content, where, OPTIONS, wanted_of(kind), reasons)


@dataclass(frozen=True)
class Recognised:
    """What a file turned out to be, by its header alone."""

    kind: Kind
    delimiter: str


def recognise_canonical(content: bytes, where: str) -> Recognised | None:
    """The kind and delimiter of a canonical file; None when it is something else."""
    for delimiter in DELIMITERS:
        kind = canonical.recognise_header(csv.read_header(content, where, delimiter))
        if kind is not None:
            return Recognised(kind, delimiter)
    return None


def canonical_tables(content: bytes, where: str) -> list[tuple[Kind, Extract]]:
    """The tables of a file in the canonical form, whole; none when it is something else."""
    if is_workbook(content):
        return read_sheets(content, where)
    recognised = recognise_canonical(content, where)
    return [(recognised.kind, csv.read_table(content, where, recognised.delimiter))] if recognised else []
