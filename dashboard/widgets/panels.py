"""Details that are computed only when their panel is opened, the same on every topic page."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import groupby
from urllib.parse import parse_qs

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.rates import against_published
from dashboard.links import view_options
from dashboard.text import definitions
from dashboard.text.glossary import explain_terms
from dashboard.text.phrases import (
    capture_words,
    count_of,
    inside_sentence,
    interval_words,
    join_words,
    value_label,
    value_words,
)
from dashboard.view import leaflet_sentences
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts, tables
from dashboard.widgets.leaflet_row import sentence_table
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.published_trials import Comparison, published_groups
from queries.explain.selections import Behind
from queries.figures.gates import FIRM
from queries.figures.summarise import Row
from queries.statistics.intervals import clopper_pearson, wilson

NO_TARGETS = "Their patients were others, and nothing is adjusted: reference points, no targets."


def open_panel(title: str, key: str) -> AbstractContextManager | None:
    """An expander to write into, or None while it is closed."""
    shown = st.expander(title, **view_options.panel_option(key, f"panel_{key}"))
    return shown if shown.open else None


Charted = tuple[go.Figure, pd.DataFrame]


def chart_panel(view: View, title: str, key: str, draw: Callable[[], Charted | None], by: str | None = None) -> None:
    """A panel with one chart, drawn when the panel is opened; `draw` gives None when there is too little to draw."""
    if inside := open_panel(title, key):
        with inside:
            drawn = draw()
            if drawn and is_recorded(drawn[1]):
                page_parts.show_chart(view, key, *drawn, by=by)
            elif drawn:
                st.write("Not recorded by this department, or not for these procedures.")
            else:
                st.write("Too little is recorded to draw this.")


def is_recorded(table: pd.DataFrame) -> bool:
    """Whether anything of the figures in a table is recorded; tables of something else are taken as they are."""
    return "recorded" not in table or bool(table["recorded"].sum())


def facts_panel(rows: Callable[[], Sequence[tuple[str, str]]]) -> None:
    """From all procedures to those behind the headline, step by step, when opened."""
    if inside := open_panel("Missing data, and what it could change", "missing"):
        with inside:
            tables.facts_table(rows())


def figures_panel(view: View, title: str, key: str, names: Sequence[str], about: str = "") -> None:
    """Several figures in a table, when opened: the value, of how many, and the procedures that each counts.

    `about`: what to know of them, with the terms in it explained.
    """
    if inside := open_panel(title, key):
        with inside:
            if about:
                st.markdown(about, help=explain_terms(about))
            show_figures(view, key, names)


def show_figures(view: View, key: str, names: Sequence[str]) -> None:
    """The table itself; where nothing of it is recorded, a sentence that says so."""
    rows = [view.figure(name) for name in names]
    titles = [read_catalogue()[name].title for name in names]
    if not any(row["recorded"] for row in rows):
        named = join_words([inside_sentence(title) for title in titles])
        st.write(f"Not recorded by this department, or not for these procedures: {named}.")
        return
    with st.container(horizontal=True, vertical_alignment="top", key=f"rows_{key}"):
        cells = [[title, figure_words(row), capture_words(row)] for title, row in zip(titles, rows, strict=True)]
        leads = [[Behind(metric=name, status="counted"), None] for name in names]
        tables.grid_table(["", "figure", "of those who count"], cells, leads, view)
        page_parts.rows_behind(view, key, [row | {"label": title} for row, title in zip(rows, titles, strict=True)])


def figure_words(row: Row) -> str:
    """`215 of 296 (73 %; 67–77 %)`, or a mean or median with its interval, as far as its gate allows."""
    if not row["recorded"]:
        return "not recorded" if row["eligible"] else "nobody to count yet"
    firm = f"{value_words(row)}; {interval_words(row)}" if row["gate"] in FIRM else ""
    if row["statistic"] == "proportion":
        counts = count_of(row["numerator"], row["recorded"])
        return f"{counts} ({firm})" if firm else counts
    return firm or "too little known for a figure"


def published_panel(view: View, names: Sequence[str]) -> None:
    """These figures beside published ones, and the department's own peers, of the same definition and population.

    Nothing where there are none.
    """
    found = published_groups(names)
    if not found:
        return
    if inside := open_panel("Beside published and peer figures", "published"):
        with inside:
            alike = sorted(found, key=lambda one: (names.index(one.figure_name), one.population))
            for place, (_, group) in enumerate(groupby(alike, key=lambda one: (one.figure_name, one.population))):
                _show_published(view, f"published_{place}", list(group))
            notes = dict.fromkeys(f"{one.study}: {one.note or 'same definition'}. {one.source}" for one in found)
            st.caption(f"{'; '.join(notes)}. {NO_TARGETS}")


def _show_published(view: View, key: str, group: Sequence[Comparison]) -> None:
    """One figure of the population that was published, beside what was; only the counts where too little is known."""
    one, name = group[0], group[0].figure_name
    metric = read_catalogue()[name]
    mine = replace(view, filters=one.narrow_filters(view.filters))
    row = mine.figure(name)
    among = "; ".join(
        ", ".join(value_label(value, key) for value in picked) for key, picked in parse_qs(one.population).items()
    )
    # Of safety, below 80 % followed up, nothing is a rate.
    if row["gate"] not in (("plain",) if metric.header.topic == "safety" else FIRM):
        counts = count_of(row["numerator"], row["recorded"]) if row["recorded"] else "not recorded"
        st.write(f"{metric.title}: here {counts}{f' ({among})' if among else ''}, too little known to stand beside it.")
        return
    exact = metric.interval_method == "clopper_pearson"
    others = [
        {
            **published_share(other.treated_numerator or 0, other.treated_denominator or 0, exact=exact),
            "label": f"{other.study} ({other.date})", "source": other.source, "note": other.note,
        }
        for other in group
    ]  # fmt: skip
    table = pd.DataFrame([row | {"label": "this department", "source": "", "note": ""}, *others])
    left_out = {key for key, _ in view.filters.values} - {"site", *parse_qs(one.population)}
    others_chosen = "; what else is chosen above is left out" if left_out else ""
    subtitle = f"Same definition, 95 % intervals{f'; in each: {among}' if among else ''}{others_chosen}"
    figure = against_published(table, f"{metric.title}: here and elsewhere", subtitle, page_parts.current_theme())
    page_parts.show_chart(mine, key, figure=figure, table=table, shows=mine.filters_of(name))


def published_share(yes: int, of: int, *, exact: bool = False) -> Row:
    """A published share with its interval, Wilson's or the exact one, in the columns of a figure."""
    lower, upper = clopper_pearson(yes, of) if exact else wilson(yes, of)
    return {
        "value": 100 * yes / of, "lower": 100 * float(lower), "upper": 100 * float(upper),
        "numerator": yes, "recorded": of, "eligible": of, "gate": "plain",
    }  # fmt: skip


def how_counted(names: Sequence[str]) -> None:
    """The definitions behind a page, in the words of the catalogue."""
    if inside := open_panel("How this is counted", "how_counted"):
        with inside:
            for name in names:
                metric = read_catalogue()[name]
                st.markdown(f"**{metric.title}** {definitions.definition_line(metric)}")
            page_parts.page_link("methods", "All definitions, with the SQL that ran →")


def what_we_tell(view: View, metrics: Sequence[str]) -> None:
    """What patients are told about this topic, beside what happened."""
    if inside := open_panel("What we tell patients, and what happened", "told"):
        with inside:
            about = [one for one in leaflet_sentences.read_sentences(view) if one.now.metric in metrics]
            st.html(sentence_table(view, about, is_whole=True))
            page_parts.page_link("what_we_tell_patients", "All sentences →")
