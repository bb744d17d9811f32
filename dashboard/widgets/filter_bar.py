"""The bar above the pages: period, filters and what to do with the page, in one line; its state is in the address.

The address is read and written here and not bound to the widgets: a widget in a closed menu is not there to write it.
"""

import time
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.links import view_options
from dashboard.links.filters import DATES, FIRST_ROW, IN_MENU, KEYS, OF_BAR, PERIOD, Choice, read_address, to_address
from dashboard.links.procedure_links import ADDRESS_WRITTEN, PAGE_SHOWN
from dashboard.text import phrases
from dashboard.view.reader_view import View
from dashboard.widgets.period_menu import period_menu
from queries.catalogue.filters import NOT_RECORDED
from queries.catalogue.spans import AGAINST_NAMES, USUAL_AGAINST, USUAL_SPAN

FEW = 12
ADDRESS_BEFORE = "filters_before"
LONGEST_KEY = 40
Known = Mapping[str, Sequence[str]]


def filter_bar(view: View, page: str) -> Choice:
    """Draw period and filters into the bar and give what is chosen. `page` is the address of the page being shown."""
    known = {key: view.values(key) for key in KEYS}
    _adopt_address(known, page)
    before = _current_choice(known)
    period_menu(before, view)
    # A filter that hides something looks set, that of the first view too.
    count = sum(map(bool, before.values.values()))
    with st.popover(
        f"Filters ({count})" if count else "Filters", key="menu_filters", type="primary" if count else "secondary"
    ):
        for key in filter(known.get, FIRST_ROW):
            _value_picker(key, known[key])
        _more_filters(known, before)
        st.button("Clear all", on_click=clear_filters, args=(known,), type="tertiary", key="clear_filters")
    choice = _current_choice(known)
    write_address(to_address(choice, known))
    return choice


def _more_filters(known: Known, before: Choice) -> None:
    """The filters used less often, drawn when they are opened: a click anywhere else need not draw them again."""
    count = sum(bool(before.values.get(key)) for key in IN_MENU)
    with st.expander(
        f"More filters ({count})" if count else "More filters", key="more_filters", on_change="rerun"
    ) as opened:
        for key in (key for key in IN_MENU if set(known[key]) - {NOT_RECORDED}):
            if opened.open:
                _value_picker(key, known[key])
            else:
                # Written again, as Streamlit forgets what a menu held that it no longer draws.
                st.session_state[_widget_key(key)] = st.session_state[_widget_key(key)]


def write_address(address: Mapping[str, Sequence[str]]) -> None:
    """Let the browser's address say what is chosen, besides what pages keep in it."""
    query = _read_query()
    if _of_filters(query) != address:
        st.session_state[ADDRESS_BEFORE] = (_of_filters(query), time.monotonic())
        others = {key: values for key, values in query.items() if key not in OF_BAR}
        st.query_params.from_dict({**address, **others})
    st.session_state[ADDRESS_WRITTEN] = dict(address)


def keep_address() -> None:
    """On a page without the bar: keep the filters of a link that was opened here for the pages that follow."""
    st.session_state.setdefault(ADDRESS_WRITTEN, _of_filters(_read_query()))


def clear_filters(known: Known) -> None:
    """Back to the first view; the period stays."""
    first = read_address({}, known)
    for key in KEYS:
        st.session_state[_widget_key(key)] = list(first.values.get(key, ()))


def show_all_techniques() -> None:
    """Drop the first view's restriction to vertebroplasty."""
    st.session_state[_widget_key("technique")] = []


def choose_filter(key: str, picked: Sequence[str]) -> None:
    """Set one filter, for a button on a page."""
    st.session_state[_widget_key(key)] = list(picked)


def _read_query() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def _of_filters(query: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {key: values for key, values in query.items() if key in OF_BAR}


def _adopt_address(known: Known, page: str) -> None:
    """Follow the address when it was opened or changed by the browser, not when a menu merely left it bare."""
    query = _read_query()
    asked, written = _of_filters(query), st.session_state.get(ADDRESS_WRITTEN)
    moved = st.session_state.get(PAGE_SHOWN) != page
    st.session_state[PAGE_SHOWN] = page
    is_late = view_options.is_late(asked, st.session_state.get(ADDRESS_BEFORE))
    if written is not None and (asked == written or (moved and not asked) or is_late):
        if all(_widget_key(key) in st.session_state for key in OF_BAR):
            return
        # A page without the bar, or a run that was broken off by the next click, drew no menus: what they held is gone.
        query = written
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
    for name, value in zip(
        (*DATES, *PERIOD), (choice.date_from, choice.date_to, choice.span, choice.against), strict=True
    ):
        st.session_state[_widget_key(name)] = value


def _current_choice(known: Known) -> Choice:
    held = {key: st.session_state[_widget_key(key)] for key in KEYS}
    values = {key: tuple(value for value in known[key] if value in held[key]) for key in KEYS if held[key]}
    first, last, span, against = (st.session_state[_widget_key(name)] for name in (*DATES, *PERIOD))
    if first and last and first > last:
        _swap_dates()
        last = None
    return Choice(
        values={key: chosen for key, chosen in values.items() if chosen},
        date_from=first,
        date_to=last,
        span=span or USUAL_SPAN,
        against=against if against in AGAINST_NAMES else USUAL_AGAINST,
    )


def _swap_dates() -> None:
    st.info("The first day is after the last; the last day is not used.", icon=":material/info:")


def _widget_key(key: str) -> str:
    return f"filter_{key}"


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
