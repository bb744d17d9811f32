"""Accounts, sign-ins and the audit: one SQLite file in a home's private folder. Tokens and passwords only as hashes."""

import hashlib
import json
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.home import ACCOUNTS_SCHEMA
from data.journal import PATIENCE_SECONDS, utc_now

Clock = Callable[[], float]
TOKEN_BYTES = 32
SEEN_EVERY_SECONDS = 15
BROWSER_SECONDS = 180 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Account:
    """Someone who may sign in. `sites` None = all; `password` is a hash, None for people who sign in elsewhere."""

    name: str
    way: str
    role: str
    sites: tuple[str, ...] | None = None
    password: str | None = None
    is_disabled: bool = False


@dataclass(frozen=True)
class SignedIn:
    """A sign-in that holds now."""

    token_hash: str
    account: Account
    started_at: float
    seen_at: float
    ends_at: float


@dataclass(frozen=True)
class Journey:
    """What a sign-in that went to the identity provider must bring back."""

    verifier: str
    nonce: str
    started_at: float


@dataclass(frozen=True, kw_only=True)
class Act:
    """A row of the audit."""

    at: str
    person: str
    action: str
    subject: str
    result: str
    address: str


class Accounts:
    """Reads and writes the file; it is created, readable by its owner only, at the first write."""

    def __init__(self, path: Path, clock: Clock = time.time) -> None:
        """Name the file and the clock."""
        self.path = path
        self.clock = clock
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()

    # Accounts

    def all(self) -> list[Account]:
        """Every account, by name."""
        return [_account_of_row(row) for row in self._rows(f"select {ACCOUNT} from account order by name")]

    def find(self, name: str) -> Account | None:
        """One account."""
        found = self._rows(f"select {ACCOUNT} from account where name = ?", name)
        return _account_of_row(found[0]) if found else None

    def save(self, account: Account) -> None:
        """Add an account or change it. Sign-ins of a disabled account, or of one with a new password, end."""
        before = self.find(account.name)
        sites = None if account.sites is None else json.dumps(sorted(account.sites))
        values = (account.name, account.way, account.role, sites, account.password, int(account.is_disabled))
        with self._writing() as connection:
            connection.execute(
                f"insert into account ({ACCOUNT}) values (?, ?, ?, ?, ?, ?) on conflict (name) do update set"
                " way = excluded.way, role = excluded.role, sites = excluded.sites,"
                " password = excluded.password, is_disabled = excluded.is_disabled",
                values,
            )
            if account.is_disabled or (before and before.password != account.password):
                connection.execute("delete from session where name = ?", (account.name,))
                connection.execute("delete from browser where name = ?", (account.name,))

    # Sign-ins

    def sign_in(self, name: str, lasts_seconds: float) -> str:
        """Begin a sign-in and give its token, which is not kept."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        begun = self.clock()
        with self._writing() as connection:
            connection.execute("delete from session where ends_at < ?", (begun,))
            connection.execute(
                "insert into session values (?, ?, ?, ?, ?)",
                (hash_secret(token), name, begun, begun, begun + lasts_seconds),
            )
        return token

    def signed_in(self, token_hash: str, idle_seconds: float) -> SignedIn | None:
        """The sign-in of a token if it still holds: not ended, not idle for too long, its account not disabled."""
        found = self._rows(
            f"select token_hash, started_at, seen_at, ends_at, {ACCOUNT} from session join account using (name)"
            " where token_hash = ? and is_disabled = 0",
            token_hash,
        )
        if not found:
            return None
        token, started_at, seen_at, ends_at, *account = found[0]
        if self.clock() >= min(ends_at, seen_at + idle_seconds):
            return None
        return SignedIn(token, _account_of_row(account), started_at, seen_at, ends_at)

    def seen(self, held: SignedIn, idle_seconds: float) -> None:
        """Note that a person did something; written at most every few seconds."""
        at = self.clock()
        if at - held.seen_at >= min(SEEN_EVERY_SECONDS, idle_seconds / 4):
            with self._writing() as connection:
                connection.execute("update session set seen_at = ? where token_hash = ?", (at, held.token_hash))

    def sign_out(self, token_hash: str) -> None:
        """End a sign-in."""
        with self._writing() as connection:
            connection.execute("delete from session where token_hash = ?", (token_hash,))

    # Journeys to an identity provider

    def depart(self, state: str, browser: str, verifier: str, nonce: str, patience_seconds: float) -> None:
        """Remember a sign-in that goes to the identity provider; forget those that never came back."""
        with self._writing() as connection:
            connection.execute("delete from journey where started_at < ?", (self.clock() - patience_seconds,))
            connection.execute(
                "insert into journey values (?, ?, ?, ?, ?)",
                (hash_secret(state), hash_secret(browser), verifier, nonce, self.clock()),
            )

    def arrive(self, state: str, browser: str, patience_seconds: float) -> Journey | None:
        """The journey that comes back, once and only to the browser that set out."""
        with self._writing() as connection:
            found = connection.execute(
                "delete from journey where state_hash = ? and browser_hash = ? and started_at >= ?"
                " returning verifier, nonce, started_at",
                (hash_secret(state), hash_secret(browser), self.clock() - patience_seconds),
            ).fetchall()
        return Journey(*found[0]) if found else None

    # Guessing of passwords

    def may_try(self, most: Mapping[str, int], seconds: float) -> bool:
        """Whether one more password may be tried. It counts as wrong from now on, until `right` takes it back.

        `most`: how many wrong ones are borne within these seconds, by what they are counted: a name, a browser, an
        address. Asked and counted in one step: a hundred guesses at once are not more than one after the other.
        """
        at = self.clock()
        with self._writing() as connection:
            connection.execute("delete from wrong_password where at <= ?", (at - seconds,))
            for key, bound in most.items():
                counted = connection.execute("select count(*) from wrong_password where key = ?", (hash_secret(key),))
                if counted.fetchone()[0] >= bound:
                    return False
            connection.executemany("insert into wrong_password values (?, ?)", [(hash_secret(key), at) for key in most])
        return True

    def right(self, key: str, *others: str) -> None:
        """Forget the wrong passwords counted by a key; of the others the last one only."""
        with self._writing() as connection:
            connection.execute("delete from wrong_password where key = ?", (hash_secret(key),))
            connection.executemany(
                "delete from wrong_password where rowid in (select max(rowid) from wrong_password where key = ?)",
                [(hash_secret(other),) for other in others],
            )

    def remember_browser(self, name: str) -> str:
        """Know a browser again in which somebody signed in; gives its token, which is not kept."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._writing() as connection:
            connection.execute("delete from browser where since <= ?", (self.clock() - BROWSER_SECONDS,))
            connection.execute("insert into browser values (?, ?, ?)", (hash_secret(token), name, self.clock()))
        return token

    def knows_browser(self, token_hash: str, name: str) -> bool:
        """Whether this person signed in with this browser before, and has no new password since."""
        since = self.clock() - BROWSER_SECONDS
        sql = "select 1 from browser where token_hash = ? and name = ? and since > ?"
        return bool(self._rows(sql, token_hash, name, since))

    # The audit

    def audit(self, person: str, action: str, subject: str = "", result: str = "done", address: str = "") -> None:
        """Append a row. Never a patient's value: names of pages, routes, rights and accounts only."""
        row = (utc_now(), person, action, subject, result, address)
        with self._writing() as connection:
            last = connection.execute("select chain from audit order by id desc limit 1").fetchone()
            connection.execute(
                "insert into audit (at, person, action, subject, result, address, chain) values (?, ?, ?, ?, ?, ?, ?)",
                (*row, link_audit_row(last[0] if last else "", row)),
            )

    def acts(self) -> list[Act]:
        """The audit, oldest first."""
        return [
            Act(at=at, person=person, action=action, subject=subject, result=result, address=address)
            for at, person, action, subject, result, address in self._rows(
                "select at, person, action, subject, result, address from audit order by id"
            )
        ]

    def broken_link(self) -> int | None:
        """The number of the first row of the audit that was changed, or that follows a missing one; None = whole."""
        chain, place = "", 0
        rows = self._rows("select id, chain, at, person, action, subject, result, address from audit order by id")
        for place, (number, written, *row) in enumerate(rows, start=1):
            chain = link_audit_row(chain, tuple(row))
            if written != chain or number != place:
                return number
        # The file itself counts the rows ever written: one that is gone from the end is missed too.
        written = self._rows("select coalesce(max(seq), 0) from sqlite_sequence where name = 'audit'")
        return place + 1 if written and written[0][0] != place else None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _rows(self, sql: str, *parameters: object) -> list[tuple]:
        with self._lock:
            if self._connection is None:
                if not self.path.exists():
                    return []
                self._connection = self._open()
            return self._connection.execute(sql, parameters).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._connection is None:
                if not self.path.exists():
                    self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
                self._connection = self._open()
            self._connection.execute("begin immediate")
            with self._connection:
                yield self._connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False)
        connection.executescript(ACCOUNTS_SCHEMA.read_text(encoding="utf-8"))
        connection.execute("pragma foreign_keys = on")
        return connection


ACCOUNT = "name, way, role, sites, password, is_disabled"


def _account_of_row(row: tuple | list) -> Account:
    name, way, role, sites, password, is_disabled = row
    return Account(
        name=name,
        way=way,
        role=role,
        sites=None if sites is None else tuple(json.loads(sites)),
        password=password,
        is_disabled=bool(is_disabled),
    )


def hash_secret(secret: str) -> str:
    """What is kept of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def link_audit_row(chain: str, row: tuple) -> str:
    """The chain of the audit after one more row."""
    return hashlib.sha256(json.dumps([chain, *row]).encode()).hexdigest()
