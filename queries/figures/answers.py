"""What every procedure answers to a metric, read once per generation and kept as columns of numbers."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd

from data.errors import UsageProblem
from queries.catalogue.filters import sort_categories
from queries.catalogue.metrics import Definition, Metric, ViewHeader
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.engines.duck import SQL_MISTAKES
from queries.figures.cohort import read_cohort
from queries.warehouse import Warehouse

# States of an answer.
RECORDED, YES = 2, 3

Summary = Literal["answers", "categories"]
OWN_NAMES = re.compile(r"\b(metric_rows|population)\b")
SUMMARIES: dict[Summary, tuple[str, ...]] = {"answers": ("answer", "value", "exclusion"), "categories": ("category",)}


@dataclass(frozen=True)
class Answers:
    """What every procedure answers, one entry each, as few bytes as tell it.

    `state`: 0 = does not count for no reason that counts, 1 = not recorded, 2 = recorded, 3 = recorded and above 0
    (yes), from 4 on excluded: 3 and the place in `EXCLUSIONS`, counted from 1. `numbers`: the values, where they are
    not all 0 and 1.
    """

    state: np.ndarray
    numbers: np.ndarray | None

    @property
    def eligible(self) -> np.ndarray:
        """Whether each procedure counts."""
        return (self.state > 0) & (self.state <= YES)

    @property
    def recorded(self) -> np.ndarray:
        """Whether its answer is known."""
        return (self.state == RECORDED) | (self.state == YES)

    @property
    def value(self) -> np.ndarray:
        """Its answer as a number, 1 and 0 for yes and no; 0 where it is not recorded."""
        return (self.state == YES).astype(float) if self.numbers is None else self.numbers

    @property
    def exclusion(self) -> np.ndarray:
        """Why it does not count: a place in `EXCLUSIONS`, counted from 1; 0 where it counts, or for no such reason."""
        return np.maximum(self.state, YES) - YES

    @cached_property
    def by_value(self) -> np.ndarray:
        """Places of the recorded procedures, smallest value first."""
        places = np.flatnonzero(self.recorded)
        return places[np.argsort(self.value[places], kind="stable")].astype(np.int32)

    @property
    def full_bytes(self) -> int:
        """What it takes, with the order by value."""
        return self.state.nbytes + (0 if self.numbers is None else self.numbers.nbytes + 4 * self.state.size)


@dataclass(frozen=True)
class Categories:
    """Categories in natural order, and one entry per procedure and category."""

    names: tuple[str, ...]
    procedure: np.ndarray
    category: np.ndarray


def metric_answers(warehouse: Warehouse, definition: Definition) -> Answers:
    """The answers to a metric or curve; to a category metric how many categories."""
    return warehouse.remember(("answers", definition.key), lambda: _read_answers(warehouse, definition))


def metric_categories(warehouse: Warehouse, definition: Definition) -> Categories:
    """The categories of a category metric."""
    return warehouse.remember(("categories", definition.key), lambda: _read_categories(warehouse, definition))


def compose_sql(definition: Definition, summary: Summary, *, by_number: bool = True) -> tuple[str, dict[str, Any]]:
    """SQL of one file of `queries/summaries/` over a definition, and its parameters.

    Its rows have an `outcome_no`. What is made of `outcomes` alone is joined by numbers, unless another engine is to
    run it.
    """
    numbered = by_number and definition.reads_outcomes_only
    parts = name_parts(definition, summary)
    if numbered:
        parts = {"outcomes": _summary_sql("numbered_outcomes"), **parts}
    named = write_parts(parts)
    columns = ", ".join(f"summary.{name}" for name in SUMMARIES[summary])
    if numbered:
        return f"{named} select summary.procedure_id as outcome_no, {columns} from summary", definition.parameters
    joined = "summary inner join outcomes on summary.procedure_id = outcomes.procedure_id"
    return f"{named} select outcomes.outcome_no, {columns} from {joined}", definition.parameters


def compose_rows(definition: Definition, summary: Summary) -> tuple[str, dict[str, Any]]:
    """The same for another engine than the generation's own: its rows have a `procedure_id`."""
    columns = ", ".join(f"summary.{name}" for name in ("procedure_id", *SUMMARIES[summary]))
    return f"{write_parts(name_parts(definition, summary))} select {columns} from summary", definition.parameters


