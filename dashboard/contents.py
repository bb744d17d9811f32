"""The table of contents: which pages there are, in which order and sections, and the bar above all of them."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.access.openings import end_opening
from dashboard.access.rights import PAGE_RIGHTS, AccessDenied, Viewer, may_see
from dashboard.links.page_files import page_files
from dashboard.links.procedure_links import PAGE_SHOWN
from dashboard.pages.data_quality.ascertainment import incomplete_sentence
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.view.load_watch import missed_load
from dashboard.view.reader_view import View, open_view, reader_now, remember_view
from dashboard.widgets import first_run, page_parts
from dashboard.widgets.filter_bar import show_all_techniques
from dashboard.widgets.page_bar import WITHOUT_CHOICE, page_bar, period_of
from data.errors import OutcomesError, UsageProblem
from data.home import department_home, home_in_service
from queries.catalogue.filters import Filters
from queries.figures.cohort import Extent
from queries.figures.own_metrics import has_own
from queries.settings_mistakes import check_every_setting
from queries.warehouse import NOTHING_LOADED

FOLDER = Path(__file__).parent
# What to do this week stands first, then what came of it, then the records that it was counted from.
SECTIONS = {
    "This week": (
        ("overview", "Overview"),
        ("calls", "Call list"),
    ),
    "Results": (
        ("pain_relief", "Pain relief"),
        ("levels_treated", "Levels treated"),
        ("recovery", "Recovery"),
        ("same_day_discharge", "Same-day discharge"),
        ("safety", "Safety"),
        ("what_we_tell_patients", "What we tell patients"),
        ("compare", "Compare"),
        ("follow_up", "Follow-up"),
    ),
    "Records": (
        ("procedures", "Procedures"),
        ("sign_off", "Sign-off"),
        ("export", "Export"),
        ("data_quality", "Data quality"),
    ),
    "About": (("methods", "Methods"),),
}
PAGES = tuple(page for pages in SECTIONS.values() for page in pages)
# Pages of the roles that see none of the department's: readers outside, operators, and administrators.
OTHER_PAGES = (
    ("published", "Figures for outside the department"),
    ("own_results", "My results"),
    ("accounts", "Accounts"),
)
# A page that is there only where the hospital has metrics of its own: the last of the results.
OWN_PAGES = (("ours", "Ours"),)
# A page of a registry only: the first of the records.
REGISTRY_PAGES = (("hospitals", "Hospitals"),)
TITLES = dict((*PAGES, *OTHER_PAGES, *OWN_PAGES, *REGISTRY_PAGES))
# Pages without filters, for roles to which no view of the records is open.
WITHOUT_VIEW = ("accounts", "own_results")


def main() -> None:
    """One script run: the page asked for, the filters, the generation in service, then the page."""
    st.set_page_config(
        page_title="Vertebroplasty outcomes", page_icon=str(FOLDER / "icon.png"), layout="wide", menu_items={}
    )
    page_parts.add_style()
    try:
        reader = reader_now()
        page = _make_navigation(reader)
        page_parts.show_reader(reader)
        address = _page_name(page)
        if not may_see(reader, address):
            page.run()
            return
        check_every_setting()
        page_parts.show_identity()
        everything = None if address in WITHOUT_VIEW else open_view(Filters())
    except OutcomesError as error:
        first_run.greet_first_run() if error.what == NOTHING_LOADED else page_parts.show_problem(
            error, "Vertebroplasty outcomes"
        )
        return
    try:
        if _prepare_page(address, everything):
            page.run()
    except OutcomesError as error:
        page_parts.show_problem(error)


def _make_navigation(reader: Viewer) -> StreamlitPage:
    """The pages that this reader's role opens, at the side. The address of any other page says that it is closed.

    Streamlit would open the reader's first page there, below a message of its own.
    """
    unguarded = sorted(set(TITLES) - set(PAGE_RIGHTS))
    if unguarded:
        where = f"dashboard/access/roles.py, PAGE_RIGHTS, {unguarded[0]}"
        raise UsageProblem(where, "the page has no right", "Say there which right opens it")
    added = {"Results": (*SECTIONS["Results"], *OWN_PAGES), "Records": (*REGISTRY_PAGES, *SECTIONS["Records"])}
    listed = {"": OTHER_PAGES, **SECTIONS, **added}
    unlisted = () if has_own(department_home().settings) else dict(OWN_PAGES)
    sections = {
        section: [
            st.Page(
                page_files()[name], title=title, url_path=name, visibility="hidden" if name in unlisted else "visible"
            )
            for name, title in pages
            if may_see(reader, name)
        ]
        for section, pages in listed.items()
    }
    shown = {section: pages for section, pages in sections.items() if pages}
    if not shown:
        raise AccessDenied("access", "your role opens no page", "Ask the department lead")
    hidden = [
        st.Page(_closed_page, title=title, url_path=name, visibility="hidden")
        for name, title in TITLES.items()
        if not may_see(reader, name)
    ]
    next(iter(shown.values())).extend(hidden)
    return st.navigation(shown, position="sidebar", expanded=True)


def _closed_page() -> None:
    """What stands at the address of a page that the reader's role does not open."""
    st.title("Not open to you", anchor=False)
    reader = reader_now()
    st.write(f"This page is not open to the role {reader.role}. The pages that are stand at the side.")
    if reader.in_registry:
        st.write("A registry holds no single patients: these are in each hospital's own dashboard.")


def _page_name(page: StreamlitPage) -> str:
    """The name of a page: a page that is a reader's first has no address of its own."""
    return next(name for name, title in TITLES.items() if title == page.title)


def _prepare_page(address: str, everything: View | None) -> bool:
    """Draw what stands above every page; False when there is nothing for a page to show.

    `everything`: all that the reader may see; None for a page without a view.
    """
    if everything is None:
        st.title(TITLES[address], anchor=False)
        return True
    choice = page_bar(TITLES[address], address, everything)
    if st.session_state.get(PAGE_SHOWN) != address:
        end_opening()
    st.session_state[PAGE_SHOWN] = address
    if everything.audience == "department":
        page_parts.show_warning(missed_load(home_in_service()))
    if everything.info.as_of is None:
        page_parts.no_procedures()
        remember_view(everything)
        return address == "data_quality"
    view = open_view(choice.filters, period_of(choice, everything))
    remember_view(view)
    if view.audience == "outside" or address in WITHOUT_CHOICE:
        return True
    shown = view.extent()
    _what_is_shown(view, shown)
    if shown.procedures:
        return True
    page_parts.nobody_left()
    return False


def _what_is_shown(view: View, shown: Extent) -> None:
    """The choice in a plain sentence, and how to see what it leaves out."""
    sentence = phrases.choice_sentence(
        view.filters, shown, len(view.values(view.unit)), len(view.values("technique")), view.unit
    )
    left_out = view.count_left_out()
    with st.container(horizontal=True, vertical_alignment="center", key="what_is_shown"):
        st.markdown(phrases.plain_text(sentence), width="content", help=explain_terms(sentence))
        if left_out:
            st.button(
                f"{left_out:,} of another technique: show",
                on_click=show_all_techniques,
                type="tertiary",
                key="show_all_techniques",
            )
    if missing := incomplete_sentence(view):
        st.caption(phrases.plain_text(missing), help=explain_terms(missing))


if __name__ == "__main__":
    main()
