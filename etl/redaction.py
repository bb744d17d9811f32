"""A delivered file without one person's rows. Rows stay rows, so that numbers of rows and lines do not move.

Every cell of a redacted row becomes `[erased]`. A row of nothing else is read as rejected by the rule
`excluded_person`, with the same place in the accounting as the row that it replaces.
"""

import codecs
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.compute

from etl import staging
from etl.manifest import Delivery
from etl.readers import ERASED, Extract, csv
from etl.readers.encoding import to_utf8
from etl.sources import Source
from queries.errors import FileRefused

ZIP = b"PK\x03\x04"
# Free text is searched for a number only when it is long enough not to be there by chance.
SHORTEST_FREE = 5
PEOPLE_OF = ("procedures", "pain_scores", "complications", "contacts", "people", "stays")
PROCEDURES_OF = ("procedures", "complications", "contacts")


@dataclass(frozen=True)
class Numbers:
    """What is known of people in one file: sender's numbers of patients and of procedures."""

    patients: frozenset[str] = frozenset()
    procedures: frozenset[str] = frozenset()

    def __or__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.patients | other.patients, self.procedures | other.procedures)

    def __bool__(self) -> bool:
        return bool(self.patients or self.procedures)


class Reading:
    """One delivered file, read by its source into text tables of its own."""

    def __init__(self, source: Source, delivery: Delivery, content: bytes, companion: bytes | None = None) -> None:
        """Read the file. One that cannot be read has no rows."""
        self.companion = companion
        self.content = content
        self.source = source
        self.delivery = delivery
        self._connection = duckdb.connect(config={"threads": "2"})
        staging.create_tables(self._connection)
        self.sheets: dict[int, str | None] = {}
        try:
            for one in staging.stage(self._connection, source, delivery, content, companion):
                self.sheets[one.source_file_id] = one.sheet
        except FileRefused:
            self.sheets = {}

    def close(self) -> None:
        """Let go of what was read."""
        self._connection.close()

    def patients(self) -> set[str]:
        """The numbers of all patients in the file."""
        return self._numbers("patient_id", PEOPLE_OF)

    def procedures(self) -> set[str]:
        """The numbers of all procedures that its rows are of."""
        return self._numbers("procedure_id", PROCEDURES_OF)

    def procedures_of(self, patients: Collection[str]) -> set[str]:
        """The numbers of these patients' procedures, as far as this file tells."""
        found = self._connection.execute(
            "select distinct procedure_id from text_procedures where list_contains(?, patient_id)"
            " and procedure_id is not null union select distinct procedure_id from text_pain_scores"
            " where list_contains(?, patient_id) and procedure_id is not null",
            [list(patients), list(patients)],
        )
        return {row[0] for row in found.fetchall()}

    def lines_of(self, numbers: Numbers) -> dict[str | None, set[int]]:
        """Sheet → the lines on which rows of these people begin."""
        lines: dict[str | None, set[int]] = {}
        for table, column, known in (
            *((name, "patient_id", numbers.patients) for name in PEOPLE_OF),
            *((name, "procedure_id", numbers.procedures) for name in (*PROCEDURES_OF, "pain_scores")),
        ):
            found = self._connection.execute(
                f"select source_file_id, source_line from text_{table} where list_contains(?, {column})", [list(known)]
            )
            for source_file_id, line in found.fetchall():
                lines.setdefault(self.sheets[source_file_id], set()).add(line)
        for extract in self._extracts():
            for line in _lines_with_cells(extract, {one for one in numbers.patients if len(one) >= SHORTEST_FREE}):
                lines.setdefault(extract.sheet, set()).add(line)
        return lines

    def without(self, numbers: Numbers) -> bytes:
        """The file with the rows of these people redacted; the same bytes when it has none."""
        lines = self.lines_of(numbers)
        if not lines:
            return self.content
        if self.content.startswith(ZIP):
            return _redact_workbook(self.content, lines)
        starts = sorted({line for one in self._extracts() for line in one.rows.column("source_line").to_pylist()})
        return _redact_text(self.content, set().union(*lines.values()), starts, self._width())

    def _width(self) -> tuple[int, str]:
        """Cells of a row and what separates them."""
        recognised = staging.recognise(self.content, self.delivery.where) if self.source.is_canonical else None
        extract = next(iter(self._extracts()))
        return len(extract.header), recognised.delimiter if recognised else extract.delimiter

    def _extracts(self) -> Iterator[Extract]:
        if self.source.is_canonical:
            recognised = staging.recognise(self.content, self.delivery.where)
            if recognised is not None and self.sheets:
                yield csv.read_table(self.content, self.delivery.where, recognised.delimiter)
        elif self.sheets:
            tables = staging.tables_of(self.source, self.delivery.where, self.content, self.companion)
            yield from (extract for _, extract in tables)

    def _numbers(self, column: str, tables: Collection[str]) -> set[str]:
        query = " union ".join(
            f"select distinct {column} from text_{name} where {column} is not null" for name in tables
        )
        return {row[0] for row in self._connection.execute(query).fetchall()}


def _lines_with_cells(extract: Extract, values: Collection[str]) -> Iterator[int]:
    """Lines of rows that hold one of these values as a whole cell."""
    if not values:
        return
    wanted = pa.array(sorted(values))
    for place in range(len(extract.header)):
        cells = pyarrow.compute.utf8_trim_whitespace(extract.rows.column(str(place)))
        found = pyarrow.compute.is_in(cells, value_set=wanted)
        yield from extract.rows.column("source_line").filter(found).to_pylist()


def _redact_text(content: bytes, lines: Collection[int], starts: list[int], shape: tuple[int, str]) -> bytes:
    """Replace whole records. A record that went over several lines leaves empty lines behind."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = to_utf8(content, "file")[0] if wide else content
    end = b"\n" if b"\n" in text else b"\r"
    written = text.split(end)
    after = dict(zip(starts, [*starts[1:], len(written) + 1], strict=True))
    width, delimiter = shape
    for line in lines:
        is_windows = end == b"\n" and written[line - 1].endswith(b"\r")
        erased = (delimiter.join([ERASED] * width) if delimiter else f'"{ERASED}"').encode()
        erased += b"\r" if is_windows else b""
        length = after[line] - line
        while length > 1 and not written[line - 2 + length].strip():
            length -= 1
        written[line - 1 : line - 1 + length] = [erased] + [b""] * (length - 1)
    redacted = end.join(written)
    return redacted.decode("utf-8").encode("utf-16") if wide else redacted


def _redact_workbook(content: bytes, lines: Mapping[str | None, Collection[int]]) -> bytes:
    """Replace rows of a workbook. Other cells keep their values; formulas stay formulas without a stored value."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    for sheet, numbers in lines.items():
        for number in numbers:
            for cell in book[sheet][number]:
                if cell.value is not None or cell.column == 1:
                    cell.value = ERASED
                cell.comment = None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
