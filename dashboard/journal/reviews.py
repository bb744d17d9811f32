"""Reviews of serious events and deaths: that somebody looked, who, when, and what was found."""

from dashboard.access.rights import AccessDenied, require, requires
from dashboard.journal.notes import LONGEST
from dashboard.view.reader_view import View, home_in_service, warehouse_of
from data.errors import UsageProblem
from data.journal import Journal
from queries.explain.procedures import read_procedure


@requires("notes")
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
