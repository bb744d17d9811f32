"""Everything in a bundle held against everything else in it: files, rows, answers, figures."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from dashboard.exports.reconcile.bundle_files import Bundle
from dashboard.exports.reconcile.facts import facts_of, pain_at
from dashboard.exports.reconcile.figures import COUNTS, NUMBERS, Cell, gate_row, group_cells, rows_of
from dashboard.exports.reconcile.labels import label_problems
from dashboard.exports.reconcile.records import recompute_records
from dashboard.exports.reconcile.second_definitions import (
    Told,
    at_timepoint,
    heard_of,
    single_metric,
    strictly_within,
)

CURVES = "curves and quantiles of charts: figures.csv holds none; their answers are in metric_values.csv"
WORDS_ONLY = "reasons of answers, SQL of definitions, restatements, notes, sums of the manifest: as written"
PAIRED = ("responders_30", "responders_50", "responders_2_points", "relieved_alive")
PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}
TOLERANCE = 1e-6
SHOWN = 3


@dataclass
class Agreement:
    """What was compared for one metric. `differences` says where, never whose."""

    metric: str
    answers: int = 0
    figures: int = 0
    differences: list[str] = field(default_factory=list)


@dataclass
class Audit:
    """The whole comparison. `not_recomputed`: metrics without a second definition, or whose figures are not here."""

    problems: list[str]
    metrics: list[Agreement]
    not_recomputed: list[str]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.problems and not any(one.differences for one in self.metrics)


def audit_bundle(bundle: Bundle) -> Audit:
    """Recompute every answer and every figure of a bundle from its tables, and compare."""
    again = recompute_records(bundle)
    facts = facts_of(bundle, again.outcomes)
    pains = {name: pain_at(again.pain_outcomes, facts, name) for name in again.pain_outcomes["timepoint"].unique()}
    problems = [*bundle.problems, *label_problems(bundle), *again.problems]
    values = dict(iter(bundle.tables["metric_values"].groupby("metric", sort=False)))
    figures = dict(iter(bundle.tables["figures"].groupby("metric", sort=False)))
    excluded = dict(iter(bundle.tables["exclusions"].groupby("metric", sort=False)))
    splits = _figure_splits(bundle, facts)
    metrics, left_out = [], [*again.as_given, CURVES, WORDS_ONLY]
    for definition in bundle.tables["definitions"].to_dict("records"):
        name = definition["metric"]
        told = _second_answers(name, facts, pains)
        if told is None:
            left_out.append(f"{name}: no second definition")
            continue
        one = Agreement(name)
        _compare_answers(one, values.get(name), told, definition["kind"])
        _compare_exclusions(one, excluded.get(name), told)
        if name in figures:
            _compare_figures(one, figures[name], told, splits, _capture_answers(name, facts, pains))
        metrics.append(one)
    if not figures:
        left_out.append("figures: single procedures were chosen, which are no choice of filters")
    if not bundle.has_dates:
        left_out.append("figures by group and period: this profile holds none")
        left_out.append("registration_delay_days: this profile does not hold it")
    return Audit(problems, metrics, left_out)


def _second_answers(name: str, facts: pd.DataFrame, pains: dict[str, pd.DataFrame]) -> Told | None:
    if name == "strictly_within_24_72_hours":
        return strictly_within(facts, pains["hours_24_72"])
    found = single_metric(name, facts)
    for timepoint, pain in pains.items():
        if found is None and name.endswith(f"_{timepoint}"):
            found = at_timepoint(name.removesuffix(f"_{timepoint}"), facts, pain)
    return found


def _capture_answers(name: str, facts: pd.DataFrame, pains: dict[str, pd.DataFrame]) -> dict[str, Told]:
    """What the gate of a figure goes by beside itself: both scores of a pair, or of whom an event would be heard."""
    found: dict[str, Told | None] = {"heard": heard_of(name, facts)}
    timepoint = next((one for one in pains if name.endswith(f"_{one}")), None)
    if timepoint and name.startswith(PAIRED):
        found["pairs"] = _second_answers(f"paired_{timepoint}", facts, pains)
    return {how: told for how, told in found.items() if told is not None}


def _cells_beside(
    told: Told, capture: dict[str, Told], groups: pd.Series | None
) -> Iterator[tuple[str | None, Cell, dict[str, Cell]]]:
    """Each group with its own answers and those that its gate goes by."""
    beside = {how: dict(group_cells(one, groups)) for how, one in capture.items()}
    for name, cell in group_cells(told, groups):
        yield name, cell, {how: cells[name] for how, cells in beside.items()}


def _compare_answers(one: Agreement, written: pd.DataFrame | None, told: Told, kind: str) -> None:
    """Status and value of every procedure, as metric_values.csv has them."""
    if written is None:
        one.differences += ["metric_values.csv does not have it"] if len(told.exclusion) else []
        return
    rows = written.set_index("procedure_id").reindex(told.exclusion.index)
    yes_no = {"proportion": ("no", "yes"), "count": ("no", "yes")}.get(kind)
    known = told.answer.notna()
    status = told.answer.map(lambda answer: yes_no[int(answer > 0)] if yes_no and not pd.isna(answer) else "value")
    status = status.where(known, "not_recorded").mask(told.exclusion != "", "not_eligible")
    counted = known & (told.exclusion == "")
    if kind == "incidence":
        written_ends = rows["category"].astype(str) + rows["value"].map(" {:g}".format)
        differs = (rows["status"] != status) | (written_ends.where(counted, "") != told.answer.where(counted, ""))
    elif kind == "category":
        differs = (rows["status"] != status) | (
            _list_categories(told.answer.where(counted)) != _list_categories(rows["category"])
        )
    else:
        apart = (rows["value"].astype(float) - told.answer.where(counted).astype(float)).abs() > TOLERANCE
        differs = (rows["status"] != status) | apart | (rows["value"].notna() != counted)
    one.answers = len(rows)
    if differs.any():
        one.differences.append(f"metric_values.csv: {int(differs.sum())} procedures answer otherwise")


def _compare_exclusions(one: Agreement, written: pd.DataFrame | None, told: Told) -> None:
    """Who is left out and why, as exclusions.csv has it."""
    theirs = set() if written is None else set(zip(written["procedure_id"], written["exclusion"], strict=True))
    left_out = told.exclusion[told.exclusion != ""]
    differing = len(theirs ^ set(left_out.items()))
    if differing:
        one.differences.append(f"exclusions.csv: {differing} rows are others")


def _list_categories(categories: pd.Series) -> pd.Series:
    return categories.map(lambda names: "" if pd.isna(names) else ";".join(sorted(str(names).split(";")))).astype(str)


def _figure_splits(bundle: Bundle, facts: pd.DataFrame) -> dict[str | None, pd.Series | None]:
    """How figures are split: not at all, by every key that outcomes hold, by period."""
    splits: dict[str | None, pd.Series | None] = {None: None}
    if bundle.has_dates:
        for name in bundle.tables["figures"]["by"].dropna().unique():
            if name in PERIODS:
                splits[name] = _period_names(facts, name)
            else:
                splits[name] = facts[name].astype(object).where(facts[name].notna(), "not_recorded").astype(str)
    return splits


def _period_names(facts: pd.DataFrame, name: str) -> pd.Series:
    label = pd.to_datetime(facts["performed_on"]).dt.to_period(PERIODS[name]).astype(str)
    return label.str.replace("Q", "-Q") if name == "quarter" else label


def _compare_figures(
    one: Agreement,
    written: pd.DataFrame,
    told: Told,
    splits: dict[str | None, pd.Series | None],
    capture: dict[str, Told],
) -> None:
    statistic, interval = written["statistic"].iloc[0], written["interval_method"].iloc[0]
    needs_pair = one.metric.startswith(PAIRED)
    ours = {
        (by, name, row.get("category")): row | gate_row(cell, by in PERIODS, **known)
        for by, groups in splits.items()
        for name, cell, known in _cells_beside(told, capture, groups)
        for row in rows_of(cell, statistic, interval, needs_pair)
    }
    nobody = Cell(np.array([]), np.array([]))
    empty = next(rows_of(nobody, statistic, interval, needs_pair)) | gate_row(
        nobody, True, **dict.fromkeys(capture, nobody)
    )
    # What is empty as None, which a quarter of a million cells are asked for.
    for row in written.astype(object).where(written.notna(), None).to_dict("records"):
        place = _row_place(row)
        one.figures += 1
        # A category that nobody has there has the counts of its cell; a cell without procedures has none.
        mine = ours.pop(place, None) or ours.get((*place[:2], None)) or empty
        differing = [name for name in (*COUNTS, *NUMBERS) if not _is_same(row[name], mine.get(name))]
        differing += ["gate"] if row["gate"] != mine["gate"] else []
        if differing:
            one.differences.append(f"figures.csv, {_place_words(place)}: {', '.join(differing)}")
    split_by = {None, *written["by"].dropna()}
    for place, row in ours.items():
        counted = row["procedures"] and place[0] in split_by and (statistic != "category" or place[2] is not None)
        if counted:
            one.differences.append(f"figures.csv lacks {_place_words(place)}")


def _row_place(row: dict) -> tuple[str | None, str | None, str | None]:
    by, period, group, category = (
        None if row[name] is None else str(row[name]) for name in ("by", "period", "group", "category")
    )
    return by, period or group, category


def _place_words(place: tuple) -> str:
    return " ".join(str(part) for part in place if part is not None) or "not split"


def _is_same(theirs: Any, ours: Any) -> bool:
    ours = None if ours is None or math.isnan(ours) else ours
    if theirs is None or ours is None:
        return theirs is ours
    return abs(float(theirs) - float(ours)) <= TOLERANCE * max(1.0, abs(float(ours)))
