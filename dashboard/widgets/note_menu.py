"""Notes at a chart over time: their words below it, and for those who may write them, a menu."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.trends.pins import pin_notes
from dashboard.journal.notes import (
    LONGEST,
    add_note,
    correct_note,
    explain_cause,
    explanation_of,
    may_change,
    notes_for,
    rebase_metric,
    site_shown,
    sites_to_write_for,
    withdraw_note,
)
from dashboard.text import phrases
from dashboard.text.templates import render_html
from dashboard.text.theme import Theme
from dashboard.view.reader_view import View
from dashboard.widgets.view_trends import trend_of
from data.errors import OutcomesError
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.periods import Step
from queries.trends.annotations import Note


def is_over_time(table: pd.DataFrame) -> bool:
    """Whether a chart's table has periods."""
    known = "metric" in table and len(table) and table["metric"].iloc[0] in read_catalogue()
    return bool(known and "period_start" in table and table["period_start"].notna().any())


def notes_on(view: View, table: pd.DataFrame) -> tuple[Note, ...]:
    """The notes that fall into the periods of a chart's table; none for a chart that is not over time."""
    if not is_over_time(table):
        return ()
    first, last = table["period_start"].min(), table["period_end"].max()
    return tuple(note for note in notes_for(view, *table["metric"].unique()) if first <= note.on <= last)


def with_pins(figure: go.Figure, notes: Sequence[Note], theme: Theme) -> go.Figure:
    """The chart with a numbered line for each note; its alt text tells them too."""
    if not notes:
        return figure
    told = "; ".join(f"note {phrases.day_words(note.on)}{_site_words(note)}: {note.text}" for note in notes)
    figure.layout.meta = {**figure.layout.meta, "alt": f"{figure.layout.meta['alt']} {told}."}
    return pin_notes(figure, [note.on for note in notes], theme)


def note_list(notes: Sequence[Note]) -> None:
    """The words of the notes, numbered as on the chart."""
    if not notes:
        return
    headed = [(phrases.day_words(note.on) + _site_words(note), note) for note in notes]
    st.html(render_html("notes", notes=headed, written_day=phrases.written_day))


def _site_words(note: Note) -> str:
    """The site that a note is about, where it is not about every one."""
    return f", {note.site}" if note.site else ""


def note_menu(view: View, key: str, table: pd.DataFrame, notes: Sequence[Note]) -> None:
    """Write a note, correct one, take one off, or start a new baseline where one proposes it."""
    if not view.reader.has("notes"):
        return
    menu = st.expander("Add a note", key=f"notes_{key}", on_change="rerun")
    if not menu.open:
        return
    metric = read_catalogue()[str(table["metric"].iloc[0])]
    with menu:
        chosen = _chosen_note(key, [note for note in notes if may_change(view, note)])
        try:
            _note_form(view, key, metric.header.topic, chosen)
            if chosen is not None:
                _more_menu(view, key, metric.name, chosen, table)
        except OutcomesError as error:
            st.error(f"{error.what}. {error.remedy}.")


def _chosen_note(key: str, notes: Sequence[Note]) -> Note | None:
    if not notes:
        return None
    named = {0: "A new note"} | {
        note.first_id: f"Correct: {phrases.day_words(note.on)}, {note.text[:40]}" for note in notes
    }
    picked = st.selectbox("Write", list(named), format_func=named.__getitem__, key=f"note_which_{key}")
    return next((note for note in notes if note.first_id == picked), None)


def _note_form(view: View, key: str, topic: str, chosen: Note | None) -> None:
    name = f"{key}_{chosen.id if chosen else 'new'}"
    with st.form(f"note_form_{name}", clear_on_submit=True, border=False):
        day = st.date_input("Day", value=chosen.on if chosen else view.info.as_of, format="YYYY-MM-DD")
        text = st.text_area(
            "What happened", value=chosen.text if chosen else "", max_chars=LONGEST, key=f"note_text_{name}"
        )
        if chosen is None:
            site = _site_choice(view, name)
            everywhere = st.checkbox("On every chart over time, not only those of this topic")
            proposes = st.checkbox("Propose a new baseline from this day")
        if not st.form_submit_button("Save", type="primary") or day is None:
            return
        if chosen is None:
            add_note(view, day, text=text, topics=() if everywhere else (topic,), site=site, proposes_rebase=proposes)
        else:
            correct_note(view, chosen, day, text)
    st.rerun()


def _site_choice(view: View, name: str) -> str | None:
    """The site that a new note is about; first the one that the page shows."""
    sites = sites_to_write_for(view)
    if sites == (None,):
        return None
    shown = site_shown(view)
    first = sites.index(shown) if shown in sites else 0
    return st.selectbox("About", sites, first, format_func=lambda one: one or "every site", key=f"note_site_{name}")


def _more_menu(view: View, key: str, metric: str, chosen: Note, table: pd.DataFrame) -> None:
    st.caption(
        f"Written by {phrases.plain_text(chosen.author)} on {phrases.written_day(chosen.at)}. "
        "What was written before stays in the journal."
    )
    if st.button("Take it off the charts", key=f"note_off_{key}"):
        withdraw_note(view, chosen)
        st.rerun()
    _explain_change(view, key, metric, chosen, table)
    if chosen.proposes_rebase and st.button("Start a new baseline from this day", key=f"note_rebase_{key}"):
        rebase_metric(view, metric, chosen.on, chosen.text, chosen.site)
        st.rerun()


def _explain_change(view: View, key: str, metric: str, chosen: Note, table: pd.DataFrame) -> None:
    """Where the chart shows a change: whether it is explained, and a button to say that this note does."""
    step = step_shown(table)
    shown = trend_of(view, metric, step).trend
    now = shown.judgement.now if shown.direction else None
    if now is None:
        return
    first, last = now.first, now.last
    found = explanation_of(view, metric, first, last, shown.direction)
    if found is not None:
        st.caption(f"What changed is explained: {phrases.plain_text(found.words)}")
    elif st.button("This explains what changed", key=f"note_explains_{key}"):
        explain_cause(
            view, metric, first=f"{first:%Y-%m}", last=f"{last:%Y-%m}", words=chosen.text, site=site_shown(view),
            step=step, direction=shown.direction,
        )  # fmt: skip
        st.rerun()


def step_shown(table: pd.DataFrame) -> Step:
    """How the rows of a chart over time are grouped, by the name of their first period."""
    first = str(table["period"].iloc[0])
    return "block" if first.startswith("cases") else "quarter" if "Q" in first else "month"
