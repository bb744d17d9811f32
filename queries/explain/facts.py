"""What is known of procedures, for saying why they count: of all of them as a table, of a few as plain values."""

from datetime import datetime
from functools import lru_cache, partial
from typing import Any

import pandas as pd

from data.field_dictionary import Field, fact_fields, field_of
from data.settings import read_timepoints
from queries.catalogue.metrics import Metric, View, ViewHeader, needed_views
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.explain.fact_words import FACTS, Fact, plain_value
from queries.warehouse import Warehouse

SEPARATOR = "; "
EVERYONE: dict[str, Any] = {"everyone": True, "places": [0]}


def _facts_table(warehouse: Warehouse) -> pd.DataFrame:
    return warehouse.remember(("facts",), lambda: _read_facts(warehouse))


def timepoint_of(metric: Metric) -> str | None:
    """The timepoint whose scores a metric tells of; None where it tells of none."""
    if metric.timepoint is None and "pain_outcomes." not in metric.sql:
        return None
    return metric.timepoint or read_timepoints().after[0].name


def facts_of(warehouse: Warehouse, metric: Metric) -> pd.DataFrame:
    """The facts of every procedure, in order, with the scores of the metric's timepoint beside them."""
    timepoint = timepoint_of(metric)
    if timepoint is None:
        return _facts_table(warehouse)
    return warehouse.remember(("facts", timepoint), lambda: _with_scores(warehouse, timepoint))


def _read_facts(warehouse: Warehouse) -> pd.DataFrame:
    rows = _plain_dates(
        warehouse.frame(_composed_sql("procedures"), EVERYONE).sort_values("outcome_no", ignore_index=True)
    )
    rows["procedure_id"] = rows["procedure_id"].astype(str)
    events = _event_words(warehouse, EVERYONE)
    rows["events"] = [events.get(number) for number in rows["outcome_no"]]
    return rows


def few_facts(warehouse: Warehouse, timepoint: str | None, places: list[int]) -> list[dict[str, Any]]:
    """The facts of a few procedures, in the order asked for, as plain values."""
    asked: dict[str, Any] = {"everyone": False, "places": [place + 1 for place in places]}
    rows = {row["outcome_no"]: row for row in warehouse.records(_composed_sql("procedures"), asked)}
    if timepoint is not None:
        for scores in warehouse.records(_composed_sql("scores"), {**asked, "timepoint": timepoint}):
            rows[scores["outcome_no"]] |= scores
    events = _event_words(warehouse, asked)
    for number, row in rows.items():
        row["procedure_id"], row["events"] = str(row["procedure_id"]), events.get(number)
    return [rows[number] for number in asked["places"]]


def recorded_value(field: Field, value: Any) -> str:
    """A value of a field in words, with its unit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if field.type == "number":
        return f"{f'{value:.3f}'.rstrip('0').rstrip('.')} {field.unit or ''}".rstrip()
    return str(value) if field.type in ("date", "grade", "text") else plain_value(str(value))


def _recorded_words(field: Field, value: Any) -> str:
    name = field.fact_words
    if value is not None and field.type == "date":
        return f"{name} {_days_words(int(value))}"
    return f"{name} not recorded" if value is None else f"{name} {recorded_value(field, value)}"


def _days_words(day: int) -> str:
    count = f"{abs(day):,} day{'' if abs(day) == 1 else 's'}"
    return "on the day" if day == 0 else f"{count} {'before' if day < 0 else 'after'}"


def _window_words(field: Field, value: Any) -> str:
    return f"{field.words} then {'not recorded' if value is None else recorded_value(field, value)}"


def _column_words(column: str, value: Any) -> str:
    name = column.replace("_", " ")
    return f"{name} not recorded" if value is None else f"{name} {plain_value(str(value))}"


@lru_cache
def fact_of_column(column: str) -> Fact:
    """What a column of `outcomes` says: in words of its own, as the field dictionary names it, or as it is called."""
    facts = (one for one in fact_fields() if one.fact == column)
    field = next(facts, None) or field_of("procedures", column)
    words = partial(_recorded_words, field) if field else partial(_column_words, column)
    return FACTS.get(column) or Fact((column,), words)


@lru_cache
def fact_in_window(column: str) -> Fact | None:
    """What the answer to a field at a timepoint says; None for the score's own columns."""
    field = field_of("pain_scores", column)
    if field is None or not field.windows:
        return None
    return Fact((f"{column}_then",), partial(_window_words, field))


def fact_title(column: str) -> str:
    """A column of `outcomes` as a heading."""
    field = next((one for one in fact_fields() if one.fact == column), None) or field_of("procedures", column)
    titles = {"baseline": "pain before", "level_count": "levels"}
    return field.fact_words if field else titles.get(column, column.replace("_", " "))


def _event_words(warehouse: Warehouse, asked: dict[str, Any]) -> dict[int, str]:
    """Reported events in words, by number of the procedure."""
    told: dict[int, list[str]] = {}
    rows = warehouse.rows(_composed_sql("events"), asked)
    for number, day, *event in sorted(rows, key=lambda row: (row[0], row[1], str(row))):
        told.setdefault(number, []).append(f"{_describe_event(*event)} on day {day}")
    return {number: SEPARATOR.join(words) for number, words in told.items()}


def place_of(warehouse: Warehouse, procedure_id: str) -> int | None:
    """Where a procedure stands in `outcomes`, from 0; None when there is none of this key."""
    sql = read_sql_file(FOLDER / "facts" / "one_place.sql", ViewHeader)[1]
    found = warehouse.rows(sql, {"procedure": procedure_id})
    return found[0][0] - 1 if found else None


def _describe_event(kind: str, severity: str | None, scale: str | None, symptomatic: bool | None) -> str:
    name = kind.replace("_", " ")
    if kind == "cement_leak":
        name += {True: " with symptoms", False: " without symptoms", None: ", symptoms not recorded"}[symptomatic]
    grade = f"{scale.upper()} {severity}" if scale in ("sir", "cirse") and severity else "not classified"
    return f"{name} ({grade})"


def _with_scores(warehouse: Warehouse, timepoint: str) -> pd.DataFrame:
    scores = _plain_dates(warehouse.frame(_composed_sql("scores"), {**EVERYONE, "timepoint": timepoint}))
    scores = scores.sort_values("outcome_no", ignore_index=True)
    return _facts_table(warehouse).join(scores.drop(columns="outcome_no"))


def _plain_dates(rows: pd.DataFrame) -> pd.DataFrame:
    """Timestamps at midnight as plain dates, so that words can be made of them."""
    for name in rows.columns:
        if pd.api.types.is_datetime64_any_dtype(rows[name]):
            dates = rows[name].dt.date
            rows[name] = dates.astype(object).where(rows[name].notna(), None)
    return rows


@lru_cache
def _composed_sql(name: str) -> str:
    """SQL of one file of `queries/facts/`, the views it needs before it."""
    sql = read_sql_file(FOLDER / "facts" / f"{name}.sql", ViewHeader)[1]
    before: tuple[View, ...] = needed_views(sql)
    if not before:
        return sql
    named = ", ".join(f"{view.name} as ({view.sql}\n)" for view in before)
    return f"with {named}, {sql.removeprefix('with ')}"
