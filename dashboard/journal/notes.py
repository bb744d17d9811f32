"""Notes on charts, rebases and explained causes: written to the journal by those who may, read by everyone.

A note is never changed: a correction is a new event that stands in its place.
"""

from collections.abc import Sequence
from datetime import date

from dashboard.access.rights import require, requires
from dashboard.view.reader_view import View, home_in_service
from data.errors import UsageProblem
from data.journal import Journal
from queries.catalogue.filters import NOT_RECORDED
from queries.catalogue.metric_versions import find_metric
from queries.catalogue.metrics import TOPICS, read_catalogue
from queries.explain.selections import parse_period
from queries.trends.annotations import Explanation, Note, Rebase, explanations_of, notes_of, rebases_of

LONGEST = 500


@requires("figures")
def notes_for(view: View, *metrics: str) -> tuple[Note, ...]:
    """The notes that belong on a chart of these metrics, by day; of all metrics when none is named.

    What the department writes for itself is not shown outside.
    """
    if view.audience == "outside":
        return ()
    topics = {read_catalogue()[name].header.topic for name in metrics if name in read_catalogue()} if metrics else None
    return notes_of(home_in_service(), topics, _sites_of_reader(view))


@requires("notes")
def add_note(
    view: View,
    on: date,
    *,
    text: str,
    topics: Sequence[str] = (),
    site: str | None = None,
    proposes_rebase: bool = False,
) -> int:
    """Pin a note to every chart of the topics (none named = all). `AccessDenied` without the right."""
    _require_site(view, site)
    return _write_event("note", view, _note_payload(on, topics, site, proposes_rebase), check_text(text))


@requires("notes")
def correct_note(view: View, note: Note, on: date, text: str) -> int:
    """Put a corrected note in the place of one; the old words stay in the journal."""
    _require_site(view, note.site)
    payload = _note_payload(on, note.topics, note.site, note.proposes_rebase)
    return _write_event("note_correction", view, payload, check_text(text), note.id)


@requires("notes")
def withdraw_note(view: View, note: Note) -> int:
    """Take a note off the charts; it stays in the journal."""
    _require_site(view, note.site)
    payload = _note_payload(note.on, note.topics, note.site, False) | {"withdrawn": True}
    return _write_event("note_correction", view, payload, note.text, note.id)


@requires("notes")
def rebase_metric(view: View, metric: str, start: date | None, reason: str, site: str | None = None) -> int:
    """Draw a metric's baseline anew from a day on; None takes it back. A reason is demanded."""
    _require_site(view, site)
    payload = {"from": start.isoformat() if start else None, "site": site}
    return Journal(home_in_service().journal).append(
        "rebase", find_metric(metric).name, payload, view.reader.name, check_text(reason)
    )


@requires("exact_figures")
def rebases_of_metric(view: View, metric: str) -> tuple[Rebase, ...]:
    """The rebases in force of a metric."""
    found = (one for one in rebases_of(home_in_service()) if one.metric == metric)
    return tuple(one for one in found if one.site in (None, site_shown(view)))


@requires("notes")
def explain_cause(
    view: View,
    metric: str,
    *,
    first: str,
    last: str,
    words: str,
    site: str | None = None,
    step: str = "",
    direction: str = "",
) -> int:
    """Record what explains a signal of a metric between two periods, named by their labels, on the chart of a site."""
    _require_site(view, site)
    if parse_period(first) is None or parse_period(last) is None:
        raise UsageProblem("special cause", "its first or last period is none", "Write 2026-03 or 2026-Q1")
    payload = {"first": first, "last": last, "site": site, "step": step, "direction": direction}
    return Journal(home_in_service().journal).append(
        "special_cause", find_metric(metric).name, payload, view.reader.name, check_text(words)
    )


@requires("exact_figures")
def explanations_of_metric(view: View, metric: str) -> tuple[Explanation, ...]:
    """The explained causes of a metric, oldest first."""
    found = (one for one in explanations_of(home_in_service()) if one.metric == metric)
    return tuple(one for one in found if one.site == site_shown(view))


def explanation_of(view: View, metric: str, first: date, last: date, direction: str) -> Explanation | None:
    """What explains just this signal: of this metric and site, in the same direction, in days that it shares.

    A run that goes on is still the same one; a later one is not.
    """
    for one in reversed(explanations_of_metric(view, metric)):
        begin, end = parse_period(one.first), parse_period(one.last)
        if begin and end and begin.start <= last and first <= end.end and one.direction in ("", direction):
            return one
    return None


def site_shown(view: View) -> str | None:
    """The one site that a view shows; None when it shows several."""
    chosen = view.filters["site"]
    return chosen[0] if len(chosen) == 1 else None


def sites_to_write_for(view: View) -> tuple[str | None, ...]:
    """For which sites the reader may write: None, which is every site, only with the right for all of them."""
    sites = tuple(site for site in view.values("site") if site != NOT_RECORDED)
    if view.reader.sites is None:
        return (None, *sites) if len(sites) > 1 else (None,)
    return tuple(site for site in sites if site in view.reader.sites)


def may_change(view: View, note: Note) -> bool:
    """Whether the reader may correct a note or take it off; a registered change is withdrawn where it is registered."""
    return not note.is_registered and (view.reader.sites is None or note.site in view.reader.sites)


def _require_site(view: View, site: str | None) -> None:
    """The right, for the site that is named; what concerns every site needs the right for every site."""
    require("notes", "" if site is None and view.reader.sites is not None else site, reader=view.reader)


def _write_event(kind: str, view: View, payload: dict, text: str, supersedes: int | None = None) -> int:
    subject = ",".join(payload["topics"]) or "all"
    return Journal(home_in_service().journal).append(kind, subject, payload, view.reader.name, text, supersedes)


def _note_payload(on: date, topics: Sequence[str], site: str | None, proposes_rebase: bool) -> dict:
    unknown = set(topics) - set(TOPICS)
    if unknown:
        raise UsageProblem("note", f"no such topic: {min(unknown)}", f"Choose from {', '.join(TOPICS)}")
    return {"on": on.isoformat(), "topics": list(topics), "site": site, "proposes_rebase": proposes_rebase}


def check_text(text: str) -> str:
    """The words on one line; `UsageProblem` without any, or with more than 500 characters."""
    words = " ".join(text.split())
    if not words:
        raise UsageProblem("note", "it has no words", "Say what happened")
    if len(words) > LONGEST:
        raise UsageProblem("note", f"it has more than {LONGEST} characters", "Say it in fewer words")
    return words


def _sites_of_reader(view: View) -> frozenset[str] | None:
    chosen = frozenset(view.filters["site"])
    if view.reader.sites is None:
        return chosen or None
    return (chosen & view.reader.sites) or view.reader.sites
