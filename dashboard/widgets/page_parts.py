"""Parts that all pages share: headings, the stamp, a chart with its table and download, empty states."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.access.requests.paths import SIGN_OUT, base_path
from dashboard.access.roles import OWN_DEPARTMENT, Viewer
from dashboard.access.settings import OPEN, THIS_COMPUTER, way_in
from dashboard.exports import figure_downloads
from dashboard.links import drill_through
from dashboard.links.page_files import page_files
from dashboard.links.procedure_links import ADDRESS_WRITTEN, Shows, behind_link, cell_link, follow_mark, view_of_figure
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.text.templates import render_html
from dashboard.text.theme import THEMES, Theme
from dashboard.view.reader_view import View
from dashboard.widgets.note_menu import is_over_time, note_list, note_menu, notes_on, with_pins
from dashboard.widgets.registration_menu import registration_menu
from data.errors import OutcomesError
from queries.explain.selections import Behind
from queries.figures.summarise import Row
from queries.trends.annotations import Note
from queries.warehouse import GenerationInfo

TABLE_COLUMNS = {
    "label": "",
    "group": "group",
    "category": "category",
    "period": "period",
    "threshold": "at",
    "count": "procedures",
    "eligible": "counted",
    "recorded": "recorded",
    "numerator": "yes",
    "value": "value",
    "lower": "95 % from",
    "upper": "95 % to",
    "p25": "quarter by",
    "p50": "half by",
    "p75": "three quarters by",
    "p90": "nine in ten by",
    "gate": "use",
    "followed_up": "followed up",
}

NUMBER_COLUMNS = ("value", "lower", "upper", "p25", "p50", "p75", "p90")
HIDDEN_COLUMNS = ("eligible", "recorded", "numerator", "value")

CONFIG: dict[str, Any] = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "responsive": True}
STYLE = Path(__file__).parent / "style.css"


def add_style() -> None:
    """What the theme's settings cannot say: contrast of small text, tabular numbers, print."""
    st.html(STYLE)


def page_link(page: str, label: str, query: Mapping[str, Any] | None = None, explained: str | None = None) -> None:
    """A link to a page of this app; the filters come along, and what the page itself is to show.

    The terms of its label, or of `explained`, are explained on hover.
    """
    address = {**st.session_state.get(ADDRESS_WRITTEN, {}), **(query or {})}
    st.page_link(page_files()[page], label=label, query_params=address, help=explain_terms(explained or label))


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


def page_heading(title: str, info: GenerationInfo) -> None:
    """The page's name, how far the records reach and which generation this is; synthetic records say so."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="heading"):
        st.title(title, anchor=False, width="content")
        if info.is_synthetic:
            st.badge("Synthetic data: nobody's records", icon=":material/science:")
        stamp = f"Data to {phrases.day_words(info.as_of)} · generation {info.generation}"
        st.caption(stamp, width="content", help=explain_terms(stamp))


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
        sites = "all sites" if reader.sites is None else ", ".join(sorted(reader.sites))
        shown = "exact figures, for the department only" if reader.has("exact_figures") else "small numbers hidden"
        opens = f"{reader.role}, {sites}" + ("" if reader.role == "admin" else f": {shown}")
        st.html(render_html("reader", name=reader.name, opens=opens, sign_out=f"{base_path()}{SIGN_OUT}"))


def answer_line(sentence: str, gate: str = "plain") -> None:
    """The answer in one sentence, with the caution that goes with its capture."""
    st.header(sentence, anchor=False, help=explain_terms(sentence))
    if phrases.GATE_WORDS[gate]:
        st.warning(phrases.GATE_WORDS[gate], icon=":material/report:")


def show_chart(
    view: View,
    key: str,
    figure: go.Figure,
    table: pd.DataFrame,
    *,
    note: str = "",
    by: str | None = None,
    shows: Shows = None,
) -> None:
    """A chart: question, numbers, picture, source line; the table behind it and its CSV.

    A click on a point or bar leads to the procedures behind it; `by` is the key whose values the table's groups are.
    `shows` are the filters of a figure that keeps to others than its page.
    """
    notes = notes_on(view, table)
    meta = with_pins(figure, notes, current_theme()).layout.meta
    rows = meta.get("rows") if view.reader.has("rows") else None
    with st.container(border=True, key=f"figure_{key}"):
        st.subheader(
            phrases.plain_text(meta["title"]),
            anchor=False,
            help=explain_terms(f"{meta['title']} {meta['subtitle']} {note}"),
        )
        st.caption(phrases.plain_text(meta["subtitle"]))
        clicked = st.plotly_chart(
            figure, width="stretch", theme=None, config=CONFIG, key=f"plot_{key}", alt=meta["alt"],
            on_select="rerun" if rows else "ignore", selection_mode="points",
        )  # fmt: skip
        if note:
            st.caption(note)
        note_list(notes)
        data_behind(view, key, table=table, notes=notes, by=by, shows=shows)
    # Without marks that lead somewhere the chart does not listen, and nothing comes back from it.
    points = getattr(clicked, "selection", {}).get("points") if rows else None
    if rows and points:
        follow_mark(view, table, rows=rows, point=points[0], by=by, shows=shows)


def show_picture(key: str, figure: go.Figure) -> None:
    """A chart of one procedure: nothing about single patients is given out as a file."""
    meta = figure.layout.meta
    with st.container(border=True, key=f"figure_{key}"):
        st.subheader(phrases.plain_text(meta["title"]), anchor=False)
        st.caption(phrases.plain_text(meta["subtitle"]))
        st.plotly_chart(figure, width="stretch", theme=None, config=CONFIG, key=f"plot_{key}", alt=meta["alt"])


def data_behind(
    view: View,
    key: str,
    *,
    table: pd.DataFrame,
    notes: Sequence[Note] = (),
    by: str | None = None,
    shows: Shows = None,
) -> None:
    """`View data`, `Download CSV` and the procedures of one figure: the summary, nothing at patient level."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"data_{key}"):
        menu = st.popover("View data", key=f"view_{key}", on_change="rerun")
        figure_downloads.table_as_csv(view, key, table)
        if is_over_time(table):
            note_menu(view, key, table, notes)
            registration_menu(view, key, table)
        whole = drill_through.of_table(table)
        if whole is not None and view.reader.has("rows"):
            behind_link(view, whole, shows)
        st.caption(_source_line(view_of_figure(view, shows)))
    if menu.open:
        with menu:
            data_table(table, by)


