"""The file of accounts as a file: who reads it waits for nobody, and what is done is written to its audit."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from data.errors import StorageProblem
from data.home import ACCOUNTS_SCHEMA, DATA
from data.journal import utc_now
from data.storage.account_records import Act
from data.storage.chain_heads import ChainHead, send_head
from data.storage.sql_statements import read_statements
from data.storage.sqlite_file import PATIENCE_SECONDS, holds_tables, open_to_read, open_to_write, writing_transaction
from data.storage.storage_faults import HELD, named_storage_faults

SQL = read_statements(DATA / "account_statements.sql")


class AuditedFile:
    """Two connections, one to read and one to write: a writer that waits for a lock keeps no reader waiting.

    The file is created, readable by its owner only, at the first write. Errors of the disk are `StorageProblem`.
    """

    def __init__(self, path: Path) -> None:
        """Name the file."""
        self.path = path
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._reading = threading.Lock()
        self._writing_lock = threading.RLock()

    def audit(self, person: str, action: str, subject: str = "", result: str = "done", address: str = "") -> None:
        """Append a row. Never a patient's value: pages, routes, rights, accounts, random keys of procedures."""
        row = (utc_now(), person, action, subject, result, address)
        with self._writing() as connection:
            last = connection.execute(SQL["last_chain"]).fetchone()
            chain = link_audit_row(last[0] if last else "", row)
            written = connection.execute(SQL["add_act"], (*row, chain))
        send_head(ChainHead("audit", int(written.lastrowid or 0), chain))

    def chain_heads(self) -> list[ChainHead]:
        """The hash at each row of the audit, oldest first."""
        return [ChainHead("audit", *row) for row in self._long_rows(SQL["chains"])]

    def acts(self) -> list[Act]:
        """The audit, oldest first."""
        return [
            Act(at=at, person=person, action=action, subject=subject, result=result, address=address)
            for at, person, action, subject, result, address in self._long_rows(SQL["acts"])
        ]

    def broken_link(self) -> int | None:
        """The number of the first row of the audit that was changed, or that follows a missing one; None = whole."""
        chain, place = "", 0
        rows = self._long_rows(SQL["linked_acts"])
        for place, (number, written, *row) in enumerate(rows, start=1):
            chain = link_audit_row(chain, tuple(row))
            if written != chain or number != place:
                return number
        written = self._rows(SQL["acts_ever_written"])
        return place + 1 if written and written[0][0] != place else None

    def close(self) -> None:
        """Let go of the file."""
        with self._reading, self._writing_lock:
            for connection in (self._reader, self._writer):
                if connection is not None:
                    connection.close()
            self._reader = self._writer = None

    def _rows(self, sql: str, *parameters: object) -> list[tuple]:
        with self._reading:
            if self._reader is None:
                if not self.path.exists():
                    return []
                reader = open_to_read(self.path)
                if not holds_tables(reader):
                    reader.close()
                    return []
                self._reader = reader
            try:
                with named_storage_faults(self.path):
                    return self._reader.execute(sql, parameters).fetchall()
            except BaseException:
                # A connection that has failed is not asked again: the next reader opens another.
                self._reader.close()
                self._reader = None
                raise

    def _long_rows(self, sql: str) -> list[tuple]:
        """Rows that take long to read, by a connection of their own: nobody's sign-in waits for them."""
        if not self.path.exists():
            return []
        with closing(open_to_read(self.path)) as connection, named_storage_faults(self.path):
            return connection.execute(sql).fetchall() if holds_tables(connection) else []

    @contextmanager
    def _writing(self, must_wait: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction. Without `must_wait`, `StorageProblem` at once where somebody else writes."""
        if not self._writing_lock.acquire(blocking=must_wait):
            raise StorageProblem(str(self.path), *HELD)
        try:
            if self._writer is None:
                self._writer = open_to_write(self.path, ACCOUNTS_SCHEMA)
            self._writer.execute(f"pragma busy_timeout = {round(PATIENCE_SECONDS * 1000) if must_wait else 0}")
            with writing_transaction(self._writer, self.path) as connection:
                yield connection
        finally:
            self._writing_lock.release()


def link_audit_row(chain: str, row: tuple) -> str:
    """The chain of the audit after one more row."""
    return hashlib.sha256(json.dumps([chain, *row]).encode()).hexdigest()
