"""The one line above every page: title, period and filters where they have an effect, and what to do with the page."""

import streamlit as st

from dashboard.access.rights import may_see
from dashboard.access.roles import OWN_DEPARTMENT
from dashboard.links.filters import Choice
from dashboard.text import phrases
from dashboard.text.department import read_department
from dashboard.text.glossary import explain_terms
from dashboard.text.templates import render_html
from dashboard.view.pool.pooled_hospitals import pool_words
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts
from dashboard.widgets.filter_bar import filter_bar, keep_address
from queries.catalogue.spans import Span

# Pages that always show everything: the bar would do nothing there.
WITHOUT_CHOICE = ("calls", "sign_off", "data_quality", "methods", "hospitals")
EVERYTHING = Choice(values={}, span="all")


def page_bar(title: str, page: str, everything: View) -> Choice:
    """Draw the bar and give what is chosen. `everything`: all that the reader may see."""
    info, stamp = everything.info, stamp_words(everything)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="bar"):
        st.title(title, anchor=False, width="content", help=f"{stamp}  \n{explain_terms(stamp)}")
        if info.is_synthetic:
            st.badge("Synthetic data", icon=":material/science:", help="Invented records: nobody's.")
        choice = EVERYTHING
        if page not in WITHOUT_CHOICE and info.as_of is not None:
            choice = filter_bar(everything, page)
        else:
            keep_address()
        # The stamp is for paper; one element, as each costs a gap.
        stamp_html = render_html("stamp", department=read_department().name, stamp=stamp)
        st.html(render_html("page_actions") + stamp_html, width="content")
        with st.popover("⋯", key="menu_page"):
            st.html(render_html("page_actions"))
            for name, label in (("export", "Figures and rows as files"), ("methods", "How figures are made")):
                if may_see(everything.reader, name):
                    page_parts.page_link(name, label)
    return choice


def stamp_words(view: View) -> str:
    """How far the records reach, which generation this is, and for whom small numbers are exact."""
    info, own = view.info, view.reader.role == OWN_DEPARTMENT and view.audience == "department"
    whose = "registry" if view.reader.in_registry else "department"
    exact = f" · small numbers exact, for this {whose} only" if own else ""
    pool = f" · {pool_words(view)}" if view.reader.in_registry else ""
    return f"Data to {phrases.day_words(info.as_of)}{pool} · generation {info.generation}{exact}"


def period_of(choice: Choice, view: View) -> Span:
    """The period of the page; readers outside choose days only."""
    return Span() if view.audience == "outside" else choice.period
