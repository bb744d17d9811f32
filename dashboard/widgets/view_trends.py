"""Trends for pages: from the figures of a view to what may be said, with the rebases that people decided."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pandas as pd

from dashboard.access.rights import requires
from dashboard.charts.trends.marked_months import MarkedMonths
from dashboard.journal import notes, registrations
from dashboard.journal.targets import target_of
from dashboard.text.theme import number_text
from dashboard.view.reader_view import View, warehouse_of
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.periods import Step
from queries.figures.gates import FIRM
from queries.figures.summarise import Row
from queries.statistics.intervals import newcombe
from queries.trends.present import Judgement, judge_figure
from queries.trends.steps import step_for
from queries.trends.trend import Rebase, RuleSet, Trend, make_trend
from queries.trends.what_changed import WATCHED, WhatChanged, what_changed

KEPT = 400
NOT_LASTING = "not yet a lasting change"
# Why nothing may be said about change.
UNJUDGED = ("too_few", "missing", "small", "recording")


@dataclass(frozen=True)
class Shown:
    """A trend, and the table of figures that it was made from."""

    trend: Trend
    figures: pd.DataFrame


def trend_of(view: View, metric: str, step: Step | None = None, rules: RuleSet = "limits") -> Shown:
    """The trend of a figure under the view's filters; without `step`, the finest that holds ten cases.

    Over all months, whatever the period. A handful of milliseconds at the first call, nothing at the next.
    """
    view = view.whole
    step = step or step_of(view, metric)
    figures = view.figures(metric, period=step)
    made = _cached_trend(
        view.path,
        view.filters,
        rows=_Rows(figures),
        metric=metric,
        step=step,
        gate=view.figure(metric)["gate"],
        decided=rebases_in_view(view, metric),
        rules=rules,
        judgement=judgement_of(view, metric),
        target=goal.value if (goal := target_of(metric)) else None,
    )
    return Shown(made, figures)


def judgement_of(view: View, metric: str) -> Judgement:
    """Whether a figure is different now: judged by month, and a time by the share within what patients are told."""
    return judge_figure(
        metric,
        lambda name: view.figures(name, period="month"),
        lambda name: str(view.figure(name)["gate"]),
        registrations.looks_of_metric(view, metric),
    )


@requires("exact_figures")
def step_of(view: View, metric: str) -> Step:
    """Months, quarters or blocks of ten, by how many cases there are."""
    return _choose_step(view.whole, metric)


@lru_cache(KEPT)
def _choose_step(view: View, metric: str) -> Step:
    return step_for(warehouse_of(view), read_catalogue()[metric], view.filters)


def view_changes(view: View) -> WhatChanged:
    """What changed in the four headline figures."""
    shown = {metric: trend_of(view, metric).trend for metric in WATCHED}
    return what_changed(shown, {metric: period_words(view, metric, trend) for metric, trend in shown.items()})


def marked_months(view: View, metric: str) -> list[MarkedMonths]:
    """The months that a page's figure is of, then those that it is compared with, each with its value; none for all."""
    days = view.filters_of(metric)
    if days.date_from is None or days.date_to is None:
        return []
    earlier = view.before(metric)
    named = [("this period", view)]
    if earlier is not None:
        named.append(("a year before" if view.span.against == "year-before" else "before", earlier))
    found = []
    for name, one in named:
        row, days = one.figure(metric), one.filters_of(metric)
        is_firm = row["gate"] in FIRM and row["unit"] != "procedures" and not pd.isna(row["value"])
        value = f" {number_text(row['value'], row['unit'])}" if is_firm else ""
        found.append(MarkedMonths(days.date_from or date.min, days.date_to or date.max, f"{name}{value}"))
    return found


def period_words(view: View, metric: str, trend: Trend) -> str:
    """Where the period and its comparison say something else than the months: the one wording of it, else empty.

    `higher than before, not yet a lasting change`: two periods alone would be taken as different.
    """
    earlier = view.before(metric)
    if earlier is None:
        return ""
    row, before = view.figure(metric), earlier.figure(metric)
    if {row["gate"], before["gate"]} - set(FIRM):
        return ""
    went = row["value"] - before["value"]
    side = "higher" if went > 0 else "lower"
    if not trend.direction:
        return f"{side} than before, {NOT_LASTING}" if _is_apart(row, before, trend) else ""
    return f"the period as a whole is {side} than before" if went and side != trend.direction else ""


def _is_apart(row: Row, before: Row, trend: Trend) -> bool:
    """Whether two periods alone would be taken as different: a reader sees that, and must be told why nothing is."""
    if row["statistic"] != "proportion" or trend.reason in (*UNJUDGED, "registered"):
        return False
    lower, upper = newcombe(row["numerator"], row["recorded"], before["numerator"], before["recorded"])
    return bool(lower > 0 or upper < 0)


def finding_words(view: View, metric: str, trend: Trend) -> str:
    """What is found, as a heading: of the months, and of the period where that says something else."""
    apart = period_words(view, metric, trend)
    found = "; ".join(part for part in (trend.short, apart) if part) if trend.direction else apart or trend.short
    return f"{found[:1].upper()}{found[1:]}"


def rebases_in_view(view: View, metric: str) -> tuple[Rebase, ...]:
    """The days on which, as people decided, the process behind a figure changed, for what the view shows."""
    decided = notes.rebases_of_metric(view, metric)
    return tuple(Rebase(one.start, one.reason, one.author) for one in decided if one.start is not None)


class _Rows:
    """A table that is told apart by identity: the tables of a view are kept and never changed."""

    def __init__(self, figures: pd.DataFrame) -> None:
        self.figures = figures

    def __hash__(self) -> int:
        return hash(id(self.figures))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rows) and self.figures is other.figures


@lru_cache(KEPT)
def _cached_trend(
    _path: str,
    _filters: object,
    *,
    rows: _Rows,
    metric: str,
    step: Step,
    gate: str,
    decided: tuple[Rebase, ...],
    rules: RuleSet,
    judgement: Judgement,
    target: float | None,
) -> Trend:
    return make_trend(
        rows.figures,
        read_catalogue()[metric],
        step=step,
        gate=gate,
        rebases=decided,
        rules=rules,
        target=target,
        judgement=judgement,
    )
