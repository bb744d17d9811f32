"""Files that somebody else holds: reading waits for nobody, writing says so after a short time."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from data.accounts import Accounts, hash_secret
from data.errors import StorageProblem
from data.home import Home
from data.journal import Journal
from data.storage import sqlite_file
from data.storage.account_records import Account
from tests.access.serving import PASSWORD, Gated, gated
from tests.records import Records, take

SOON_SECONDS = 1.5
HELD = "another process holds the file for too long"
PEOPLE = {"leo": ("lead", None), "mia": ("lead", None)}


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another process' transaction that does not end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("begin exclusive")
        yield
        connection.execute("rollback")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    folder = tmp_path_factory.mktemp("locks")
    home = Home(folder / "home")
    records = Records()
    records.procedure()
    take(home, records.write(folder / "first"))
    with gated(folder, home, PEOPLE) as running:
        yield running


@pytest.mark.thorough
@pytest.mark.parametrize("seconds", [4, pytest.param(15, marks=pytest.mark.thorough)])
def test_the_app_answers_while_accounts_and_journal_are_held(seconds: int, app: Gated) -> None:
    with app.tab("leo") as tab:
        tab.run("recovery")
        with held(app.home.accounts), held(app.home.journal):
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                for path in ("/healthz", "/signed-in", "/"):
                    began = time.monotonic()
                    assert app.get(path, "leo").status in (200, 204)
                    assert time.monotonic() - began < SOON_SECONDS, path
                tab.run("recovery")
                assert tab.closed_with is None
            answer = app.post("/sign-in", name="mia", password=PASSWORD)
            assert answer.status == 503
            assert HELD in answer.body.decode()
    assert app.sign_in("mia")


def test_one_who_waits_to_write_keeps_no_reader_waiting(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.storage.audited_file.PATIENCE_SECONDS", 0.4)
    accounts = Accounts(home.accounts)
    accounts.save(Account(name="leo", way="accounts", role="lead"))
    token = hash_secret(accounts.sign_in("leo", 3600))
    accounts.clock = lambda: time.time() + 100
    with held(home.accounts):
        began = time.monotonic()
        signed_in = accounts.signed_in(token, 3600)
        assert signed_in is not None
        accounts.seen(signed_in, 3600)
        assert time.monotonic() - began < 0.3, "looking waited for a writer"
        with pytest.raises(StorageProblem, match=HELD):
            accounts.audit("leo", "page")
    accounts.audit("leo", "page")
    accounts.close()


def test_a_journal_that_is_held_is_read_and_not_written(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.journal.PATIENCE_SECONDS", 0.4)
    journal = Journal(home.journal)
    home.private.mkdir(parents=True)
    journal.append("note", "P", {}, "leo", "a word")
    with held(home.journal):
        assert [event.words for event in journal.events("note")] == ["a word"]
        with pytest.raises(StorageProblem, match=HELD):
            journal.append("note", "P", {}, "leo", "another")
    assert len(journal.events("note")) == 1


@pytest.mark.thorough
def test_files_of_before_become_files_of_today(home: Home) -> None:
    """A home of an earlier version has its files in the older mode."""
    home.private.mkdir(parents=True)
    journal = Journal(home.journal)
    journal.append("note", "P", {}, "leo", "of before")
    with closing(sqlite3.connect(home.journal)) as connection:
        assert connection.execute("pragma journal_mode = delete").fetchone() == ("delete",)
    assert len(journal.events()) == 1
    journal.append("note", "P", {}, "leo", "of today")
    assert [event.words for event in journal.events()] == ["of before", "of today"]
    sqlite_file.check_database(home.journal)
    with closing(sqlite3.connect(home.journal)) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
