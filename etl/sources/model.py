"""What a source TOML may say. Every key is described in `docs/sources.md`; a test demands it."""

import re
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from etl.canonical import ALL_KINDS, Kind
from etl.readers import Wanted, plain
from etl.readers.registry import AnyOptions, default_options

Fact = Literal["recovery", "deaths", "readmissions", "complications", "leaks", "intended_stay"]
FACTS: tuple[Fact, ...] = ("recovery", "deaths", "readmissions", "complications", "leaks", "intended_stay")
KINDS_BY_NAME = {kind.name: kind for kind in ALL_KINDS}
# Without these a record cannot be counted, followed or corrected.
NEEDED = {
    "procedures": ("procedure_id", "patient_id"),
    "pain_scores": ("score_id", "patient_id", "score"),
    "complications": ("complication_id", "procedure_id", "occurred_on", "type"),
    "contacts": ("contact_id", "procedure_id", "kind", "happened_at"),
    "people": ("patient_id",),
    "stays": ("stay_id",),
}
ISO = "iso"
EXCEL_DAY = "excel"
FORMAT_PARTS = frozenset("dmyYHIMSpbBf")


def _one_or_more(written: object) -> object:
    return [written] if isinstance(written, str) else written


def _known_format(written: str) -> str:
    parts = re.findall(r"%(.)", written)
    if written not in (ISO, EXCEL_DAY) and (not parts or not set(parts) <= FORMAT_PARTS):
        raise ValueError(f"'{written}' is not a format: use %d %m %Y %y %b %B %H %I %p %M %S %f, or iso, or excel")
    return written


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_more)]
Formats = Annotated[tuple[Annotated[str, BeforeValidator(_known_format)], ...], BeforeValidator(_one_or_more)]


