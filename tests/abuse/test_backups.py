"""Backups beside writers: every copy opens, is whole and can be used; what was ended does not come back."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from data.accounts import Accounts, hash_secret
from data.errors import StorageProblem
from data.home import PROJECT, Home
from data.journal import Journal
from data.storage.account_records import Account
from etl.generations import publish
from etl.operations import backup
from queries.warehouse import open_current
from tests.commands import run_etl
from tests.records import Records, take

WRITER = """
import sys
from data.accounts import Accounts
from data.export_log import record_export
from data.home import Home
home = Home(__import__("pathlib").Path(sys.argv[1]))
accounts, number = Accounts(home.accounts), 0
print("writing", flush=True)
while True:
    number += 1
    accounts.audit("anna", "page", str(number))
    accounts.sign_in("anna", 60)
    record_export(home, f"{number:032x}", {"rows": number}, "anna")
"""


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One load, two accounts, an audit of several pages."""
    folder = tmp_path_factory.mktemp("furnished")
    home = Home(folder / "home")
    records = Records()
    records.procedure()
    take(home, records.write(folder / "first"))
    accounts = Accounts(home.accounts)
    for name in ("anna", "ben"):
        accounts.save(Account(name=name, way="accounts", role="lead"))
    for number in range(300):
        accounts.audit("anna", "page", str(number))
    accounts.close()
    return home


@pytest.fixture
def in_service(home: Home, furnished: Home) -> Home:
    shutil.copytree(furnished.root, home.root)
    return home


@contextmanager
def writers(home: Home, count: int = 2) -> Iterator[None]:
    """Processes that write to accounts, audit and export log without a pause."""
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(home.root)], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    try:
        for one in started:
            assert one.stdout is not None
            assert one.stdout.readline() == "writing\n"
        yield
        assert [one.poll() for one in started] == [None] * count, "a writer gave up"
    finally:
        for one in started:
            one.kill()
            one.wait()
            if one.stdout is not None:
                one.stdout.close()


@pytest.mark.parametrize("copies", [4, pytest.param(50, marks=pytest.mark.thorough)])
def test_every_backup_beside_writers_can_be_restored_and_used(copies: int, in_service: Home, tmp_path: Path) -> None:
    with writers(in_service):
        for number in range(copies):
            # The writers get on between two copies.
            time.sleep(0.05)
            with publish.only_load(in_service):
                made = backup.back_up(in_service, tmp_path / "backups")
            assert made.problems == []
            assert backup.drill_restore(Home(tmp_path / "empty"), made.folder)["problems"] == []
            other = Home(tmp_path / "restored" / str(number))
            backup.restore_backup(other, made.folder)
            assert len(Accounts(other.accounts).acts()) >= 300
    assert Accounts(in_service.accounts).broken_link() is None


@pytest.mark.parametrize("kills", [1, pytest.param(34, marks=pytest.mark.thorough)])
def test_a_killed_restore_is_run_again_and_ends_whole(
    kills: int, in_service: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_etl("backup", "--out", str(tmp_path / "backups")).returncode == 0
    command = [sys.executable, "-m", "etl", "restore", str(tmp_path / "backups")]
    chance = random.Random(20261129)
    took, died = 0.0, 0
    for number in range(kills + 1):
        other = Home(tmp_path / "restored" / str(number))
        monkeypatch.setenv("OUTCOMES_HOME", str(other.root))
        began = time.monotonic()
        restore = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, start_new_session=True)
        if number:
            # The first shows how long it takes.
            time.sleep(chance.uniform(0.5, 1.0) * took)
            os.killpg(restore.pid, signal.SIGKILL)
        died += restore.wait() == -signal.SIGKILL
        took = took or time.monotonic() - began
        # The pointer comes last: where it is, all is there, and may be in use.
        if not other.current.exists():
            done = run_etl("restore", str(tmp_path / "backups"))
            assert done.returncode == 0, done.stderr
        assert open_current(other).rows("select count(*) from procedures") == [(1,)]
        assert Accounts(other.accounts).broken_link() is None
        assert not list(other.root.rglob("*.part"))
    assert died >= kills // 2, "the kills came too late to test anything"


