"""The period of a page and what it is compared with: the menu in the bar, and both in words."""

from datetime import date

import streamlit as st

from dashboard.links.filters import Choice
from dashboard.view.reader_view import View
from queries.catalogue.spans import AGAINST_NAMES, SPAN_NAMES, Against, SpanName

SPAN_WORDS: dict[SpanName, str] = {
    "last-month": "Last month",
    "last-quarter": "Last quarter",
    "last-12-months": "Last 12 months",
    "this-year": "This year",
    "all": "All records",
}
AGAINST_WORDS: dict[Against, str] = {
    "before": "same length before",
    "year-before": "same months a year before",
    "nothing": "nothing",
}
BEFORE_WORDS: dict[SpanName, str] = {
    "last-month": "the month before",
    "last-quarter": "the quarter before",
    "last-12-months": "the 12 before",
}
SPAN, AGAINST, FROM, TO = "filter_span", "filter_against", "filter_from", "filter_to"


def period_menu(choice: Choice, view: View) -> None:
    """The menu: a period by its name or by days, and what it is compared with. Its widgets hold the choice."""
    with st.popover(period_words(choice, view), key="menu_period"):
        st.pills(
            "Period",
            [name for name in SPAN_NAMES if name != "own"],
            format_func=SPAN_WORDS.__getitem__,
            key=SPAN,
            on_change=_forget_days,
        )
        first, last = st.columns(2)
        first.date_input("Own dates from", value=None, key=FROM, format="YYYY-MM-DD")
        last.date_input("to", value=None, key=TO, format="YYYY-MM-DD")
        st.pills("Compared with", AGAINST_NAMES, format_func=AGAINST_WORDS.__getitem__, key=AGAINST)
        st.caption(
            "Months count once all their windows are over, so the last ones differ between figures. Charts over time "
            "always show all months."
        )


def _forget_days() -> None:
    """A period by its name takes the place of days."""
    st.session_state[FROM] = st.session_state[TO] = None


def period_words(choice: Choice, view: View) -> str:
    """The period with its last month, and its comparison: `12 months to June 2026, against the 12 before`."""
    name = choice.period.name
    first, last = (choice.date_from, choice.date_to) if name == "own" else view.days_of(choice.period)
    shown = _days_words(name, first, last)
    if choice.against == "nothing" or first is None:
        return shown
    before = "a year before" if choice.against == "year-before" else BEFORE_WORDS.get(name, "as long before")
    return f"{shown}, against {before}"


def _days_words(name: SpanName, first: date | None, last: date | None) -> str:
    if name == "own":
        return " – ".join(f"{one.day} {one:%b %Y}" if one else "…" for one in (first, last))
    if first is None or last is None:
        return SPAN_WORDS[name]
    if name == "last-month":
        return f"{last:%B %Y}"
    if name == "last-12-months":
        return f"12 months to {last:%B %Y}"
    return f"{first:%B} – {last:%B %Y}" if name == "last-quarter" else f"{SPAN_WORDS[name]} to {last:%B %Y}"
