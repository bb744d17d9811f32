"""Published and peer figures: reference points beside our figures, no targets. Of pain always both arms of a trial.

A department's peer figures stand in a file of the same name and shape in the settings of its home.
"""

import csv
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs

from pydantic import Field, ValidationError, field_validator, model_validator

from data.errors import UsageProblem
from data.home import SETTINGS, department_home
from data.storage.settings_files import Setting
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue

NAME = "benchmarks.csv"


class Comparison(Setting):
    """One result for a metric and timepoint (empty where the metric has none): of a trial, or of one group alone.

    A trial: a share of each arm, as counts of those measured; or the difference between the arms, in the metric's unit,
    with its 95 % interval: number and sign as the paper prints them. One group: no name and counts of a comparison.
    `population` says who was counted, as filters in an address; `date` when it was published; `definition_version` the
    version of our metric that its definition was compared with, and found to agree.
    """

    metric: str
    timepoint: str = ""
    definition_version: int = 1
    study: str = Field(min_length=1)
    date: str = Field(pattern=r"^\d{4}(-\d{2}){0,2}$")
    population: str = ""
    treated_numerator: int | None = Field(default=None, ge=0)
    treated_denominator: int | None = Field(default=None, ge=1)
    comparison_name: str = ""
    comparison_numerator: int | None = None
    comparison_denominator: int | None = None
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    note: str = ""
    source: str = Field(min_length=1)

    @field_validator("population")
    @classmethod
    def names_known_filters(cls, text: str) -> str:
        """A mistake shows when the file is read."""
        _read_population(text)
        return text

    @model_validator(mode="after")
    def is_about_a_figure(self) -> "Comparison":
        """There is such a figure, and it is a share where counts are given."""
        if self.figure_name not in read_catalogue():
            raise ValueError(f"there is no figure {self.figure_name}")
        if None not in (self.treated_numerator, self.treated_denominator):
            if read_catalogue()[self.figure_name].kind != "proportion":
                raise ValueError(f"{self.figure_name} is no share, so that counts cannot stand beside it")
            if (self.treated_numerator or 0) > (self.treated_denominator or 0):
                raise ValueError("treated_numerator is more than treated_denominator")
        return self

    @model_validator(mode="after")
    def shows_both_arms(self) -> "Comparison":
        """Pain falls without treatment too: one arm alone would mislead."""
        has_difference = None not in (self.difference, self.lower, self.upper)
        if self.is_one_group:
            if self.figure_name in read_catalogue() and read_catalogue()[self.figure_name].header.topic == "pain":
                raise ValueError("pain falls without treatment too: give both arms of a trial")
            if None in (self.treated_numerator, self.treated_denominator):
                raise ValueError("give treated_numerator and treated_denominator")
        elif not self.has_counts and not has_difference:
            raise ValueError("give the counts of both arms, or the difference with its interval")
        return self

    @property
    def figure_name(self) -> str:
        """The name of the figure in the catalogue."""
        return f"{self.metric}_{self.timepoint}" if self.timepoint else self.metric

    @property
    def is_one_group(self) -> bool:
        """Whether it tells of one group, without a comparison."""
        return not self.comparison_name

    @property
    def agrees(self) -> bool:
        """Whether our definition is still the one that it was compared with."""
        return read_catalogue()[self.figure_name].header.version == self.definition_version

    def narrow_filters(self, filters: Filters) -> Filters:
        """Days and sites of the filters, and the population of this result; nothing else that a reader chose."""
        chosen = {"site": filters["site"], **_read_population(self.population)}
        return Filters.of(chosen, filters.date_from, filters.date_to)

    @property
    def has_counts(self) -> bool:
        """Whether the share of each arm is known."""
        counts = (self.treated_numerator, self.treated_denominator)
        return None not in (*counts, self.comparison_numerator, self.comparison_denominator)


def _read_population(text: str) -> dict[str, list[str]]:
    if not text:
        return {}
    try:
        found = parse_qs(text, strict_parsing=True)
        Filters.of(found)
    except (ValueError, UsageProblem):
        raise ValueError(
            "write it as filters of an address: indication=osteoporotic&technique=vertebroplasty"
        ) from None
    return found


def read_comparisons(path: Path) -> tuple[Comparison, ...]:
    """The rows of the file; `UsageProblem` names the line and the first column at fault."""
    where = f"data/settings/{NAME}" if path.parent == SETTINGS else str(path)
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError:
        raise UsageProblem(where, "the file is missing", "Restore it from the repository.") from None
    except UnicodeDecodeError:
        raise UsageProblem(where, "not valid UTF-8", "Save it as CSV in UTF-8.") from None
    return tuple(_make_comparison(f"{where}, line {line}", row) for line, row in enumerate(rows, start=2))


def _make_comparison(where: str, row: dict[str, str]) -> Comparison:
    try:
        return Comparison.model_validate({key: value for key, value in row.items() if value not in ("", None)})
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(str(part) for part in first["loc"]) or "the whole line"
        raise UsageProblem(f"{where}, {column}", first["msg"], "Correct it and start again.") from None


def published_comparisons() -> tuple[Comparison, ...]:
    """All published results that we ship, and after them those that the department added in its home."""
    return _read_all(department_home().settings / NAME)


@lru_cache
def _read_all(own: Path) -> tuple[Comparison, ...]:
    return (*read_comparisons(SETTINGS / NAME), *(read_comparisons(own) if own.is_file() else ()))


def published_groups(figures: Sequence[str]) -> tuple[Comparison, ...]:
    """Results of one group for these figures whose definition agrees with ours, in the order of the file."""
    found = [one for one in published_comparisons() if one.is_one_group and one.agrees]
    return tuple(one for one in found if one.figure_name in figures)


def published_for(metric: str, timepoint: str | None = None) -> tuple[Comparison, ...]:
    """The results for a metric's file name, such as `mild_pain`, and a timepoint (None = all)."""
    return tuple(one for one in published_comparisons() if one.metric == metric and timepoint in (None, one.timepoint))
