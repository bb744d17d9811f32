"""What `[expect]` of a source TOML may say: what a hospital knows of its own records."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from data.field_dictionary import Table, read_fields
from etl.sources.canonical import KINDS, NUMBER_COLUMNS
from etl.sources.language.cells import Part, Texts

# Columns that are read by SQL of their own into other columns of typed rows.
READ_AS = {"age_years": "age_value", "score": "score_value", "levels": "len(vertebrae)"}
# Texts that are not compared as they are.
LEFT_OUT = ("timepoint", "vertebra")
NUMBERS = frozenset({"levels", *NUMBER_COLUMNS})


def _typed_columns(table: Table) -> Iterator[tuple[str, str]]:
    for field in table.fields:
        if field.carried or field.type in ("id", "flag") or field.name in LEFT_OUT:
            continue
        is_dated = field.type in ("date", "time")
        yield field.name, f"{field.stem}_date" if is_dated else READ_AS.get(field.name, field.name)


# What may be expected of, by kind of record: canonical column → column of typed rows.
EXPECTED: dict[str, dict[str, str]] = {kind.name: dict(_typed_columns(read_fields()[kind.name])) for kind in KINDS}


class Expectation(Part):
    """What is expected of a column: a range, a list, or how old a date may be. A row that breaks it is a surprise."""

    between: tuple[float, float] | None = None
    one_of: Texts = ()
    days_before_receipt: int | None = Field(default=None, ge=0)
    severity: Literal["grave", "mild"] = "grave"

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        told = (self.between is not None, bool(self.one_of), self.days_before_receipt is not None)
        if sum(told) != 1:
            raise ValueError("says exactly one of between, one_of, days_before_receipt")
        if self.between is not None and self.between[0] > self.between[1]:
            raise ValueError("between runs from the smaller to the larger number")
        return self


def _expectation(written: object) -> object:
    if isinstance(written, list):
        is_range = len(written) == 2 and all(isinstance(one, (int, float)) for one in written)
        return {"between" if is_range else "one_of": written}
    return {"one_of": [written]} if isinstance(written, str) else written


AnyExpectation = Annotated[
    Expectation, BeforeValidator(_expectation, json_schema_input_type=str | list[str | float] | Expectation)
]


def refuse_unfit(expect: Mapping[str, Expectation]) -> None:
    """`ValueError` where a column is not known, or can never be as expected."""
    known = dict.fromkeys(name for columns in EXPECTED.values() for name in columns)
    for name, wanted in expect.items():
        if name not in known:
            raise ValueError(f"expect has no column {name}; it has {', '.join(known)}")
        needed = "days_before_receipt" if name.endswith(("_on", "_at")) else "between" if name in NUMBERS else "one_of"
        if getattr(wanted, needed) in (None, ()):
            raise ValueError(f"expect, {name}: say {needed}")
