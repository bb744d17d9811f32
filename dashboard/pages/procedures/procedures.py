"""Procedures: which ones stand behind a figure, and of each why it counts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from markupsafe import Markup

from dashboard.access.openings import end_opening
from dashboard.access.requests.paths import base_path
from dashboard.exports.figure_downloads import Offer, offer_file
from dashboard.exports.figures_csv import to_csv
from dashboard.exports.workbook import to_workbook
from dashboard.links import drill_through, view_options
from dashboard.links.page_files import is_page, page_files
from dashboard.links.procedure_links import ADDRESS_WRITTEN
from dashboard.pages.procedures import procedure_detail
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.text.templates import render_html
from dashboard.text.theme import number_text
from dashboard.view.procedure_rows import SORTS, Listing, find_procedures, list_behind, listed_file
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, tables
from data.settings import read_timepoints
from queries.catalogue.metrics import read_catalogue
from queries.explain.selections import ASKED_AT, OF_ASKED, STATUSES, Behind

# Columns of the table with their headings; the figures' own names are longer.
COLUMNS = {
    "day": "date",
    "site": "site",
    "operator": "operator",
    "vertebrae": "vertebrae",
    "before": "pain before",
    "hours_24_72": "24–72 h",
    "follow_up": "1–2 weeks",
    "ready": "ready after",
    "home": "home",
    "event": "event",
}
# What stands where a score is missing and nobody was late: the state of its window, or how long it is open.
NOT_DUE = "not_due"
WINDOWS = {"died": "died", "retreated": "treated again"}
FIGURE, ANSWER, SHOWN = "list_figure", "list_answer", "list_address"


def main() -> None:
    """Compose the page."""
    view = current_view()
    write_address()
    asked = st.query_params.get("procedure")
    if asked:
        procedure_detail.show_procedure(view, asked)
    else:
        end_opening()
        show_procedures(view)


def show_procedures(view: View) -> None:
    """What is chosen, how many they are, one page of them."""
    asked, understood = drill_through.read_address(st.query_params)
    if not understood:
        st.info(
            "The link names a figure or a row that does not exist; all procedures are shown.", icon=":material/info:"
        )
    counted_here = st.container(horizontal=True, vertical_alignment="center", key="list_heading")
    _search_number(view)
    _choose_figure(asked)
    sort = st.query_params.get("sort", "")
    listing = list_behind(view, asked, _page_number(), sort)
    counted = phrases.count_procedures(listing.total)
    with counted_here:
        filters = view.filters_of(asked.metric)
        chosen = phrases.choice_words(filters, view.extent(), len(view.values("site")), len(view.values("technique")))
        counted = f"{counted} · {chosen}"
        words = counted if asked == Behind() else f"{drill_through.list_sentence(asked)}: {counted}"
        st.header(words, anchor=False, help=explain_terms(f"{words} {' '.join(COLUMNS.values())}"))
        if listing.total and view.reader.has("exports"):
            list_files(view, asked, sort, listing.total)
    _way_back()
    if not listing.total:
        st.write("Nobody. Choose another answer, or take one of the filters above away.")
    else:
        st.html(list_table(listing, asked, sort))
    _page_menu(listing)


def list_files(view: View, asked: Behind, sort: str, total: int) -> None:
    """Exactly this list, all of its pages, as CSV and as one sheet of Excel."""
    named = "&".join(f"{name}={value}" for name, value in drill_through.to_address(asked).items())
    filters = "&".join(part for part in (view.filters_of(asked.metric).to_text(), named) if part)

    def table() -> pd.DataFrame:
        return listed_file(view, asked, sort, answer_words)

    def as_csv() -> tuple[bytes, int]:
        return to_csv(table()).encode(), total

    def as_excel() -> tuple[bytes, int]:
        rows = table()
        return to_workbook(rows, list(rows.columns), "procedures"), total

    for label, ending, write in (("CSV", "csv", as_csv), ("Excel", "xlsx", as_excel)):
        name = f"{total}-procedures-{view.info.generation}.{ending}"
        offer = Offer(view=view, name=name, filters=filters, write=write, what="procedures", rights=("exports", "rows"))
        key = f"list_{ending}"
        st.link_button(label, offer_file(view, key, offer), key=key)


def list_table(listing: Listing, asked: Behind, sort: str) -> Markup:
    """One page of the list; the day leads to the procedure, each heading sorts by its column."""
    has_answer, has_number = asked.metric != "procedures", listing.rows["number"].astype(bool).any()
    columns = {**COLUMNS, **({"number": "procedure no."} if has_number else {})}
    address = {**st.session_state.get(ADDRESS_WRITTEN, {}), **own_address()}
    header = [_sort_heading(name, title, sort, address) if name in SORTS else title for name, title in columns.items()]
    row_link = f"{_address_text(address)}&procedure="
    rows = []
    for row in listing.rows.itertuples():
        first, *cells = (_cell_words(row, name) for name in columns)
        link = render_html("cell_link", address=f"{row_link}{row.procedure_id}", text=first)
        answer = [f"{answer_words(row, asked.metric)}: {row.reason}"] if has_answer else []
        rows.append((link, *cells, *answer))
    return tables.table_html([*header, "answer"] if has_answer else header, rows, has_lines=True)


def _cell_words(row: Any, name: str) -> str:
    value = {
        "day": row.performed_on and f"{row.performed_on.day} {row.performed_on:%b %Y}",
        "before": row.pain_before,
        "hours_24_72": row.pain_hours_24_72,
        "follow_up": row.pain_follow_up,
        "ready": row.recovery_hours,
    }.get(name, getattr(row, name, None))
    if value is None or value == "" or pd.isna(value):
        state = str(getattr(row, f"status_{name}", ""))
        if name == "event":
            return ""
        return _open_words(row, name) if state == NOT_DUE else WINDOWS.get(state, "not recorded")
    if name == "ready":
        return f"{value:.1f} h"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _open_words(row: Any, timepoint: str) -> str:
    """The last day on which a score can still come: `due by 3 Jul`."""
    last_day = next(one.last_day for one in read_timepoints().after if one.name == timepoint)
    last = row.performed_on + timedelta(days=last_day)
    return f"due by {last.day} {last:%b}"


def _sort_heading(name: str, title: str, sort: str, address: Mapping[str, Any]) -> Markup:
    """A heading that sorts by its column; a second click turns it round."""
    mark = " ▲" if sort == name else " ▼" if sort == f"-{name}" or (not sort and name == "day") else ""
    turned = {**address, "shown": "1", "sort": f"-{name}" if sort == name else name}
    return render_html("cell_link", address=_address_text(turned), text=title) + mark


def _address_text(address: Mapping[str, Any]) -> str:
    """Where a link of the table leads: this page, with the filters of the bar."""
    return f"{base_path()}/procedures?{urlencode(address, doseq=True)}"


def write_address() -> None:
    """Let the browser show what this run shows: a link from this page to itself leaves its address behind."""
    address = {name: st.query_params.get_all(name) for name in st.query_params}
    if st.session_state.get(SHOWN) != address:
        st.query_params.from_dict(address)
        st.session_state[SHOWN] = address


def _search_number(view: View) -> None:
    """Find a procedure by the sender's own number, of it or of its patient: it goes into no address and no log."""
    if not view.reader.has("local_numbers"):
        return
    number = st.text_input(
        "Local record or patient number", key="local_number", width=320,
        placeholder="Find by procedure or patient number", label_visibility="collapsed", autocomplete="off",
    )  # fmt: skip
    if not number.strip():
        return
    found = find_procedures(view, number)
    st.write(
        f"{phrases.count_procedures(len(found))} of this number:"
        if len(found)
        else "No procedure of this number is loaded."
    )
    for row in found.itertuples():
        parts = [
            phrases.day_words(row.performed_on),
            row.vertebrae or "levels not recorded",
            row.site or "site not recorded",
        ]
        label = " · ".join(phrases.plain_text(part) for part in parts)
        page_parts.page_link("procedures", label, {**own_address(), "procedure": row.procedure_id})


