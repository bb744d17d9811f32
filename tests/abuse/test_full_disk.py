"""A disk that is full or closed: what can be seen is seen, what cannot be written is said, and nothing falls silent."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from data import bug_reports, export_log
from data.accounts import Accounts, hash_secret
from data.errors import StorageProblem
from data.home import Home
from data.journal import Journal
from data.storage.account_records import Account
from tests.abuse.disks import closed_to_writing, filled, small_disk
from tests.access.serving import PASSWORD, Gated, gated
from tests.commands import run_etl
from tests.grids import sample
from tests.records import ZONE, Records, take

PEOPLE = {"leo": ("lead", None), "mia": ("lead", None)}
FULL, CLOSED = "the disk that holds it is full", "the disk or the file is closed to writing"
Ailment = Callable[[Path], AbstractContextManager[None]]


def furnish(home: Home, folder: Path) -> None:
    records = Records()
    for place in range(30):
        row = records.procedure(f"2026-01-{1 + place % 28:02}")
        records.score(row, f"{row['performed_on']}T09:00", 8)
    take(home, records.write(folder))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 40) as found:
        yield found


@pytest.fixture
def on_disk(disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A loaded home with an account on a small disk."""
    home = Home(disk / "home")
    furnish(home, tmp_path / "first")
    accounts = Accounts(home.accounts)
    accounts.save(Account(name="leo", way="accounts", role="lead"))
    accounts.close()
    Journal(home.journal).append("note", "P", {}, "leo", "a word")
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    return home


def digests(home: Home) -> dict[str, str]:
    return {
        str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.root.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm", "etl.lock"))
    }


@pytest.mark.thorough
def test_a_running_app_shows_what_it_has_and_says_what_is_wrong(disk: Path, tmp_path: Path) -> None:
    home = Home(disk / "home")
    furnish(home, tmp_path / "first")
    with gated(tmp_path, home, PEOPLE) as app:
        assert app.get("/readyz").body.startswith(b"ready\n")
        with app.tab("leo") as before:
            before.run("recovery")
            with filled(disk):
                time.sleep(6)  # what /readyz found out before is kept for five seconds
                ready = app.get("/readyz")
                assert ready.status == 503
                assert FULL in ready.body.decode()
                assert "data to 2026-01-28" in ready.body.decode()
                assert app.get("/healthz").body == b"ok\n"
                before.run("recovery")
                with app.tab("leo") as after:
                    after.run("pain_relief")
                assert before.titles[-1] == "Recovery"
                assert after.titles == ["Pain relief"]
                _nothing_is_given_out(app, after.bytes)
                _nobody_signs_in(app)
        time.sleep(6)  # as above
        assert app.get("/readyz").status == 200
        assert app.sign_in("mia")
        assert Accounts(home.accounts).broken_link() is None


def _nothing_is_given_out(app: Gated, shown: bytes) -> None:
    address = re.search(rb"/figures/[0-9a-f]{32}", shown)
    assert address is not None
    answer = app.get(address[0].decode(), "leo")
    assert answer.status in (403, 503)
    if answer.status == 503:
        assert FULL in answer.body.decode()


def _nobody_signs_in(app: Gated) -> None:
    answer = app.post("/sign-in", name="mia", password=PASSWORD)
    assert answer.status == 503
    assert FULL in answer.body.decode()
    assert str(app.home.root) not in answer.body.decode()


WRITERS: dict[str, Callable[[Home], object]] = {
    "journal": lambda home: Journal(home.journal).append("note", "P", {}, "leo", "x" * 60_000),
    "accounts": lambda home: Accounts(home.accounts).save(Account(name="new" * 20_000, way="accounts", role="lead")),
    "audit": lambda home: Accounts(home.accounts).audit("leo", "page", "x" * 60_000),
    "export log": lambda home: export_log.record_export(home, "a" * 32, {"rows": 1, "what": "x" * 60_000}, "leo"),
}


@pytest.mark.parametrize("ailment", [filled, closed_to_writing])
@pytest.mark.parametrize("writer", sample(WRITERS, 2))
def test_each_writer_says_so_and_changes_nothing(writer: str, ailment: Ailment, on_disk: Home, disk: Path) -> None:
    before = digests(on_disk)
    with ailment(disk):
        with pytest.raises(StorageProblem, match=rf"{FULL}|{CLOSED}"):
            WRITERS[writer](on_disk)
        assert [event.words for event in Journal(on_disk.journal).events("note")] == ["a word"]
        assert [one.name for one in Accounts(on_disk.accounts).all()] == ["leo"]
    assert digests(on_disk) == before
    WRITERS[writer](on_disk)
    assert export_log.broken_links(on_disk) == []
    assert Accounts(on_disk.accounts).broken_link() is None


@pytest.mark.parametrize("ailment", [filled, closed_to_writing])
@pytest.mark.parametrize("command", sample(["load", "rebuild", "backup", "rollback"]))
def test_each_command_ends_in_one_line_and_leaves_what_was_there(
    command: str, ailment: Ailment, on_disk: Home, disk: Path, tmp_path: Path
) -> None:
    records = Records()
    records.procedure("2026-02-12", procedure_id="PX", patient_id="NX")
    more = {"load": [str(records.write(tmp_path / "second")), "--timezone", ZONE], "backup": ["--out", str(disk)]}
    before = digests(on_disk)
    with ailment(disk):
        done = run_etl(command, *more.get(command, []))
        # A full disk may still take the few bytes of a pointer; then there is nothing before to go back to.
        assert done.returncode in (74, 69), done.stderr
        assert done.stderr.count("Traceback") == 0
    assert {name: found for name, found in digests(on_disk).items() if ".build-" not in name} == before
    assert run_etl("load", *more["load"]).returncode == 0
    assert not list(on_disk.root.rglob("*.part"))


def test_keeping_a_bug_report_never_raises(on_disk: Home, disk: Path) -> None:
    with filled(disk):
        kept = bug_reports.keep_bug_report(ValueError("x" * 100_000))
    assert kept.place.startswith("nowhere")
    assert bug_reports.keep_bug_report(ValueError("y")).place.startswith(str(on_disk.private))


def test_a_sign_in_goes_on_while_nothing_can_be_written(on_disk: Home, disk: Path) -> None:
    now = [1_000_000.0]
    accounts = Accounts(on_disk.accounts, lambda: now[0])
    token = hash_secret(accounts.sign_in("leo", 10_000))
    with filled(disk):
        for _ in range(5):
            now[0] += 50
            held = accounts.signed_in(token, 60)
            assert held is not None, "a sign-in of somebody who is busy ended"
            accounts.seen(held, 60)
        now[0] += 61
        assert accounts.signed_in(token, 60) is None
    accounts.close()
