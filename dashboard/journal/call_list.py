"""The call list: whom to call, what a call came to, and what calls have recovered. Closings stand in the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from dashboard.access.rights import requires
from dashboard.journal.call_rights import may_call, require_call
from dashboard.view.clock import read_clock
from dashboard.view.local_numbers import local_numbers
from dashboard.view.reader_view import View, home_in_service, warehouse_of
from data.errors import StorageProblem, UsageProblem
from data.journal import Event, Journal
from queries.explain.calls_due import (
    CALLED_AT,
    Call,
    Capture,
    Workup,
    calls_due,
    count_capture,
    count_scored,
    workups_due,
)

REASONS = {
    "reached": "reached",
    "unreachable": "unreachable",
    "declined": "declined",
    "hospital_elsewhere": "in hospital elsewhere",
    "died": "died",
    "cannot_answer": "cannot answer",
}
FOR_EVERY_WINDOW = ("died",)
TAKEN_BACK = "taken_back"
SHOWN_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What a call came to. `at` is ISO 8601 in UTC."""

    id: int
    procedure_id: str
    timepoint: str
    reason: str
    author: str
    at: str

    @property
    def on(self) -> date:
        """The day it was recorded."""
        return datetime.fromisoformat(self.at).date()


@dataclass(frozen=True)
class Recovered:
    """Calls that reached a patient, and how many of these patients have a score in that window by now."""

    reached: int
    scored: int
    closed: int


@requires("call_list")
def call_list(view: View) -> list[Call]:
    """Who is in or near a window, not scored, alive, not treated again and not closed; by hours left.

    All procedures of the sites chosen, whatever else the filters say: a call is owed to everyone.
    """
    closed = _closed_windows(_closings_in_force())
    sites = view.filters["site"]
    return [
        call
        for call in calls_due(warehouse_of(view), read_clock(view.info).now)
        if (call.procedure_id, call.timepoint) not in closed
        and (call.procedure_id, "") not in closed
        and (not sites or call.site in sites)
    ]


@requires("call_list")
def workup_list(view: View) -> list[Workup]:
    """Whose work-up of osteoporosis is not closed within 12 weeks, at the sites chosen; no other filter counts."""
    sites = view.filters["site"]
    today = read_clock(view.info).now.date()
    return [one for one in workups_due(warehouse_of(view), today) if not sites or one.site in sites]


@requires("call_list")
def close_call(view: View, procedure_id: str, timepoint: str, reason: str) -> int:
    """Record what a call came to; the patient leaves the list. `AccessDenied` without the right for the site."""
    require_call(view, procedure_id)
    if timepoint not in CALLED_AT or reason not in REASONS:
        raise UsageProblem("call list", "no such window or reason", f"Choose one of {', '.join(REASONS)}")
    return Journal(home_in_service().journal).append(
        "closing", procedure_id, {"timepoint": timepoint, "reason": reason}, view.reader.name
    )


@requires("call_list")
def take_back(view: View, closing: Closing) -> int:
    """Put a patient back on the list; what was recorded stays in the journal."""
    require_call(view, closing.procedure_id)
    payload = {"timepoint": closing.timepoint, "reason": TAKEN_BACK}
    return Journal(home_in_service().journal).append(
        "closing", closing.procedure_id, payload, view.reader.name, supersedes=closing.id
    )


@requires("call_list")
def recent_closings(view: View) -> list[Closing]:
    """What was recorded in the last days, newest first, for the sites that the reader may see."""
    since = (datetime.now().astimezone() - timedelta(days=SHOWN_DAYS)).date()
    recent = [one for one in reversed(_closings_in_force()) if one.on >= since]
    return [one for one in recent if may_call(view, one.procedure_id)]


@requires("call_list")
def count_recovered(view: View) -> Recovered:
    """What calls have brought: of those reached, who has a score in that window now.

    Of all procedures at the reader's sites.
    """
    closings = _closings_at_sites_of(view)
    reached = {(one.procedure_id, one.timepoint) for one in closings if one.reason == "reached"}
    asked = {name: [key for key, timepoint in reached if timepoint == name] for name in CALLED_AT}
    found = sum(count_scored(warehouse_of(view), name, keys) for name, keys in asked.items() if keys)
    return Recovered(len(reached), found, len(closings))


@requires("exact_figures")
def capture_of(view: View, timepoint: str) -> Capture:
    """How many could be asked, were reached and answered at a timepoint, with those who could not apart."""
    return count_capture(warehouse_of(view), timepoint, view.filters_of(f"recorded_{timepoint}"))


def numbers_beside(view: View, calls: Sequence[Call | Workup]) -> list[str]:
    """The senders' numbers of these patients, for those who may see them; empty texts otherwise."""
    if not calls or not view.reader.has("local_numbers"):
        return [""] * len(calls)
    records = pd.DataFrame([(one.procedure_id, one.patient_key, one.site) for one in calls])
    records.columns = ["procedure_id", "patient_key", "site"]
    try:
        return list(local_numbers(view.reader, home_in_service(), records)["patient_number"])
    except StorageProblem:
        return [""] * len(calls)


def _closings_in_force() -> list[Closing]:
    """The closings in force, oldest first."""
    events = Journal(home_in_service().journal).events("closing")
    replaced = {event.supersedes for event in events}
    return [
        _closing_of_event(event)
        for event in events
        if event.id not in replaced and event.payload.get("reason") in REASONS
    ]


def _closing_of_event(event: Event) -> Closing:
    payload = event.payload
    return Closing(
        id=event.id,
        procedure_id=event.subject,
        timepoint=str(payload["timepoint"]),
        reason=str(payload["reason"]),
        author=event.author,
        at=event.at,
    )


def _closings_at_sites_of(view: View) -> list[Closing]:
    """The closings of procedures at the reader's sites."""
    if view.reader.sites is None:
        return _closings_in_force()
    return [one for one in _closings_in_force() if may_call(view, one.procedure_id)]


def _closed_windows(closings: list[Closing]) -> set[tuple[str, str]]:
    """Procedure and window of every closing; an empty window stands for all of them."""
    return {(one.procedure_id, "" if one.reason in FOR_EVERY_WINDOW else one.timepoint) for one in closings}