def name_parts(definition: Definition, summary: Summary, *, ending: str = "") -> dict[str, str]:
    """Name and SQL of every part that `summary` is made of, the last; each reads only those before it.

    `ending`: what its own names end in, so that the parts of several can stand before one query.

    Two names are put before it: `metric_rows`, the rows of the definition; and `population`, which tells of each
    procedure why it does not count. A procedure's answer to a category metric is how many categories it has.
    """
    rows = definition.sql
    if summary == "answers" and isinstance(definition, Metric) and definition.kind == "category":
        rows = f"select procedure_id, nullif(count(category), 0) as value from ({rows}\n) group by procedure_id"
    population = (
        f"select procedure_id, excluded_as from {definition.population.name}"
        if definition.population
        else "select procedure_id, cast(null as varchar) as excluded_as from metric_rows where 1 = 0"
    )
    own = {"metric_rows": rows, "population": population, "summary": _summary_sql(summary)}
    if ending:
        own |= {name: OWN_NAMES.sub(rf"\1{ending}", own[name]) for name in ("population", "summary")}
    views = {view.name: view.sql for view in definition.views}
    return views | {name + ending: sql for name, sql in own.items()}


def write_parts(parts: Mapping[str, str]) -> str:
    """What stands before a query: `with` and the parts that it reads."""
    return "with " + ", ".join(f"{name} as ({sql}\n)" for name, sql in parts.items())


@cache
def answers_hash(definition: Definition) -> str:
    """Hash of the SQL that gives the answers to a definition: what is stored under another one is not its answer."""
    texts = [repr(compose_sql(definition, summary)) for summary in SUMMARIES]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def stored_number(warehouse: Warehouse, definition: Definition) -> int | None:
    """Under which number the generation holds the answers to this definition as it is today; None where it does not."""
    numbers = warehouse.remember(("stored answers",), lambda: _read_versions(warehouse))
    return numbers.get((definition.name, answers_hash(definition))) if numbers else None


def _read_versions(warehouse: Warehouse) -> dict[tuple[str, str], int]:
    rows = warehouse.rows("select metric, sql_hash, metric_no from answer_versions")
    return {(metric, sql_hash): number for metric, sql_hash, number in rows}


def _answers_query(warehouse: Warehouse, definition: Definition, summary: Summary) -> tuple[str, dict[str, Any]]:
    """The query for stored answers, where they are today's; else for the metric's own SQL."""
    number = stored_number(warehouse, definition)
    if number is None:
        return compose_sql(definition, summary)
    return _summary_sql(f"stored_{summary}"), {"metric_no": number}


@lru_cache
def _summary_sql(name: str) -> str:
    return read_sql_file(FOLDER / "summaries" / f"{name}.sql", ViewHeader)[1]


@contextmanager
def naming_its_file(definition: Definition) -> Iterator[None]:
    """Say which file a query comes from that DuckDB cannot make sense of. It is our text: no value of the records."""
    try:
        yield
    except SQL_MISTAKES as error:
        told = str(error).split("\n", 1)[0]
        raise UsageProblem(f"queries, {definition.name}", told, "Correct its SQL") from error


def _read_answers(warehouse: Warehouse, definition: Definition) -> Answers:
    size = read_cohort(warehouse).size
    with naming_its_file(definition):
        columns = warehouse.arrays(*_answers_query(warehouse, definition, "answers"))
    return pack_answers(size, columns["outcome_no"] - 1, columns)


def pack_answers(size: int, place: np.ndarray, columns: Mapping[str, np.ndarray]) -> Answers:
    """Answers of `size` procedures from `answer`, `value` and `exclusion` of those at these places."""
    told, values = columns["answer"], columns["value"]
    excluded = np.where(columns["exclusion"] > 0, columns["exclusion"] + YES, 0)
    state = np.zeros(size, dtype=np.uint8)
    state[place] = np.where(told > 0, told + (values > 0), excluded)
    if ((values == 0) | (values == 1)).all():
        return Answers(state, None)
    numbers = np.zeros(size)
    numbers[place] = values
    return Answers(state, numbers)


def _read_categories(warehouse: Warehouse, definition: Definition) -> Categories:
    with naming_its_file(definition):
        rows = warehouse.frame(*_answers_query(warehouse, definition, "categories"))
    written, found = pd.factorize(rows["category"])
    names = sort_categories(list(found))
    place_of = {name: place for place, name in enumerate(names)}
    lookup = np.array([place_of[name] for name in found], dtype=np.int64)
    return Categories(
        tuple(names), rows["outcome_no"].to_numpy(np.int64) - 1, lookup[written] if len(rows) else lookup[:0]
    )
