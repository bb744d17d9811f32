"""A disk that is full or closed, a file that is damaged or held by others: one error, in words that name the place."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from data.errors import StorageProblem

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
STORAGE_ERRORS = {*NO_ROOM, *CLOSED, errno.EIO}
FULL = ("the disk that holds it is full", "Free space there; what was being written is not kept, all else is as it was")
READ_ONLY = ("the disk or the file is closed to writing", "Open it to the user that runs this program")
UNREADABLE = ("the disk does not give what is asked of it", "Look at the disk; if it is broken, restore a backup")
HELD = ("another process holds the file for too long", "Try again in a minute")
DAMAGED = ("the file is damaged", "Restore it from a backup (docs/operations.md)")
_SQLITE_WORDS = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: READ_ONLY,
    sqlite3.SQLITE_IOERR: UNREADABLE,
    sqlite3.SQLITE_BUSY: HELD,
    sqlite3.SQLITE_LOCKED: HELD,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}
# SQLite says no more than this where it has no room for what it keeps beside a file.
UNCLEAR = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
LEAST_BYTES = 64 * 1024
# An extended code of SQLite carries its kind in the lowest byte.
_KIND = 0xFF


def find_storage_problem(error: BaseException, path: Path | None = None) -> StorageProblem | None:
    """The error that names the disk; None when the disk is not what is wrong. `path` where the error names none."""
    words: tuple[str, str] | None = None
    if isinstance(error, StorageProblem):
        return error
    if isinstance(error, sqlite3.Error):
        kind = sqlite_kind(error)
        if kind == 0 and "decode" in str(error):
            return StorageProblem(str(path or "a database"), *DAMAGED)
        words = (_words_of_disk(path) if kind in UNCLEAR and path else None) or _SQLITE_WORDS.get(kind)
    elif isinstance(error, OSError):
        path = Path(str(error.filename)) if error.filename else path
        words = _words_of_number(error.errno)
    elif isinstance(error, duckdb.Error):
        words = _words_of_text(str(error))
    return StorageProblem(str(path or "the disk"), *words) if words else None


def sqlite_kind(error: sqlite3.Error) -> int:
    """Which kind of error SQLite reported; 0 for one of Python's own."""
    return int(getattr(error, "sqlite_errorcode", 0)) & _KIND


@contextmanager
def named_storage_faults(path: Path) -> Iterator[None]:
    """Turn errors of the disk within the block into `StorageProblem`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        problem = find_storage_problem(error, path)
        if problem is None:
            raise
        raise problem from None


@contextmanager
def named_damage(path: Path, *errors: type[Exception]) -> Iterator[None]:
    """Turn errors of what was read within the block into the one that calls the file damaged."""
    try:
        yield
    except errors:
        raise StorageProblem(str(path), *DAMAGED) from None


def _words_of_disk(path: Path) -> tuple[str, str] | None:
    """What is wrong with the disk of a file by the system's own account of it; None when nothing is."""
    folder = next((one for one in path.parents if one.is_dir()), None)
    if folder is None:
        return None
    told = os.statvfs(folder)
    if told.f_flag & os.ST_RDONLY:
        return READ_ONLY
    return FULL if told.f_bavail * told.f_frsize < LEAST_BYTES else None


def _words_of_number(number: int | None) -> tuple[str, str] | None:
    if number in NO_ROOM:
        return FULL
    if number in CLOSED:
        return READ_ONLY
    return UNREADABLE if number == errno.EIO else None


def _words_of_text(text: str) -> tuple[str, str] | None:
    """DuckDB hands on what the system says, in English and without a number."""
    if any(words in text for words in ("No space", "File too large", "Disk quota")):
        return FULL
    return READ_ONLY if any(words in text for words in ("Permission denied", "Read-only")) else None
