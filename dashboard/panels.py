"""Details that are computed only when their panel is opened, the same on every topic page."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import streamlit as st

from dashboard import layout, methods, promised
from dashboard.session import View
from queries.catalog import catalogue


def panel(title: str, key: str) -> AbstractContextManager | None:
    """An expander to write into, or None while it is closed."""
    shown = st.expander(title, key=f"panel_{key}", on_change="rerun")
    return shown if shown.open else None


def how_counted(names: Sequence[str]) -> None:
    """The definitions behind a page, in the words of the catalogue."""
    if inside := panel("How this is counted", "how_counted"):
        with inside:
            for name in names:
                metric = catalogue()[name]
                st.markdown(f"**{metric.title}** {methods.definition(metric)}")
            layout.link("methods", "All definitions, with the SQL that ran →")


def what_we_tell(view: View, metrics: Sequence[str]) -> None:
    """What patients are told about this topic, beside what happened."""
    if inside := panel("What we tell patients, and what happened", "told"):
        with inside:
            for one in promised.told(view):
                if one.now.metric in metrics:
                    st.html(promised.row_html(view, one, layout.theme()))
            layout.link("what_we_tell_patients", "All sentences →")
