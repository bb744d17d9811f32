"""What `[expect]` of a source TOML may say: what a hospital knows of its own records."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from etl.sources.language.cells import Part, Texts

DATES = {
    "procedures": (
        "performed_on", "started_at", "ended_at", "arrived_at", "recovery_ready_at", "discharged_at", "pre_call_at",
        "died_on", "resumed_activity_on", "readmitted_on",
    ),
    "pain_scores": ("measured_at",), "complications": ("occurred_on",), "contacts": ("happened_at",),
}  # fmt: skip
NUMBERS = {
    "procedures": {
        "age_years": "age_value", "asa_class": "asa_class", "cement_ml": "cement_value", "levels": "len(vertebrae)",
    },
    "pain_scores": {"score": "score_value"},
}  # fmt: skip
WORDS = {
    "procedures": (
        "sex", "site", "operator", "technique", "indication", "setting", "intended_stay", "sedation", "disposition",
        "delay_reason",
    ),
    "pain_scores": ("context", "instrument", "mode"), "complications": ("type", "severity", "scale"),
    "contacts": ("kind", "outcome"),
}  # fmt: skip
# What may be expected of, by kind of record: canonical column → column of typed rows.
EXPECTED: dict[str, dict[str, str]] = {
    kind: {name: f"{name[:-3]}_date" for name in names}
    | NUMBERS.get(kind, {})
    | {name: name for name in WORDS.get(kind, ())}
    for kind, names in DATES.items()
}


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
    numbers = {name for columns in NUMBERS.values() for name in columns}
    for name, wanted in expect.items():
        if name not in known:
            raise ValueError(f"expect has no column {name}; it has {', '.join(known)}")
        needed = "days_before_receipt" if name.endswith(("_on", "_at")) else "between" if name in numbers else "one_of"
        if getattr(wanted, needed) in (None, ()):
            raise ValueError(f"expect, {name}: say {needed}")
