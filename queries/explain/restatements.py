"""What became of figures that were signed off: the same month now, and row by row why it differs."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from queries.catalogue.filters import Filters
from queries.catalogue.metric_versions import version_of
from queries.catalogue.metrics import EXCLUSIONS, Metric, ViewHeader
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.explain.selections import parse_period
from queries.figures.answers import metric_answers, metric_categories
from queries.figures.cohort import read_cohort
from queries.figures.summarise import headline_row
from queries.warehouse import Warehouse

# What is compared: whole numbers as they are, the value to nine digits.
COMPARED = ("eligible", "recorded", "numerator", "value")
# What decides how a figure is shown.
SHOWN_BY = ("gate", "lower", "upper", "followed_up", "followed_up_of")
NOT_DUE = EXCLUSIONS.index("not_due") + 1

ADDED = "procedures that came later"
GONE = "procedures withdrawn, or moved to another month"
LATE_SCORES = "late scores"
LATE = "recorded late"
OVER = "windows that are over by now"
CORRECTED = "corrections"
SETTING = "the definition or a setting changed"
DEFINITION = "the definition changed, version {} to {}"
UNKNOWN = "not known: the generation that was signed is not here any more"


@dataclass(frozen=True)
class Change:
    """A figure that differs from what was signed. `causes`: words and how many procedures, 0 where it counts none.

    `as_signed`: today's figure by the definition that was signed, where that is another and is kept.
    """

    metric: str
    signed: dict[str, Any]
    now: dict[str, Any]
    causes: tuple[tuple[str, int], ...]
    as_signed: dict[str, Any] | None = None


def month_filters(month: str, site: str | None = None) -> Filters:
    """All procedures of a month such as `2026-03`, or those of a site."""
    period = parse_period(month)
    assert period is not None
    return Filters.of({"site": [site]} if site else {}, period.start, period.end)


def is_closed(month: str, as_of: date | None) -> bool:
    """Whether the records reach beyond the end of a month."""
    period = parse_period(month)
    return period is not None and period.name == "month" and as_of is not None and as_of > period.end


def signed_figure(warehouse: Warehouse, metric: Metric, chosen: Filters) -> dict[str, Any]:
    """A metric's figure of a month (`month_filters`) as plain values for the journal: None where there is none."""
    row = headline_row(warehouse, metric, chosen)
    wanted = ("metric", "definition_version", "unit", "procedures", *COMPARED, "excluded_not_due", *SHOWN_BY)
    return {name: _plain_value(row[name]) for name in wanted}


def _plain_value(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, (np.integer, np.floating)):
        return value.item()
    return value


def cause_words(change: Change) -> str:
    """Why a figure differs, with how many procedures: the same words wherever it is told."""
    causes = "; ".join(f"{name}: {count:,}" if count else name for name, count in change.causes)
    return causes or "the same procedures, other values"


