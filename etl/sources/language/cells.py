"""How one value of a record is found in a row: columns, conditions, cells. All keys are in `docs/sources.md`."""

import re
import warnings
from functools import cache
from typing import Annotated, Literal, Self

import duckdb
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from etl.readers import narrow, plain_heading

ISO = "iso"
EXCEL_DAY = "excel"
FORMAT_PARTS = frozenset("dmyYHIMSpbBfz")
DAY_AND_MONTH = frozenset("dmbB")


def as_pattern(written: str) -> re.Pattern[str]:
    """A text with `*` for anything, as a regular expression over plain text."""
    return re.compile(
        ".*".join(re.escape(piece) for piece in plain_heading(written).split("*")), re.DOTALL | re.IGNORECASE
    )


@cache
def compile_pattern(written: str) -> re.Pattern[str]:
    """A regular expression of a source. `ValueError` says what is wrong with it, or may be read otherwise one day."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        try:
            compiled = re.compile(written)
        except FutureWarning:
            raise ValueError("pattern holds a set in a set: write \\[ where a bracket is meant") from None
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"pattern is no regular expression ({error})") from None
    problem = _warehouse_problem(written)
    if problem:
        raise ValueError(f"pattern is more than the warehouse can read ({problem})")
    return compiled


def _warehouse_problem(pattern: str) -> str:
    """What the warehouse has against a pattern, or nothing: it knows less than Python, such as no looking ahead."""
    with duckdb.connect() as connection:
        try:
            connection.execute("select regexp_extract('', ?, 1)", [narrow(pattern)])
        except duckdb.Error as error:
            return str(error)
    return ""


def _one_or_more(written: object) -> object:
    return [written] if isinstance(written, str) else written


def _known_format(written: str) -> str:
    parts = re.findall(r"%(.)", written)
    if written not in (ISO, EXCEL_DAY) and (not parts or not set(parts) <= FORMAT_PARTS):
        raise ValueError(f"'{written}' is not a format: use %d %m %Y %y %b %B %H %I %p %M %S %f %z, or iso, or excel")
    if DAY_AND_MONTH & set(parts) and not {"Y", "y"} & set(parts):
        raise ValueError(f"'{written}' has no year: put one together with parts, or name a column that has it")
    return written


# What a TOML may say for these, for the schema that editors read.
TextOrTexts = str | tuple[str, ...]
Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_more, json_schema_input_type=TextOrTexts)]
Formats = Annotated[
    tuple[Annotated[str, BeforeValidator(_known_format)], ...],
    BeforeValidator(_one_or_more, json_schema_input_type=TextOrTexts),
]


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
    """What a cell must be for a record or a rule to apply. `*` in a value stands for anything.

    Instead of a column: `any` of these conditions holds, or `none` does.
    """

    is_: Texts = Field(default=(), alias="is")
    is_not: Texts = ()
    empty: bool | None = None
    any_: tuple["Condition", ...] = Field(default=(), alias="any")
    none_: tuple["Condition", ...] = Field(default=(), alias="none")

    @property
    def all_conditions(self) -> list["Condition"]:
        """This condition, or those that it is made of."""
        inner = (*self.any_, *self.none_)
        return [deeper for one in inner for deeper in one.all_conditions] if inner else [self]

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.any_ or self.none_:
            if self.column:
                raise ValueError("any and none stand alone")
            return self
        if not self.column:
            raise ValueError("names no column")
        if not self.is_ and not self.is_not and self.empty is None:
            raise ValueError("says neither is, is_not nor empty")
        return self


def _read_heading(written: object) -> object:
    return {"column": written} if isinstance(written, (str, list)) else written


AnyHeading = Annotated[Heading, BeforeValidator(_read_heading, json_schema_input_type=TextOrTexts | Heading)]


class Cell(Heading):
    """How one value of a record is made: from a column, a constant, or other values."""

    constant: str | None = None
    parts: tuple["AnyCell", ...] = ()
    between: str = "|"
    total: tuple["AnyCell", ...] = ()
    skip_empty: bool | None = None
    name_of: Literal["file", "sheet"] | None = None
    date: "AnyCell | None" = None
    time: "AnyCell | None" = None
    next_day_before: "AnyCell | None" = None
    plus: "AnyCell | None" = None
    plus_unit: Literal["minutes", "hours", "days", "weeks"] = "minutes"
    ticked: dict[str, str] = {}
    marks: Texts = ("1", "x", "yes", "true", "checked")
    unmarked: Texts = ()
    formats: Formats = ()
    zone: str | None = None
    midnight_is_no_time: bool | None = None
    pattern: str | None = None
    words: dict[str, str] = {}
    pad: int | None = Field(default=None, ge=2, le=20)
    split: str | None = None
    codes: dict[str, str] | str = {}
    missing: dict[str, str] | Texts = {}
    default: str | None = None
    decimal: Literal[".", ","] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        made = (self.constant is not None, self.parts, self.total, self.date, self.ticked, self.name_of)
        origins = (self.column, *made)
        if sum(bool(origin) for origin in origins) != 1:
            raise ValueError("needs exactly one of column, constant, parts, total, date (with time), ticked, name_of")
        if self.time is not None and self.date is None:
            raise ValueError("time needs a date")
        if self.pattern is not None and compile_pattern(self.pattern).groups != 1:
            raise ValueError("pattern needs exactly one group in parentheses")
        return self

    @property
    def missing_codes(self) -> dict[str, str]:
        """Code → reason why there is no value."""
        return self.missing if isinstance(self.missing, dict) else dict.fromkeys(self.missing, "code")

    @property
    def inner(self) -> tuple["Cell", ...]:
        """The cells this one is made of."""
        single = (self.date, self.time, self.next_day_before, self.plus)
        return (*self.parts, *self.total, *(one for one in single if one is not None))

    @property
    def all_cells(self) -> list["Cell"]:
        """This cell and all it is made of, at any depth."""
        return [self, *(deeper for inner in self.inner for deeper in inner.all_cells)]


class NamedCell(Part):
    """A cell that the file names under `values`."""

    value: str


AnyCell = Annotated[Cell, BeforeValidator(_read_heading, json_schema_input_type=TextOrTexts | NamedCell | Cell)]
