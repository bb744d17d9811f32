"""The filter bar: one for all pages, its state in the address, so that a link shows the same procedures.

The address is read and written here and not bound to the widgets: a widget in a closed menu is not there to write it.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

from dashboard.links.filters import DATES, FIRST_ROW, IN_MENU, KEYS, Choice, read_address, to_address
from dashboard.text import phrases
from dashboard.view.reader_view import View
from queries.catalogue.filters import NOT_RECORDED, Filters

FEW = 12
LONGEST_KEY = 40
ADDRESS_WRITTEN = "filters_written"
PAGE = "filters_page"
Known = Mapping[str, Sequence[str]]


def filter_bar(view: View, page: str) -> Filters:
    """Draw the bar and give the filters chosen. `page` is the address of the page being shown."""
    known = {key: view.values(key) for key in KEYS}
    _adopt_address(known, page)
    with st.container(horizontal=True, gap="small", key="filter_bar"):
        _date_pickers()
        for key in filter(known.get, FIRST_ROW):
            with st.popover(_menu_title(key), key=f"menu_{key}", type=_emphasis_style(key, known)):
                _value_picker(key, known[key])
        with st.popover(_more_title(), key="menu_more", type=_emphasis_style(IN_MENU, known)):
            for key in (key for key in IN_MENU if set(known[key]) - {NOT_RECORDED}):
                _value_picker(key, known[key])
        st.button("Clear all", on_click=clear_filters, args=(known,), type="tertiary", key="clear_filters")
    choice = _current_choice(known)
    address = to_address(choice, known)
    query = _read_query()
    if _of_filters(query) != address:
        others = {key: values for key, values in query.items() if key not in (*KEYS, *DATES)}
        st.query_params.from_dict({**address, **others})
    st.session_state[ADDRESS_WRITTEN] = address
    return choice.filters


def clear_filters(known: Known) -> None:
    """Back to the first view."""
    _set_choice(read_address({}, known))


def show_all_techniques() -> None:
    """Drop the first view's restriction to vertebroplasty."""
    st.session_state[_widget_key("technique")] = []


def choose_filter(key: str, picked: Sequence[str]) -> None:
    """Set one filter, for a button on a page."""
    st.session_state[_widget_key(key)] = list(picked)


def _read_query() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def _of_filters(query: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {key: values for key, values in query.items() if key in (*KEYS, *DATES)}


def _adopt_address(known: Known, page: str) -> None:
    """Follow the address when it was opened or changed by the browser, not when a menu merely left it bare."""
    query = _read_query()
    asked = _of_filters(query)
    # After a page without the bar, its widgets have been forgotten.
    first = ADDRESS_WRITTEN not in st.session_state or _widget_key("from") not in st.session_state
    moved = st.session_state.get(PAGE) != page
    st.session_state[PAGE] = page
    if not first and (asked == st.session_state[ADDRESS_WRITTEN] or (moved and not asked)):
        if all(_widget_key(key) in st.session_state for key in (*KEYS, *DATES)):
            return
        # A run that was broken off by the next click drew no menus, and what they held is gone.
        query = st.session_state[ADDRESS_WRITTEN]
    choice = read_address(query, known)
    _set_choice(choice)
    if choice.left_out:
        names = phrases.join_words([key[:LONGEST_KEY] for key in choice.left_out])
        st.info(
            f"A part of the link was not understood and was left out: {phrases.plain_text(names)}.",
            icon=":material/info:",
        )
    if choice.is_backwards:
        _swap_dates()


def _set_choice(choice: Choice) -> None:
    for key in KEYS:
        st.session_state[_widget_key(key)] = list(choice.values.get(key, ()))
    st.session_state[_widget_key("from")] = choice.date_from
    st.session_state[_widget_key("to")] = choice.date_to


def _current_choice(known: Known) -> Choice:
    values = {key: tuple(value for value in known[key] if value in st.session_state[_widget_key(key)]) for key in KEYS}
    first, last = st.session_state[_widget_key("from")], st.session_state[_widget_key("to")]
    if first and last and first > last:
        _swap_dates()
        last = None
    return Choice({key: picked for key, picked in values.items() if picked}, first, last)


def _swap_dates() -> None:
    st.info("The first day is after the last; the last day is not used.", icon=":material/info:")


def _widget_key(key: str) -> str:
    return f"filter_{key}"


def _date_pickers() -> None:
    first, last = st.session_state[_widget_key("from")], st.session_state[_widget_key("to")]
    shown = " – ".join(f"{one.day} {one:%b %Y}" if one else "…" for one in (first, last)) if first or last else ""
    with st.popover(
        f"Dates: {shown}" if shown else "Dates", key="menu_dates", type="primary" if shown else "secondary"
    ):
        st.date_input("From", value=None, key=_widget_key("from"), format="YYYY-MM-DD")
        st.date_input("To", value=None, key=_widget_key("to"), format="YYYY-MM-DD")


def _menu_title(key: str) -> str:
    picked = st.session_state[_widget_key(key)]
    title = phrases.filter_title(key)
    if not picked:
        return title
    return (
        f"{title}: {phrases.plain_text(phrases.value_label(picked[0], key))}"
        if len(picked) == 1
        else f"{title}: {len(picked)}"
    )


def _more_title() -> str:
    used = sum(bool(st.session_state[_widget_key(key)]) for key in IN_MENU)
    return f"More: {used}" if used else "More"


def _emphasis_style(keys: str | Sequence[str], known: Known) -> Literal["primary", "secondary"]:
    """Mark menus that differ from the first view."""
    names = (keys,) if isinstance(keys, str) else keys
    first = read_address({}, known).values
    return (
        "primary"
        if any(tuple(st.session_state[_widget_key(key)]) != first.get(key, ()) for key in names)
        else "secondary"
    )


def _value_picker(key: str, known: Sequence[str]) -> None:
    def shown(value: str) -> str:
        return phrases.plain_text(phrases.value_label(value, key))

    # The widget cannot hold a value that a new generation no longer has.
    st.session_state[_widget_key(key)] = [value for value in st.session_state[_widget_key(key)] if value in known]
    title = phrases.filter_title(key)
    if len(known) <= FEW:
        st.pills(title, known, selection_mode="multi", format_func=shown, key=_widget_key(key))
    else:
        st.multiselect(title, known, format_func=shown, key=_widget_key(key))
