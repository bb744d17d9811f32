"""How SQLite files are opened, copied and proved.

Files are in write-ahead mode: whoever reads waits for no writer, and a writer for no reader. Reading needs no write: on
a disk that is full or closed a file that nobody is writing to is read as it lies there. See sqlite.org/wal.html.
"""

import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from data.errors import StorageProblem
from data.storage.storage_faults import DAMAGED, named_storage_faults, sqlite_kind

# A page waits no longer for a lock; then it says so.
PATIENCE_SECONDS = 3.0
HEADER = b"SQLite format 3\x00"
COMPANIONS = ("-wal", "-shm", "-journal")
WAYS = ("mode=rw", "mode=ro", "mode=ro&immutable=1")
# What opening says where a file cannot be written beside, or not any more.
CLOSED_KINDS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)


def open_to_write(path: Path, schema: Path, patience: float = PATIENCE_SECONDS) -> sqlite3.Connection:
    """A connection that may write; the file is made, its owner's alone, where there is none.

    Transactions are the caller's: `begin immediate`. `StorageProblem` when the disk does not let us.
    """
    with named_storage_faults(path):
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
        try:
            if connection.execute("pragma journal_mode").fetchone()[0] != "wal":
                connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.execute("pragma foreign_keys = on")
            _make_tables(connection, schema.read_text(encoding="utf-8"))
        except BaseException:
            connection.close()
            raise
    return connection


def _make_tables(connection: sqlite3.Connection, schema: str) -> None:
    """All tables or none; nothing where they are as the schema says."""
    version = zlib.crc32(schema.encode()) & 0x7FFFFFFF
    if connection.execute("pragma user_version").fetchone()[0] != version:
        connection.executescript(f"begin immediate;\n{schema}\npragma user_version = {version};\ncommit;")


def holds_tables(connection: sqlite3.Connection) -> bool:
    """Whether tables were ever made in a file: one that was begun on a full disk is empty."""
    return bool(connection.execute("select count(*) from sqlite_master").fetchone()[0])


def open_to_read(path: Path, patience: float = PATIENCE_SECONDS) -> sqlite3.Connection:
    """A connection that only reads. `StorageProblem` when even that does not go."""
    with named_storage_faults(path):
        for way in WAYS[:-1] if os.access(path, os.W_OK) else WAYS[1:-1]:
            try:
                return _open_by(path, way, patience)
            except sqlite3.OperationalError as error:
                if sqlite_kind(error) not in CLOSED_KINDS:
                    raise
                # As it lies there a file is whole only where nothing of it lies beside.
                if way == WAYS[-2] and _has_unfinished(path):
                    raise
        return _open_by(path, WAYS[-1], patience)


def _open_by(path: Path, way: str, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{_in_address(path)}?{way}", uri=True, timeout=patience, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("pragma query_only = on")
        connection.execute("select count(*) from sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _in_address(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _has_unfinished(path: Path) -> bool:
    """Whether part of what was written still lies beside the file, so that the file alone is not all."""
    beside = [path.with_name(path.name + end) for end in COMPANIONS if end != "-shm"]
    return any(one.exists() and one.stat().st_size > 0 for one in beside)


@contextmanager
def writing_transaction(connection: sqlite3.Connection, path: Path) -> Iterator[sqlite3.Connection]:
    """All of the block or nothing of it."""
    with named_storage_faults(path):
        connection.execute("begin immediate")
        try:
            yield connection
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise


def is_sqlite_file(path: Path) -> bool:
    """Whether a file begins as SQLite's do."""
    with path.open("rb") as file:
        return file.read(len(HEADER)) == HEADER


def in_rollback_mode(content: bytes) -> bytes:
    """A file's bytes as they can be opened in memory, where there is no write-ahead mode (sqlite.org/fileformat2)."""
    return content[:18] + b"\x01\x01" + content[20:]


def copy_database(source: Path, target: Path) -> None:
    """A copy of one moment of a file that others may be writing to, whole in one file. `target` exists and is empty."""
    with closing(open_to_read(source)) as live, closing(sqlite3.connect(target)) as copy, named_storage_faults(target):
        live.backup(copy)
        copy.execute("pragma journal_mode = delete")
    check_database(target)


def check_database(path: Path) -> None:
    """`StorageProblem` unless SQLite finds every page, index and reference of a file at rest in order."""
    with closing(_open_by(path, WAYS[-1], PATIENCE_SECONDS)) as connection:
        try:
            found = [row[0] for row in connection.execute("pragma integrity_check(1)")]
            loose = connection.execute("pragma foreign_key_check").fetchall()
        except sqlite3.DatabaseError:
            found, loose = [], []
    if found != ["ok"] or loose:
        raise StorageProblem(str(path), *DAMAGED)


def empty_write_ahead(path: Path, patience: float) -> None:
    """Bring all that lies beside a file into it, so that nothing that was erased stays in the bytes beside it."""
    with named_storage_faults(path), closing(sqlite3.connect(path, timeout=patience)) as connection:
        is_busy = connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    if is_busy:
        raise StorageProblem(str(path), "somebody reads it, so erased words may lie beside it", "Run the erasure again")
