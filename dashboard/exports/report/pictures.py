"""The charts of a report, and what they say changed."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.bar_charts import counts_over_time
from dashboard.charts.hidden_shares import shares_with_gaps
from dashboard.charts.spine import spine_picture
from dashboard.charts.trends.over_time import over_time
from dashboard.exports.report.numbers import Scope
from dashboard.text.theme import LIGHT
from queries.catalogue.metrics import find_metric
from queries.figures.summarise import BLOCK
from queries.trends.annotations import Note, Registration
from queries.trends.present import JUDGED_BY, judge_figure
from queries.trends.registered_changes import looks_at
from queries.trends.steps import step_of
from queries.trends.trend import Rebase, Trend, make_trend
from queries.trends.what_changed import WhatChanged, what_changed

# Name at the start of a sentence, question over the chart, what is counted.
WATCHED = {
    "day_case_completed": ("Same-day discharge", "Are more day cases going home the same day?", "day cases"),
    "responders_50_hours_24_72": (
        "The share who halved their pain within 24–72 hours", "Do more patients halve their pain?", "procedures",
    ),
    "home_ready_within_6_hours": (
        "The share ready to go home within 6 hours", "Are more patients ready to go home within 6 hours?", "day cases",
    ),
    "mean_levels": ("The number of vertebrae treated in one session", "Are more vertebrae treated?", "procedures"),
}  # fmt: skip
DRAWN = ("day_case_completed", "responders_50_hours_24_72", "home_ready_within_6_hours")
SHARES = ("day_case_completed", "responders_50_hours_24_72", "home_ready_within_6_hours")


def watched_trends(
    scope: Scope, rebases: Sequence[tuple[str, Rebase]], registrations: Sequence[Registration] = ()
) -> dict[str, Trend]:
    """The trend of every watched figure, up to the month of the report."""
    return {
        name: _watched_trend(scope, name, [one for metric, one in rebases if metric == name], registrations)
        for name in WATCHED
    }


def _watched_trend(scope: Scope, name: str, rebases: Sequence[Rebase], registrations: Sequence[Registration]) -> Trend:
    tables = {step: scope.figures(name, period=step) for step in ("month", "quarter", BLOCK)}
    step = step_of(tables["month"], tables["quarter"], tables[BLOCK])

    def gate_of(metric: str) -> str:
        return str(scope.figures(metric)["gate"].iloc[0])

    def months_of(metric: str) -> pd.DataFrame:
        return scope.figures(metric, period="month")

    judged = JUDGED_BY.get(name, name)
    looks = looks_at(registrations, judged, scope.filters(), months_of(judged))
    judgement = judge_figure(name, months_of, gate_of, looks)
    return make_trend(
        tables[step], find_metric(name), step=step, gate=gate_of(name), rebases=rebases, judgement=judgement
    )


def watched_changes(found: dict[str, Trend]) -> WhatChanged:
    """What changed among the watched figures, in sentences."""
    return what_changed([(WATCHED[name][0], one) for name, one in found.items()])


def department_charts(scope: Scope, found: dict[str, Trend], notes: Sequence[Note]) -> list[tuple[go.Figure, str]]:
    """Charts with the sentence below each."""
    charts = [(counts_over_time(scope.figures("procedures", period="month"), LIGHT), "")]
    for name in DRAWN:
        _, question, noun = WATCHED[name]
        concerned = [note for note in notes if note.concerns((name, find_metric(name).header.topic))]
        pinned = [(note.on, f"{note.site}: {note.text}" if note.site else note.text) for note in concerned]
        figure = over_time(found[name], question, noun=noun, theme=LIGHT, notes=pinned)
        charts.append((figure, f"{found[name].sentence} {found[name].rule_line}"))
    charts.append((spine_picture(scope.figures("treated_vertebra"), LIGHT), ""))
    return charts


def outside_charts(scope: Scope) -> list[tuple[go.Figure, str]]:
    """Shares by quarter with the hidden ones named; no trend can be read from rounded numbers."""
    charts = []
    for name in SHARES:
        figures: pd.DataFrame = scope.figures(name, period="quarter")
        if len(figures):
            labelled = figures.assign(label=figures["period"], title=find_metric(name).title)
            charts.append((shares_with_gaps(labelled, LIGHT), ""))
    return charts