def _choose_figure(asked: Behind) -> None:
    """Which figure and which answer; a group, category or period stays until it is cleared."""
    st.session_state[FIGURE], st.session_state[ANSWER] = asked.metric, asked.status
    titles = {name: one.title for name, one in read_catalogue().items()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="list_choice"):
        st.selectbox(
            "Figure", list(titles), key=FIGURE, format_func=titles.__getitem__, on_change=_write_choice, width=420
        )
        st.selectbox(
            "Its answer",
            [one for one in STATUSES if one not in OF_ASKED or asked.metric.startswith(ASKED_AT)],
            key=ANSWER,
            format_func=drill_through.STATUS_WORDS.__getitem__,
            on_change=_write_choice,
            width=320,
        )
        if asked != Behind(metric=asked.metric, status=asked.status):
            st.button("All rows of this figure", on_click=_write_choice, key="list_clear", type="tertiary")


def _write_choice() -> None:
    """Write what the menus say into the address; a row chosen before does not fit another figure."""
    for name in (*drill_through.PARTS, "shown"):
        st.query_params.pop(name, None)
    chosen = Behind(metric=st.session_state[FIGURE], status=st.session_state[ANSWER])
    st.query_params.update(drill_through.to_address(chosen))


def _page_number() -> int:
    asked = st.query_params.get("shown", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def own_address() -> dict[str, str | list[str]]:
    """What is listed and where the way back leads, as an address, without what was not understood of the reader's."""
    asked, _ = drill_through.read_address(st.query_params)
    back, page = st.query_params.get("back", ""), _page_number()
    return {
        **drill_through.to_address(asked),
        **({"back": back, **view_options.options_shown(), **view_options.kept_aside()} if is_page(back) else {}),
        **({"shown": str(page)} if page != 1 else {}),
        **({"sort": sort} if (sort := st.query_params.get("sort", "")).removeprefix("-") in SORTS else {}),
    }


def _way_back() -> None:
    page = st.query_params.get("back", "")
    if is_page(page):
        address = {**view_options.taken_back(st.session_state.get(ADDRESS_WRITTEN, {})), **view_options.options_shown()}
        st.page_link(page_files()[page], label="← Back to the figure", query_params=address)


def answer_words(row, metric: str) -> str:
    """What a procedure answers, in words."""
    if row.status == "value":
        one = read_catalogue()[metric]
        if isinstance(row.category, str):
            key = "levels" if metric == "levels_per_procedure" else None
            return phrases.join_words([phrases.value_label(part, key) for part in row.category.split(";")])
        return number_text(row.value, one.unit)
    told: Mapping[str, str] = {"not_recorded": "not recorded", "not_eligible": "not counted here"}
    return told.get(row.status, row.status)


def _page_menu(listing: Listing) -> None:
    if listing.pages == 1:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="list_pages"):
        if listing.page > 1:
            page_parts.page_link("procedures", "← Newer", {**own_address(), "shown": str(listing.page - 1)})
        st.caption(f"Page {listing.page:,} of {listing.pages:,}", width="content")
        if listing.page < listing.pages:
            page_parts.page_link("procedures", "Older →", {**own_address(), "shown": str(listing.page + 1)})


if __name__ == "__main__":
    main()
