"""How a page is looked at, in the address: steps, toggles, groupings, open panels. What is usual is left out.

So a link shows the same picture, and the way back from a list of procedures leads to the chart as it was.
"""

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from dashboard.links.filters import BACK, LOOKS, OF_BAR

SEEN, WRITTEN = "looks_seen", "looks_written"
# A click right after a choice still brings the address of before it: the browser hears of the new one from the answer.
GRACE_SECONDS = 3.0
OPEN, ON = "open", "yes"
ANY = "any"
# What a page checks for itself, as it passes through the addresses of other pages.
PLAIN = re.compile(r"[\w .,'’()/&–+-]{1,80}")
MOST = 20
Option = TypeVar("Option", bound=str)


def one_of(name: str, key: str, options: Collection[str], usual: str) -> dict[str, Any]:
    """Settings of a widget that holds one of `options`; an address that asks for none of them gets the usual one."""
    asked = st.query_params.get(name)
    _adopt_address(key, asked, asked if asked in options else usual)
    if asked is not None and asked not in options:
        _not_understood(name)
    return {"key": key, "on_change": _keep_one, "args": (name, key, usual)}


def pick_segment(
    name: str, key: str, *, usual: Option, label: str, titles: Mapping[Option, str], about: str | None = None
) -> Option:
    """A row of segments of which one is on: `titles` says each option in words, and the address keeps the choice."""
    picked = st.segmented_control(
        label,
        list(titles),
        format_func=titles.__getitem__,
        required=True,
        help=about,
        **one_of(name, key, titles, usual),
    )
    return usual if picked is None else picked


def asked_for(name: str, key: str, options: Collection[Option], usual: Option) -> Option:
    """What a widget will hold, for what is drawn before it is."""
    asked = st.query_params.get(name)
    _adopt_address(key, asked, asked if asked in options else usual)
    return next((one for one in options if one == st.session_state[key]), usual)


def is_asked(name: str, key: str, on: str = ON) -> bool:
    """The same for a toggle."""
    asked = st.query_params.get(name)
    _adopt_address(key, asked, asked == on)
    return bool(st.session_state[key])


def some_of(name: str, key: str, options: Collection[str]) -> dict[str, Any]:
    """Settings of a widget that holds any of `options`, usually none."""
    asked = st.query_params.get_all(name)
    _adopt_address(key, asked, [one for one in options if one in asked])
    return {"key": key, "on_change": _keep_some, "args": (name, key)}


def toggle_option(name: str, key: str, on: str = ON) -> dict[str, Any]:
    """Settings of a toggle that is usually off; `on` is what the address says when it is not."""
    asked = st.query_params.get(name)
    _adopt_address(key, asked, asked == on)
    return {"key": key, "on_change": _keep_switch, "args": (name, key, on)}


def panel_option(part: str, key: str) -> dict[str, Any]:
    """Settings of a panel that is usually closed; the address names those that are open."""
    asked = part in st.query_params.get_all(OPEN)
    _adopt_address(key, asked, asked)
    return {"key": key, "on_change": _keep_open, "args": (part, key)}


def options_shown() -> dict[str, list[str]]:
    """How the page of this address is looked at, for a link that leads back to it."""
    found = {name: st.query_params.get_all(name)[:MOST] for name in LOOKS}
    plain = {name: [one for one in values if PLAIN.fullmatch(one)] for name, values in found.items()}
    return {name: values for name, values in plain.items() if values}


def put_aside(page: Mapping[str, Sequence[str]], figure: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The filters of a page as a link keeps them that goes to procedures under the filters of one figure."""
    changed = [key for key in OF_BAR if list(page.get(key, ())) != list(figure.get(key, ()))]
    return {f"{BACK}{key}": list(page.get(key, ())) or [ANY] for key in changed}


def kept_aside() -> dict[str, list[str]]:
    """What `put_aside` left in this address."""
    found = {f"{BACK}{key}": st.query_params.get_all(f"{BACK}{key}")[:MOST] for key in OF_BAR}
    return {name: values for name, values in found.items() if values and all(map(PLAIN.fullmatch, values))}


def taken_back(filters: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The filters of the page that a list was opened from, where the list has others."""
    aside = {name.removeprefix(BACK): values for name, values in kept_aside().items()}
    return {key: values for key, values in {**filters, **aside}.items() if list(values) != [ANY]}


def is_late(asked: object, written: tuple[object, float] | None) -> bool:
    """Whether an address is the one of before the last choice, from a browser that has not heard of that yet.

    `written`: what was asked for before the choice, and when it was made by `time.monotonic`.
    """
    return written is not None and asked == written[0] and time.monotonic() - written[1] < GRACE_SECONDS


def _adopt_address(key: str, asked: object, value: object) -> None:
    """Let a widget follow the address when it is new, or when the address was changed by the browser."""
    seen = st.session_state.setdefault(SEEN, {})
    name, values, written = st.session_state.get(WRITTEN, {}).get(key, ("", [], None))
    if key in st.session_state and seen.get(key) != asked and is_late(asked, written):
        _write_address(name, values)
        return
    if key not in st.session_state or seen.get(key) != asked:
        st.session_state[key] = value
    seen[key] = asked


def _keep_one(name: str, key: str, usual: str) -> None:
    value = st.session_state[key]
    _keep(key, name, [] if value in (None, usual) else [value], lambda: st.query_params.get(name))


def _keep_some(name: str, key: str) -> None:
    _keep(key, name, st.session_state[key], lambda: st.query_params.get_all(name))


def _keep_switch(name: str, key: str, on: str) -> None:
    _keep(key, name, [on] if st.session_state[key] else [], lambda: st.query_params.get(name))


def _keep_open(part: str, key: str) -> None:
    others = [one for one in st.query_params.get_all(OPEN) if one != part]
    values = [*others, part] if st.session_state[key] else others
    _keep(key, OPEN, values, lambda: part in st.query_params.get_all(OPEN))


def _keep(key: str, name: str, values: Sequence[str], asked: Callable[[], object]) -> None:
    """Write a choice into the address. `asked` reads what the address asks for."""
    written = st.session_state.setdefault(WRITTEN, {})
    written[key] = (name, list(values), (asked(), time.monotonic()))
    _write_address(name, values)
    st.session_state[SEEN][key] = asked()


def _write_address(name: str, values: Sequence[str]) -> None:
    if values:
        st.query_params[name] = list(values)
    else:
        st.query_params.pop(name, None)


def _not_understood(name: str) -> None:
    st.info(f"A part of the link was not understood and was left out: {name}.", icon=":material/info:")
