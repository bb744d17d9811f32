"""A delivered file without one person's rows. Rows stay rows, so that numbers of rows and lines do not move.

Every cell of a redacted row becomes `[erased]`; a redacted resource is of the type `[erased]`. It is read as rejected
by the rule `excluded_person`, with the same place in the accounting as the row that it replaces. A row that is of
somebody else and mentions a number stays; the number in its free text becomes `[erased]`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import StorageProblem
from etl.readers import plain_heading
from etl.readers.delimited import csv
from etl.readers.redcap.redcap_export import Options as RedcapOptions
from etl.readers.workbooks.excel import as_text
from etl.redaction import fhir_people, redact_workbook
from etl.redaction.person_numbers import Numbers
from etl.redaction.personal_rows import Place, Reading
from etl.redaction.redact_text import Lines
from etl.redaction.search_home import SHORTEST_FREE, Needles, hits_in_content

ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Redacted:
    """A file without somebody, and how many rows were erased."""

    content: bytes
    rows: int


def redact_file(reading: Reading, numbers: Numbers) -> Redacted | None:
    """The file with the rows of these people redacted; None when it neither has nor mentions them."""
    if not reading.tables:
        return None
    places = reading.places_of(numbers)
    needles = Needles(numbers.all)
    lines = {sheet: {line for _, line in found} for sheet, found in places.items()}
    if reading.is_fhir:
        lines_of_file = {row for row, _ in places.get(None, ())}
        erased = len(lines_of_file)
        made = fhir_people.redact_resources(reading.content, reading.delivery.where, lines_of_file, needles)
    elif reading.content.startswith(ZIP):
        lines |= _nobodys_lines(reading, lines, needles)
        erased = sum(map(len, lines.values()))
        made = reading.content
        if erased or hits_in_content(reading.content, needles):
            made = redact_workbook.without_lines(reading.content, lines, needles, reading.facts)
    else:
        made = _text_without(reading, lines.setdefault(None, set()), needles)
        erased = len(lines[None])
    if made == reading.content:
        return None
    _refuse_other_rows(reading, made, places)
    return Redacted(made, erased)


def _text_without(reading: Reading, erased: set[int], needles: Needles) -> bytes:
    """The text without these rows; to them are added those of nobody else that mention a number."""
    mapping, extract = reading.tables[0]
    is_redcap = mapping is not None and isinstance(mapping.reader, RedcapOptions)
    header = csv.read_header(reading.content, reading.delivery.where, ",") if is_redcap else extract.header
    starts = sorted(extract.rows.column("source_line").to_pylist())
    declared = mapping.reader.encoding if mapping is not None and isinstance(mapping.reader, csv.Options) else None
    lines = Lines(reading.content, starts, len(header), extract.delimiter, declared)
    lines.erase(erased)
    mentioning = lines.mentions(needles)
    nobodys = mentioning - reading.lines_of_somebody(None) - {0}
    lines.erase(nobodys)
    erased |= nobodys
    facts = _lines_with_facts(reading, mentioning - nobodys, needles)
    lines.erase_mentions(mentioning - nobodys - facts, needles)
    return lines.written()


def _nobodys_lines(
    reading: Reading, lines: Mapping[str | None, Collection[int]], needles: Needles
) -> dict[str | None, set[int]]:
    """The lines of a workbook with those that name a person and are of nobody else, as on a hidden sheet.

    A number stored as a number has lost its zeros.
    """
    bare = {one.lstrip("0") for one in needles.values}
    found: dict[str | None, set[int]] = {sheet: set(known) for sheet, known in lines.items()}
    for sheet in redact_workbook.sheets_of(reading.content):
        held = reading.lines_of_somebody(sheet.name) | found.setdefault(sheet.name, set())
        columns: set[int] = set()
        for line, row in enumerate(sheet.cells, start=1):
            texts = [as_text(cell).strip() for cell in row]
            columns |= {place for place, text in enumerate(texts) if plain_heading(text) in reading.headings_of_people}
            if line not in held and any(
                needles.in_text(text)
                or ((text.lower() in needles.values or (not isinstance(cell, str) and text in bare))
                    and (place in columns or len(text) >= SHORTEST_FREE))
                for place, (cell, text) in enumerate(zip(row, texts, strict=True))
            ):  # fmt: skip
                found[sheet.name].add(line)
    return found


def _refuse_other_rows(reading: Reading, made: bytes, places: Mapping[str | None, Collection[Place]]) -> None:
    """Hold what was made against the file: the same rows on the same lines, and all of the people's are erased."""
    before = {extract.sheet: extract for _, extract in reading.tables}
    after = {extract.sheet: extract.with_erased() for _, extract in reading.read_tables(made)}
    for sheet, extract in before.items():
        again = after.get(sheet)
        is_same = again is not None and all(
            again.rows.column(name).equals(extract.rows.column(name)) for name in ("source_row", "source_line")
        )
        erased: set[int] = set()
        if again is not None and "problem" in again.rows.schema.names:
            is_erased = pc.equal(again.rows.column("problem"), "excluded_person")
            erased = set(again.rows.filter(pc.fill_null(is_erased, False)).column("source_row").to_pylist())
        if not is_same or not {row for row, _ in places.get(sheet, ())} <= erased:
            raise StorageProblem(
                f"archive, {reading.delivery.where}",
                "the file without the person would not be read as the same rows",
                "Nothing was replaced; go back to a backup made before this file, and load a corrected one",
            )


def _lines_with_facts(reading: Reading, lines: Collection[int], needles: Needles) -> set[int]:
    """Of these lines of a text those whose own numbers and dates look like one of the person's."""
    _, extract = reading.tables[0]
    rows = extract.rows.filter(pc.is_in(extract.rows.column("source_line"), pa.array(sorted(lines), pa.int32())))
    held = rows.column("source_line").to_pylist()
    return {
        line
        for place in reading.facts[extract.sheet]
        for line, cell in zip(held, rows.column(str(place)).to_pylist(), strict=True)
        if needles.in_value(cell)
    }
