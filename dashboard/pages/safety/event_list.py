"""Serious events and deaths, a row each: what happened, its procedure, and its review, which is entered on the row."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from dashboard.journal.notes import LONGEST
from dashboard.journal.reviews import may_review, record_review
from dashboard.links.procedure_links import cell_link
from dashboard.text import phrases
from dashboard.text.templates import render_html
from dashboard.view.clock import read_clock
from dashboard.view.reader_view import View
from dashboard.view.safety_events import WAITING
from data.errors import OutcomesError

# Rows with a button cost a browser much more than rows of text.
MOST_WITH_BUTTON = 50
DAYS_OF_A_MONTH = 30.44
NO_BREAK = "\u00a0"
STATES = {"serious": "serious", "not_classified": "not classified"}
KINDS = {
    "leak_with_symptoms": "cement leak with symptoms",
    "leak_without_symptoms": "cement leak without symptoms",
    "leak_symptoms_not_said": "cement leak, symptoms not said",
    "cement_leak": "cement leak", "radicular_pain": "radicular pain", "neurological_deficit": "neurological deficit",
    "pulmonary_cement_embolus": "cement embolus in the lung", "rib_fracture": "rib fracture",
    "new_fracture": "new fracture", "allergic_reaction": "allergic reaction",
}  # fmt: skip


def show_events(view: View, events: pd.DataFrame) -> None:
    """Rows of `event_rows` in their order; those that wait have a button for whoever may review at their site."""
    today = read_clock(view.info).now.date()
    sites = {site for site in events["site"].unique() if may_review(view, None if pd.isna(site) else site)}
    rows = [(event, event.state == WAITING and event.site in sites) for event in events.itertuples()]
    if not any(has_button for _, has_button in rows):
        st.html(Markup("").join(_event_html(view, event, today) for event, _ in rows))
        return
    with st.container(gap=None):
        for event, has_button in rows[:MOST_WITH_BUTTON]:
            number = "" if pd.isna(event.complication_id) else int(event.complication_id)
            key = f"{event.procedure_id}_{number}"
            with st.container(horizontal=True, vertical_alignment="center", key=f"event_{key}"):
                st.html(_event_html(view, event, today))
                if has_button:
                    _review_menu(view, event, key)
    if len(rows) > MOST_WITH_BUTTON:
        st.write(f"{len(rows) - MOST_WITH_BUTTON:,} more follow as these are reviewed.")


def _review_menu(view: View, event: Any, key: str) -> None:
    menu = st.popover("Review", key=f"review_{key}", on_change="rerun")
    if not menu.open:
        return
    with menu, st.form(f"review_form_{key}", border=False):
        text = st.text_area("What was found", max_chars=LONGEST, key=f"review_words_{key}")
        if not st.form_submit_button("Save", type="primary"):
            return
        try:
            number = None if pd.isna(event.complication_id) else int(event.complication_id)
            record_review(view, str(event.procedure_id), number, text)
        except OutcomesError as error:
            st.error(f"{error.what}. {error.remedy}.")
            return
    st.toast("Reviewed.")
    st.rerun()


def _event_html(view: View, event: Any, today: date) -> Markup:
    return render_html(
        "event",
        what=KINDS.get(event.type, phrases.value_label(event.type).replace("_", " ")),
        grade=grade_words(event.grade, event.severity, event.scale),
        day=_whole_date(event.occurred_on),
        after=after_words(event.days_after),
        procedure=cell_link(view, f"procedure of {_whole_date(event.performed_on)}", str(event.procedure_id)),
        site="" if pd.isna(event.site) else event.site,
        review=review_words(event.state, event.finding, event.occurred_on, today),
    )


def grade_words(grade: str, severity: str | None, scale: str | None) -> str:
    """`serious (SIR D)`; empty for a death, which its name says."""
    if grade == "death":
        return ""
    return STATES[grade] if pd.isna(severity) else f"{STATES[grade]} ({str(scale).upper()} {severity})"


def after_words(days: float) -> str:
    """How long after the procedure; empty where it is not known."""
    if pd.isna(days):
        return ""
    return {0: "the same day", 1: "1 day after"}.get(int(days), f"{int(days):,} days after")


def review_words(state: str, finding: str, occurred_on: date | None, today: date) -> str:
    """How long it waits since it happened; or by whom it was reviewed, and what was found."""
    if state != WAITING:
        return f"{state}: {finding}" if finding else state
    if pd.isna(occurred_on):
        return state
    days = max((today - pd.Timestamp(occurred_on).date()).days, 0)
    if days > 90:
        return f"waiting {days / DAYS_OF_A_MONTH:.0f} months"
    return f"waiting {days} day{'' if days == 1 else 's'}"


def _whole_date(day: date | None) -> str:
    """`4 Jun 2026`, which no narrow column breaks."""
    when = pd.Timestamp(day)
    return "no date" if pd.isna(when) else f"{when.day} {when:%b %Y}".replace(" ", NO_BREAK)
