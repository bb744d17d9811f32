"""Needs attention: what is waiting for somebody, each with the page where it is dealt with."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import streamlit as st

from dashboard.access.rights import may_see, requires
from dashboard.journal.call_list import call_list
from dashboard.journal.notes import explanation_of
from dashboard.journal.targets import target_of
from dashboard.pages.compare.compare import ADJUSTED as COMPARE_ADJUSTED
from dashboard.pages.compare.risk_course import passed_limits
from dashboard.pages.data_quality.last_load import attention_words, read_last
from dashboard.pages.overview.attention_item import Favourable, Item
from dashboard.pages.overview.cards import CARDS
from dashboard.pages.overview.differences import differing_sites
from dashboard.pages.overview.waiting_work import (
    failing_leaflets,
    open_workups,
    unlike_month,
    unsigned_months,
)
from dashboard.pages.overview.yardsticks import target_state
from dashboard.pages.safety.safety import ADJUSTED as SAFETY_ADJUSTED
from dashboard.text import phrases
from dashboard.text.theme import PERCENT_SIGN, number_text, percent_text
from dashboard.view.clock import read_clock
from dashboard.view.event_watch import watch_events
from dashboard.view.pool.pooled_hospitals import late_words
from dashboard.view.reader_view import View, home_in_service
from dashboard.view.safety_events import count_waiting, event_rows
from dashboard.widgets import page_parts
from dashboard.widgets.view_trends import NOT_LASTING, trend_of
from data.journal import Journal
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.spans import USUAL_AGAINST, USUAL_SPAN, Span
from queries.figures.gates import FEWEST, choose_gate
from queries.figures.summarise import Row
from queries.trends.trend import Trend

LATE_AFTER_DAYS = 35
# What a figure's share recorded is called, in full and in a line of Overview; and the page where it is dealt with.
ASKED = {
    "recorded_baseline": ("pain before", "Answered before"),
    "recorded_hours_24_72": ("pain at 24–72 hours", "Answered, 24–72 hours"),
    "recorded_follow_up": ("pain at 1–2 weeks", "Answered, 1–2 weeks"),
}
AFTER = ("hours_24_72", "follow_up")
RECORDED = {
    "recovery_hours": ("times until ready to go home", "Ready times recorded"),
    "day_case_completed": ("days of leaving", "Days of leaving recorded"),
}
PAGE_OF = {"recovery_hours": "recovery", "day_case_completed": "same_day_discharge"}
HOURS_OF_A_DAY, PERCENT = 24, 100
# How many stand on the first screen, a line each: what a department usually has.
AT_FIRST = 4
SIDES = {"more": "higher", "less": "lower"}


class Found(NamedTuple):
    """What waits for somebody, and what changed for the better."""

    waiting: tuple[Item, ...]
    favourable: tuple[Item, ...]


@requires("exact_figures")
def needs_attention(view: View) -> tuple[Item, ...]:
    """What waits, most pressing first; only what this reader's role opens."""
    return find_items(view).waiting


@requires("exact_figures")
def find_items(view: View) -> Found:
    """What waits, most pressing first, and apart from it what changed for the better.

    Harm to patients stands first, then patients who wait for a call or for their work-up; then records that did not
    come, because all figures rest on them; then units that differ and what else the figures say; at last what should be
    recorded better, and months to sign off.
    """
    found = (
        *_safety_signals(view),
        *_passed_limits(view, SAFETY_ADJUSTED, "safety"),
        *_waiting_events(view),
        *_closing_windows(view),
        *open_workups(view),
        *_missing_loads(view),
        *_late_hospitals(view),
        *_differences(view),
        *_passed_limits(view, COMPARE_ADJUSTED, "compare"),
        *failing_leaflets(view),
        *_missed_targets(view),
        *_unexplained_changes(view),
        *unlike_month(view),
        *_unlike_load(view),
        *_low_capture(view),
        *unsigned_months(view),
    )
    seen = [item for item in found if may_see(view.reader, item.page)]
    better = tuple(item for item in seen if isinstance(item, Favourable))
    return Found(tuple(item for item in seen if not isinstance(item, Favourable)), better)


def current_day(view: View) -> date:
    """The day it is; for the synthetic department the last day of its records."""
    return read_clock(view.info).now.date()


