"""From a finished build to the generation in service. A crash at any moment leaves the old one in service.

Files are never replaced in place: a new name and a pointer, because an open handle of a replaced file stays stale.
"""

import errno
import fcntl
import getpass
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from data.errors import Busy, NoGeneration, StorageProblem, UsageProblem
from data.home import Home
from data.journal import Journal
from etl.generations.lineage import (
    find_in_service,
    find_parent,
    list_published,
    next_counter,
    note_in_service,
    note_present,
    read_manifest,
)
from etl.generations.manifest import Manifest, manifest_path
from etl.generations.storage import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    SHARED_FILE,
    SHARED_FOLDER,
    flush_to_disk,
    make_folder,
    write_whole,
)
from queries.warehouse import Warehouse, current_path

KEPT = 5
BUILD_PREFIX = ".build-"
HELD_BY = "held by "
# A build spills to its scratch space beyond this, so that a load with a million procedures stays below 2 GiB in all.
MEMORY_VARIABLE = "OUTCOMES_MEMORY"
MEMORY = "1300MiB"


def prepare_home(home: Home) -> None:
    """Create the folders of a home that do not exist yet; modes of existing ones are the administrator's."""
    for folder in (home.root, home.inbox, home.archive, home.staging, home.private, home.exports):
        make_folder(folder, PRIVATE_FOLDER)
    make_folder(home.manifests, PRIVATE_FOLDER)
    make_folder(home.generations, SHARED_FOLDER)


def refuse_registry(home: Home, remedy: str) -> None:
    """`UsageProblem` where a command for departments meets the home of a registry."""
    if home.kind == "registry":
        raise UsageProblem(str(home.root), "is the home of a registry, which takes shipments and no files", remedy)


