"""The journal: an append-only SQLite file that both sides write to. People appear by random key only."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import data

PATIENCE_SECONDS = 10


@dataclass(frozen=True)
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
                "insert into event (at, author, kind, subject, payload, supersedes) values (?, ?, ?, ?, ?, ?)",
                (now(), author, kind, subject, json.dumps(payload, sort_keys=True), supersedes),
            )
            number = int(written.lastrowid or 0)
            if words is not None:
                connection.execute("insert into free_text (event_id, words) values (?, ?)", (number, words))
        return number

    def events(self, kind: str | None = None) -> list[Event]:
        """Events in order of writing; none when nothing was ever written."""
        if not self.path.exists():
            return []
        # A writer that was killed leaves a half-written event; only who may write can roll it back on opening.
        mode = "rw" if os.access(self.path, os.W_OK) else "ro"
        connection = sqlite3.connect(f"file:{self.path}?mode={mode}", uri=True, timeout=PATIENCE_SECONDS)
        try:
            found = connection.execute(
                "select id, at, author, kind, subject, payload, supersedes, words from event"
                " left join free_text on id = event_id where ? is null or kind = ? order by id",
                (kind, kind),
            ).fetchall()
        finally:
            connection.close()
        return [Event(*row[:5], json.loads(row[5]), *row[6:]) for row in found]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS)
        try:
            connection.executescript(data.JOURNAL_SCHEMA.read_text(encoding="utf-8"))
            with connection:
                yield connection
        finally:
            connection.close()


def now() -> str:
    """This moment in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
