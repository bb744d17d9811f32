"""The field dictionary: one entry a column of the canonical form, in `data/fields/<table>.toml`.

What an entry says is said nowhere else: tables, reading, rules, templates, exports and words are made of it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic import Field as Limited

from data.errors import UsageProblem
from data.home import DATA

FOLDER = DATA / "fields"
# Columns that every file has, in a file of their own.
VERSIONS = "versions"
TABLES = ("links", "people", "stays", "procedures", "pain_scores", "complications", "contacts", "counts")
# What senders may keep apart from the procedure: it completes columns of the same name there.
COMPLETING = ("people", "stays")
# Tables whose fields may be facts of a procedure, and what stands before the name there.
FACT_PREFIXES = {"procedures": "", "pain_scores": "baseline_"}
# Columns since then were in every file from the beginning; kinds of file that came later have theirs since they came.
FIRST_SHAPE = 3
LATER_TABLES = {"counts": 6}
# What an entry takes over from the one of its name in the table that it is `like`.
ALIKE = ("type", "values", "list_name", "meaning", "since", "texts")
ENDINGS = {"date": ("_on",), "time": ("_at",)}
# What may leave without dates: never free text, a number of a person, or a moment.
HARMLESS = ("closed", "flag", "number", "grade")
Name = Annotated[str, Limited(pattern="^[a-z][a-z0-9_]*$")]
Bounds = Annotated[tuple[int, ...], Limited(min_length=1)]


class Field(BaseModel):
    """A column: what it holds, since which shape of the warehouse (`since`), and who may see it.

    `own`: read and written by SQL of its own; else its type decides how. `stored` is its column in a generation where
    the type does not say. `grade`: a whole number of a scale, all else counts as unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    name: Name
    type: Literal["id", "text", "closed", "flag", "number", "grade", "date", "time"]
    meaning: str = Limited(min_length=1)
    since: int
    values: tuple[Name | Literal["F", "M", "X"], ...] = ()
    list_name: Name | None = None
    least: int | None = None
    most: int | None = None
    whole: bool = False
    bands: Bounds | None = None
    unit: str | None = None
    hint: str = ""
    own: bool = False
    stored: str | None = None
    stored_after: str | None = None
    optional: bool = False
    carried: bool = False
    leaves_as: str | None = None
    profiles: tuple[Literal["limited", "safe_harbor"], ...] = ("limited",)
    outcomes: bool = False
    windows: bool = False
    is_event: bool = False
    filter: bool = False
    title: str = ""
    said: str = ""
    headings: tuple[str, ...] = ()
    called: Mapping[str, tuple[str, ...]] = {}
    texts: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        endings = tuple(one for ends in ENDINGS.values() for one in ends)
        wanted = ENDINGS.get(self.type)
        if wanted and not self.name.endswith(wanted):
            raise ValueError(f"the name of a {self.type} ends in {wanted[0]}")
        if not wanted and self.name.endswith(endings):
            raise ValueError("only dates and times have names that end in _on or _at")
        if (self.type == "closed") != bool(self.values):
            raise ValueError("closed needs values, and nothing else has them")
        if self.type == "grade" and (self.least is None or self.most is None):
            raise ValueError("grade needs least and most")
        if not self.own and "safe_harbor" in self.profiles and self.type not in HARMLESS:
            raise ValueError(f"a {self.type} may not leave in the safe_harbor profile")
        if self.outcomes and self.table not in FACT_PREFIXES:
            raise ValueError(f"outcomes is for fields of {' and '.join(FACT_PREFIXES)}")
        if self.outcomes and (self.type == "time" or (self.type == "date" and self.table != "procedures")):
            raise ValueError("outcomes has no times, and dates of procedures only")
        if self.windows and self.table != "pain_scores":
            raise ValueError("windows is for fields of pain_scores")
        if self.filter and not (self.outcomes and (self.type in ("closed", "flag", "grade") or self.bands)):
            raise ValueError("filter needs outcomes, and values to choose from: closed, flag, grade, or bands")
        is_rising = self.bands is None or list(self.bands) == sorted(set(self.bands))
        if self.bands and (self.type != "number" or self.table != "procedures" or not is_rising):
            raise ValueError("bands are rising numbers, for a number of procedures")
        if self.since > LATER_TABLES.get(self.table, FIRST_SHAPE) and not (self.optional or self.carried):
            raise ValueError("a new column is optional: files sent before do not have it")
        return self

    @property
    def stem(self) -> str:
        """The name without the ending of dates and times."""
        return self.name.removesuffix("_on").removesuffix("_at") if self.type in ENDINGS else self.name

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be chosen or written, as text; empty where it is not from a list."""
        if self.type == "grade" and self.least is not None and self.most is not None:
            return tuple(str(number) for number in range(self.least, self.most + 1))
        return ("yes", "no") if self.type == "flag" else self.values

    @property
    def is_stored(self) -> bool:
        """Whether its column in the table of its name is made from the entry."""
        return self.stored is not None or not (self.own or self.carried)

    @property
    def fact(self) -> str:
        """Its column in `outcomes`, where it has one: of a score, that of the pain before; of a date, days from D0."""
        name = f"{self.stem}_day" if self.type == "date" else self.name
        return f"{FACT_PREFIXES.get(self.table, '')}{name}"

    @property
    def filter_key(self) -> str:
        """The key that procedures are filtered and grouped by."""
        return f"{self.fact}_band" if self.bands else self.fact

    @property
    def filter_values(self) -> tuple[str, ...]:
        """The values of that key in their order, as text of the warehouse."""
        if self.bands:
            inner = (f"{low}–{high - 1}" for low, high in zip(self.bands, self.bands[1:], strict=False))
            return (f"under {self.bands[0]}", *inner, f"{self.bands[-1]}+")
        if self.type == "flag":
            return ("true", "false")
        return (*self.choices, "unknown") if self.type == "closed" else self.choices

    @property
    def words(self) -> str:
        """Its name for people within a sentence."""
        name = self.title or self.stem.removesuffix(f"_{self.unit}").replace("_", " ")
        return name if name[:2].isupper() else f"{name[0].lower()}{name[1:]}"

    @property
    def shown_title(self) -> str:
        """Its name for people, as a heading."""
        return f"{self.words[0].upper()}{self.words[1:]}"

    @property
    def fact_words(self) -> str:
        """Its name within a sentence as a fact of a procedure: of a score, that of the pain before."""
        return f"{self.words} before" if FACT_PREFIXES.get(self.table) else self.words

    @property
    def fact_title(self) -> str:
        """The same as a heading."""
        return f"{self.fact_words[0].upper()}{self.fact_words[1:]}"

    @property
    def phrase(self) -> str:
        """How a choice by it is said, with braces for the values."""
        return self.said or f"{self.fact_words}: {{}}"


class Table(BaseModel):
    """The entries of one file, in the order of its columns.

    `numbered_by` is the column that identifies a row; `grain` says what a row is, `note` what senders should know.
    `optional_versions`: files may come without the columns that say when a row was changed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    grain: str
    numbered_by: str = ""
    note: str = ""
    optional_versions: bool = False
    fields: tuple[Field, ...]

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        """The fields that have a column of their own in a generation, in the order of that table."""
        kept = [one for one in self.fields if one.is_stored]
        for one in [one for one in kept if one.stored_after]:
            kept.remove(one)
            kept.insert([each.name for each in kept].index(str(one.stored_after)) + 1, one)
        return tuple(kept)


