"""What people wrote about the figures, read back from the journal: notes, rebases, explained causes, closings, reviews.

An event that another one supersedes no longer counts; nothing is ever erased but free text. No right is asked for here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from data.home import Home
from data.journal import Event, Journal

ERASED = "(text erased)"


@dataclass(frozen=True, kw_only=True)
class Note:
    """A dated remark. `topics` empty = every chart; `site` None = every site. `first_id` is the note it began as."""

    id: int
    on: date
    text: str
    topics: tuple[str, ...]
    site: str | None
    author: str
    at: str
    proposes_rebase: bool
    first_id: int

    def concerns(self, topics: Iterable[str]) -> bool:
        """Whether it belongs on a chart of these topics."""
        return not self.topics or bool(set(self.topics) & set(topics))


@dataclass(frozen=True, kw_only=True)
class Rebase:
    """From which day a metric's baseline is drawn anew, and why. `start` None = taken back."""

    id: int
    metric: str
    start: date | None
    site: str | None
    reason: str
    author: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A special cause that a person explained: the signal of a metric between two periods, both by their labels.

    `site` is the one whose chart it was seen on, None for a chart of several; `step` is how that chart was grouped and
    `direction` where the figure went. An event without them speaks of every step and both directions.
    """

    id: int
    metric: str
    first: str
    last: str
    site: str | None
    words: str
    author: str
    at: str
    step: str = ""
    direction: str = ""


def notes_of(home: Home, topics: Iterable[str] | None = None, sites: frozenset[str] | None = None) -> tuple[Note, ...]:
    """The notes in force by day. `topics` None = all of them; `sites` None = of every site."""
    events = [event for event in Journal(home.journal).events() if event.kind in ("note", "note_correction")]
    first = _first_versions(events)
    notes = [
        _note_of_event(event, first[event.id]) for event in _in_force(events) if not event.payload.get("withdrawn")
    ]
    chosen = [
        note
        for note in notes
        if (topics is None or note.concerns(topics)) and (sites is None or note.site is None or note.site in sites)
    ]
    return tuple(sorted(chosen, key=lambda note: (note.on, note.id)))


def rebases_of(home: Home) -> tuple[Rebase, ...]:
    """The latest rebase of each metric and site; those taken back are left out."""
    latest: dict[tuple[str, str | None], Event] = {}
    for event in _in_force(Journal(home.journal).events("rebase")):
        latest[event.subject, event.payload.get("site")] = event
    found = [
        Rebase(
            id=event.id,
            metric=event.subject,
            start=_read_day(event.payload.get("from")),
            site=event.payload.get("site"),
            reason=event.words or ERASED,
            author=event.author,
            at=event.at,
        )
        for event in latest.values()
    ]
    return tuple(one for one in found if one.start is not None)


def explanations_of(home: Home) -> tuple[Explanation, ...]:
    """Special causes that were explained, oldest first."""
    return tuple(
        Explanation(
            id=event.id, metric=event.subject, first=str(event.payload["first"]), last=str(event.payload["last"]),
            site=event.payload.get("site"), words=event.words or ERASED, author=event.author, at=event.at,
            step=str(event.payload.get("step") or ""), direction=str(event.payload.get("direction") or ""),
        )
        for event in _in_force(Journal(home.journal).events("special_cause"))
    )  # fmt: skip


def _in_force(events: Iterable[Event]) -> list[Event]:
    """Events that no later one supersedes; of several corrections of one event, the last."""
    listed = list(events)
    last = {event.supersedes: event.id for event in listed if event.supersedes is not None}
    return [
        event
        for event in listed
        if event.id not in last and (event.supersedes is None or last[event.supersedes] == event.id)
    ]


def _first_versions(events: Iterable[Event]) -> dict[int, int]:
    first: dict[int, int] = {}
    for event in events:
        first[event.id] = event.id if event.supersedes is None else first.get(event.supersedes, event.supersedes)
    return first


def _note_of_event(event: Event, first_id: int) -> Note:
    return Note(
        id=event.id,
        on=date.fromisoformat(event.payload["on"]),
        text=event.words or ERASED,
        topics=tuple(event.payload.get("topics", ())),
        site=event.payload.get("site"),
        author=event.author,
        at=event.at,
        proposes_rebase=bool(event.payload.get("proposes_rebase")),
        first_id=first_id,
    )


def _read_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
