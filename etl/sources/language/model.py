"""What a source TOML may say. Every key is described in `docs/sources.md`; a test demands it."""

from datetime import date
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from etl.readers import Wanted, plain_heading
from etl.readers.registry import AnyOptions, default_options
from etl.sources.canonical import ALL_KINDS, Kind
from etl.sources.language.cells import AnyCell, AnyHeading, Condition, Heading, Part, Texts, as_pattern
from etl.sources.language.expectations import AnyExpectation, refuse_unfit
from etl.sources.language.habits import Habits, Lookup, Snapshot
from etl.sources.language.questionnaire import Scores
from etl.sources.language.treatment import Treatment

Fact = Literal["recovery", "deaths", "readmissions", "complications", "leaks", "intended_stay"]
FACTS: tuple[Fact, ...] = ("recovery", "deaths", "readmissions", "complications", "leaks", "intended_stay")
# How a sender hears of what happens later: from a register that knows everyone, or from what staff note.
HeardFrom = Literal["linked", "noted"]
LINKABLE = ("deaths", "readmissions", "complications", "new_fractures")
KINDS_BY_NAME = {kind.name: kind for kind in ALL_KINDS}
# Without these a record cannot be counted, followed or corrected; of several names in one place one is enough.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "procedures": (("procedure_id",), ("patient_id",), ("performed_on", "started_at")),
    "pain_scores": (("score_id",), ("patient_id", "procedure_id"), ("score",)),
    "complications": (("complication_id",), ("procedure_id", "patient_id"), ("occurred_on",), ("type",)),
    "contacts": (("contact_id",), ("procedure_id", "patient_id"), ("kind",), ("happened_at",)),
    "people": (("patient_id",),),
    "stays": (("stay_id",),),
    "counts": (("month",), ("n",)),
    "links": (("kind",), ("number",), ("same_as_source",), ("same_as_number",)),
}


class Record(Part):
    """One canonical record out of a row of a sheet."""

    kind: Literal["procedures", "pain_scores", "complications", "contacts", "people", "stays", "links", "counts"]
    when: tuple[Condition, ...] = ()
    only_with: Texts = ()
    scale: Literal[10, 100] | dict[str, Literal[10, 100]] = 10
    lines_of_one_session: bool = False
    columns: dict[str, AnyCell]

    @property
    def canonical(self) -> Kind:
        """The kind of record."""
        return KINDS_BY_NAME[self.kind]

    @model_validator(mode="after")
    def _known_columns(self) -> Self:
        known = self.canonical.text_columns
        for name in (*self.columns, *self.only_with):
            if name not in known:
                raise ValueError(f"{self.kind} has no column {name}; it has {', '.join(known)}")
        missing = [" or ".join(names) for names in NEEDED[self.kind] if not set(names) & set(self.columns)]
        if missing:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        if self.lines_of_one_session and self.kind != "procedures":
            raise ValueError("lines_of_one_session is only for procedures")
        return self

    def scale_of(self, sheet: str | None) -> int:
        """The top of the pain scale on this sheet."""
        if isinstance(self.scale, int):
            return self.scale
        return next((top for pattern, top in self.scale.items() if as_pattern(pattern).fullmatch(sheet or "")), 10)


class Aside(Part):
    """Rows that are no record: rejected by name, before anything else is asked."""

    rule: Literal["totals_row", "other_measure", "status_not_loaded"]
    when: tuple[Condition, ...] = Field(min_length=1)