def test_a_restore_interrupted_right_before_the_pointer_is_run_again(in_service: Home, tmp_path: Path) -> None:
    with publish.only_load(in_service):
        made = backup.back_up(in_service, tmp_path / "backups")
    other = Home(tmp_path / "other")
    files = backup.restore_backup(other, made.folder)
    other.current.unlink()
    assert backup.restore_backup(other, made.folder) == files


def test_what_lies_beside_a_file_is_in_the_backup_too(in_service: Home, tmp_path: Path) -> None:
    journal = Journal(in_service.journal)
    journal.append("note", "P", {}, "lead", "an early word")
    with closing(sqlite3.connect(in_service.journal)) as reader:
        # Whoever reads keeps what is written from being brought into the file.
        reader.execute("begin")
        reader.execute("select count(*) from event").fetchone()
        journal.append("note", "P", {}, "lead", "a late word")
        assert in_service.journal.with_name("journal.sqlite-wal").stat().st_size > 0
        with publish.only_load(in_service):
            made = backup.back_up(in_service, tmp_path / "backups")
    assert not [path for path in made.folder.rglob("*") if path.name.endswith(("-wal", "-shm"))]
    other = Home(tmp_path / "other")
    backup.restore_backup(other, made.folder)
    assert [event.words for event in Journal(other.journal).events("note")] == ["an early word", "a late word"]


def test_no_sign_in_comes_back_and_the_accounts_are_named(
    in_service: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(in_service.accounts)
    token = accounts.sign_in("anna", 3600)
    browser = accounts.remember_browser("anna")
    assert run_etl("backup", "--out", str(tmp_path / "backups")).returncode == 0
    anna = accounts.find("anna")
    assert anna is not None
    accounts.save(replace(anna, is_disabled=True))
    accounts.close()
    other = Home(tmp_path / "other")
    monkeypatch.setenv("OUTCOMES_HOME", str(other.root))
    done = run_etl("restore", str(tmp_path / "backups"))
    assert done.returncode == 0, done.stderr
    assert "every sign-in has ended" in done.stdout
    assert "anna, lead" in done.stdout
    assert "ben, lead" in done.stdout
    restored = Accounts(other.accounts)
    assert restored.signed_in(hash_secret(token), 3600) is None
    assert not restored.knows_browser(hash_secret(browser), "anna")


def test_a_backup_made_before_sign_ins_were_left_out_brings_none_back(in_service: Home, tmp_path: Path) -> None:
    accounts = Accounts(in_service.accounts)
    token = accounts.sign_in("anna", 3600)
    accounts.close()
    with publish.only_load(in_service):
        made = backup.back_up(in_service, tmp_path / "backups")
    raw = made.folder / "private" / "accounts.sqlite"
    shutil.copyfile(in_service.accounts, raw)
    sums = made.folder / backup.SUMS
    lines = sums.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.endswith("accounts.sqlite")]
    digest = backup._hash_file(raw)
    sums.write_text("\n".join([*kept, f"{digest}  private/accounts.sqlite"]) + "\n", encoding="utf-8")
    other = Home(tmp_path / "other")
    backup.restore_backup(other, made.folder)
    assert Accounts(other.accounts).signed_in(hash_secret(token), 3600) is None


def test_an_audit_that_was_changed_is_told_at_the_backup_and_at_the_drill(in_service: Home, tmp_path: Path) -> None:
    with closing(sqlite3.connect(in_service.accounts)) as connection, connection:
        connection.execute("drop trigger audit_is_never_changed")
        connection.execute("update audit set result = 'x' where id = 7")
    out = str(tmp_path / "backups")
    made = run_etl("backup", "--out", out)
    drilled = run_etl("restore", "--drill", out)
    for done in (made, drilled):
        assert done.returncode == 1
        assert "the audit was changed: row 7" in done.stderr


def test_a_damaged_file_is_not_called_a_backup(in_service: Home, tmp_path: Path) -> None:
    content = bytearray(in_service.accounts.read_bytes())
    for place in range(4096, len(content), 4096):
        content[place + 100 : place + 600] = b"\x5a" * 500
    in_service.accounts.write_bytes(content)
    with publish.only_load(in_service), pytest.raises(StorageProblem, match="damaged"):
        backup.back_up(in_service, tmp_path / "backups")
    assert not list((tmp_path / "backups").glob(f"*/{backup.SUMS}"))
