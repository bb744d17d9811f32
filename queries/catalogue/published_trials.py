"""What controlled trials published, always with both arms: reference points beside our figures, no targets."""

import csv
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from data.errors import UsageProblem
from data.home import SETTINGS
from data.storage.settings_files import Setting

NAME = "data/settings/benchmarks.csv"


class Comparison(Setting):
    """One result of a trial for a metric and timepoint.

    Either a share of each arm, as counts of those measured; or the difference between the arms, in the metric's unit,
    with its 95 % interval: number and sign as the paper prints them.
    """

    metric: str
    timepoint: str
    study: str = Field(min_length=1)
    treated_numerator: int | None = None
    treated_denominator: int | None = None
    comparison_name: str = Field(min_length=1)
    comparison_numerator: int | None = None
    comparison_denominator: int | None = None
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    note: str = ""
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def shows_both_arms(self) -> "Comparison":
        """One arm alone would mislead."""
        if not self.has_counts and (self.difference is None or self.lower is None or self.upper is None):
            raise ValueError("give the counts of both arms, or the difference with its interval")
        return self

    @property
    def has_counts(self) -> bool:
        """Whether the share of each arm is known."""
        counts = (self.treated_numerator, self.treated_denominator)
        return None not in (*counts, self.comparison_numerator, self.comparison_denominator)


def read_comparisons(path: Path) -> tuple[Comparison, ...]:
    """The rows of the file; `UsageProblem` names the line and the first column at fault."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError:
        raise UsageProblem(NAME, "the file is missing", "Restore it from the repository.") from None
    return tuple(_make_comparison(line, row) for line, row in enumerate(rows, start=2))


def _make_comparison(line: int, row: dict[str, str]) -> Comparison:
    try:
        return Comparison.model_validate({key: value for key, value in row.items() if value != ""})
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(str(part) for part in first["loc"]) or "the whole line"
        raise UsageProblem(f"{NAME}, line {line}, {column}", first["msg"], "Correct it and start again.") from None


@lru_cache
def published_comparisons() -> tuple[Comparison, ...]:
    """All published results that we ship or a department added."""
    return read_comparisons(SETTINGS / "benchmarks.csv")


def published_for(metric: str, timepoint: str | None = None) -> tuple[Comparison, ...]:
    """The results for a metric's file name, such as `mild_pain`, and a timepoint (None = all)."""
    return tuple(one for one in published_comparisons() if one.metric == metric and timepoint in (None, one.timepoint))
