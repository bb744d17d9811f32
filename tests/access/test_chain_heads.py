"""Heads of the chains lie elsewhere: whoever makes a whole chain anew is found out by them."""

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data import export_log
from data.accounts import Accounts
from data.home import Home
from data.storage.audited_file import link_audit_row
from data.storage.chain_heads import read_heads
from etl.operations import backup
from tests.commands import run_dashboard
from tests.records import Records, take


@pytest.fixture
def syslog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A socket that takes what is sent to syslog."""
    place = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as taking:
        taking.bind(str(place))
        taking.settimeout(2)
        monkeypatch.setenv("OUTCOMES_SYSLOG", str(place))
        yield taking


def received(syslog: socket.socket, count: int) -> str:
    return "\n".join(syslog.recv(4096).decode() for _ in range(count))


def make_anew(path: Path) -> None:
    """Change a row and make every hash after it fit again, as somebody with the files can."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("drop trigger audit_is_never_changed")
        connection.execute("update audit set person = 'nobody' where id = 2")
        chain = ""
        for number, *row in connection.execute(
            "select id, at, person, action, subject, result, address from audit order by id"
        ).fetchall():
            chain = link_audit_row(chain, tuple(row))
            connection.execute("update audit set chain = ? where id = ?", (chain, number))


def test_a_chain_that_was_made_anew_does_not_fit_what_was_sent(
    home: Home, syslog: socket.socket, tmp_path: Path
) -> None:
    accounts = Accounts(home.accounts)
    for number in range(4):
        accounts.audit("anna", "sign in", str(number))
    export_log.record_export(home, "a" * 32, {"rows": 1}, "anna")
    sent = tmp_path / "sent"
    sent.write_text(received(syslog, 5), encoding="utf-8")
    assert [head.chain for head in read_heads(sent.read_text(encoding="utf-8"))] == ["audit"] * 4 + ["exports"]
    whole = run_dashboard("audit", "--verify", "--heads", str(sent))
    assert (whole.returncode, "5 heads as they were sent away" in whole.stderr) == (0, True)
    accounts.close()
    make_anew(home.accounts)
    assert accounts.broken_link() is None, "the chain alone does not tell"
    changed = run_dashboard("audit", "--verify", "--heads", str(sent))
    assert changed.returncode == 1
    assert "audit: row 2, or one before it" in changed.stderr
    assert "row 1," not in changed.stderr


def test_a_row_that_is_gone_is_missed_by_what_was_sent(home: Home, syslog: socket.socket) -> None:
    accounts = Accounts(home.accounts)
    for number in range(3):
        accounts.audit("anna", "sign in", str(number))
    accounts.close()
    with closing(sqlite3.connect(home.accounts)) as connection, connection:
        connection.execute("drop trigger audit_is_never_removed")
        connection.execute("delete from audit where id = 3")
        connection.execute("update sqlite_sequence set seq = 2 where name = 'audit'")
    assert Accounts(home.accounts).broken_link() is None
    done = run_dashboard("audit", "--verify", "--heads", "-", stdin=received(syslog, 3))
    assert (done.returncode, "audit: row 3 is gone" in done.stderr) == (1, True)


def test_a_backup_holds_the_heads(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    records.procedure()
    take(home, records.write(tmp_path / "first"))
    Accounts(home.accounts).audit("anna", "sign in")
    export_log.record_export(home, "a" * 32, {"rows": 1}, "anna")
    heads = backup.back_up(home, tmp_path / "backups").folder / backup.HEADS
    assert run_dashboard("audit", "--verify", "--heads", str(heads)).returncode == 0
    make = tmp_path / "empty"
    make.write_text("nothing of ours\n", encoding="utf-8")
    assert run_dashboard("audit", "--verify", "--heads", str(make)).returncode == 2


@pytest.mark.parametrize("place", ["off", "/nowhere/log", "127.0.0.1:1"])
def test_nothing_fails_or_waits_without_a_syslog(place: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_SYSLOG", place)
    accounts = Accounts(home.accounts)
    accounts.audit("anna", "sign in")
    assert len(accounts.acts()) == 1


def test_a_syslog_that_takes_nothing_more_is_not_waited_for(home: Home, syslog: socket.socket) -> None:
    accounts = Accounts(home.accounts)
    for number in range(15):
        # Nobody reads the socket: after some messages it is full.
        accounts.audit("anna", "sign in", str(number))
    assert len(accounts.acts()) == 15