class Part(BaseModel):
    """A part of a source file. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Heading(Part):
    """One column of the file, by its heading. Of several names the first that holds something counts."""

    column: Texts = ()
    group: str | None = None
    after: str | None = None
    number: int | None = Field(default=None, ge=1)
    optional: bool = False


class Condition(Heading):
    """What a cell must be for a record or a rule to apply. `*` in a value stands for anything."""

    is_: Texts = Field(default=(), alias="is")
    is_not: Texts = ()
    empty: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.column:
            raise ValueError("names no column")
        if not self.is_ and not self.is_not and self.empty is None:
            raise ValueError("says neither is, is_not nor empty")
        return self


def _cell(written: object) -> object:
    return {"column": written} if isinstance(written, (str, list)) else written


class Cell(Heading):
    """How one value of a record is made: from a column, a constant, or other values."""

    constant: str | None = None
    parts: tuple["AnyCell", ...] = ()
    between: str = "|"
    date: "AnyCell | None" = None
    time: "AnyCell | None" = None
    next_day_before: "AnyCell | None" = None
    ticked: dict[str, str] = {}
    marks: Texts = ("1", "x", "yes", "true", "checked")
    formats: Formats = ()
    zone: str | None = None
    midnight_is_no_time: bool | None = None
    pattern: str | None = None
    pad: int | None = Field(default=None, ge=2, le=20)
    split: str | None = None
    codes: dict[str, str] | str = {}
    missing: dict[str, str] | Texts = {}
    default: str | None = None
    decimal: Literal[".", ","] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        origins = [bool(self.column), self.constant is not None, bool(self.parts), bool(self.date), bool(self.ticked)]
        if sum(origins) != 1:
            raise ValueError("needs exactly one of column, constant, parts, date (with time), ticked")
        if self.time is not None and self.date is None:
            raise ValueError("time needs a date")
        if self.pattern is not None and re.compile(self.pattern).groups != 1:
            raise ValueError("pattern needs exactly one group in parentheses")
        return self

    @property
    def missing_codes(self) -> dict[str, str]:
        """Code → reason why there is no value."""
        return self.missing if isinstance(self.missing, dict) else dict.fromkeys(self.missing, "code")

    @property
    def inner(self) -> tuple["Cell", ...]:
        """The cells this one is made of."""
        return (*self.parts, *(one for one in (self.date, self.time, self.next_day_before) if one is not None))


AnyCell = Annotated[Cell, BeforeValidator(_cell)]


class Record(Part):
    """One canonical record out of a row of a sheet."""

    kind: Literal["procedures", "pain_scores", "complications", "contacts", "people", "stays"]
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
        missing = [name for name in NEEDED[self.kind] if name not in self.columns]
        if missing:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        if self.kind == "procedures" and not {"performed_on", "started_at"} & set(self.columns):
            raise ValueError("procedures needs performed_on or started_at")
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
    reader: AnyOptions = Field(default_factory=default_options)
    header_rows: Literal[1, 2] = 1
    header_line: int | None = Field(default=None, ge=1)
    aside: tuple[Aside, ...] = ()
    record: tuple[Record, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _records_in_order(self) -> Self:
        order = [kind.name for kind in ALL_KINDS]
        places = [order.index(one.kind) for one in self.record]
        if places != sorted(places):
            raise ValueError(f"{self.name}: records stand in the order {', '.join(order)}")
        return self

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """Every column that is asked for."""
        cells = [cell for record in self.record for top in record.columns.values() for cell in _all_cells(top)]
        conditions = [one for asked in (*self.aside, *self.record) for one in asked.when]
        ticked = [Heading(column=(name,)) for cell in cells for name in cell.ticked]
        return (*(one for one in (*cells, *conditions) if one.column), *ticked)

    @cached_property
    def wanted(self) -> Wanted:
        """What a reader looks for."""
        written = tuple(dict.fromkeys(name for heading in self.headings for name in heading.column))
        return Wanted(frozenset(plain(name) for name in written), written, self.header_rows, self.header_line)

    def takes_file(self, name: str) -> bool:
        """Whether a file of this name may be of this shape."""
        return not self.files or any(as_pattern(pattern).fullmatch(plain(name)) for pattern in self.files)

    def takes_sheet(self, sheet: str | None) -> bool:
        """Whether a sheet of this name may be of this shape."""
        return not self.sheets or any(as_pattern(pattern).fullmatch(plain(sheet or "")) for pattern in self.sheets)


class Habits(Part):
    """How dates, times and numbers are written unless a column says otherwise."""

    date: Formats = ()
    time: Formats = ()
    date_time: Formats = ()
    words: dict[str, str] = {}
    decimal: Literal[".", ","] = "."
    midnight_is_no_time: bool = False


class Snapshot(Part):
    """Whether a delivery holds everything (`full`) or only what is new (`incremental`).

    A record that a full delivery no longer holds is withdrawn. `scope = "dates"`: only between the earliest and the
    latest date of the delivery; `all`: whatever its date.
    """

    mode: Literal["incremental", "full"] = "incremental"
    scope: Literal["dates", "all"] = "dates"


class Source(Part):
    """How one sending system writes, and what it sends. `sha256` is the hash of its file."""

    name: str
    sha256: str
    title: str = Field(min_length=1)
    sends: frozenset[Fact] = frozenset()
    deaths: Literal["linked", "noted"] | None = None
    complete_to: date | None = None
    is_synthetic: bool = False
    time_zone: str | None = None
    snapshot: Snapshot = Snapshot()
    formats: Habits = Habits()
    codes: dict[str, dict[str, str]] = {}
    file: tuple[FileMapping, ...] = ()

    @model_validator(mode="after")
    def _known_codes(self) -> Self:
        for mapping in self.file:
            for record in mapping.record:
                for top in record.columns.values():
                    for cell in _all_cells(top):
                        if isinstance(cell.codes, str) and cell.codes not in self.codes:
                            raise ValueError(f"{mapping.name}: there is no [codes.{cell.codes}]")
        return self

    @property
    def is_canonical(self) -> bool:
        """Whether this source sends the product's own CSV form."""
        return not self.file


def _all_cells(cell: Cell) -> list[Cell]:
    return [cell, *(deeper for inner in cell.inner for deeper in _all_cells(inner))]


def as_pattern(written: str) -> re.Pattern[str]:
    """A text with `*` for anything, as a regular expression over plain text."""
    return re.compile(".*".join(re.escape(piece) for piece in plain(written).split("*")), re.DOTALL | re.IGNORECASE)