@contextmanager
def only_load(home: Home, work: str = "load") -> Iterator[None]:
    """Hold the lock of the one load, or other work on a home, that may run. `Busy` says who holds it.

    The kernel frees it when we die; what then still stands in it is written into the journal by whoever comes next.
    """
    with home.lock.open("a+", encoding="utf-8") as lock:
        home.lock.chmod(PRIVATE_FILE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            raise Busy(str(home.lock), f"a load is running ({holder})", "Wait for it to end and try again") from None
        lock.seek(0)
        left = lock.read().strip()
        if left.startswith(HELD_BY):
            Journal(home.journal).append("load", "none", {"outcome": "died", "work": left}, getpass.getuser())
        lock.seek(0)
        lock.truncate()
        lock.write(f"{HELD_BY}{work}, process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
        lock.flush()
        sweep_leftovers(home)
        note_present(home)
        try:
            yield
        finally:
            lock.seek(0)
            lock.truncate()
            lock.flush()


def sweep_leftovers(home: Home) -> None:
    """Remove what loads that died have left behind."""
    for leftover in home.generations.glob(f"{BUILD_PREFIX}*"):
        leftover.unlink()
    for leftover in home.staging.glob(f"{BUILD_PREFIX}*"):
        shutil.rmtree(leftover)
    for leftover in (*home.archive.rglob("*.part"), *home.private.glob("*.part")):
        leftover.unlink()


@contextmanager
def open_build(home: Home, memory: str = MEMORY) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
    """A new database file to build in, with private scratch space; both are gone if the build does not end well.

    `memory`: what DuckDB may hold where the environment names no other limit.
    """
    name = f"{BUILD_PREFIX}{uuid.uuid4()}"
    path = home.generations / f"{name}.duckdb"
    scratch = home.staging / name
    make_folder(scratch, PRIVATE_FOLDER)
    memory = os.environ.get(MEMORY_VARIABLE) or memory
    connection = duckdb.connect(
        str(path), config={"temp_directory": str(scratch), "threads": "2", "memory_limit": memory}
    )
    try:
        path.chmod(PRIVATE_FILE)
        yield path, connection
    except duckdb.OutOfMemoryException:
        raise StorageProblem(
            "memory",
            f"the build needs more than {memory}",
            f"Set {MEMORY_VARIABLE} to more, such as 4GiB, and load again",
        ) from None
    finally:
        connection.close()
        for leftover in home.generations.glob(f"{name}*"):
            leftover.unlink()
        shutil.rmtree(scratch, ignore_errors=True)


def publish_build(home: Home, path: Path, connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> str:
    """Put a finished build into service and give its file name."""
    name = keep_build(home, path, connection, replace(manifest, counter=0, parent=""))
    point_to(home, name)
    retain_generations(home)
    return name


def keep_build(home: Home, path: Path, connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> str:
    """Put a finished build among the published ones, with its manifest, and give its file name.

    One whose manifest has no counter yet comes after all others, and after the one in service.
    """
    connection.execute("checkpoint")
    connection.close()
    if path.with_name(f"{path.name}.wal").exists():
        raise StorageProblem(str(home.generations), "the build did not close cleanly", "Load again")
    Warehouse(path).rows("select count(*) from outcomes")
    name = f"gen-{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{manifest.generation}.duckdb"
    if not manifest.counter:
        manifest = replace(manifest, counter=next_counter(home), parent=find_in_service(home) or "")
    write_whole(manifest_path(home.archive, name), manifest.to_json().encode(), PRIVATE_FILE)
    path.chmod(SHARED_FILE)
    flush_to_disk(path)
    path.rename(home.generations / name)
    flush_to_disk(home.generations)
    return name


def point_to(home: Home, name: str) -> None:
    """Make a published file the one in service; the history tells of it first."""
    note_in_service(home, name)
    write_whole(home.current, f"{name}\n".encode(), SHARED_FILE)


def retain_generations(home: Home) -> None:
    """Keep the newest generations, the one in service and every one that was signed off; remove the rest."""
    signed = signed_off(home)
    current = home.current.read_text(encoding="utf-8").strip()
    names = list_published(home)
    for name in names[:-KEPT]:
        if name != current and hash_of(name) not in signed:
            (home.generations / name).unlink()
            manifest_path(home.archive, name).unlink(missing_ok=True)


def signed_off(home: Home) -> set[str]:
    """Hashes of all generations that were signed off, also as they were rebuilt after somebody was erased."""
    journal = Journal(home.journal)
    signed = {str(event.payload.get("generation")) for event in journal.events("sign_off")}
    for event in journal.events("forget"):
        signed |= {after for before, after in event.payload["rebuilt"].items() if before in signed}
    return signed


def hash_of(name: str) -> str:
    """The hash in the name of a published file."""
    return Path(name).stem.rpartition("-")[2]


def current_manifest(home: Home) -> Manifest:
    """The manifest of the generation in service; empty when nothing was ever published.

    Where the pointer is lost, what proves to have been in service takes its place; `NoGeneration` where nothing does.
    """
    name = find_in_service(home)
    if name is None:
        return Manifest()
    found = read_manifest(home, name)
    if found is None:
        raise StorageProblem(
            str(home.archive),
            "the manifest of the generation in service is gone or damaged",
            "Restore the archive from a backup, or go back one generation with `python -m etl rollback`",
        )
    return found


def in_service(home: Home) -> str | None:
    """The hash of the generation in service, if it is there and whole; None otherwise."""
    try:
        return Warehouse(current_path(home)).info.generation
    except NoGeneration:
        return None


def roll_back(home: Home, to: str | None = None) -> tuple[str, str]:
    """Put another generation into service, the one before the present or the one named by file or hash.

    Gives its name and the one it replaces; empty where the pointer was lost. `NoGeneration` where the other one cannot
    be read, as after a new version of the program: nothing is put into service then.
    """
    if to is None:
        present = find_in_service(home) or current_path(home).name
        target = find_parent(home, present)
    else:
        found = [name for name in list_published(home) if to in (name, Path(name).stem, hash_of(name))]
        if not found:
            raise UsageProblem("--to", "no published generation has this name", "See the folder generations/")
        target, present = found[-1], _present_name(home)
    Warehouse(home.generations / target)
    point_to(home, target)
    return target, present


def _present_name(home: Home) -> str:
    try:
        return current_path(home).name
    except NoGeneration:
        return ""
