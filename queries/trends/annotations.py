"""What people wrote about the figures, read back from the journal: notes, rebases, changes, targets.

An event that another one supersedes no longer counts; nothing is ever erased but free text. No right is asked for here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from data.home import Home
from data.journal import FIRST_LINK, Event, Journal, link_of
from data.settings import Target, read_targets
from queries.catalogue.metrics import read_catalogue

ERASED = "(text erased)"
REGISTERED = "registered_change"
TARGET = "target"
PERCENT = 100
YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Note:
    """A dated remark. `topics` empty = every chart; `site` None = every site. `first_id` is the note it began as.

    `is_registered`: it tells of a registered change, and is withdrawn with it.
    """

    id: int
    on: date
    text: str
    topics: tuple[str, ...]
    site: str | None
    author: str
    at: str
    proposes_rebase: bool
    first_id: int
    is_registered: bool = False

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


@dataclass(frozen=True, kw_only=True)
class Counts:
    """A share over some months: `successes` and `n`, each by month, and how many were `eligible` in all."""

    successes: tuple[int, ...]
    n: tuple[int, ...]
    eligible: int

    @property
    def recorded(self) -> float:
        """Recorded of eligible, per cent."""
        return PERCENT * sum(self.n) / self.eligible if self.eligible else 0.0


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A change that somebody registered: of `metric` from the day `on`, with so many months of `run_in` left out.

    `choice`: the filters, without dates, as in an address. `before`: the months before, as they were at registration.
    `is_in_advance`: no outcome of that day or later was known. `is_intact`: its entry in the journal is as written.
    """

    id: int
    metric: str
    on: date
    run_in: int
    what: str
    choice: str
    sites: tuple[str, ...]
    version: int
    before: Counts
    is_in_advance: bool
    is_intact: bool
    author: str
    at: str

    @property
    def first_month(self) -> date:
        """The first day of the first whole month after the change and its run-in."""
        return add_months(self.on if self.on.day == 1 else add_months(self.on.replace(day=1), 1), self.run_in)


def notes_of(home: Home, topics: Iterable[str] | None = None, sites: frozenset[str] | None = None) -> tuple[Note, ...]:
    """The notes in force by day. `topics` None = all of them; `sites` None = of every site."""
    events = [event for event in Journal(home.journal).events() if event.kind in ("note", "note_correction")]
    first = _first_versions(events)
    notes = [
        _note_of_event(event, first[event.id]) for event in _in_force(events) if not event.payload.get("withdrawn")
    ]
    notes += [_note_of_registration(one) for one in registrations_of(home)]
    chosen = [
        note
        for note in notes
        if (topics is None or note.concerns(topics)) and (sites is None or note.site is None or note.site in sites)
    ]
    return tuple(sorted(chosen, key=lambda note: (note.on, note.id)))


def registrations_of(home: Home) -> tuple[Registration, ...]:
    """Those in force, by day: withdrawn ones are left out."""
    events = list(_check_links(Journal(home.journal).events(REGISTERED)))
    withdrawn = {event.payload.get("withdraws") for event, _ in events}
    found = [
        _registration_of(event, is_intact)
        for event, is_intact in events
        if event.subject in read_catalogue() and "withdraws" not in event.payload and event.id not in withdrawn
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.id)))


def add_months(day: date, months: int) -> date:
    """The first day of the month so many months later."""
    number = day.year * YEAR + day.month - 1 + months
    return date(number // YEAR, number % YEAR + 1, 1)


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


def targets_of(home: Home) -> dict[str, Target]:
    """All targets in force by metric: those of the settings, and those set in the app, which hold over them."""
    path = home.journal
    written = path.stat().st_mtime_ns if path.exists() else 0
    return {name: one for name, one in {**read_targets().targets, **_targets_set(path, written)}.items() if one}


@lru_cache(8)
def _targets_set(path: Path, _written: int) -> dict[str, Target | None]:
    """The latest target that was set of each metric; None where it was taken away."""
    return {
        event.subject: None
        if event.payload["value"] is None
        else Target(
            value=float(event.payload["value"]),
            set_by=event.author,
            since=date.fromisoformat(str(event.payload["since"])),
        )
        for event in Journal(path).events(TARGET)
    }


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


def _check_links(events: Sequence[Event]) -> Iterator[tuple[Event, bool]]:
    """Each event, and whether it and all before it are as they were written."""
    previous, is_intact = FIRST_LINK, True
    for event in events:
        own = link_of(event.at, event.author, event.kind, event.subject, event.payload)
        is_intact &= event.payload.get("previous") == previous and event.payload.get("link") == own
        previous = str(event.payload.get("link"))
        yield event, is_intact


def _registration_of(event: Event, is_intact: bool) -> Registration:
    payload = event.payload
    return Registration(
        id=event.id,
        metric=event.subject,
        on=date.fromisoformat(payload["on"]),
        run_in=int(payload["run_in_months"]),
        what=event.words or ERASED,
        choice=str(payload["choice"]),
        sites=tuple(payload["sites"]),
        version=int(payload["definition_version"]),
        before=Counts(successes=tuple(payload["successes"]), n=tuple(payload["n"]), eligible=int(payload["eligible"])),
        is_in_advance=bool(payload["is_in_advance"]),
        is_intact=is_intact,
        author=event.author,
        at=event.at,
    )


def _note_of_registration(one: Registration) -> Note:
    return Note(
        id=one.id,
        on=one.on,
        text=f"registered change: {one.what}",
        topics=(read_catalogue()[one.metric].header.topic,),
        site=one.sites[0] if len(one.sites) == 1 else None,
        author=one.author,
        at=one.at,
        proposes_rebase=False,
        first_id=one.id,
        is_registered=True,
    )
