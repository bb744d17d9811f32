"""What the files of a bundle mean: a dictionary of every column, and the same as a Frictionless data package."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.exports.bundle.metric_tables import OTHER_POPULATION
from data.field_dictionary import every_field
from queries.catalogue.metrics import EXCLUSIONS
from queries.explain.reasons import STATUSES
from queries.explain.table_extracts import Column
from queries.figures.summarise import NUMBERS, WHOLE_NUMBERS

COLUMNS = ("file", "column", "type", "unit", "meaning", "allowed_values", "missing_codes", "derivation")
UNITS = {
    "_hours": "hours", "_minutes": "minutes", "_days": "days", "_day": "days from the procedure", "_ml": "millilitres",
    "_years": "years", "_at": "UTC", "_on": "local calendar date", "hours_before": "hours", "days_before": "days",
    "days_before_": "days",
}  # fmt: skip
EXACT_UNITS = {"baseline": "points, 0 to 10", "score_1_to_6_hours": "points, 0 to 10", "day": "days from the procedure"}
EXACT_UNITS |= {name: one.unit for one in every_field() if one.unit for name in (one.name, one.fact)}
TYPES = {
    "UUID": "string", "ENUM": "string", "VARCHAR": "string", "DATE": "date", "TIMESTAMP": "datetime",
    "BOOLEAN": "boolean", "DOUBLE": "number", "DECIMAL": "number",
}  # fmt: skip
MISSING = "empty cell = not recorded"
COMPUTED = ("outcomes", "pain_outcomes", "score_assignments", "check_results", "source_clocks")
STATUS_MEANING = "; ".join(
    (
        "yes and no = it counts, and how", "value = it counts with a number or categories",
        "not_recorded = it would count, the answer is not known", "not_eligible = it does not count, see reason",
    )
)  # fmt: skip
OWN_COLUMNS: dict[str, tuple[Column, ...]] = {
    "metric_values": (
        Column("procedure_id", "VARCHAR", "The procedure."),
        Column("metric", "VARCHAR", "The metric; see definitions.csv."),
        Column("definition_version", "INTEGER", "Version of its definition."),
        Column("status", "ENUM", f"{STATUS_MEANING}.", STATUSES),
        Column("value", "DOUBLE", "The number, in the metric's unit; 1 = yes, 0 = no; empty for categories."),
        Column("category", "VARCHAR", "Categories of a distribution, joined by ;."),
        Column("reason", "VARCHAR", "The facts that decided; in the safe harbor profile the rule that excludes."),
        Column("fields_used", "VARCHAR", "Fields that decide the metric, as table.column, joined by ;."),
    ),
    "exclusions": (
        Column("procedure_id", "VARCHAR", "The procedure."),
        Column("metric", "VARCHAR", "The metric that it does not count for."),
        Column("exclusion", "ENUM", f"Why; {OTHER_POPULATION} = outside the metric's population altogether.",
               (*EXCLUSIONS, OTHER_POPULATION)),
    ),
    "restatements": (
        Column("month", "VARCHAR", "Month whose figures were signed off."),
        Column("metric", "VARCHAR", "The metric."),
        Column("figure", "VARCHAR", "Which number of it: eligible, recorded, numerator or value."),
        Column("signed_generation", "VARCHAR", "Generation that was signed off."),
        Column("signed_version", "INTEGER", "Version of the definition that was signed off."),
        Column("version", "INTEGER", "Version of the definition now."),
        Column("signed", "DOUBLE", "The number when it was signed off."),
        Column("now", "DOUBLE", "The same number in this generation."),
        Column("now_as_signed", "DOUBLE", "The same by the definition that was signed, where that is kept."),
        Column("cause", "VARCHAR", "Why it differs."),
        Column("in_words", "VARCHAR", "All of it as a sentence: which number, what it was, what it is, and why."),
    ),
    "notes": (
        Column("noted_on", "DATE", "Day that the note is about."),
        Column("site", "VARCHAR", "Site it is about; empty = every site."),
        Column("topics", "VARCHAR", "Topics whose charts it stands on, joined by ;; empty = every chart."),
        Column("note", "VARCHAR", "The note, as last corrected; only in the internal profile."),
        Column("author", "VARCHAR", "Who wrote it."),
        Column("written_at", "VARCHAR", "When it was written, UTC."),
        Column("proposes_rebase", "BOOLEAN", "Whether it proposes a new baseline from that day on."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Described:
    """A file of the bundle and its columns."""

    name: str
    meaning: str
    columns: Sequence[Column]


def describe_file(name: str, meaning: str, columns: Iterable[str] = ()) -> Described:
    """A file of our own making; columns that have no description here are those of the figures (docs/exports)."""
    known = OWN_COLUMNS.get(name) or tuple(
        Column(one, _column_type(one), FIGURE_MEANINGS.get(one, "")) for one in columns
    )
    return Described(name, meaning, known)


def _column_type(figure_column: str) -> str:
    if figure_column in WHOLE_NUMBERS:
        return "BIGINT"
    if figure_column in NUMBERS:
        return "DOUBLE"
    return {"period_start": "DATE", "period_end": "DATE", "as_of": "DATE", "suppressed": "BOOLEAN",
            "period_complete": "BOOLEAN", "version": "BIGINT"}.get(figure_column, "VARCHAR")  # fmt: skip


FIGURE_MEANINGS = {
    "by": "How the figures are split: nothing, a key or a period.",
    "metric": "The metric.",
    "definition_version": "Version of its definition.",
    "version": "Version of the definition.",
    "topic": "Subject.",
    "title": "Name for people.",
    "question": "The question that it answers.",
    "kind": "proportion, mean, median, category, count or incidence.",
    "better": "Which direction is better.",
    "source": "Where the definition comes from.",
    "caveat": "What misleads.",
    "fields_used": "Fields that decide the metric.",
    "sql": "The query that ran.",
    "group": "Value of the key.",
    "category": "Category of a distribution.",
    "period": "Month, quarter or year.",
    "eligible": "Who could count (figures), or who counts in words (definitions).",
    "recorded": "How many are known.",
    "numerator": "How many said yes; for distributions, how many are in the category.",
    "value": "The figure; shares in per cent.",
    "lower": "95 % interval, lower end.",
    "upper": "95 % interval, upper end.",
    "gate": "What it may be used for.",
    "suppressed": "Whether a small count is hidden.",
    "generation": "Generation of the warehouse.",
    "statistic": "How it was computed.",
    "unit": "Unit of value.",
    "interval_method": "How the interval was computed.",
    "procedures": "All chosen procedures: eligible and all exclusions.",
    "missing": "Eligible, not recorded.",
    "lower_if_missing_no": "The rate, had all missing answered no.",
    "upper_if_missing_yes": "The rate, had all missing answered yes.",
    "period_start": "First day of the period.",
    "period_end": "Last day of the period.",
    "period_complete": "Whether records reach its end.",
    "as_of": "How far the records reach.",
    "filters": "Which procedures were chosen.",
    "audience": "For whom.",
    "followed_up": "Safety: of how many an event would be known; empty for other figures.",
    "followed_up_of": "Safety: of how many procedures that is counted; empty for other figures.",
    "excluded_setting": "Left out: where the patient came from.",
    "excluded_not_due": "Left out: window not closed.",
    "excluded_died": "Left out: died.",
    "excluded_retreated": "Left out: treated again.",
    "baseline_missing": "Left out: no pain score before.",
    "baseline_below_4": "Left out: pain before below 4.",
}


def dictionary_table(files: Sequence[Described]) -> pd.DataFrame:
    """One row per column of every file."""
    rows = [
        (
            f"{one.name}.csv", column.name, TYPES.get(column.type, "integer"), _unit_of_column(column), column.meaning,
            _allowed_values(column), MISSING, _derivation_words(one.name, column),
        )
        for one in files
        for column in one.columns
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def data_package(files: Sequence[Described], title: str) -> str:
    """`datapackage.json`: the same for programs (specs.frictionlessdata.io, Table Schema)."""
    resources: list[dict[str, Any]] = [
        {
            "name": one.name.replace("_", "-"),
            "path": f"{one.name}.csv",
            "description": one.meaning,
            "format": "csv",
            "encoding": "utf-8",
            "schema": {"fields": [_package_field(column) for column in one.columns], "missingValues": [""]},
        }
        for one in files
    ]
    return json.dumps({"name": "vertebroplasty-outcomes", "title": title, "resources": resources}, indent=1) + "\n"


def _package_field(column: Column) -> dict[str, Any]:
    written: dict[str, Any] = {"name": column.name, "type": TYPES.get(column.type, "integer")}
    if column.meaning:
        written["description"] = column.meaning
    if column.values:
        written["constraints"] = {"enum": list(column.values)}
    return written


def _allowed_values(column: Column) -> str:
    return "true; false" if column.type == "BOOLEAN" else "; ".join(column.values)


def _unit_of_column(column: Column) -> str:
    if column.name in EXACT_UNITS:
        return EXACT_UNITS[column.name]
    return next((unit for end, unit in UNITS.items() if column.name.endswith(end)), "")


def _derivation_words(file: str, column: Column) -> str:
    if file == "notes":
        return "as written in the app"
    if file in OWN_COLUMNS or file in ("figures", "definitions"):
        return "made for this bundle from the tables beside it"
    if file in COMPUTED or column.name == "sequence_no":
        return "computed when the records were loaded (METRICS)"
    return "random key" if column.name in ("procedure_id", "patient_key") else "as sent"
