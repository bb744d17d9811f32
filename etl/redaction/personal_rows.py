"""One delivered file, read by its source to see whose its rows are."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from functools import cached_property

import duckdb

from data.errors import FileRefused
from etl.build import staging
from etl.generations.manifest import Delivery
from etl.readers import Extract, plain_heading
from etl.readers.fhir.fhir_resources import Options as FhirOptions
from etl.redaction import fhir_people
from etl.redaction.person_numbers import Numbers
from etl.redaction.search_home import Needles
from etl.sources import Source, canonical_files, lookups, source_files
from etl.sources.canonical import is_fact
from etl.sources.declared_text import Clock
from etl.sources.headings import Columns
from etl.sources.language.model import FileMapping
from etl.sources.mapping import MappedTable

# Row and line, both from 1.
Place = tuple[int, int]
PEOPLE_OF = ("procedures", "pain_scores", "complications", "contacts", "people", "stays")
PROCEDURES_OF = ("procedures", "complications", "contacts")


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
            self.source = lookups.with_codes(source, companion, delivery.where)
            for one in staging.stage_file(
                self._connection, source, delivery=delivery, content=content, companion=companion
            ):
                self.sheets[one.source_file_id] = one.sheet
        except FileRefused:
            self.sheets = {}

    def close(self) -> None:
        """Let go of what was read."""
        self._connection.close()

    def patients(self) -> set[str]:
        """The numbers of all patients in the file, also of rows that no record takes."""
        found = self._numbers("patient_id", PEOPLE_OF) | {number for _, _, number in self._aside["patient_id"]}
        return found | {number for tie in self._ties() for number in tie.people}

    def mentioned(self) -> set[str]:
        """Identifiers by which resources refer to people."""
        return {name for tie in self._ties() for name in tie.names}

    def _ties(self) -> Iterator[fhir_people.Tie]:
        if self.is_fhir:
            yield from fhir_people.read_ties(self.content, self.delivery.where)

    def known_as(self) -> dict[str, set[str]]:
        """Other number of a person → the patients who are known by it."""
        found: dict[str, set[str]] = {}
        query = "select distinct patient_id, known_as from text_people where patient_id is not null"
        for patient, names in self._connection.execute(f"{query} and known_as is not null").fetchall():
            for name in (one.strip() for one in names.split(";")):
                if name and name != patient:
                    found.setdefault(name, set()).add(patient)
        return found

    def has_patient(self, number: str) -> bool:
        """Whether it is the number of a patient here, and not just another one that somebody goes by."""
        if self.is_fhir:
            return any(number in tie.people for tie in self._ties())
        return number in self.patients()

    def knows(self, number: str) -> bool:
        """Whether a patient is called so here, in whatever way."""
        return number in self.patients() or number in self.known_as() or number in self.mentioned()

    def procedures(self) -> set[str]:
        """The numbers of all procedures that its rows are of."""
        return self._numbers("procedure_id", PROCEDURES_OF)

    def named(self, numbers: Numbers) -> Numbers:
        """With all that this file calls the same people: patients merged with them, and other names of theirs alone."""
        found = self._connection.execute(
            "select patient_id, merged_into from text_people where merged_into is not null"
            " and (list_contains($patients, patient_id) or list_contains($patients, merged_into))",
            {"patients": list(numbers.patients)},
        )
        patients = numbers.patients | {number for row in found.fetchall() for number in row}
        others = {name for name, people in self.known_as().items() if people <= patients}
        return numbers | Numbers(patients, frozenset(others))

    def grown(self, numbers: Numbers) -> Numbers:
        """With the procedures and the resources that this file knows of them."""
        procedures = frozenset(self.procedures_of(numbers.people))
        resources = frozenset[str]()
        if self.is_fhir:
            where = self.delivery.where
            resources = frozenset(fhir_people.grow_resources(self.content, where, numbers.people, numbers.resources))
        return numbers | Numbers(procedures=procedures, resources=resources)

    def shared(self, numbers: Numbers) -> set[str]:
        """Those of the other names that somebody else in this file is known by, or has as a number."""
        known = self.known_as()
        twice = {name for name in numbers.others if known.get(name, set()) - numbers.patients}
        others = numbers.others - numbers.patients
        if self.is_fhir:
            return twice | {number for tie in self._ties() for number in tie.people if number in others}
        return twice | (others & self._numbers("patient_id", PEOPLE_OF))

    def procedures_of(self, patients: Collection[str]) -> set[str]:
        """The numbers of these patients' procedures, as far as this file tells."""
        found = self._connection.execute(
            "select distinct procedure_id from text_procedures where list_contains(?, patient_id)"
            " and procedure_id is not null union select distinct procedure_id from text_pain_scores"
            " where list_contains(?, patient_id) and procedure_id is not null",
            [list(patients), list(patients)],
        )
        return {row[0] for row in found.fetchall()}

    def places_of(self, numbers: Numbers) -> dict[str | None, set[Place]]:
        """Sheet → row and line of all that is of these people, also of what no record takes."""
        places: dict[str | None, set[Place]] = {}
        for table, column, known in (
            *((name, "patient_id", numbers.patients) for name in PEOPLE_OF),
            *((name, "procedure_id", numbers.procedures) for name in (*PROCEDURES_OF, "pain_scores")),
        ):
            found = self._connection.execute(
                f"select source_file_id, source_row, source_line from text_{table} where list_contains(?, {column})",
                [list(known)],
            )
            for source_file_id, row, line in found.fetchall():
                places.setdefault(self.sheets[source_file_id], set()).add((row, line))
        self._add_lines_of_sessions(places)
        for column, known in (("patient_id", numbers.patients), ("procedure_id", numbers.procedures)):
            for sheet, place, number in self._aside[column]:
                if number in known:
                    places.setdefault(sheet, set()).add(place)
        if self.is_fhir:
            self._add_resources(places, numbers)
        return places

    def _add_resources(self, places: dict[str | None, set[Place]], numbers: Numbers) -> None:
        needles = Needles(numbers.all)
        found = {
            (tie.row, tie.line)
            for tie in self._ties()
            if tie.is_of(numbers.people, numbers.resources) or needles.in_value(tie.text)
        }
        if found:
            places.setdefault(None, set()).update(found)

    def _add_lines_of_sessions(self, places: dict[str | None, set[Place]]) -> None:
        query = "select source_file_id, source_row, source_line, first_row from session_lines"
        for source_file_id, row, line, first_row in self._connection.execute(query).fetchall():
            mine = places.get(self.sheets[source_file_id], set())
            if any(known == first_row for known, _ in mine):
                mine.add((row, line))

    def lines_of_somebody(self, sheet: str | None) -> set[int]:
        """The lines of a sheet's rows that say whose they are."""
        ids = [number for number, name in self.sheets.items() if name == sheet]
        query = " union ".join(
            f"select source_line from text_{name} where list_contains($ids, source_file_id) and ({says})"
            for name, says in (
                *((name, "patient_id is not null") for name in PEOPLE_OF),
                *((name, "procedure_id is not null") for name in PROCEDURES_OF),
            )
        )
        query += " union select source_line from session_lines where list_contains($ids, source_file_id)"
        found = {row[0] for row in self._connection.execute(query, {"ids": ids}).fetchall()}
        return found | {line for name, (_, line), _ in self._aside["patient_id"] if name == sheet}

    @cached_property
    def _aside(self) -> dict[str, list[tuple[str | None, Place, str]]]:
        """Column → sheet, place and number in rows that no record takes. A resource's id means only itself."""
        found: dict[str, list[tuple[str | None, Place, str]]] = {"patient_id": [], "procedure_id": []}
        clock = Clock(self.delivery.time_zone, self.delivery.received_on.isoformat())
        for mapping, extract in () if self.is_fhir else self.tables:
            if mapping is not None:
                columns = Columns(extract.with_erased().with_plain_digits(), self.delivery.where)
                table = MappedTable(self.source, mapping, columns, clock.counting_from(extract.day_zero))
                for column, numbers in found.items():
                    named = table.named_aside(self._connection, column)
                    numbers += [(extract.sheet, (row, line), number) for row, line, number in named]
        return found

    @cached_property
    def facts(self) -> dict[str | None, set[int]]:
        """Sheet → its columns that hold numbers, dates and scores."""
        found: dict[str | None, set[int]] = {}
        for mapping, extract in self.tables:
            if mapping is None:
                names = (name.strip().lower() for name in extract.header)
                found[extract.sheet] = {place for place, name in enumerate(names) if is_fact(name)}
            else:
                columns = Columns(extract, self.delivery.where)
                found[extract.sheet] = {
                    place
                    for record in mapping.record
                    for name, top in record.columns.items()
                    if is_fact(name)
                    for cell in top.all_cells
                    if cell.column
                    for place in columns.places(cell)
                }
        return found

    @cached_property
    def headings_of_people(self) -> set[str]:
        """The plain headings under which the source finds numbers of patients."""
        if self.source.is_canonical:
            return {"patient_id"}
        return {
            plain_heading(name)
            for mapping in self.source.file
            for record in mapping.record
            for column in ("patient_id", "known_as", "merged_into")
            if column in record.columns
            for cell in record.columns[column].all_cells
            for name in cell.column
        }

    @cached_property
    def is_fhir(self) -> bool:
        """Whether its rows are resources."""
        return any(mapping is not None and isinstance(mapping.reader, FhirOptions) for mapping, _ in self.tables)

    @cached_property
    def tables(self) -> list[tuple[FileMapping | None, Extract]]:
        """The tables of the file, each with its mapping where it has one; none when the file could not be read."""
        return self.read_tables(self.content) if self.sheets else []

    def read_tables(self, content: bytes) -> list[tuple[FileMapping | None, Extract]]:
        """The tables of a content that stands for this file."""
        where = self.delivery.where
        if self.source.is_canonical:
            return [(None, extract) for _, extract in canonical_files.canonical_tables(content, where)]
        return [*source_files.tables_of(self.source, where, content, self.companion)]

    def _numbers(self, column: str, tables: Collection[str]) -> set[str]:
        query = " union ".join(
            f"select distinct {column} from text_{name} where {column} is not null" for name in tables
        )
        return {row[0] for row in self._connection.execute(query).fetchall()}


def all_of(files: Callable[[], Iterable[Reading]], numbers: Numbers) -> Numbers:
    """All that any of these files knows of some people. What one adds may say more in another: until nothing is new.

    A name that somebody else has too says nothing of a person, and is left out before anything is found by it.
    """
    before = None
    while numbers != before:
        before, shared = numbers, set()
        for one in files():
            numbers = one.named(numbers)
            shared |= one.shared(numbers)
    numbers = replace(numbers, others=numbers.others - shared)
    before = None
    # Only one resource leads to another.
    while before is None or numbers.resources != before.resources:
        before = numbers
        for one in files():
            numbers = one.grown(numbers)
    return numbers
