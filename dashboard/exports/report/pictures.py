"""The charts of a report, and what they say changed."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.bar_charts import counts_over_time
from dashboard.charts.hidden_shares import shares_with_gaps
from dashboard.charts.spine import spine_picture
from dashboard.charts.trends.over_time import over_time
from dashboard.exports.report.numbers import Scope
from dashboard.text.theme import LIGHT
from data.settings import Target
from queries.catalogue.metric_versions import find_metric
from queries.figures.summarise import BLOCK
from queries.trends.annotations import Note, Registration
from queries.trends.present import JUDGED_BY, judge_figure
from queries.trends.registered_changes import looks_at
from queries.trends.steps import step_of
from queries.trends.trend import Rebase, Trend, make_trend
from queries.trends.what_changed import WATCHED

# Pixels: three charts and their sentences on a page of paper.
HEIGHT = 230
# Question over the chart, and what is counted.
DRAWN = {
    "day_case_completed": ("Are more day cases going home the same day?", "day cases"),
    "responders_50_hours_24_72": ("Do more patients halve their pain?", "procedures"),
    "home_ready_within_6_hours": ("Are more patients ready to go home within 6 hours?", "day cases"),
}


def watched_trends(
    scope: Scope,
    rebases: Sequence[tuple[str, Rebase]],
    registrations: Sequence[Registration],
    targets: Mapping[str, Target],
) -> dict[str, Trend]:
    """The trend of every watched figure, up to the month of the report, judged as on the pages."""
    return {
        name: _watched_trend(
            scope, name, [one for metric, one in rebases if metric == name], registrations, targets.get(name)
        )
        for name in WATCHED
    }


def _watched_trend(
    scope: Scope, name: str, rebases: Sequence[Rebase], registrations: Sequence[Registration], target: Target | None
) -> Trend:
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
        tables[step],
        find_metric(name),
        step=step,
        gate=gate_of(name),
        rebases=rebases,
        target=target.value if target else None,
        judgement=judgement,
    )


def department_charts(scope: Scope, found: dict[str, Trend], notes: Sequence[Note]) -> list[tuple[go.Figure, str]]:
    """Charts with the sentence below each."""
    counts = counts_over_time(scope.figures("procedures", period="month"), LIGHT)
    charts = [(counts.update_layout(height=HEIGHT), "")]
    for name, (question, noun) in DRAWN.items():
        concerned = [note for note in notes if note.concerns((name, find_metric(name).header.topic))]
        pinned = [(note.on, f"{note.site}: {note.text}" if note.site else note.text) for note in concerned]
        figure = over_time(found[name], question, noun=noun, theme=LIGHT, notes=pinned)
        charts.append((figure.update_layout(height=HEIGHT), found[name].told))
    charts.append((spine_picture(scope.figures("treated_vertebra"), LIGHT), ""))
    return charts


def outside_charts(scope: Scope) -> list[tuple[go.Figure, str]]:
    """Shares by quarter with the hidden ones named; no trend can be read from rounded numbers."""
    charts = []
    for name in DRAWN:
        figures: pd.DataFrame = scope.figures(name, period="quarter")
        if len(figures):
            labelled = figures.assign(label=figures["period"], title=find_metric(name).title)
            charts.append((shares_with_gaps(labelled, LIGHT), ""))
    return charts
