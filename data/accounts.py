"""Accounts, sign-ins and the audit: one SQLite file in a home's private folder. Tokens and passwords only as hashes."""

import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from data.errors import StorageProblem
from data.storage.account_records import OPERATOR_ROLE, Account, Journey, SignedIn, account_of_row
from data.storage.audited_file import SQL, AuditedFile
from data.storage.storage_faults import named_storage_faults

Clock = Callable[[], float]
TOKEN_BYTES = 32
SEEN_EVERY_SECONDS = 15
BROWSER_SECONDS = 180 * 24 * 3600


class Accounts(AuditedFile):
    """Who may sign in, who is signed in, and what was tried."""

    def __init__(self, path: Path, clock: Clock = time.time) -> None:
        """Name the file and the clock."""
        super().__init__(path)
        self.clock = clock
        self._has_people = False
        # What people did last while nothing could be written: token → moment.
        self._seen_unwritten: dict[str, float] = {}

    # Accounts

    def has_people(self) -> bool:
        """Whether anybody has an account. None is ever removed, so that a yes is remembered."""
        if not self._has_people:
            self._has_people = bool(self._rows(SQL["any_account"]))
        return self._has_people

    def all(self) -> list[Account]:
        """Every account, by name."""
        rows = self._rows(SQL["accounts"])
        return [self._with_operators(account_of_row(row)) for row in rows]

    def find(self, name: str) -> Account | None:
        """One account."""
        found = self._rows(SQL["account"], name)
        return self._with_operators(account_of_row(found[0])) if found else None

    def _with_operators(self, account: Account) -> Account:
        """The account with the operators whose results it sees. Only a file that has such a role has their table."""
        if account.role != OPERATOR_ROLE:
            return account
        found = self._rows(SQL["operators_of"], account.name)
        return replace(account, operators=tuple(operator for (operator,) in found))

    def save(self, account: Account) -> None:
        """Add an account or change it. Sign-ins of a disabled account, or of one with a new password, end."""
        before = self.find(account.name)
        sites = None if account.sites is None else json.dumps(sorted(account.sites))
        values = (account.name, account.way, account.role, sites, account.password, int(account.is_disabled))
        with self._writing() as connection:
            connection.execute(SQL["save_account"], values)
            connection.execute(SQL["delete_operators"], (account.name,))
            if account.role == OPERATOR_ROLE:
                connection.executemany(SQL["add_operator"], [(account.name, one) for one in set(account.operators)])
            if account.is_disabled or (before and before.password != account.password):
                connection.execute(SQL["delete_sessions_of"], (account.name,))
                connection.execute(SQL["delete_browsers_of"], (account.name,))

    # Second factors

    def find_second_factor(self, name: str) -> str | None:
        """The secret of somebody's second factor; None for somebody without one."""
        found = self._rows(SQL["second_factor"], name)
        return found[0][0] if found else None

    def set_second_factor(self, name: str, secret: str | None) -> None:
        """Give somebody a second factor, or none; their sign-ins end, and no browser is known any more."""
        with self._writing() as connection:
            connection.execute(SQL["delete_second_factor"], (name,))
            if secret is not None:
                connection.execute(SQL["add_second_factor"], (name, secret))
            connection.execute(SQL["delete_sessions_of"], (name,))
            connection.execute(SQL["delete_browsers_of"], (name,))

    def use_code_step(self, name: str, step: int) -> bool:
        """Whether the code of this half minute, or a later one, was not used yet; from now on it is."""
        with self._writing() as connection:
            return connection.execute(SQL["use_code_step"], (step, name, step)).rowcount == 1

    # Sign-ins

    def sign_in(self, name: str, lasts_seconds: float, provider: tuple[str, str] | None = None) -> str:
        """Begin a sign-in and give its token, which is not kept.

        `provider`: how an identity provider calls the person and its own sign-in.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        begun = self.clock()
        with self._writing() as connection:
            connection.execute(SQL["delete_sessions_over"], (begun,))
            connection.execute(SQL["add_session"], (hash_secret(token), name, begun, begun, begun + lasts_seconds))
            if provider is not None:
                connection.execute(SQL["add_provider_session"], (hash_secret(token), *provider))
        return token

    def signed_in(self, token_hash: str, idle_seconds: float) -> SignedIn | None:
        """The sign-in of a token if it still holds: not ended, not idle for too long, its account not disabled."""
        found = self._rows(SQL["session"], token_hash)
        if not found:
            return None
        token, started_at, seen_at, ends_at, *account = found[0]
        seen_at = max(seen_at, self._seen_unwritten.get(token, seen_at))
        if self.clock() >= min(ends_at, seen_at + idle_seconds):
            self._seen_unwritten.pop(token, None)
            return None
        return SignedIn(token, self._with_operators(account_of_row(account)), started_at, seen_at, ends_at)

    def list_signed_in(self, idle_seconds: float) -> list[SignedIn]:
        """Every sign-in that holds now, by name and begin."""
        found = self._rows(SQL["sessions"])
        return [held for (key,) in found if (held := self.signed_in(key, idle_seconds)) is not None]

    def end_sign_ins_of(self, name: str) -> int:
        """End all sign-ins of a person and give how many there were; their open pages close."""
        with self._writing() as connection:
            return connection.execute(SQL["delete_sessions_of"], (name,)).rowcount

    def seen(self, held: SignedIn, idle_seconds: float) -> None:
        """Note that a person did something; written at most every few seconds.

        Looking needs no write: where the disk takes none, or somebody else is writing, this process remembers it.
        """
        at = self.clock()
        if at - held.seen_at < min(SEEN_EVERY_SECONDS, idle_seconds / 4):
            return
        try:
            with self._writing(must_wait=False) as connection:
                connection.execute(SQL["see_session"], (at, held.token_hash))
            self._seen_unwritten.pop(held.token_hash, None)
        except StorageProblem:
            self._seen_unwritten[held.token_hash] = at

    def sign_out(self, token_hash: str) -> None:
        """End a sign-in."""
        with self._writing() as connection:
            connection.execute(SQL["delete_session"], (token_hash,))

    def end_at_provider(self, subject: str, session: str) -> list[tuple[str, str]]:
        """End the sign-ins that began at the provider as this person, or as this sign-in there: (key, name) of each.

        Where both are given only that sign-in of that person ends.
        """
        with self._writing() as connection:
            ended = connection.execute(SQL["sessions_of_provider"], {"subject": subject, "session": session}).fetchall()
            connection.executemany(SQL["delete_session"], [(key,) for key, _ in ended])
        return ended

    # Journeys to an identity provider

    def depart(self, state: str, browser: str, verifier: str, nonce: str, patience_seconds: float) -> None:
        """Remember a sign-in that goes to the identity provider; forget those that never came back."""
        with self._writing() as connection:
            connection.execute(SQL["delete_journeys_over"], (self.clock() - patience_seconds,))
            connection.execute(
                SQL["add_journey"],
                (hash_secret(state), hash_secret(browser), verifier, nonce, self.clock()),
            )

    def arrive(self, state: str, browser: str, patience_seconds: float) -> Journey | None:
        """The journey that comes back, once and only to the browser that set out."""
        with self._writing() as connection:
            found = connection.execute(
                SQL["end_journey"],
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
            connection.execute(SQL["delete_wrong_passwords_over"], (at - seconds,))
            for key, bound in most.items():
                counted = connection.execute(SQL["count_wrong_passwords"], (hash_secret(key),))
                if counted.fetchone()[0] >= bound:
                    return False
            connection.executemany(SQL["add_wrong_password"], [(hash_secret(key), at) for key in most])
        return True

    def right(self, key: str, *others: str) -> None:
        """Forget the wrong passwords counted by a key; of the others the last one only."""
        with self._writing() as connection:
            connection.execute(SQL["delete_wrong_passwords"], (hash_secret(key),))
            connection.executemany(
                SQL["delete_last_wrong_password"],
                [(hash_secret(other),) for other in others],
            )

    def remember_browser(self, name: str) -> str:
        """Know a browser again in which somebody signed in; gives its token, which is not kept."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._writing() as connection:
            connection.execute(SQL["delete_browsers_over"], (self.clock() - BROWSER_SECONDS,))
            connection.execute(SQL["add_browser"], (hash_secret(token), name, self.clock()))
        return token

    def knows_browser(self, token_hash: str, name: str) -> bool:
        """Whether this person signed in with this browser before, and has no new password since."""
        since = self.clock() - BROWSER_SECONDS
        return bool(self._rows(SQL["known_browser"], token_hash, name, since))


def hash_secret(secret: str) -> str:
    """What is kept of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def end_sign_ins(path: Path) -> None:
    """End every sign-in in a copy at rest: sessions, journeys, browsers that are known again."""
    with closing(sqlite3.connect(path)) as connection, named_storage_faults(path), connection:
        there = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
        for table in there & {"provider_session", "session", "journey", "browser", "wrong_password"}:
            # Deleting nothing would change the file's bytes too, and by them a restore that was interrupted knows it.
            if connection.execute(f"select 1 from {table} limit 1").fetchone():
                connection.execute(f"delete from {table}")
