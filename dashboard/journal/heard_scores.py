"""Pain scores heard on the phone: entered at the call list, taken back, and waiting for the next load to count them.

What was said stands in the erasable words of an event under the person's random key; `python -m etl load` reads it.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dashboard.access.rights import requires
from dashboard.journal.call_rights import may_call, require_call
from dashboard.view.reader_view import View, home_in_service, warehouse_of
from data.errors import UsageProblem
from data.journal import HEARD_SCORE, Event, Journal
from queries.explain.calls_due import CALLED_AT, Call, last_entered

LOWEST, HIGHEST = 0, 10
# How pain was asked, as in the records, with the question's words.
CONTEXTS = {
    "rest": "at rest, now",
    "activity": "on activity",
    "average_24h": "on average, last 24 hours",
    "worst": "at its worst",
    "unspecified": "not said how",
}


@dataclass(frozen=True, kw_only=True)
class HeardScore:
    """A score that was entered. `score` is None where the patient could not answer; `at` is ISO 8601 in UTC."""

    id: int
    procedure_id: str
    timepoint: str
    score: float | None
    context: str
    author: str
    at: str

    @property
    def on(self) -> date:
        """The day on which it was entered."""
        return datetime.fromisoformat(self.at).date()


@requires("call_list")
def enter_score(view: View, call: Call, score: float | None, context: str, asked_at: datetime) -> int:
    """Write a score down; `asked_at` is local to the hospital. `AccessDenied` without the right for the site.

    `UsageProblem` for what is no score of 0 to 10, no known context, or a moment that lies ahead.
    """
    require_call(view, call.procedure_id)
    if call.timepoint not in CALLED_AT or context not in CONTEXTS:
        raise UsageProblem("score", "no such window, or way of asking", f"Choose one of {', '.join(CONTEXTS)}")
    if score is not None and not LOWEST <= score <= HIGHEST:
        raise UsageProblem("score", "is not between 0 and 10", "Write the number that the patient gave")
    told = {
        "measured_at": f"{asked_at:%Y-%m-%dT%H:%M}",
        "score": "" if score is None else f"{score:g}",
        "context": context,
    }
    payload = {"procedure_id": call.procedure_id, "timepoint": call.timepoint, "time_zone": call.time_zone}
    return Journal(home_in_service().journal).append(
        HEARD_SCORE, call.patient_key, payload, view.reader.name, json.dumps(told)
    )


@requires("call_list")
def undo_score(view: View, number: int) -> int:
    """Take back what was entered; the next load forgets it, and the journal keeps that it was there."""
    event = next((one for one in Journal(home_in_service().journal).events(HEARD_SCORE) if one.id == number), None)
    if event is None:
        raise UsageProblem("score", "there is none of this number", "Load the page again")
    require_call(view, str(event.payload["procedure_id"]))
    return Journal(home_in_service().journal).append(
        HEARD_SCORE, event.subject, event.payload | {"undone": True}, view.reader.name, event.words, supersedes=number
    )


@requires("call_list")
def scores_waiting(view: View) -> list[HeardScore]:
    """Scores in force that no load has taken in yet, newest first, for the sites that the reader may see."""
    loaded = last_entered(warehouse_of(view))
    events = Journal(home_in_service().journal).events(HEARD_SCORE)
    replaced = {event.supersedes for event in events}
    standing = [
        one
        for one in reversed(events)
        if one.id > loaded and one.id not in replaced and not one.payload.get("undone") and one.words
    ]
    return [_score_of_event(one) for one in standing if may_call(view, str(one.payload["procedure_id"]))]


def moment_now(call: Call, now: datetime) -> datetime:
    """This moment (UTC) as the clock at the hospital shows it."""
    return now.astimezone(ZoneInfo(call.time_zone)).replace(tzinfo=None)


def _score_of_event(event: Event) -> HeardScore:
    told = json.loads(event.words or "{}")
    return HeardScore(
        id=event.id,
        procedure_id=str(event.payload["procedure_id"]),
        timepoint=str(event.payload["timepoint"]),
        score=float(told["score"]) if told["score"] else None,
        context=str(told["context"]),
        author=event.author,
        at=event.at,
    )