def is_changed(signed: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether a figure differs from what was signed."""
    return signed.get("definition_version") != now["definition_version"] or bool(differing_numbers(signed, now))


def differing_numbers(signed: dict[str, Any], now: dict[str, Any]) -> tuple[str, ...]:
    """The numbers of a figure that were signed and are others now, by their names."""
    return tuple(name for name in COMPARED if name in signed and _values_differ(signed[name], now[name]))


def _values_differ(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is not other
    return not math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-9)


def find_change(
    old: Warehouse | None, new: Warehouse, metric: Metric, chosen: Filters, signed: dict[str, Any]
) -> Change | None:
    """How a signed figure differs now, and why; None when it does not. `old` None = the signed generation is gone."""
    now = signed_figure(new, metric, chosen)
    if not is_changed(signed, now):
        return None
    version = int(signed.get("definition_version") or metric.header.version)
    before = version_of(metric.name, version)
    causes, as_signed = [], None
    if version != metric.header.version:
        # What the definition does is told apart from what the records do: both are counted by the one that was signed.
        differing = len(_differing_answers(new, metric, before, chosen)) if before else 0
        causes.append((DEFINITION.format(version, metric.header.version), differing))
        as_signed = signed_figure(new, before, chosen) if before else None
    if old is None:
        return Change(metric.name, signed, now, (*causes, (UNKNOWN, 0)), as_signed)
    if before is not None:
        if is_changed(signed, signed_figure(old, before, chosen)):
            causes.append((SETTING, 0))
        causes += count_causes(old, new, before, chosen)
    return Change(metric.name, signed, now, tuple(causes), as_signed)


def _differing_answers(warehouse: Warehouse, one: Metric, other: Metric, filters: Filters) -> pd.DataFrame:
    """The chosen procedures that answer two definitions differently in one generation."""
    found, beside = (_told_answers(_answers_by_key(warehouse, each, filters)) for each in (one, other))
    return found[(found != beside).any(axis=1)]


def _told_answers(rows: pd.DataFrame) -> pd.DataFrame:
    """Who counts, who is recorded, and the answers of those who are: of the others an answer stands there too."""
    answers = rows["answer"].where(rows["recorded"].astype(bool), "")
    return rows[["eligible", "recorded"]].assign(answer=answers).astype(str)


def count_causes(old: Warehouse, new: Warehouse, metric: Metric, filters: Filters) -> list[tuple[str, int]]:
    """The procedures whose answers differ, counted by cause, most first."""
    rows = _answers_by_key(old, metric, filters).join(
        _answers_by_key(new, metric, filters), how="outer", suffixes=("_old", "_new")
    )
    counted: Counter[str] = Counter()
    for row in rows.itertuples():
        cause = _cause_of_row(row, metric)
        if cause:
            counted[cause] += 1
    return counted.most_common()


def _cause_of_row(row: Any, metric: Metric) -> str | None:
    if pd.isna(row.eligible_old):
        return ADDED if row.eligible_new else None
    if pd.isna(row.eligible_new):
        return GONE if row.eligible_old else None
    if not row.eligible_old and row.eligible_new:
        return OVER if row.exclusion_old == NOT_DUE else CORRECTED
    if row.eligible_old != row.eligible_new:
        return CORRECTED
    if not row.eligible_new or (row.recorded_old == row.recorded_new and row.answer_old == row.answer_new):
        return None
    if row.recorded_new and not row.recorded_old:
        return LATE_SCORES if metric.header.topic == "pain" else LATE
    # For capture the score itself is the answer: a no that became a yes was asked, and came late.
    if metric.name.startswith("recorded_") and row.answer_new == "1.0":
        return LATE_SCORES
    return CORRECTED


@lru_cache
def _keys_sql() -> str:
    return read_sql_file(FOLDER / "facts" / "keys.sql", ViewHeader)[1]


def _answers_by_key(warehouse: Warehouse, metric: Metric, filters: Filters) -> pd.DataFrame:
    """What the procedures of a month answer, by key; `answer` as text, so that categories compare too."""
    places = np.flatnonzero(read_cohort(warehouse).chosen(filters))
    found = metric_answers(warehouse, metric)
    keys = {number - 1: key for number, key in warehouse.rows(_keys_sql())}
    told = [str(float(value)) for value in found.value[places]]
    if metric.has_categories:
        named = metric_categories(warehouse, metric)
        of: dict[int, list[str]] = {}
        for procedure, category in zip(named.procedure.tolist(), named.category.tolist(), strict=True):
            of.setdefault(procedure, []).append(named.names[category])
        told = [
            f"{';'.join(sorted(of.get(place, [])))} {number}"
            for place, number in zip(places.tolist(), told, strict=True)
        ]
    return pd.DataFrame(
        {
            "eligible": found.eligible[places].astype(object),
            "recorded": found.recorded[places].astype(object),
            "exclusion": found.exclusion[places].astype(object),
            "answer": told,
        },
        index=pd.Index([keys[int(place)] for place in places], name="procedure_id", dtype=object),
    )
