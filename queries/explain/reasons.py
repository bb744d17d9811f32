"""Why each procedure counts as yes, no, a value, not recorded, or not at all: status, reason in words, fields used.

The status comes from the same answers that figures are counted from (`figures/answers.py`), so it cannot disagree
with them; the reason only puts the facts behind it into words.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from data.errors import UsageProblem
from data.settings import Timepoint, read_timepoints
from queries.catalogue.filters import EVERYTHING, Filters
from queries.catalogue.metrics import EXCLUSIONS, Metric, read_catalogue
from queries.explain.fact_sentences import Memory, join_facts
from queries.explain.fact_words import (
    BASELINE,
    CHANGE,
    FACTS,
    LEAVING,
    PLANNED,
    Fact,
    days_between,
    on_day,
    plain_amount,
    short_date,
)
from queries.explain.facts import SEPARATOR, fact_in_window, fact_of_column, facts_of, few_facts, place_of, timepoint_of
from queries.figures.answers import metric_answers, metric_categories
from queries.figures.cohort import read_cohort
from queries.warehouse import Warehouse

Status = Literal["yes", "no", "value", "not_recorded", "not_eligible"]
STATUSES: tuple[Status, ...] = ("yes", "no", "value", "not_recorded", "not_eligible")
COLUMNS = ("procedure_id", "metric", "status", "value", "category", "reason", "fields")
TABLES = ("outcomes", "pain_outcomes", "procedures", "contacts", "treated_levels", "complications", "patients")
FIELD = re.compile(rf"\b({'|'.join(TABLES)})\.([a-z_0-9]+)\b")
KEYS = ("procedure_id", "outcome_no", "patient_key", "timepoint", "excluded_as")
# Up to so many, or one in so many of all, the facts of these alone are read.
FEW, FEW_IN = 20, 1_000
LATE_HOURS = 96


def fields_of(metric: Metric) -> tuple[str, ...]:
    """The fields that decide a metric, as `table.column`, read from its SQL and that of the views it draws on."""
    found: dict[str, None] = {}
    for sql in (*(view.sql for view in metric.views), metric.sql):
        found |= dict.fromkeys(f"{table}.{column}" for table, column in FIELD.findall(sql) if column not in KEYS)
    return tuple(found)


def metric_values(
    warehouse: Warehouse, metric: Metric, filters: Filters = EVERYTHING, memory: Memory | None = None
) -> pd.DataFrame:
    """One row per chosen procedure, in the order of `outcomes`: what it answers to a metric, and why.

    `status` is one of `STATUSES`; `value` the number (1 and 0 for yes and no; NaN where there is none); `category`
    the categories of a category metric, joined by `;`, else None; `reason` words; `fields` joined by `;`.
    """
    return metric_values_at(warehouse, metric, np.flatnonzero(read_cohort(warehouse).chosen(filters)), memory)


def procedure_values(warehouse: Warehouse, procedure_id: str, metrics: Iterable[Metric] | None = None) -> pd.DataFrame:
    """One row per metric of the catalogue for one procedure; no rows when there is no such procedure."""
    chosen = tuple(read_catalogue().values()) if metrics is None else tuple(metrics)
    place = place_of(warehouse, procedure_id)
    facts: dict[str | None, list[dict[str, Any]]] = {}
    rows = []
    if place is None:
        return _reasons_table([])
    for metric in chosen:
        timepoint = timepoint_of(metric)
        if timepoint not in facts:
            facts[timepoint] = few_facts(warehouse, timepoint, [place])
        rows.append(_values_of_few(warehouse, metric, np.array([place]), facts[timepoint]))
    return _reasons_table([row for part in rows for row in part])


def metric_values_at(
    warehouse: Warehouse, metric: Metric, places: np.ndarray, memory: Memory | None = None
) -> pd.DataFrame:
    """The same for the procedures at these places of `outcomes`, from 0. `memory` serves many metrics of the same."""
    if len(places) <= max(FEW, read_cohort(warehouse).size // FEW_IN):
        facts = few_facts(warehouse, timepoint_of(metric), places.tolist()) if len(places) else []
        return _reasons_table(_values_of_few(warehouse, metric, places, facts))
    columns = metric_columns(warehouse, metric, memory or Memory(places))
    columns["category"] = pd.Series(columns["category"], dtype="object")
    columns["reason"] = np.array(columns["reason"].to_pylist(), dtype=object)
    return pd.DataFrame(columns, columns=list(COLUMNS))


def metric_columns(warehouse: Warehouse, metric: Metric, memory: Memory) -> dict[str, Any]:
    """The same as plain columns, for the procedures of `memory`: `metric` and `fields` one text, `reason` in Arrow."""
    found, places = metric_answers(warehouse, metric), memory.places
    eligible, recorded, value = found.eligible[places], found.recorded[places], found.value[places]
    facts = facts_of(warehouse, metric)
    named = np.full(len(places), None, dtype=object)
    if metric.has_categories:
        named = _named_categories(warehouse, metric, places)
    return {
        "procedure_id": facts["procedure_id"].to_numpy()[places],
        "metric": metric.name,
        "status": _answer_statuses(metric, eligible, recorded, value),
        "value": np.where(recorded & (metric.kind != "category"), value, np.nan),
        "category": named,
        "reason": _reason_words(metric, facts, eligible, found.exclusion[places], memory),
        "fields": ";".join(fields_of(metric)),
    }


def _values_of_few(
    warehouse: Warehouse, metric: Metric, places: np.ndarray, facts: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The same without tables: for one procedure and every metric they would cost more than the answers."""
    found = metric_answers(warehouse, metric)
    named = _named_categories(warehouse, metric, places) if metric.has_categories else [None] * len(places)
    fields = ";".join(fields_of(metric))
    rows = []
    for place, row, category in zip(places.tolist(), facts, named, strict=True):
        eligible, recorded, value = bool(found.eligible[place]), bool(found.recorded[place]), float(found.value[place])
        status = _answer_statuses(metric, np.array([eligible]), np.array([recorded]), np.array([value]))[0]
        words = [
            fact.words(*(row[name] for name in fact.columns))
            for fact in _telling_facts(metric, eligible, int(found.exclusion[place]))
        ]
        rows.append(
            {
                "procedure_id": row["procedure_id"], "metric": metric.name, "status": status,
                "value": value if recorded and metric.kind != "category" else np.nan, "category": category,
                "reason": SEPARATOR.join(filter(None, words)), "fields": fields,
            }
        )  # fmt: skip
    return rows


