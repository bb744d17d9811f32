"""Needs attention: what is waiting for somebody, each with the page where it is dealt with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import streamlit as st

from dashboard.access.rights import may_see
from dashboard.journal.call_list import call_list
from dashboard.journal.notes import explanation_of
from dashboard.links.page_files import is_page
from dashboard.pages.data_quality.last_load import attention_words, read_last
from dashboard.pages.overview.differences import differing_sites
from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.clock import read_clock
from dashboard.view.reader_view import View, home_in_service
from dashboard.view.safety_events import count_waiting, event_rows
from dashboard.widgets import page_parts
from dashboard.widgets.view_trends import trend_of
from data.journal import Journal
from queries.figures.gates import FEWEST, choose_gate
from queries.trends.trend import Trend
from queries.trends.what_changed import WATCHED

LATE_AFTER_DAYS = 35
# What a figure's share recorded is called, and the page where it is dealt with.
ASKED = {
    "recorded_baseline": "pain before",
    "recorded_hours_24_72": "pain at 24–72 hours",
    "recorded_follow_up": "pain at 1–2 weeks",
}
RECORDED = {"recovery_hours": "times until ready to go home", "day_case_completed": "days of leaving"}
PAGE_OF = {
    "responders_50_hours_24_72": "pain_relief",
    "mean_levels": "levels_treated",
    "home_ready_within_6_hours": "recovery",
    "recovery_hours": "recovery",
    "day_case_completed": "same_day_discharge",
}
HOURS_OF_A_DAY = 24


@dataclass(frozen=True)
class Item:
    """One thing that waits, and the page that deals with it. `query` narrows that page."""

    text: str
    page: str
    link: str
    query: Mapping[str, str] = field(default_factory=dict)


def needs_attention(view: View) -> tuple[Item, ...]:
    """What waits, most pressing first; only what this reader's role opens."""
    view.require("exact_figures")
    found = (
        *_closing_windows(view),
        *_waiting_events(view),
        *_load_items(view),
        *_unexplained_changes(view),
        *(Item(text, "compare", "Compare", {"figure": metric}) for metric, text in differing_sites(view)),
        *_low_capture(view),
    )
    return tuple(item for item in found if may_see(view.reader, item.page))


def current_day(view: View) -> date:
    """The day it is; for the synthetic department the last day of its records."""
    return read_clock(view.info).now.date()


def _closing_windows(view: View) -> Iterator[Item]:
    if not view.reader.has("call_list"):
        return
    waiting = call_list(view)
    for label in dict.fromkeys(call.label for call in waiting):
        count = sum(call.label == label and call.hours_left <= HOURS_OF_A_DAY for call in waiting)
        if count:
            noun = "1 patient's" if count == 1 else f"{count:,} patients'"
            window = label.replace("hours", "hour").replace("weeks", "week")
            yield Item(f"{noun} {window} window closes within a day", "follow_up", "Call list")


def _waiting_events(view: View) -> Iterator[Item]:
    """Serious events, events without a class and deaths that nobody has reviewed; late deaths are listed apart."""
    if not view.reader.has("rows"):
        return
    waiting = count_waiting(event_rows(view))
    if waiting.early or waiting.later:
        yield Item(waiting.words, "safety", "Safety")


def _load_items(view: View) -> Iterator[Item]:
    """The latest load refused a file; or no newer records have come for long."""
    if not view.reader.has("data_quality"):
        return
    loads = Journal(home_in_service().journal).events("load")
    refused = loads[-1].payload.get("refused", ()) if loads else ()
    if refused and view.reader.sites is None:
        noun = "a file" if len(refused) == 1 else f"{len(refused)} files"
        yield Item(f"The latest load refused {noun}", "data_quality", "Data quality")
    unlike = attention_words(read_last(view)) if view.reader.sites is None else None
    if unlike:
        yield Item(unlike, "data_quality", "Data quality")
    behind = (current_day(view) - view.info.as_of).days if view.info.as_of else 0
    if behind > LATE_AFTER_DAYS:
        yield Item(
            f"The records end on {phrases.day_words(view.info.as_of)}, {behind} days ago: a load is late",
            "data_quality", "Data quality",
        )  # fmt: skip


def _unexplained_changes(view: View) -> Iterator[Item]:
    """Figures that differ by more than chance explains, as long as nobody has written why."""
    for metric, name in WATCHED.items():
        shown = trend_of(view, metric).trend
        if shown.direction and not _is_explained(view, shown):
            page = PAGE_OF[metric]
            yield Item(f"{name}: {shown.short}; nobody has written why", page, "Look into it")


def _is_explained(view: View, shown: Trend) -> bool:
    now = shown.judgement.now
    return bool(now and explanation_of(view, shown.metric, now.first, now.last, shown.direction))


def _low_capture(view: View) -> Iterator[Item]:
    """Shares asked or recorded that are below their gate, by site where there are several."""
    several = len(view.values("site")) > 1
    for metric, noun in {**ASKED, **RECORDED}.items():
        for row in view.rows(metric, by="site" if several else None):
            known = row["numerator"] if metric in ASKED else row["recorded"]
            share = known / row["eligible"] if row["eligible"] else 1.0
            state = choose_gate(row["eligible"], share, stands_alone=False)
            if row["eligible"] < FEWEST or state == "plain":
                continue
            where = f" at {row['group']}" if several and row["group"] != "not_recorded" else ""
            asked = "asked and answered" if metric in ASKED else "recorded"
            use = "read with caution" if state == "caution" else "too little known to give a rate"
            text = f"{noun[:1].upper()}{noun[1:]}{where}: {asked} {percent_text(100 * share)}; {use}"
            page = "follow_up" if metric in ASKED else PAGE_OF[metric]
            link = "Follow-up" if metric in ASKED else "Look into it"
            yield Item(text, page, link, {"site": row["group"]} if where else {})


def show_attention(items: Sequence[Item]) -> None:
    """The list, each item a link to its page; of a page that is not there yet the text alone."""
    if not items:
        st.write("Nothing is waiting.")
    for item in items:
        text = phrases.plain_text(item.text)
        if is_page(item.page):
            page_parts.page_link(item.page, f"{text} · {item.link} →", item.query)
        else:
            page_parts.write_sentence(item.text)
