"""Beside the list of serious events: look at the procedure, and write down that it was reviewed."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.journal.notes import LONGEST
from dashboard.journal.reviews import may_review, record_review
from dashboard.text import phrases
from dashboard.view.reader_view import View
from dashboard.view.safety_events import WAITING
from dashboard.widgets import page_parts
from data.errors import OutcomesError


def review_menu(view: View, listed: Sequence[pd.DataFrame]) -> None:
    """A menu of what waits for review; nothing for readers who may not write, or when nothing waits.

    `listed`: tables of `procedure_id`, `complication_id`, `type`, `occurred_on`, `site`, `state`; the menu offers their
    events in the same order as the page shows them.
    """
    events = pd.concat(listed, ignore_index=True)
    waiting = events[events["state"] == WAITING].reset_index(drop=True)
    allowed = [site for site in waiting["site"].unique() if may_review(view, None if pd.isna(site) else site)]
    waiting = waiting[waiting["site"].isin(allowed)]
    if waiting.empty or not view.reader.has("notes"):
        return
    menu = st.popover("Record a review", key="review_menu", on_change="rerun")
    if not menu.open:
        return
    with menu:
        named = {place: _event_name(row) for place, row in zip(waiting.index, waiting.itertuples(), strict=True)}
        place = st.selectbox("Event", list(named), format_func=named.__getitem__, key="review_event")
        row = waiting.loc[place]
        page_parts.page_link("procedures", "Look at the procedure →", {"procedure": str(row["procedure_id"])})
        with st.form("review_form", clear_on_submit=True, border=False):
            text = st.text_area("What was found", max_chars=LONGEST, key="review_words")
            if not st.form_submit_button("Save", type="primary"):
                return
        try:
            number = row["complication_id"]
            record_review(view, str(row["procedure_id"]), None if pd.isna(number) else int(number), text)
        except OutcomesError as error:
            st.error(f"{error.what}. {error.remedy}.")
            return
        st.rerun()


def _event_name(row) -> str:
    day = pd.Timestamp(row.occurred_on).date()
    site = "" if pd.isna(row.site) else f", {row.site}"
    return f"{phrases.value_label(row.type).replace('_', ' ')}, {phrases.day_words(day)}{site}"
