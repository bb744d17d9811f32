"""The filter bar: one for all pages, its state in the address, so that a link shows the same procedures.

The address is read and written here and not bound to the widgets: a widget in a closed menu is not there to write it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard import words
from dashboard.session import View
from queries.filters import Filters

KEYS = ("site", "operator", "technique", "setting", "levels", "indication", "age_band")
IN_MENU = ("indication", "age_band")
ALL = "all"
DEFAULT_TECHNIQUE = "vertebroplasty"
FEW = 12
WRITTEN = "filters_written"
PAGE = "filters_page"


@dataclass(frozen=True)
class Choice:
    """What the address, or the widgets, ask for. `left_out` names parts of the address that were not understood."""

    values: Mapping[str, tuple[str, ...]]
    date_from: date | None = None
    date_to: date | None = None
    left_out: tuple[str, ...] = ()

    @property
    def filters(self) -> Filters:
        """As filters."""
        return Filters.of(self.values, self.date_from, self.date_to)


def read_address(query: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[str]]) -> Choice:
    """The choice that an address asks for. Values that do not occur, and dates that are none, are left out."""
    values: dict[str, tuple[str, ...]] = {}
    left_out: list[str] = []
    for key in KEYS:
        asked = list(query.get(key, ()))
        if key == "technique" and asked == [ALL]:
            continue
        values[key] = tuple(value for value in known[key] if value in asked)
        if len(values[key]) < len(set(asked)):
            left_out.append(key)
    if "technique" not in query:
        values["technique"] = default_technique(known["technique"])
    dates: dict[str, date | None] = {}
    for key in ("from", "to"):
        dates[key] = None
        if query.get(key):
            try:
                dates[key] = date.fromisoformat(query[key][0])
            except ValueError:
                left_out.append(key)
    if dates["from"] and dates["to"] and dates["from"] > dates["to"]:
        left_out.append("to")
        dates["to"] = None
    return Choice(
        {key: picked for key, picked in values.items() if picked}, dates["from"], dates["to"], tuple(left_out)
    )


def default_technique(known: Sequence[str]) -> tuple[str, ...]:
    """Vertebroplasty, when other techniques are there too; else no choice is needed."""
    return (DEFAULT_TECHNIQUE,) if DEFAULT_TECHNIQUE in known and len(known) > 1 else ()


def to_address(choice: Choice, known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The shortest address of a choice: defaults are left out."""
    address = {key: list(choice.values[key]) for key in KEYS if choice.values.get(key)}
    default = default_technique(known["technique"])
    if tuple(address.get("technique", ())) == default:
        address.pop("technique", None)
    elif not address.get("technique") and default:
        address["technique"] = [ALL]
    if choice.date_from:
        address["from"] = [choice.date_from.isoformat()]
    if choice.date_to:
        address["to"] = [choice.date_to.isoformat()]
    return address


def filter_bar(view: View, page: str) -> Filters:
    """Draw the bar and give the filters chosen. `page` is the address of the page being shown."""
    known = {key: view.values(key) for key in KEYS}
    _adopt_address(known, page)
    with st.container(horizontal=True, gap="small", key="filter_bar"):
        _dates()
        for key in KEYS:
            if key not in IN_MENU and known[key]:
                with st.popover(_menu_title(key), key=f"menu_{key}", type=_emphasis(key, known)):
                    _picker(key, known[key])
        with st.popover("More", key="menu_more", type=_emphasis(IN_MENU, known)):
            for key in filter(known.get, IN_MENU):
                _picker(key, known[key])
        st.button("Clear all", on_click=clear, args=(known,), type="tertiary", key="clear_filters")
    choice = _chosen(known)
    address = to_address(choice, known)
    if _query() != address:
        st.query_params.from_dict(address)
    st.session_state[WRITTEN] = address
    return choice.filters


def clear(known: Mapping[str, Sequence[str]]) -> None:
    """Back to the first view."""
    _set(read_address({}, known))


def show_all_techniques() -> None:
    """Drop the first view's restriction to vertebroplasty."""
    st.session_state[_widget("technique")] = []


def choose(key: str, picked: Sequence[str]) -> None:
    """Set one filter, for a button on a page."""
    st.session_state[_widget(key)] = list(picked)


def _query() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def _adopt_address(known: Mapping[str, Sequence[str]], page: str) -> None:
    """Follow the address when it was opened or changed by the browser, not when a menu merely left it bare."""
    query = _query()
    first = WRITTEN not in st.session_state
    moved = st.session_state.get(PAGE) != page
    st.session_state[PAGE] = page
    if not first and (query == st.session_state[WRITTEN] or (moved and not query)):
        return
    choice = read_address(query, known)
    _set(choice)
    if choice.left_out:
        names = words.listed([words.FILTER_TITLES.get(key, key).lower() for key in choice.left_out])
        st.info(f"A part of the link was not understood and was left out: {names}.", icon=":material/info:")


def _set(choice: Choice) -> None:
    for key in KEYS:
        st.session_state[_widget(key)] = list(choice.values.get(key, ()))
    st.session_state[_widget("from")] = choice.date_from
    st.session_state[_widget("to")] = choice.date_to


def _chosen(known: Mapping[str, Sequence[str]]) -> Choice:
    values = {key: tuple(value for value in known[key] if value in st.session_state[_widget(key)]) for key in KEYS}
    first, last = st.session_state[_widget("from")], st.session_state[_widget("to")]
    if first and last and first > last:
        st.info("The first day is after the last; the last day is not used.", icon=":material/info:")
        last = None
    return Choice({key: picked for key, picked in values.items() if picked}, first, last)


def _widget(key: str) -> str:
    return f"filter_{key}"


def _dates() -> None:
    first, last = st.session_state[_widget("from")], st.session_state[_widget("to")]
    shown = " – ".join(f"{one.day} {one:%b %Y}" if one else "…" for one in (first, last)) if first or last else ""
    with st.popover(
        f"Dates: {shown}" if shown else "Dates", key="menu_dates", type="primary" if shown else "secondary"
    ):
        st.date_input("From", value=None, key=_widget("from"), format="YYYY-MM-DD")
        st.date_input("To", value=None, key=_widget("to"), format="YYYY-MM-DD")


def _menu_title(key: str) -> str:
    picked = st.session_state[_widget(key)]
    title = words.FILTER_TITLES[key]
    if not picked:
        return title
    return f"{title}: {words.label(picked[0], key)}" if len(picked) == 1 else f"{title}: {len(picked)}"


def _emphasis(keys: str | Sequence[str], known: Mapping[str, Sequence[str]]) -> str:
    """Mark menus that restrict the view beyond the first view."""
    names = (keys,) if isinstance(keys, str) else keys
    first = read_address({}, known).values
    return (
        "primary" if any(tuple(st.session_state[_widget(key)]) != first.get(key, ()) for key in names) else "secondary"
    )


def _picker(key: str, known: Sequence[str]) -> None:
    def shown(value: str) -> str:
        return words.label(value, key)

    # The widget cannot hold a value that a new generation no longer has.
    st.session_state[_widget(key)] = [value for value in st.session_state[_widget(key)] if value in known]
    title = words.FILTER_TITLES[key]
    if len(known) <= FEW:
        st.pills(title, known, selection_mode="multi", format_func=shown, key=_widget(key))
    else:
        st.multiselect(title, known, format_func=shown, key=_widget(key))