def _reasons_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    kinds = dict.fromkeys(COLUMNS, "object") | {"value": "float64"}
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=kinds[name]) for name in COLUMNS})


def _telling_facts(metric: Metric, eligible: bool, exclusion: int) -> tuple[Fact, ...]:
    """The facts that say why: those that decided, or the one that excluded the procedure."""
    if eligible:
        return _deciding_facts(metric.name)
    if exclusion:
        return (_exclusion_fact(metric.name, EXCLUSIONS[exclusion - 1]),)
    return tuple(dict.fromkeys((*_excluding_facts(metric), *_deciding_facts(metric.name))))


def _answer_statuses(metric: Metric, eligible: np.ndarray, recorded: np.ndarray, value: np.ndarray) -> np.ndarray:
    told = np.where(value > 0, "yes", "no") if metric.kind in ("proportion", "count") else "value"
    return np.where(~eligible, "not_eligible", np.where(recorded, told, "not_recorded")).astype(object)


def _named_categories(warehouse: Warehouse, metric: Metric, places: np.ndarray) -> np.ndarray:
    found = metric_categories(warehouse, metric)
    names: dict[int, str] = {}
    wanted = np.isin(found.procedure, places)
    procedures, named = found.procedure[wanted], found.category[wanted]
    for place, category in sorted(zip(procedures.tolist(), named.tolist(), strict=True)):
        name = found.names[category]
        names[place] = f"{names[place]};{name}" if place in names else name
    return np.array([names.get(place) for place in places.tolist()], dtype=object)


def _reason_words(
    metric: Metric, facts: pd.DataFrame, eligible: np.ndarray, exclusion: np.ndarray, memory: Memory
) -> pa.Array:
    """Words for every row: the facts that decided, or the one that excluded it."""
    rest = ~eligible & (exclusion == 0)
    cases = [(eligible, True, 0), (rest, False, 0)]
    cases += [(~eligible & (exclusion == code), False, code) for code in range(1, len(EXCLUSIONS) + 1)]
    rows, told = [np.zeros(0, dtype=np.int64)], [pa.array([], pa.string())]
    for mask, counts, code in cases:
        which = np.flatnonzero(mask)
        if len(which):
            facts_told = _telling_facts(metric, counts, code)
            rows.append(which)
            told.append(join_facts([memory.tell(fact, facts, which, metric.timepoint) for fact in facts_told]))
    return pa.concat_arrays(told).take(pa.array(np.argsort(np.concatenate(rows))))


