"""The journal: an append-only SQLite file that both sides write to. People appear by random key only."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.home import DATA, JOURNAL_SCHEMA
from data.storage.sql_statements import read_statements
from data.storage.sqlite_file import empty_write_ahead, holds_tables, open_to_read, open_to_write, writing_transaction
from data.storage.storage_faults import named_damage, named_storage_faults

SQL = read_statements(DATA / "journal_statements.sql")
PATIENCE_SECONDS = 10
# A pain score entered in the app: both sides know these events. What was said stands in their erasable words.
HEARD_SCORE = "heard_score"
FIRST_LINK = "0" * 64
# To SQLite no limit.
ALL = -1


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. `at` is ISO 8601 in UTC; `payload` holds plain values; `words` is erasable free text."""

    id: int
    at: str
    author: str
    kind: str
    subject: str
    payload: dict[str, Any]
    supersedes: int | None
    words: str | None


class Journal:
    """Appends events and reads them back."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is created, readable by its owner only, when the first event is written."""
        self.path = path

    def append(
        self,
        kind: str,
        subject: str,
        payload: dict[str, Any],
        author: str,
        words: str | None = None,
        supersedes: int | None = None,
    ) -> int:
        """Write one event and give its number."""
        with self._writing() as connection:
            written = connection.execute(
                SQL["add_event"], (utc_now(), author, kind, subject, json.dumps(payload, sort_keys=True), supersedes)
            )
            number = int(written.lastrowid or 0)
            if words is not None:
                connection.execute(SQL["add_words"], (number, words))
        return number

    def append_linked(self, kind: str, subject: str, payload: dict[str, Any], author: str, words: str | None) -> Event:
        """Write one event whose payload holds a hash of itself and of the event of its kind before it.

        `previous` and `link` join the payload. A changed or removed event breaks the chain; see `link_of`.
        """
        with self._writing() as connection:
            before = connection.execute(SQL["last_payload"], (kind,)).fetchone()
            at = utc_now()
            with named_damage(self.path, ValueError, TypeError, KeyError):
                linked = payload | {"previous": json.loads(before[0])["link"] if before else FIRST_LINK}
            linked["link"] = link_of(at, author, kind, subject, linked)
            written = connection.execute(
                SQL["add_event"], (at, author, kind, subject, json.dumps(linked, sort_keys=True), None)
            )
            number = int(written.lastrowid or 0)
            if words is not None:
                connection.execute(SQL["add_words"], (number, words))
        return Event(
            id=number, at=at, author=author, kind=kind, subject=subject, payload=linked, supersedes=None, words=words
        )

    def end_of(self, kind: str) -> tuple[int, str]:
        """How many linked events of a kind there are, and the link of the last, at one moment."""
        with closing(open_to_read(self.path, PATIENCE_SECONDS)) as connection, named_storage_faults(self.path):
            count, last = connection.execute(SQL["end_of_kind"], {"kind": kind}).fetchone()
        with named_damage(self.path, ValueError, TypeError, KeyError):
            return count, json.loads(last)["link"] if last else FIRST_LINK

    def events(self, kind: str | None = None, latest: int | None = None) -> list[Event]:
        """Events in order of writing, all or the latest so many; none when nothing was ever written."""
        if not self.path.exists():
            return []
        with closing(open_to_read(self.path, PATIENCE_SECONDS)) as connection, named_storage_faults(self.path):
            if not holds_tables(connection):
                return []
            found = connection.execute(SQL["events"], (kind, kind, ALL if latest is None else latest)).fetchall()
        with named_damage(self.path, ValueError, TypeError):
            return [
                Event(
                    id=event_id,
                    at=at,
                    author=author,
                    kind=what,
                    subject=subject,
                    payload=json.loads(payload),
                    supersedes=supersedes,
                    words=words,
                )
                for event_id, at, author, what, subject, payload, supersedes, words in reversed(found)
            ]

    def last_event(self, kind: str) -> Event | None:
        """The latest event of a kind; None when there is none."""
        found = self.events(kind, latest=1)
        return found[0] if found else None

    def erase_words(self, subjects: Collection[str], names_somebody: Callable[[str], bool]) -> int:
        """Erase what was written about these subjects, and every text that names somebody; give how many.

        The events stay, as facts without words. Nothing of the words stays in the bytes of the file.
        """
        texts = [event for event in self.events() if event.words is not None]
        gone = [event.id for event in texts if event.subject in subjects or names_somebody(event.words or "")]
        if not self.path.exists():
            return 0
        with closing(open_to_write(self.path, JOURNAL_SCHEMA, PATIENCE_SECONDS)) as connection:
            connection.execute("pragma secure_delete = on")
            with writing_transaction(connection, self.path):
                connection.executemany(SQL["delete_words"], [(one,) for one in gone])
            # Also where nothing is left to delete: an erasure may have been interrupted just before this.
            with named_storage_faults(self.path):
                connection.execute("vacuum")
        empty_write_ahead(self.path, PATIENCE_SECONDS)
        return len(gone)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with (
            closing(open_to_write(self.path, JOURNAL_SCHEMA, PATIENCE_SECONDS)) as connection,
            writing_transaction(connection, self.path),
        ):
            yield connection


def link_of(at: str, author: str, kind: str, subject: str, payload: dict[str, Any]) -> str:
    """SHA-256 of an event and, through `previous` in its payload, of all before it. Erasable words are not in it."""
    body = {name: value for name, value in payload.items() if name != "link"}
    return hashlib.sha256(json.dumps([at, author, kind, subject, body], sort_keys=True).encode()).hexdigest()


def utc_now() -> str:
    """This moment in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