def rows_behind(view: View, key: str, rows: Sequence[Row]) -> None:
    """`View data` and `Download CSV` of several figures together, given as rows."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"data_{key}"):
        menu = st.popover("View data", key=f"view_{key}", on_change="rerun")
        figure_downloads.rows_as_csv(view, key, rows)
        st.caption(_source_line(view))
    if menu.open:
        with menu:
            data_table(pd.DataFrame(rows))


def _source_line(view: View) -> str:
    """What a figure was made from, for when it is read, copied or printed alone."""
    if view.audience == "outside":
        return phrases.plain_text(f"Closed months, small numbers hidden · generation {view.info.generation}")
    choice = phrases.choice_words(view.filters, view.extent(), len(view.values("site")), len(view.values("technique")))
    own = " · small numbers exact, for this department only" if view.reader.role == OWN_DEPARTMENT else ""
    return phrases.plain_text(f"{choice} · generation {view.info.generation}{own}")


def data_table(table: pd.DataFrame, by: str | None = None) -> None:
    """A table of figures, for reading."""
    text_table(_readable_table(table, by))


def text_table(table: pd.DataFrame) -> None:
    """Any table of text. Streamlit's tables read Markdown; what the records hold is shown as it is written."""
    shown = table.rename(columns=phrases.plain_text).map(
        lambda cell: phrases.plain_text(cell) if isinstance(cell, str) else cell
    )
    st.table(shown, hide_index=True)


def _readable_table(table: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """The columns that say something, under plain names, rounded for reading; of fewer than ten counts only."""
    shown = {}
    if "gate" in table:
        counts_only = table["gate"].eq("counts_only")
        if "followed_up_of" in table:
            counts_only |= table["gate"].eq("bounds_only") & table["followed_up_of"].notna()
        table = table.assign(**{name: table[name].mask(counts_only) for name in NUMBER_COLUMNS if name in table})
    hidden = table["suppressed"].to_list() if "suppressed" in table else [False] * len(table)
    for name, title in TABLE_COLUMNS.items():
        if name in table and table[name].notna().any():
            column = table[name]
            numbers = name in NUMBER_COLUMNS
            absent = ["hidden" if one and name in HIDDEN_COLUMNS else "" for one in hidden]
            heading = phrases.filter_title(by).lower() if by and name == "group" else title or "figure"
            shown[heading] = [
                nothing if pd.isna(cell) else f"{cell:.1f}" if numbers else phrases.value_label(str(cell))
                for cell, nothing in zip(column, absent, strict=True)
            ]
    return pd.DataFrame(shown)


def facts_table(rows: Sequence[tuple[str, str]]) -> None:
    """A short list of counted facts, as a table without a header."""
    st.html(render_html("facts", rows=rows))


def grid_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], leads: Sequence[Sequence[Behind | str | None]], view: View
) -> None:
    """A table of words and figures, its first column the names of its rows; wide ones scroll within themselves.

    `leads`: for each cell after the first the procedures that it leads to, or the key of one.
    """
    linked = [
        (first, [cell_link(view, *pair) for pair in zip(cells, places, strict=True)])
        for (first, *cells), places in zip(rows, leads, strict=True)
    ]
    st.html(render_html("grid", header=header, rows=linked))