@lru_cache
def _deciding_facts(name: str) -> tuple[Fact, ...]:
    """The facts that decide what an eligible procedure answers to a metric."""
    metric = read_catalogue()[name]
    own = [f"{table}.{column}" for table, column in FIELD.findall(metric.sql)]
    named = [view.name for view in metric.views if not view.is_population and view.name in metric.sql]
    facts = [FACTS[name] for name in named]
    if metric.timepoint and any(name.startswith("pain_outcomes.") for name in own):
        score = _score_fact(_window_of_metric(metric.timepoint))
        facts += [BASELINE, score, CHANGE] if "pain_outcomes.baseline" in own else [score]
    elif any(name.startswith("pain_outcomes.") for name in own):
        facts.append(_score_fact(read_timepoints().after[0]))
    return (*facts, *_told_by(own, metric)) or (_ANY,)


def _excluding_facts(metric: Metric) -> tuple[Fact, ...]:
    """The facts by which a population is drawn, but for where the patient came from: that has its own words."""
    if metric.population is None:
        return ()
    own = [f"{table}.{column}" for table, column in FIELD.findall(metric.population.sql)]
    return _told_by((name for name in own if not name.endswith(".setting")), metric)


def _told_by(names: Iterable[str], metric: Metric) -> tuple[Fact, ...]:
    found: dict[Fact, None] = {}
    for name in names:
        table, column = name.split(".")
        if column in KEYS:
            continue
        if table == "pain_outcomes":
            found |= dict.fromkeys(filter(None, (fact_in_window(column),)))
            continue
        found[_fact_of_field(table, column, metric)] = None
    return tuple(found)


def _fact_of_field(table: str, column: str, metric: Metric) -> Fact:
    if table == "outcomes":
        return fact_of_column(column)
    if table not in FACTS:
        raise UsageProblem(
            f"queries/metrics, {metric.name}: {table}.{column}",
            "has no words to say why a procedure counts",
            f"Add {table} to FACTS in queries/explain/fact_words.py, or use a column of outcomes",
        )
    return FACTS[table]


_ANY = Fact(("performed_on",), lambda performed_on: f"performed on {performed_on.day} {performed_on:%B %Y}")


@lru_cache
def _exclusion_fact(metric_name: str, name: str) -> Fact:
    metric = read_catalogue()[metric_name]
    drawn_by = [view.sql for view in metric.views if view.is_population]
    fields = [column for sql in drawn_by for _, column in FIELD.findall(sql)]
    if name == "setting":
        return PLANNED if "intended_stay" in fields else FACTS["setting"]
    if name == "baseline_missing":
        return BASELINE
    if name == "baseline_below_4":
        return Fact(BASELINE.columns, lambda *told: f"{BASELINE.words(*told)}; counted from 4 on")
    if metric.timepoint:
        return _score_fact(_window_of_metric(metric.timepoint))
    if name == "not_due":
        return FACTS["observed_days"]
    if name == "died":
        return LEAVING if "disposition" in fields else FACTS["death_day"]
    return FACTS["next_procedure_day"]


def _window_of_metric(name: str) -> Timepoint:
    return next(window for window in read_timepoints().after if window.name == name)


@lru_cache
def _score_fact(window: Timepoint) -> Fact:
    """The score in a window, or why there is none."""

    def words(
        status: str | None, score: float | None, score_on, hours: float | None, died_on, next_day: float | None,
        as_of, performed_on,
    ) -> str:  # fmt: skip
        if score is not None:
            asked = "undated" if score_on is None else f"on {short_date(score_on, performed_on)}"
            after = "" if hours is None or hours > LATE_HOURS else f", {hours:.0f} hours after"
            return f"pain {plain_amount(score)} at {window.label} ({asked}{after})"
        last = on_day(performed_on, window.last_day)
        if status == "died" and died_on is not None:
            return f"died on {short_date(died_on, performed_on)}, by the end of the window on {last}"
        if status == "retreated" and next_day is not None:
            return f"treated again on {on_day(performed_on, next_day)}, by the end of the window on {last}"
        if status == "not_due":
            return f"window open to {last}; records reach {short_date(as_of, performed_on)}"
        if status in ("died", "retreated"):
            return f"{'died' if status == 'died' else 'treated again'} by {last}"
        return f"no score on {days_between(performed_on, window.first_day, window.last_day)}"

    told = ("window_status", "score", "score_on", "score_hours", "died_on", "next_procedure_day", "as_of")
    return Fact((*told, "performed_on"), words)