def _closing_windows(view: View) -> Iterator[Item]:
    if not view.reader.has("call_list"):
        return
    waiting = call_list(view)
    is_open = sum(not call.opens_in for call in waiting)
    if is_open and not any(call.hours_left <= HOURS_OF_A_DAY for call in waiting):
        yield Item(f"{is_open:,} can be asked for a score now", f"{is_open:,} calls open", "calls", "window")
    for label in dict.fromkeys(call.label for call in waiting):
        count = sum(call.label == label and call.hours_left <= HOURS_OF_A_DAY for call in waiting)
        if count:
            noun = "1 patient's" if count == 1 else f"{count:,} patients'"
            window = label.replace("hours", "hour").replace("weeks", "week")
            short = f"{count:,} last call{'' if count == 1 else 's'}: {label}"
            yield Item(f"{noun} {window} window closes within a day", short, "calls", "window")


def _waiting_events(view: View) -> Iterator[Item]:
    """Serious events, events without a class and deaths that nobody has reviewed; late deaths are counted apart."""
    if not view.reader.has("rows"):
        return
    waiting = count_waiting(event_rows(view))
    if waiting.early or waiting.later:
        yield Item(waiting.words, f"{waiting.early + waiting.later:,} events, deaths to review", "safety", "waiting")


def _safety_signals(view: View) -> Iterator[Item]:
    """Events that came more, or less, often than expected."""
    watched = watch_events(view)
    if watched is None or watched.found is None:
        return
    sides = {"more": watched.found.signals_up, "less": watched.found.signals_down if watched.has_lower else ()}
    for side, signals in sides.items():
        if signals:
            cause = f"safety:{side}:{watched.cases.days[signals[-1]]}"
            text = f"Serious events came {side} often than expected"
            yield (Item if side == "more" else Favourable)(text, text, "safety", cause)


def _passed_limits(view: View, metrics: Sequence[str], page: str) -> Iterator[Item]:
    """Outcomes that came more, or less, often than the patients treated let expect, in the usual period.

    In that whatever period is chosen: no click on another one waits for another fit.
    """
    usual = Span(USUAL_SPAN, USUAL_AGAINST)
    first, last = view.days_of(usual)
    recent = replace(view, filters=replace(view.filters, date_from=first, date_to=last), span=usual)
    for one in passed_limits(recent, metrics):
        query = {"open": "case_mix"} | ({"figure": one.metric} if page == "compare" else {})
        kind = Favourable if read_catalogue()[one.metric].header.better == SIDES[one.side] else Item
        # The chart over time asks another question: what it says stands beside this, so that neither denies the other.
        by_month = "" if trend_of(view, one.metric).trend.direction else f"; by month {NOT_LASTING}"
        yield kind(f"{one.sentence}{by_month}", one.short, page, f"case_mix:{one.metric}:{one.side}:{one.day}", query)


def _differences(view: View) -> Iterator[Item]:
    """Sites, or operators of one site, that differ by more than chance explains."""
    for one in differing_sites(view):
        cause = f"difference:{one.metric}:{'|'.join(sorted(str(row['group']) for row in one.units))}"
        query = {"figure": one.metric} | ({"between": "operator"} if one.key == "operator" else {})
        yield Item(one.sentence, one.short, "compare", cause, query)


def _missed_targets(view: View) -> Iterator[Item]:
    for page, metric, title, _ in CARDS:
        target = target_of(metric)
        if target is not None and target_state(view, metric) == "missed":
            value = number_text(target.value, read_catalogue()[metric].unit)
            yield Item(f"{title} misses its target of {value}", f"{title}: target missed", page, f"target:{metric}")


def _missing_loads(view: View) -> Iterator[Item]:
    """The latest load refused a file; or no newer records have come for long."""
    if not view.reader.has("data_quality"):
        return
    loads = Journal(home_in_service().journal).events("load")
    refused = loads[-1].payload.get("refused", ()) if loads else ()
    if refused and view.reader.sites is None:
        noun = "a file" if len(refused) == 1 else f"{len(refused)} files"
        text = f"The latest load refused {noun}"
        yield Item(text, text, "data_quality", f"refused:{loads[-1].id}")
    behind = (current_day(view) - view.info.as_of).days if view.info.as_of else 0
    if behind > LATE_AFTER_DAYS:
        yield Item(
            f"The records end on {phrases.day_words(view.info.as_of)}, {behind} days ago: a load is late",
            f"A load is late: {behind} days", "data_quality", f"late:records:{view.info.as_of}",
        )  # fmt: skip


def _late_hospitals(view: View) -> Iterator[Item]:
    """Hospitals of a registry whose records end long before those of the others."""
    if view.reader.in_registry and (late := late_words(view)):
        yield Item(late, late, "hospitals", f"late:hospitals:{late}")


