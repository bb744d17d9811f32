"""People who were erased and must not come back: a list of keyed hashes, which tells nobody who they are.

`private/excluded.json` holds HMAC-SHA256 of (source, kind, number) under a random key in `private/exclusion.key`. The
key is what makes a short number safe from being tried out; whoever holds both can only ask about a number they know.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from data.errors import StorageProblem
from data.home import Home
from etl.generations.storage import PRIVATE_FILE, write_whole
from etl.redaction.person_numbers import Numbers

KEY_BYTES = 32


@dataclass(frozen=True)
class Exclusions:
    """The list and its key. Empty where nobody was ever erased."""

    key: bytes = b""
    marks: frozenset[str] = frozenset()

    def mark(self, source: str, kind: str, number: str) -> str:
        """The mark of one number: `kind` is patient, known_as or procedure."""
        text = "\x1f".join((source, kind, number))
        return hmac.new(self.key, text.encode("utf-8"), hashlib.sha256).hexdigest()

    def among(self, source: str, kind: str, numbers: Iterable[str]) -> set[str]:
        """Those of the numbers that are excluded."""
        if not self.marks:
            return set()
        return {number for number in numbers if self.mark(source, kind, number) in self.marks}

    def having(self, source: str, kind: str, numbers: Iterable[str]) -> "Exclusions":
        """The list with these numbers too."""
        return Exclusions(self.key, self.marks | {self.mark(source, kind, number) for number in numbers})

    def of(self, source: str, numbers: Numbers) -> "Exclusions":
        """The list with all that a person of this source is called by, and their procedures."""
        longer = self.having(source, "patient", numbers.patients).having(source, "known_as", numbers.others)
        return longer.having(source, "procedure", numbers.procedures)


def _key_path(home: Home) -> Path:
    return home.private / "exclusion.key"


def _list_path(home: Home) -> Path:
    return home.private / "excluded.json"


def read_exclusions(home: Home) -> Exclusions:
    """The list of a home. `StorageProblem` when only half of it is there: nobody may slip back in."""
    if not _list_path(home).exists():
        return Exclusions()
    try:
        key = _key_path(home).read_bytes()
        marks = frozenset(json.loads(_list_path(home).read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError):
        key, marks = b"", frozenset()
    if len(key) != KEY_BYTES:
        raise StorageProblem(
            str(home.private), "the list of erased people or its key is damaged", "Restore both from one backup"
        )
    return Exclusions(key, marks)


def begin_exclusions(home: Home) -> Exclusions:
    """The list of a home, with a new key if there is none yet."""
    found = read_exclusions(home)
    if found.key:
        return found
    key = os.urandom(KEY_BYTES)
    write_whole(_key_path(home), key, PRIVATE_FILE)
    return Exclusions(key)


def save_exclusions(home: Home, exclusions: Exclusions) -> None:
    """Keep the list."""
    write_whole(_list_path(home), json.dumps(sorted(exclusions.marks)).encode(), PRIVATE_FILE)