@lru_cache
def read_fields(folder: Path = FOLDER) -> dict[str, Table]:
    """The dictionary by table. `UsageProblem` names the file and the key at fault."""
    written = {name: _read_file(folder / f"{name}.toml") for name in (*TABLES, VERSIONS)}
    return {name: _read_table(name, written) for name in (*TABLES, VERSIONS)}


def every_field() -> Iterator[Field]:
    """All entries, table by table."""
    for name in TABLES:
        yield from read_fields()[name].fields


def field_of(table: str, name: str) -> Field | None:
    """One entry; None when there is none."""
    known = read_fields().get(table)
    return next((one for one in known.fields if one.name == name), None) if known else None


def fact_fields() -> tuple[Field, ...]:
    """The fields that are facts of a procedure, in `outcomes`."""
    return tuple(one for one in every_field() if one.outcomes)


def shape_version() -> int:
    """The newest shape of the warehouse that an entry asks for."""
    return max(one.since for one in every_field())


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageProblem(f"data/fields/{path.name}", "the file is missing", "Bring it back") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"data/fields/{path.name}", f"not valid TOML ({error})", "Correct it") from None


def _read_table(name: str, written: Mapping[str, dict[str, Any]]) -> Table:
    told = {key: value for key, value in written[name].items() if not isinstance(value, dict)}
    entries = {key: value for key, value in written[name].items() if isinstance(value, dict)}
    fields = tuple(_read_entry(name, key, entry, written) for key, entry in entries.items())
    try:
        return Table(name=name, fields=fields, **told)
    except ValidationError as error:
        raise _faulty_entry(name, "", error) from None


def _read_entry(table: str, name: str, entry: dict[str, Any], written: Mapping[str, dict[str, Any]]) -> Field:
    alike = dict(entry)
    model = alike.pop("like", None)
    if model is not None:
        alike = {key: value for key, value in written[model][name].items() if key in ALIKE} | alike
    try:
        return Field(table=table, name=name, **alike)
    except ValidationError as error:
        raise _faulty_entry(table, name, error) from None


def _faulty_entry(table: str, name: str, error: ValidationError) -> UsageProblem:
    first = error.errors()[0]
    key = ".".join(str(part) for part in (name, *first["loc"]) if part != "")
    return UsageProblem(f"data/fields/{table}.toml, {key}", first["msg"], "Correct the entry")
