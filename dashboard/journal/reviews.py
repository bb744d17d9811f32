"""Reviews of serious events and deaths: that somebody looked, who, when, and what was found."""

from dataclasses import dataclass

from dashboard.access.rights import AccessDenied, require
from dashboard.journal.notes import LONGEST
from dashboard.view.reader_view import View, home_in_service, warehouse_of
from data.errors import UsageProblem
from data.journal import Event, Journal
from queries.explain.procedures import read_procedure
from queries.trends.annotations import ERASED


@dataclass(frozen=True, kw_only=True)
class Review:
    """One review of a reported event; `complication_id` None = of the patient's death. `at` is ISO 8601 in UTC."""

    id: int
    procedure_id: str
    complication_id: int | None
    words: str
    author: str
    at: str


def latest_reviews(view: View) -> dict[tuple[str, int | None], Review]:
    """The latest review of each event at the reader's sites, by procedure and complication (None = death)."""
    view.require("rows")
    found = map(_review_of_event, Journal(home_in_service().journal).events("review"))
    return {(one.procedure_id, one.complication_id): one for one in found if _is_of_reader(view, one.procedure_id)}


def record_review(view: View, procedure_id: str, complication_id: int | None, words: str) -> int:
    """Write down that an event was reviewed, and what was found. `AccessDenied` without the right for the site."""
    found = read_procedure(warehouse_of(view), procedure_id)
    if found is None:
        raise UsageProblem("review", "there is no such procedure in the records loaded now", "Load the page again")
    require("notes", found.facts["site"] or "", reader=view.reader)
    text = " ".join(words.split())
    if not text or len(text) > LONGEST:
        raise UsageProblem("review", f"it has no words, or more than {LONGEST} characters", "Say what was found")
    payload = {"complication_id": complication_id}
    return Journal(home_in_service().journal).append("review", procedure_id, payload, view.reader.name, text)


def may_review(view: View, site: str | None) -> bool:
    """Whether the reader may record reviews at a site."""
    try:
        require("notes", site or "", reader=view.reader)
    except AccessDenied:
        return False
    return True


def _is_of_reader(view: View, procedure_id: str) -> bool:
    if view.reader.sites is None:
        return True
    found = read_procedure(warehouse_of(view), procedure_id)
    return found is not None and found.facts["site"] in view.reader.sites


def _review_of_event(event: Event) -> Review:
    return Review(
        id=event.id,
        procedure_id=event.subject,
        complication_id=event.payload.get("complication_id"),
        words=event.words or ERASED,
        author=event.author,
        at=event.at,
    )
