"""Parts that all pages share: headings, the stamp, a chart with its table and download, empty states."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.access.requests.paths import SIGN_OUT, base_path
from dashboard.access.roles import RegistryReader, Viewer
from dashboard.access.settings import OPEN, THIS_COMPUTER, way_in
from dashboard.charts.trends.marked_months import mark_months
from dashboard.exports import figure_downloads
from dashboard.links import drill_through
from dashboard.links.page_files import page_files
from dashboard.links.procedure_links import ADDRESS_WRITTEN, Shows, behind_link, follow_mark
from dashboard.text import phrases
from dashboard.text.department import read_department
from dashboard.text.glossary import explain_terms
from dashboard.text.templates import render_html, style_text
from dashboard.text.theme import THEMES, Theme
from dashboard.view.reader_view import View
from dashboard.widgets.note_menu import is_over_time, note_list, note_menu, notes_on, with_pins
from dashboard.widgets.registration_menu import registration_menu
from dashboard.widgets.tables import data_table
from dashboard.widgets.view_trends import marked_months
from data.errors import OutcomesError
from data.home import home_in_service
from queries.figures.summarise import Row
from queries.trends.annotations import Note

CONFIG: dict[str, Any] = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "responsive": True}
STYLE = Path(__file__).parent / "style.css"


def add_style() -> None:
    """What the theme's settings cannot say: contrast of small text, tabular numbers, print."""
    st.html(STYLE)


def show_identity() -> None:
    """The department and the program in the corner of every page; its accent along the top."""
    department = read_department()
    logo = home_in_service().settings / department.logo
    has_logo = bool(department.logo and logo.is_file())
    if has_logo:
        st.logo(str(logo), size="large")
    # As a style: a picture of a name has a typeface of its own.
    st.html(render_html("identity", name=style_text(department.name), has_logo=has_logo, accent=department.accent))


def page_link(
    page: str, label: str, query: Mapping[str, Any] | None = None, explained: str = "", in_full: str = ""
) -> None:
    """A link to a page of this app; the filters come along, and what the page itself is to show.

    On hover stand `in_full`, where the label is short, and the meanings of the terms of label or `explained`.
    """
    address = {**st.session_state.get(ADDRESS_WRITTEN, {}), **(query or {})}
    told = [phrases.plain_text(in_full), explain_terms(explained or in_full or label) or ""]
    hover = "  \n".join(part for part in told if part)
    st.page_link(page_files()[page], label=label, query_params=address, help=hover or None)


def current_theme() -> Theme:
    """The theme that the reader's browser shows."""
    return THEMES["dark" if st.context.theme.type == "dark" else "light"]


def write_sentence(text: str) -> None:
    """A sentence that may hold text of the records, its terms explained on hover."""
    st.markdown(phrases.plain_text(text), help=explain_terms(text))


def section_heading(title: str, *below: str) -> None:
    """A heading; the terms of what stands below it are explained on its hover."""
    st.subheader(title, anchor=False, help=explain_terms(" ".join((title, *below))))


def show_problem(error: OutcomesError, title: str = "") -> None:
    """An error as people see it: where, what, what to do. Never a traceback. `title` where no page stands above it."""
    if title:
        st.title(title, anchor=False)
    st.error(f"**{error.where}**: {error.what}.", icon=":material/error:")
    st.write(f"{error.remedy}.")


def no_procedures() -> None:
    """What to do when the generation holds no procedures at all."""
    st.header("No procedures")
    st.write(
        "Files were loaded, but none of them held a procedure that could be used. `python -m etl status` tells what "
        "was read and why rows were rejected; `python -m etl rejected --out FOLDER` gives them back to be corrected."
    )


def nobody_left() -> None:
    """What to do when the filters leave nobody."""
    st.subheader("No procedures match these filters")
    st.write("Take one of the filters away, or clear all of them above.")


def show_warning(sentence: str | None) -> None:
    """A sentence above the page, where there is one."""
    if sentence:
        st.warning(sentence, icon=":material/schedule:")


def show_reader(reader: Viewer) -> None:
    """Who is looking and what that shows, below the list of pages; and the way out."""
    way = way_in()
    if way == OPEN:
        return
    with st.sidebar:
        if way == THIS_COMPUTER:
            st.caption("On this computer only: whoever uses it sees these records, exact and by name.")
            return
        chosen = reader.hospitals if isinstance(reader, RegistryReader) else reader.sites
        sites = f"all {reader.unit}s" if chosen is None else ", ".join(sorted(chosen))
        whose = "registry" if reader.in_registry else "department"
        shown = f"exact figures, for the {whose} only" if reader.has("exact_figures") else "small numbers hidden"
        shown = "own results only" if reader.has("own_results") else shown
        opens = f"{reader.role}, {sites}" + ("" if reader.role == "admin" else f": {shown}")
        st.html(render_html("reader", name=reader.name, opens=opens, sign_out=f"{base_path()}{SIGN_OUT}"))


def answer_line(sentence: str, row: Row | None = None) -> None:
    """The answer in one sentence, with the caution that goes with its figure's capture; none where none is recorded."""
    st.header(sentence, anchor=False, help=explain_terms(sentence))
    if caution := phrases.GATE_WORDS[row["gate"]] if row and row["recorded"] else "":
        st.warning(caution, icon=":material/report:")


