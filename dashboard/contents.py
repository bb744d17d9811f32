"""The table of contents: which pages there are, in which order, and the bar above all of them."""

from pathlib import Path

import streamlit as st

from dashboard import layout, words
from dashboard.filter_bar import filter_bar, show_all_techniques
from dashboard.session import generation, open_view, remember
from queries.errors import OutcomesError
from queries.filters import Filters
from queries.settings import check_all

FOLDER = Path(__file__).parent
PAGES = (
    ("overview", "Overview"),
    ("pain_relief", "Pain relief"),
    ("levels_treated", "Levels treated"),
    ("recovery", "Recovery"),
    ("same_day_discharge", "Same-day discharge"),
    ("methods", "Methods"),
)


def main() -> None:
    """One script run: the page asked for, the filters, the generation in service, then the page."""
    st.set_page_config(
        page_title="Vertebroplasty outcomes", page_icon=str(FOLDER / "icon.png"), layout="wide", menu_items={}
    )
    page = st.navigation(
        [
            st.Page(layout.PAGES / f"{name}.py", title=title, url_path=name, default=place == 0)
            for place, (name, title) in enumerate(PAGES)
        ],
        position="top",
    )
    try:
        check_all()
        if _prepare(page.title, page.url_path):
            page.run()
    except OutcomesError as error:
        layout.nothing_loaded() if error.what == "nothing has been loaded yet" else layout.problem(error)


def _prepare(title: str, address: str) -> bool:
    """Draw what stands above every page; False when there is nothing for a page to show."""
    open_view(Filters())
    path, info = generation()
    layout.heading(title, info)
    if info.as_of is None:
        layout.no_procedures()
        return False
    view = open_view(filter_bar(path, address))
    remember(view)
    shown = int(view.figure("procedures")["eligible"])
    _what_is_shown(view.filters, shown)
    if address == "methods" or shown:
        return True
    layout.nobody_left()
    return False


def _what_is_shown(filters: Filters, procedures: int) -> None:
    """The choice in a plain sentence, and how to see what it leaves out."""
    any_technique = open_view(filters.with_values("technique", ()))
    left_out = int(any_technique.figure("procedures")["eligible"]) - procedures
    with st.container(horizontal=True, vertical_alignment="center", key="what_is_shown"):
        st.markdown(words.choice_sentence(filters, procedures), width="content")
        if filters["technique"] and left_out:
            st.button(
                f"{left_out:,} with another technique not shown: show all",
                on_click=show_all_techniques,
                type="tertiary",
                key="show_all_techniques",
            )


if __name__ == "__main__":
    main()