def _unlike_load(view: View) -> Iterator[Item]:
    """The latest load was unlike earlier ones."""
    if not view.reader.has("data_quality") or view.reader.sites is not None:
        return
    last = read_last(view)
    if unlike := attention_words(last):
        yield Item(unlike, "The latest load was unusual", "data_quality", f"surprises:{last.number}")


def _unexplained_changes(view: View) -> Iterator[Item]:
    """Figures that differ by more than chance explains, as long as nobody has written why."""
    for page, metric, title, _ in CARDS:
        shown = trend_of(view, metric).trend
        if shown.direction and shown.judgement.now and not _is_explained(view, shown):
            since = f"{shown.judgement.now.first:%B %Y}"
            cause = f"verdict:{metric}:{shown.direction}:{shown.judgement.now.first:%Y}"
            # A registry has no notes in which somebody could.
            why, short = ("", "") if view.reader.in_registry else ("; nobody has written why", ", unexplained")
            # What got better waits for nobody to explain it.
            kind, why = (Favourable, "") if shown.verdict == "improvement" else (Item, why)
            yield kind(
                f"{title} {shown.direction} since {since}{why}", f"{title}: {shown.direction}{short}", page, cause
            )


def _is_explained(view: View, shown: Trend) -> bool:
    now = shown.judgement.now
    return bool(now and explanation_of(view, shown.metric, now.first, now.last, shown.direction))


def _low_capture(view: View) -> Iterator[Item]:
    """Shares asked or recorded that are below their gate, by site where there are several; one line a figure."""
    several = len(view.values(view.unit)) > 1
    for metric, (noun, short) in {**ASKED, **RECORDED}.items():
        low = [row for row in view.rows(metric, by=view.unit if several else None) if _is_low(row)]
        if not low:
            continue
        shares = [_capture_words(row, several) for row in low]
        asked = "asked and answered" if metric in ASKED else "recorded"
        text = f"{noun[:1].upper()}{noun[1:]}: {asked} {phrases.join_words(shares)}"
        known = [PERCENT * _share_known(row) for row in low]
        ends = dict.fromkeys(f"{share:.0f}" for share in (min(known), max(known)))
        page = "follow_up" if metric in ASKED else PAGE_OF[metric]
        unit = {view.unit: low[0]["group"]} if several and len(low) == 1 and low[0]["group"] != "not_recorded" else {}
        whose = _whose_words(view, [row["group"] for row in low]) if several and metric in ASKED else ""
        timepoint = metric.removeprefix("recorded_")
        query = unit | ({"timepoint": timepoint} if timepoint in AFTER else {})
        yield Item(text, f"{short}{whose}: {'–'.join(ends)}{PERCENT_SIGN}", page, f"capture:{metric}", query)


def _whose_words(view: View, groups: Sequence[str]) -> str:
    """`, Northfield Clinic`; of more sites, or hospitals of a registry, how many."""
    if len(groups) == 1:
        return f", {phrases.value_label(groups[0], view.unit)}"
    units = len(view.values(view.unit))
    return f", {'all' if len(groups) >= units else len(groups)} {view.unit}s" if units > 2 else f", both {view.unit}s"


def _share_known(row: Row) -> float:
    known = row["numerator"] if row["metric"] in ASKED else row["recorded"]
    return known / row["eligible"] if row["eligible"] else 1.0


def _is_low(row: Row) -> bool:
    state = choose_gate(row["eligible"], _share_known(row), stands_alone=False)
    return row["eligible"] >= FEWEST and state != "plain"


def _capture_words(row: Row, several: bool) -> str:
    """`66 % at Northfield`; where no rate may be given, that too little is known."""
    share = _share_known(row)
    where = f" at {row['group']}" if several and row["group"] != "not_recorded" else ""
    use = "" if choose_gate(row["eligible"], share, stands_alone=False) == "caution" else " (too little for a rate)"
    return f"{percent_text(PERCENT * share)}{where}{use}"


def show_attention(items: Sequence[Item]) -> None:
    """The list under its count, each item a link to its page; what does not fit is folded away below."""
    st.subheader(f"Needs attention ({len(items)})" if items else "Nothing needs attention", anchor=False)
    show_items(items[:AT_FIRST])
    rest = items[AT_FIRST:]
    if rest:
        with st.expander(f"{len(rest)} more", key="more_attention"):
            show_items(rest)


def show_items(items: Sequence[Item], *, in_full: bool = False) -> None:
    """Each a link to its page: in short with the whole sentence on hover, or in full."""
    for item in items:
        label = item.text if in_full else item.short
        page_parts.page_link(
            item.page, f"{phrases.plain_text(label)} →", item.query, in_full="" if in_full else item.text
        )
