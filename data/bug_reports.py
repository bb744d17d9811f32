"""Mistakes in the program: a traceback may hold a patient's value, so it goes to a private file, by a reference."""

import os
import traceback
import uuid
from dataclasses import dataclass

from data.home import department_home

KEPT = 200
_MARK = "__outcomes_bug__"


@dataclass(frozen=True)
class Bug:
    """What may be said about a mistake, and where its traceback is."""

    reference: str
    place: str


def keep_bug_report(error: BaseException | None) -> Bug:
    """Write a traceback to the private folder, once for each error, and give its reference."""
    known = getattr(error, _MARK, None)
    if known is not None:
        return known
    bug = _write_report(error, uuid.uuid4().hex[:8])
    if error is not None:
        setattr(error, _MARK, bug)
    return bug


def _write_report(error: BaseException | None, reference: str) -> Bug:
    folder = department_home().private
    if not folder.is_dir():
        return Bug(reference, "nowhere: its folder is missing")
    if sum(1 for _ in folder.glob("error-*.txt")) >= KEPT:
        return Bug(reference, f"nowhere: remove old error-*.txt from {folder} first")
    path = folder / f"error-{reference}.txt"
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write("".join(traceback.format_exception(error)) if error else "no exception")
    return Bug(reference, str(path))