def show_months(view: View, metric: str) -> None:
    """Which months a figure counts, where its windows close later than the period of the bar ends."""
    mine, days = view.filters_of(metric), (view.filters.date_from, view.filters.date_to)
    if mine.date_from and mine.date_to and (mine.date_from, mine.date_to) != days:
        st.caption(f"Procedures of {mine.date_from:%B %Y} to {mine.date_to:%B %Y}, whose windows are over.")


def show_chart(
    view: View,
    key: str,
    figure: go.Figure,
    table: pd.DataFrame,
    *,
    note: str = "",
    about: str = "",
    by: str | None = None,
    shows: Shows = None,
    options: Callable[[], None] | None = None,
) -> None:
    """A chart: what it found below its question, the picture, and one menu with everything that can be done with it.

    A click on a point or bar leads to the procedures behind it; `by` is the key whose values the table's groups are.
    `about` stands behind the mark of the note.
    `shows` are the filters of a figure that keeps to others than its page; `options` draws the chart's own choices.
    """
    notes = notes_on(view, table)
    if is_over_time(table) and view.reader.has("exact_figures"):
        days = sorted(set(table["period_start"].dropna()))
        figure = mark_months(figure, days, marked_months(view, str(table["metric"].iloc[0])), current_theme())
    meta = with_pins(figure, notes, current_theme()).layout.meta
    rows = meta.get("rows") if view.reader.has("rows") else None
    with st.container(border=True, key=f"figure_{key}"):
        with st.container(horizontal=True, vertical_alignment="top", key=f"heading_{key}"):
            _chart_heading(meta, note)
            _chart_menu(view, key, table=table, notes=notes, by=by, shows=shows, options=options)
        clicked = st.plotly_chart(
            figure, width="stretch", theme=None, config=CONFIG, key=f"plot_{key}", alt=meta["alt"],
            on_select="rerun" if rows else "ignore", selection_mode="points",
        )  # fmt: skip
        if note:
            st.caption(note, help=about or None)
        note_list(notes)
    # Without marks that lead somewhere the chart does not listen, and nothing comes back from it.
    points = getattr(clicked, "selection", {}).get("points") if rows else None
    if rows and points:
        follow_mark(view, table, rows=rows, point=points[0], by=by, shows=shows)


def show_picture(key: str, figure: go.Figure) -> None:
    """A chart of one procedure: nothing about single patients is given out as a file."""
    meta = figure.layout.meta
    with st.container(border=True, key=f"figure_{key}"):
        _chart_heading(meta)
        st.plotly_chart(figure, width="stretch", theme=None, config=CONFIG, key=f"plot_{key}", alt=meta["alt"])


def _chart_heading(meta: Mapping[str, Any], note: str = "") -> None:
    """The question in small, what was found as the heading, and of how many; the question alone where none is said."""
    question, found, below = meta["title"], meta.get("finding"), meta["subtitle"]
    explained = explain_terms(f"{question} {found or ''} {below} {note}")
    with st.container(gap="xxsmall"):
        if found:
            st.html(render_html("chart_question", question=question))
        st.subheader(phrases.plain_text(found or question), anchor=False, help=explained)
        st.caption(phrases.plain_text(below))


def _chart_menu(
    view: View,
    key: str,
    *,
    table: pd.DataFrame,
    notes: Sequence[Note],
    by: str | None,
    shows: Shows,
    options: Callable[[], None] | None = None,
    has_picture: bool = True,
) -> None:
    """The one menu of a figure: files, pictures, the procedures behind it, its options, notes and numbers."""
    menu = st.popover("⋯", key=f"view_{key}", on_change="rerun")
    with menu:
        with st.container(horizontal=True, vertical_alignment="center"):
            figure_downloads.table_as_csv(view, key, table)
            if has_picture:
                st.html(render_html("chart_pictures", key=key), width="content")
        everyone = drill_through.of_table(table)
        if everyone is not None and view.reader.has("rows"):
            behind_link(view, everyone, shows)
        if options is not None:
            options()
        # The rest is drawn when the menu is opened: every other click would draw it too.
        if menu.open:
            if is_over_time(table):
                note_menu(view, key, table, notes)
                registration_menu(view, key, table)
            data_table(table, by)


def data_behind(view: View, key: str, *, table: pd.DataFrame, shows: Shows = None) -> None:
    """The menu of a figure that is a table or a sentence: the summary, nothing at patient level."""
    _chart_menu(view, key, table=table, notes=(), by=None, shows=shows, has_picture=False)


def file_behind(view: View, key: str, table: pd.DataFrame) -> None:
    """The menu of a table that holds no figures: all of its rows as CSV."""
    with st.popover("⋯", key=f"view_{key}"):
        figure_downloads.table_as_csv(view, key, table)


def rows_behind(view: View, key: str, rows: Sequence[Row]) -> None:
    """The numbers of several figures together, given as rows, and their CSV."""
    with (menu := st.popover("⋯", key=f"view_{key}", on_change="rerun")):
        figure_downloads.rows_as_csv(view, key, rows)
        if menu.open:
            data_table(pd.DataFrame(rows))
