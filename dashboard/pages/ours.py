"""Ours: the metrics that the hospital wrote itself, in its own order. Not ours to vouch for, and said so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.access.rights import requires
from dashboard.charts.bar_charts import category_bars
from dashboard.charts.rates import rate_by_group
from dashboard.charts.trends.over_time import only_point, over_time
from dashboard.exports import figure_downloads
from dashboard.text import definitions, phrases
from dashboard.text.theme import Theme
from dashboard.view.reader_view import View, current_view, warehouse_of
from dashboard.widgets import page_parts, panels, tables
from data.errors import OutcomesError
from data.home import department_home
from queries.catalogue.filters import Filters
from queries.catalogue.spans import span_days
from queries.figures.counts import last_closed_month
from queries.figures.own_metrics import NUMBER, OVER_TIME, OwnMetric, check_own, compare_second, read_own
from queries.figures.summarise import BLOCK, Row, headline_row, summarise
from queries.trends.present import judge_months
from queries.trends.steps import step_for
from queries.trends.trend import make_trend

NONE = (
    "This hospital has no metrics of its own. docs/exports.md says how it gets one: a file of SQL in the folder "
    "`settings/metrics` of its home."
)
ABOUT = (
    "Written by this hospital, counted as all figures are. Nobody but the hospital vouches for what they mean; "
    "signals, reports and files for others leave them out."
)
# Whether the present differs can be said of these alone.
JUDGED = ("proportion", "mean")
NOT_CHECKED = "Not checked by a second definition."


@dataclass(frozen=True)
class OurFigure:
    """A metric of the hospital, its figure, and for how many procedures a second definition differs (None = none)."""

    metric: OwnMetric
    row: Row
    differing: int | None


def main() -> None:
    """Compose the page."""
    view = current_view()
    found, problems = read_ours(view)
    if not found and not problems:
        st.write(NONE)
        return
    page_parts.answer_line(answer_sentence(found))
    st.caption(ABOUT)
    for one in found:
        _show_figure(view, one)
    for problem in problems:
        page_parts.show_problem(problem)


@requires("rows")
def read_ours(view: View) -> tuple[list[OurFigure], list[OutcomesError]]:
    """The figures of this choice in the order of the page, and what is wrong with those that cannot be shown."""
    own = read_own(department_home().settings)
    found, problems = [], list[OutcomesError](own.mistakes)
    for metric in own.metrics:
        try:
            check_own(warehouse_of(view), metric)
            row = headline_row(warehouse_of(view), metric, closed_filters(view, metric))
            found.append(OurFigure(metric, row, compare_second(warehouse_of(view), metric)))
        except OutcomesError as problem:
            problems.append(problem)
    return found, problems


@requires("rows")
def our_table(view: View, metric: OwnMetric, by: str | None = None, period: str | None = None) -> pd.DataFrame:
    """A metric's figures, split; over time of all months, as every chart over time."""
    filters = view.whole.filters if period else closed_filters(view, metric)
    return summarise(warehouse_of(view), metric, filters=filters, by=by, period=period)


@requires("rows")
def closed_filters(view: View, metric: OwnMetric) -> Filters:
    """The filters of one figure: a rolling period ends with the last month that is closed for it, as everywhere."""
    whole = view.whole.filters
    last = last_closed_month(warehouse_of(view), metric, whole) if view.span.is_rolling else None
    if last is None or view.info.as_of is None:
        return view.filters
    first_day, last_day = span_days(view.span.name, last, view.info.as_of)
    return replace(view.filters, date_from=first_day, date_to=last_day)


def answer_sentence(found: Sequence[OurFigure]) -> str:
    """How many there are."""
    count = len(found)
    return f"{count} figure{'' if count == 1 else 's'} of our own." if count else "No figure of our own can be shown."


def check_sentence(one: OurFigure) -> str:
    """Whether a second definition agrees."""
    if one.differing is None:
        return NOT_CHECKED
    if not one.differing:
        return "Checked: a second definition gives every procedure the same answer."
    return f"A second definition answers otherwise for {phrases.count_procedures(one.differing)}: one of them is wrong."


def _show_figure(view: View, one: OurFigure) -> None:
    """The figure in words, its chart, its file, and how it is counted."""
    metric = one.metric
    page_parts.section_heading(metric.title, metric.question)
    # Of a distribution the chart tells the figures: the first category is not the figure.
    told = [] if metric.kind == "category" else [panels.figure_words(one.row)]
    page_parts.write_sentence(f"{'. '.join([*told, phrases.capture_words(one.row)])}. {check_sentence(one)}")
    drawn = draw_chart(view, metric, page_parts.current_theme())
    table = drawn[1] if drawn else pd.DataFrame([one.row])
    if drawn and drawn[0] is not None:
        page_parts.show_picture(f"ours_{metric.name}", drawn[0])
    with st.expander("How this is counted, and its numbers", key=f"ours_how_{metric.name}"):
        st.markdown(definitions.definition_line(metric))
        st.caption(f"Source: {metric.header.source}. Definition version {metric.header.version}, `{metric.name}`.")
        figure_downloads.table_as_csv(view, f"ours_{metric.name}", table)
        tables.data_table(table)
        st.code(metric.sql, None, wrap_lines=True)


def draw_chart(view: View, metric: OwnMetric, theme: Theme) -> tuple[go.Figure | None, pd.DataFrame] | None:
    """The chart that its line asks for with its table; None where only the number is wanted."""
    if metric.kind == "category":
        rows = our_table(view, metric)
        named = rows[rows["category"].notna()].reset_index(drop=True)
        labels = [phrases.value_label(name) for name in named["category"]]
        return (
            (category_bars(named, labels, metric.question, metric.header.eligible, theme), rows) if len(named) else None
        )
    if metric.chart == NUMBER:
        return None
    if metric.chart == OVER_TIME:
        return _course(view, metric, theme)
    key = metric.chart.removeprefix("by ")
    rows = our_table(view, metric, by=key)
    rows = rows[rows["eligible"] > 0].reset_index(drop=True)
    labels = [phrases.value_label(group, key) for group in rows["group"]]
    return rate_by_group(rows, labels, metric.question, metric.header.eligible, theme), rows


def _course(view: View, metric: OwnMetric, theme: Theme) -> tuple[go.Figure | None, pd.DataFrame]:
    step = step_for(warehouse_of(view), metric, view.whole.filters)
    figures, months = (
        our_table(view, metric, period=period) for period in (BLOCK if step == "block" else step, "month")
    )
    gate = str(headline_row(warehouse_of(view), metric, view.whole.filters)["gate"])
    trend = make_trend(figures, metric, step=step, gate=gate, judgement=judge_months(months, metric, gate))
    told = only_point(trend)
    if told:
        st.write(told)
        return None, figures
    if metric.kind not in JUDGED:
        # Ours are judged by a share that stands for them; here nobody has said which.
        trend = replace(trend, short="", sentence="")
    return over_time(trend, metric.question, noun="procedures", theme=theme), figures


if __name__ == "__main__":
    main()
