"""Copies of a home that can be proved whole, and the way back from one.

A backup is a folder: archived files, manifests, generations and private files as they were, and `SHA256SUMS` in the
form of `sha256sum`, written last. A folder without it is not a backup. SQLite copies its files itself, because people
may be writing to them; sign-ins are left out of the copy. `CHAIN_HEADS` holds the ends of the hash chains as they were.
"""

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from data.accounts import end_sign_ins
from data.errors import StorageProblem, UsageProblem
from data.home import Home
from data.storage.sqlite_file import COMPANIONS, copy_database, is_sqlite_file
from etl.generations import publish
from etl.generations.storage import PRIVATE_FILE, PRIVATE_FOLDER, SHARED_FILE, flush_to_disk, make_folder, write_whole
from etl.operations.prove_home import find_broken_chains, last_heads, use_home
from etl.operations.status import read_status

SUMS = "SHA256SUMS"
HEADS = "CHAIN_HEADS"
PREFIX = "backup-"
PARTS = ("archive", "generations", "private", "settings", "sources", "sites", "pools")
UNFINISHED = (".part", ".wal", *COMPANIONS)


@dataclass(frozen=True)
class Backup:
    """A finished backup: where it lies, how much it holds, and what is wrong with its chains, a sentence each."""

    folder: Path
    files: int
    size: int
    problems: list[str]


def default_folder(home: Home) -> Path:
    """Beside the home: `data/home-backups` for `data/home`. Another disk is better."""
    return home.root.with_name(f"{home.root.name}-backups")


def back_up(home: Home, out: Path) -> Backup:
    """Copy the home into a new folder in `out`. The caller holds the lock, so nothing is published meanwhile."""
    if out.resolve().is_relative_to(home.root.resolve()):
        raise UsageProblem(str(out), "inside the home that it would be a copy of", "Name a folder elsewhere with --out")
    folder = out / f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    make_folder(out, PRIVATE_FOLDER)
    make_folder(folder, PRIVATE_FOLDER)
    sums, size = [], 0
    for place in _files_to_copy(home):
        target = folder / place
        _copy_file(home.root / place, target, is_in_use=True)
        if home.root / place == home.accounts:
            end_sign_ins(target)
        size += target.stat().st_size
        sums.append(f"{_hash_file(target)}  {place}\n")
    copy = Home(folder)
    heads = "".join(f"{head.to_line()}\n" for head in last_heads(copy))
    write_whole(folder / HEADS, heads.encode(), PRIVATE_FILE)
    problems = find_broken_chains(copy)
    write_whole(folder / SUMS, "".join(sums).encode(), PRIVATE_FILE)
    return Backup(folder, len(sums), size, problems)


def _files_to_copy(home: Home) -> Iterator[PurePosixPath]:
    """What a backup holds, relative to the home: no scratch, and no file that is still being written."""
    for part in PARTS:
        for path in sorted((home.root / part).rglob("*")):
            unfinished = path.name.startswith(publish.BUILD_PREFIX) or path.name.endswith(UNFINISHED)
            if path.is_file() and not path.is_symlink() and not unfinished:
                yield PurePosixPath(path.relative_to(home.root).as_posix())


def _copy_file(source: Path, target: Path, is_in_use: bool = False) -> None:
    """Copy one file, private. `StorageProblem` when a SQLite file is damaged, or its copy is."""
    _make_parents(target)
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_EXCL, PRIVATE_FILE))
    if is_in_use and is_sqlite_file(source):
        copy_database(source, target)
    else:
        shutil.copyfile(source, target)
    flush_to_disk(target)
    flush_to_disk(target.parent)


def _make_parents(path: Path) -> None:
    for folder in reversed(path.parents):
        make_folder(folder, PRIVATE_FOLDER)


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def newest_backup(out: Path) -> Path:
    """The newest finished backup in a folder, or the folder itself when it is one."""
    if (out / SUMS).is_file():
        return out
    finished = sorted(path.parent for path in out.glob(f"{PREFIX}*/{SUMS}"))
    if not finished:
        raise UsageProblem(
            str(out), "no finished backup is here", "Name the folder that `python -m etl backup` printed"
        )
    return finished[-1]


def listed_hashes(folder: Path) -> dict[PurePosixPath, str]:
    """File → hash of everything in a backup. `StorageProblem` when a file is missing, changed or out of place."""
    sums = {}
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        place = PurePosixPath(name)
        if place.parts[:1] not in {(part,) for part in PARTS} or ".." in place.parts:
            raise StorageProblem(str(folder / SUMS), "it names a file outside a home", "Use another backup")
        path = folder / place
        if path.is_symlink() or not path.is_file() or _hash_file(path) != digest:
            raise StorageProblem(str(path), "missing, or not as it was written", "Use another backup")
        sums[place] = digest
    return sums


def restore_backup(home: Home, folder: Path) -> int:
    """Bring a backup into an empty home and give the number of files; the pointer comes last. No sign-in comes back.

    A restore that was interrupted is simply run again. A home that holds anything else is left alone.
    """
    sums = listed_hashes(folder)
    publish.prepare_home(home)
    with publish.only_load(home, "restore"):
        for place in _files_to_copy(home):
            if _hash_file(home.root / place) != sums.get(place):
                raise UsageProblem(
                    str(home.root), "the home is not empty", "Move it away, or set OUTCOMES_HOME to a new folder"
                )
        pointer = PurePosixPath(home.current.relative_to(home.root).as_posix())
        for place, digest in sums.items():
            if place != pointer:
                _bring_file(home, folder, place, digest)
        if pointer in sums:
            publish.point_to(home, (folder / pointer).read_text(encoding="utf-8").strip())
    return len(sums)


def _bring_file(home: Home, folder: Path, place: PurePosixPath, digest: str) -> None:
    target = home.root / place
    if target.is_file() and _hash_file(target) == digest:
        return
    part = target.with_name(f"{target.name}.part")
    _copy_file(folder / place, part)
    if _hash_file(part) != digest:
        raise StorageProblem(str(target), "the copy differs from the backup", "Check the disk and restore again")
    if target == home.accounts:
        end_sign_ins(part)
    part.chmod(SHARED_FILE if target.is_relative_to(home.generations) else PRIVATE_FILE)
    part.replace(target)
    flush_to_disk(target.parent)


def drill_restore(home: Home, folder: Path) -> dict[str, Any]:
    """Restore a backup into a folder that is removed again, use it, and give its state as `status` does.

    `problems` in it: what is wrong with the chains of audit and export log, a sentence each.
    """
    publish.prepare_home(home)
    trial = Home(home.staging / f"{publish.BUILD_PREFIX}drill-{uuid.uuid4()}")
    try:
        restore_backup(trial, folder)
        return read_status(trial) | {"problems": use_home(trial)}
    finally:
        shutil.rmtree(trial.root, ignore_errors=True)
