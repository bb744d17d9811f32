"""From a figure to the procedures behind it: the address that names a row, and words for it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from dashboard.text import phrases
from dashboard.text.score_fates import NOT_USED
from queries.catalogue.metrics import read_catalogue, read_curves
from queries.explain.selections import AMONG, Behind

PARTS = ("metric", "status", "by", "group", "category", "period", "cases", "curve", "at", "scored", "among", "unused")
BLOCK = re.compile(r"cases (\d+)–(\d+)")
# What single procedures answer in the list behind a point of a curve.
METRIC_OF_CURVE = {"hours_to_ready": "recovery_hours", "pain_fall": "pain_change"}
# The metric of the same procedures as a curve: those who began at 4 or more.
COUNTED_IN_CURVE = {**METRIC_OF_CURVE, "pain_fall": "responders_50"}
STATUS_WORDS = {
    "all": "all procedures, counted here or not",
    "counted": "counted here",
    "recorded": "counted, with a recorded answer",
    "yes": "yes",
    "no": "no",
    "reached": "reached or seen in the window, or answered",
    "no-score": "reached or seen in the window, without a score",
    "declined": "declined in the window",
    "no-answer": "called or invited in the window, no answer",
    "no-contact": "without a score and without a contact in the window",
    "not-recorded": "counted, but not recorded",
    "not-counted": "not counted here",
    "setting": "not counted: where they came from, or planned stay",
    "not-due": "not counted: window or time not over yet",
    "died": "not counted: died",
    "retreated": "not counted: treated again",
    "baseline-missing": "not counted: no score before",
    "baseline-below-4": "not counted: score before below 4",
}


def to_address(behind: Behind) -> dict[str, str]:
    """The shortest address of a row: what is default is left out."""
    return {
        name: getattr(behind, name)
        for name in PARTS
        if getattr(behind, name) is not None and getattr(behind, name) != getattr(Behind(), name)
    }


def read_address(query: Mapping[str, str]) -> tuple[Behind, bool]:
    """The row that an address names, and whether all of it was understood; else every procedure."""
    asked = {name: query[name] for name in PARTS if query.get(name)}
    if "status" not in asked and "metric" in asked:
        asked["status"] = "all"
    behind = Behind(**asked)
    return (behind, True) if behind.is_valid else (Behind(), False)


def of_table(table: pd.DataFrame) -> Behind | None:
    """Everybody counted in a figure: of the first metric of its table. None where the table is of no metric."""
    if table.empty:
        return None
    if "curve" in table and table["curve"].iloc[0] in read_curves():
        return Behind(metric=_metric_of(table["curve"].iloc[0], COUNTED_IN_CURVE), status="counted")
    if "metric" not in table or table["metric"].iloc[0] not in read_catalogue():
        return None
    return Behind(metric=str(table["metric"].iloc[0]), status="counted")


def _metric_of(name: str, known: Mapping[str, str]) -> str:
    curve = read_curves()[name]
    metric = known[curve.name.removesuffix(f"_{curve.timepoint}")]
    return f"{metric}_{curve.timepoint}" if curve.timepoint else metric


def of_point(table: pd.DataFrame, rows: Mapping[str, Any], point: Mapping[str, Any], by: str | None) -> Behind | None:
    """The row of a table behind a point that was clicked. `rows`: by trace, what `Drawing.add` was given.

    A category leads to those who have it, a count to those counted, everything else to those with a recorded answer.
    """
    place = place_of(rows, point)
    if place is None:
        return None
    if place == "not-recorded":
        return Behind(metric=str(table["metric"].iloc[0]), status="not-recorded")
    if isinstance(place, Mapping):
        found = of_row(table.iloc[place["row"]], by)
        return found and replace(found, **{name: part for name, part in place.items() if name in PARTS})
    return of_row(table.iloc[place], by)


def place_of(rows: Mapping[str, Any], point: Mapping[str, Any]) -> int | str | Mapping[str, Any] | None:
    """What a mark was given when it was drawn; None for one that leads nowhere."""
    places = {int(trace): places for trace, places in rows.items()}.get(point.get("curve_number", -1))
    number = point.get("point_index", point.get("point_number"))
    return places[number] if places is not None and number is not None and 0 <= number < len(places) else None


def row_of(place: int | str | Mapping[str, Any] | None) -> int | None:
    """The row of the table that a mark stands in; None for one of no single row."""
    found = place.get("row") if isinstance(place, Mapping) else place
    return found if isinstance(found, int) else None


def of_row(row: Mapping[str, Any], by: str | None) -> Behind | None:
    """Where a row of a figure leads; None where it is of no metric, as the arms of published trials."""
    if row.get("curve") in read_curves():
        return Behind(metric=_metric_of(row["curve"], METRIC_OF_CURVE), curve=row["curve"], at=f"{row['threshold']:g}")
    if row.get("scored"):
        return Behind(scored=str(row["scored"]))
    if row.get("metric") not in read_catalogue():
        return None
    if "status" in row:
        return Behind(metric=str(row["metric"]), status=str(row["status"])) if row["status"] else None
    kind = read_catalogue()[row["metric"]].kind
    category = row.get("category") if kind == "category" else None
    group, period = row.get("group"), row.get("period")
    block = BLOCK.fullmatch(period) if isinstance(period, str) else None
    return Behind(
        metric=str(row["metric"]),
        status="counted" if kind == "count" else "all" if category is not None else "recorded",
        by=by if group is not None else None,
        group=group if by is not None else None,
        category=category,
        period=period if isinstance(period, str) and not block else None,
        cases=f"{block[1]}-{block[2]}" if block else None,
        among=row.get("among"),
    )


def list_sentence(behind: Behind) -> str:
    """What a list shows, such as `Pain halved at 24–72 hours: yes, March 2026, 2 vertebrae`."""
    is_said = behind.curve is not None or (behind.metric == "procedures" and behind.status == "all")
    parts = [] if is_said else [STATUS_WORDS[behind.status]]
    if behind.group is not None:
        parts.append(phrases.value_label(behind.group, behind.by))
    if behind.category is not None:
        parts.append(
            phrases.value_label(behind.category, "levels" if behind.metric == "levels_per_procedure" else None)
        )
    if behind.period is not None:
        parts.append(behind.period)
    if behind.cases is not None:
        first, last = behind.cases.split("-")
        parts.append(f"case {first}" if first == last else f"cases {first}–{last}")
    if behind.curve is not None:
        curve = read_curves()[behind.curve]
        parts.append(f"{'at least' if curve.header.counts == 'at_least' else 'within'} {behind.at} {curve.unit}")
    if behind.scored is not None:
        parts.append(f"with a pain score given in {phrases.month_words(date.fromisoformat(f'{behind.scored}-01'))}")
    if behind.among is not None and (other := AMONG.fullmatch(behind.among)):
        parts.append(f"of those with the answer {other['answer']} to {read_catalogue()[other['metric']].title}")
    if behind.unused is not None:
        parts.append(f"with a score that is not used: {NOT_USED[behind.unused]}")
    title = read_catalogue()[behind.metric].title
    return f"{title}: {', '.join(parts)}" if parts else title
