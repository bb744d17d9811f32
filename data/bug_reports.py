"""Mistakes in the program: a traceback may hold a patient's value, so it goes to a private file, by a reference.

Keeping one never fails: where the disk takes nothing, the reference stands in the log alone. The newest are kept, and
of one person only so many a day, so that nobody pushes out what others met.
"""

import os
import threading
import time
import traceback
import uuid
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from data.home import department_home

KEPT = 200
KEPT_OF_A_PERSON = 20
DAY_SECONDS = 24 * 3600.0
_MARK = "__outcomes_bug__"
_lock = threading.Lock()
_written_at: dict[str, list[float]] = defaultdict(list)


@dataclass(frozen=True)
class Bug:
    """What may be said about a mistake, and where its traceback is."""

    reference: str
    place: str


def keep_bug_report(error: BaseException | None, person: str = "") -> Bug:
    """Write a traceback to the private folder, once for each error, and give its reference.

    `person` is whoever met it, by any key; empty for a command or the server itself, which are counted as one.
    """
    known = getattr(error, _MARK, None)
    if known is not None:
        return known
    reference = uuid.uuid4().hex[:8]
    try:
        place = _write_report(error, reference, person)
    except OSError as fault:
        place = f"nowhere: {fault.strerror or 'the disk does not take it'}"
    bug = Bug(reference, place)
    if error is not None:
        # Some errors take no attribute; they are then written once more.
        with suppress(AttributeError, TypeError):
            setattr(error, _MARK, bug)
    return bug


def _write_report(error: BaseException | None, reference: str, person: str) -> str:
    folder = department_home().private
    if not folder.is_dir():
        return "nowhere: its folder is missing"
    with _lock:
        if not _may_keep(person, time.monotonic()):
            return f"nowhere: {KEPT_OF_A_PERSON} of the same person are kept today"
        _remove_oldest(folder)
    path = folder / f"error-{reference}.txt"
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write("".join(traceback.format_exception(error)) if error else "no exception")
    return str(path)


def _may_keep(person: str, now: float) -> bool:
    for one in [one for one, times in _written_at.items() if now - times[-1] > DAY_SECONDS]:
        del _written_at[one]
    times = [at for at in _written_at.get(person, ()) if now - at <= DAY_SECONDS]
    if len(times) >= KEPT_OF_A_PERSON:
        return False
    _written_at[person] = [*times, now]
    return True


def _remove_oldest(folder: Path) -> None:
    """Make room for one more."""
    found = sorted(folder.glob("error-*.txt"), key=lambda path: path.stat().st_mtime)
    for path in found[: max(0, len(found) - KEPT + 1)]:
        path.unlink(missing_ok=True)