class FileMapping(Part):
    """One shape of file: how to read it, how to know it, and which records its rows hold."""

    name: str
    files: Texts = ()
    sheets: Texts = ()
    known_by: Texts = ()
    reader: AnyOptions = Field(default_factory=default_options)
    header_rows: Literal[1, 2] = 1
    header_line: int | None = Field(default=None, ge=1)
    header: Texts = ()
    values: dict[str, AnyCell] = Field(default_factory=dict)
    fill_down: tuple[AnyHeading, ...] = ()
    aside: tuple[Aside, ...] = ()
    record: tuple[Record, ...] = ()
    scores: tuple[Scores, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _name_values(cls, entries: object) -> object:
        """Put the named values where `{ value = "name" }` stands."""
        if not isinstance(entries, dict) or not isinstance(entries.get("values"), dict):
            return entries
        return {key: _fill_values(entry, entries["values"]) for key, entry in entries.items()}

    @model_validator(mode="after")
    def _records_of_scores(self) -> Self:
        """Blocks of scores become records, before the kinds that stand behind pain scores."""
        order = [kind.name for kind in ALL_KINDS]
        scores = tuple(Record(**record) for block in self.scores for record in block.records())
        later = [one for one in self.record if order.index(one.kind) > order.index("pain_scores")]
        earlier = [one for one in self.record if one not in later]
        if not self.record and not scores:
            raise ValueError(f"{self.name}: needs a record or scores")
        # The model is frozen for everybody but itself.
        object.__setattr__(self, "record", (*earlier, *scores, *later) if scores else self.record)
        return self

    @model_validator(mode="after")
    def _records_in_order(self) -> Self:
        order = [kind.name for kind in ALL_KINDS]
        places = [order.index(one.kind) for one in self.record]
        if places != sorted(places):
            raise ValueError(f"{self.name}: records stand in the order {', '.join(order)}")
        return self

    @model_validator(mode="after")
    def _header_of_a_file_without_one(self) -> Self:
        if not self.header:
            return self
        if self.reader.kind != "csv":
            raise ValueError(f"{self.name}: header is only for files of the reader csv")
        known = {plain_heading(name) for name in self.header}
        absent = [name for one in self.headings for name in one.column if plain_heading(name) not in known]
        if absent:
            raise ValueError(f"{self.name}: header has no column {', '.join(dict.fromkeys(absent))}")
        return self

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """Every column that is asked for."""
        cells = [cell for record in self.record for top in record.columns.values() for cell in top.all_cells]
        asked: tuple[Aside | Record, ...] = (*self.aside, *self.record)
        conditions = [inner for part in asked for one in part.when for inner in one.all_conditions]
        ticked = [Heading(column=(name,), optional=cell.optional) for cell in cells for name in cell.ticked]
        return (*(one for one in (*cells, *conditions, *self.fill_down) if one.column), *ticked)

    @cached_property
    def wanted(self) -> Wanted:
        """What a reader looks for."""
        written = tuple(dict.fromkeys(name for heading in self.headings for name in heading.column))
        names = frozenset(plain_heading(name) for name in written)
        needed = tuple(as_pattern(pattern) for pattern in self.known_by)
        return Wanted(
            headings=names,
            written=written,
            header_rows=self.header_rows,
            header_line=self.header_line,
            header=self.header,
            needed=needed,
        )

    def takes_file(self, name: str) -> bool:
        """Whether a file of this name may be of this shape."""
        return not self.files or any(as_pattern(pattern).fullmatch(plain_heading(name)) for pattern in self.files)

    def takes_sheet(self, sheet: str | None) -> bool:
        """Whether a sheet of this name may be of this shape."""
        return not self.sheets or any(
            as_pattern(pattern).fullmatch(plain_heading(sheet or "")) for pattern in self.sheets
        )


class Source(Part):
    """How one sending system writes, and what it sends. `sha256` is the hash of its file."""

    name: str
    sha256: str
    title: str = Field(min_length=1)
    extends: str | None = None
    sends: frozenset[Fact] = frozenset()
    deaths: HeardFrom | None = None
    readmissions: HeardFrom | None = None
    complications: HeardFrom | None = None
    new_fractures: HeardFrom | None = None
    complete_to: date | None = None
    is_synthetic: bool = False
    time_zone: str | None = Field(default=None, min_length=1)
    snapshot: Snapshot = Snapshot()
    formats: Habits = Habits()
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    expect: dict[str, AnyExpectation] = Field(default_factory=dict)
    lookup: dict[str, Lookup] = Field(default_factory=dict)
    treatment: Treatment | None = None
    other_tables: Texts = ()
    file: tuple[FileMapping, ...] = ()

    @model_validator(mode="after")
    def _known_expectations(self) -> Self:
        refuse_unfit(self.expect)
        return self

    @model_validator(mode="after")
    def _known_codes(self) -> Self:
        for mapping in self.file:
            for record in mapping.record:
                for top in record.columns.values():
                    for cell in top.all_cells:
                        if isinstance(cell.codes, str) and cell.codes not in {**self.codes, **self.lookup}:
                            raise ValueError(f"{mapping.name}: there is no [codes.{cell.codes}]")
        return self

    @model_validator(mode="after")
    def _lookups_of_tables(self) -> Self:
        if self.lookup and any(mapping.reader.kind == "redcap" for mapping in self.file):
            raise ValueError("lookup: files of REDCap come with their data dictionary, which says what codes mean")
        return self

    @model_validator(mode="after")
    def _known_forms(self) -> Self:
        """A column of dates needs a declared form; only workbooks know their own dates."""
        declared = self.formats.date or self.formats.date_time
        for mapping in self.file:
            for record in mapping.record:
                for name, cell in record.columns.items():
                    forms = declared or cell.formats or any(inner.formats for inner in cell.inner)
                    if name.endswith(("_on", "_at")) and not forms and mapping.reader.kind != "excel":
                        raise ValueError(f"{mapping.name}, {name}: no form of dates is declared (formats)")
        return self

    def with_treatment(self) -> "Source":
        """The source with each record of procedures as two: those that are the treatment, and all others."""
        if self.treatment is None:
            return self
        return self.model_copy(update={"file": tuple(self._treated(mapping) for mapping in self.file)})

    def _treated(self, mapping: FileMapping) -> FileMapping:
        assert self.treatment is not None
        records: list[Record] = []
        for record in mapping.record:
            if record.kind == "procedures":
                cell = record.columns.get("record_status")
                named = cell.codes if cell is not None else {}
                standing = self.codes[named] if isinstance(named, str) else named
                records += self.treatment.split_record(record, mapping.reader.kind == "fhir", standing)
            else:
                records.append(record)
        treated = mapping.model_copy(update={"record": tuple(records)})
        # A copy brings along what was worked out from the records before.
        for name in ("headings", "wanted"):
            treated.__dict__.pop(name, None)
        return treated

    @property
    def facts(self) -> frozenset[Fact]:
        """What is sent: what the source says, and the intended stay where a column holds it."""
        mapped = {name for one in self.file for record in one.record for name in record.columns}
        planned: frozenset[Fact] = frozenset({"intended_stay"}) if "intended_stay" in mapped else frozenset()
        return self.sends | planned

    @property
    def reads_names(self) -> bool:
        """Whether the name of a file decides what is read in it."""
        cells = (
            cell
            for one in self.file
            for record in one.record
            for top in record.columns.values()
            for cell in top.all_cells
        )
        return any(one.files for one in self.file) or any(cell.name_of == "file" for cell in cells)

    @property
    def is_canonical(self) -> bool:
        """Whether this source sends the product's own CSV form."""
        return not self.file


def _fill_values(entry: object, values: dict[str, object]) -> object:
    if isinstance(entry, dict):
        if set(entry) == {"value"} and entry["value"] in values:
            return _fill_values(values[entry["value"]], {})
        return {key: _fill_values(inner, values) for key, inner in entry.items()}
    return [_fill_values(inner, values) for inner in entry] if isinstance(entry, list) else entry
