"""The drill of a server's years: kills of every command, publishes under readers, flipped bits, homes that move."""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from data import export_log
from data.accounts import Accounts
from data.errors import NoGeneration, OutcomesError
from data.home import PROJECT, Home
from data.journal import Journal
from data.storage.account_records import Account
from data.storage.sqlite_file import check_database
from etl.generations import lineage, publish
from etl.generations.manifest import manifest_path
from queries.warehouse import Warehouse, current_path, open_current
from tests.commands import run_dashboard, run_etl
from tests.grids import sample
from tests.records import ZONE, Records, take

SIGN_OFF = """
import sys
from data.home import department_home
from data.journal import Journal
for number in range(400):
    Journal(department_home().journal).append("sign_off", "2026-01", {"generation": "x", "number": number}, "lead")
"""
PROCEDURES = 12


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two loads, an account, an audit, an export, a backup beside it."""
    root = tmp_path_factory.mktemp("drills")
    home = Home(root / "home")
    for number in (1, 2):
        records = Records(_numbers=count(number * 1000))
        for place in range(PROCEDURES // 2):
            row = records.procedure(f"2026-0{number}-{10 + place}")
            records.score(row, f"{row['performed_on']}T09:00", 8)
        take(home, records.write(root / str(number)))
    accounts = Accounts(home.accounts)
    accounts.save(Account(name="leo", way="accounts", role="lead"))
    accounts.audit("leo", "sign in")
    accounts.close()
    export_log.record_export(home, "a" * 32, {"rows": 1}, "leo")
    return home


@pytest.fixture
def in_service(home: Home, furnished: Home) -> Home:
    shutil.copytree(furnished.root, home.root)
    return home


def procedures(home: Home) -> int:
    return open_current(home).rows("select count(*) from procedures")[0][0]


def commands(home: Home, folder: Path) -> dict[str, list[str]]:
    records = Records(_numbers=count(90_000))
    for place in range(40):
        records.procedure(f"2026-03-{1 + place % 28:02}")
    more = records.write(folder / "more")
    etl, dashboard = [sys.executable, "-m", "etl"], [sys.executable, "-m", "dashboard"]
    return {
        "load": [*etl, "load", str(more), "--timezone", ZONE],
        "rebuild": [*etl, "rebuild"],
        "backup": [*etl, "backup", "--out", str(folder / "backups")],
        "drill": [*etl, "restore", "--drill", str(folder / "backups")],
        "export": [*dashboard, "export", "procedures", "--out", str(folder / "figures.csv")],
        "sign off": [sys.executable, "-c", SIGN_OFF],
    }


@pytest.mark.thorough
@pytest.mark.parametrize("kills", [34])
def test_no_kill_of_any_command_leaves_anything_to_repair(kills: int, in_service: Home, tmp_path: Path) -> None:
    chance = random.Random(20261129)
    assert run_etl("backup", "--out", str(tmp_path / "backups")).returncode == 0
    for name, command in commands(in_service, tmp_path).items():
        began = time.monotonic()
        whole = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
        assert whole.returncode == 0, (name, whole.stderr)
        took = time.monotonic() - began
        before = procedures(in_service)
        for _ in range(kills):
            process = subprocess.Popen(
                command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
            # Somewhere in the middle of the command.
            time.sleep(chance.uniform(0.2, 1.0) * took)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            assert procedures(in_service) == before, name
            assert export_log.broken_links(in_service) == [], name
            assert Accounts(in_service.accounts).broken_link() is None, name
    with publish.only_load(in_service):
        assert not list(in_service.generations.glob(".build-*"))
        assert not list(in_service.root.rglob("*.part"))
    check_database(in_service.journal)
    check_database(in_service.accounts)
    assert run_etl("backup", "--out", str(tmp_path / "backups")).returncode == 0
    assert run_etl("restore", "--drill", str(tmp_path / "backups")).returncode == 0


@pytest.mark.parametrize(("publishes", "readers"), [(30, 8), pytest.param(1000, 50, marks=pytest.mark.thorough)])
def test_readers_see_whole_and_present_generations_while_others_are_published(
    publishes: int, readers: int, in_service: Home, tmp_path: Path
) -> None:
    """Each publish is a file of its own with as many procedures as its place in the row, so a torn read shows."""
    built = in_service.current.read_text(encoding="utf-8").strip()
    # Retention removes what others are copied from.
    first, manifest = tmp_path / "first.duckdb", tmp_path / "first.json"
    shutil.copy(in_service.generations / built, first)
    shutil.copy(manifest_path(in_service.archive, built), manifest)
    pointed = [0]
    problems: list[str] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            earliest = pointed[0]
            try:
                path = current_path(in_service)
                warehouse = Warehouse(path)
            except NoGeneration:
                # A load may have replaced it in between: once more, as the app does.
                path = current_path(in_service)
                warehouse = Warehouse(path)
            place = int(path.stem.rpartition("-")[2], 16) if "gen-2030" in path.name else 0
            if place < earliest:
                problems.append(f"stale: {place} although {earliest} was in service")
            if warehouse.rows("select count(*) from procedures") != [(PROCEDURES,)]:
                problems.append(f"torn: {path.name}")

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    try:
        for place in range(1, publishes + 1):
            name = f"gen-20300101T{place:012}-{place:016x}.duckdb"
            shutil.copy(first, in_service.generations / name)
            shutil.copy(manifest, manifest_path(in_service.archive, name))
            publish.point_to(in_service, name)
            pointed[0] = place
            publish.retain_generations(in_service)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    assert problems == []
    assert len(lineage.list_published(in_service)) <= publish.KEPT + 1


FILES: dict[str, Callable[[Home], Path]] = {
    "pointer": lambda home: home.current,
    "history": lineage.history_file,
    "manifest": lambda home: manifest_path(home.archive, home.current.read_text(encoding="utf-8").strip()),
    "archive": lambda home: next(path for path in sorted(home.archive.glob("??/*")) if path.is_file()),
    "identities": lambda home: home.identities,
    "journal": lambda home: home.journal,
    "accounts": lambda home: home.accounts,
    "end of the export log": lambda home: home.private / "export_log_end.json",
    "generation": lambda home: home.generations / home.current.read_text(encoding="utf-8").strip(),
}
LOOKS = (("etl", "status"), ("etl", "rebuild"), ("dashboard", "audit", "--verify"), ("dashboard", "doctor"))


@pytest.mark.parametrize("flips", [2, pytest.param(15, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("kind", sample(FILES, 2))
def test_flipped_bits_in_any_file_end_in_words(kind: str, flips: int, in_service: Home, tmp_path: Path) -> None:
    chance = random.Random(kind)
    whole = tmp_path / "whole"
    shutil.copytree(in_service.root, whole)
    for _ in range(flips):
        path = FILES[kind](in_service)
        content = bytearray(path.read_bytes())
        for _ in range(8):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.chmod(0o600)
        path.write_bytes(content)
        for tree, *command in LOOKS:
            done = (run_etl if tree == "etl" else run_dashboard)(*command)
            assert "Traceback" not in done.stderr, (command, done.stderr)
            assert "this is a mistake in the program" not in done.stderr, (command, done.stderr)
        shutil.rmtree(in_service.root)
        shutil.copytree(whole, in_service.root)


def test_a_home_behind_a_link_and_one_that_moved_go_on(
    in_service: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "elsewhere" / "home"
    moved.parent.mkdir()
    shutil.move(in_service.root, moved)
    link = tmp_path / "link"
    link.symlink_to(moved, target_is_directory=True)
    for root in (moved, link):
        monkeypatch.setenv("OUTCOMES_HOME", str(root))
        assert procedures(Home(root)) == PROCEDURES
        for command in (("rebuild",), ("backup", "--out", str(tmp_path / "out")), ("rollback",)):
            done = run_etl(*command)
            assert done.returncode == 0, (root, command, done.stderr)
        assert Accounts(Home(root).accounts).broken_link() is None
    refused = run_etl("backup", "--out", str(moved / "inside"))
    assert refused.returncode == 2, "a backup through a link into the home itself"


def test_two_commands_at_once_wait_for_none_and_say_who_works(in_service: Home, tmp_path: Path) -> None:
    with publish.only_load(in_service, "forget"):
        for command in (("rebuild",), ("backup", "--out", str(tmp_path / "out")), ("rollback",), ("retain",)):
            done = run_etl(*command)
            assert done.returncode == 75, command
            assert "forget, process" in done.stderr
    assert run_etl("rebuild").returncode == 0


def test_archived_names_and_zips_never_leave_their_folder(in_service: Home, tmp_path: Path) -> None:
    """What a sender calls a file, or packs into one, is no path here."""
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(in_service.root)}
    for name in ("..%2f..%2fx.csv", "a\\..\\..\\b.csv", "x;touch y.csv", "-rf.csv"):
        records = Records(_numbers=count(int(hashlib.sha256(name.encode()).hexdigest()[:6], 16)))
        records.procedure("2026-03-01")
        source = records.write(tmp_path / "in") / "procedures.csv"
        shutil.copy(source, in_service.inbox / name)
        shutil.rmtree(tmp_path / "in")
    with publish.only_load(in_service):
        pass
    done = run_etl("load", "--timezone", ZONE)
    assert done.returncode == 0, done.stderr
    assert {path for path in tmp_path.rglob("*") if not path.is_relative_to(in_service.root)} == before
    assert not [path for path in in_service.archive.glob("??/*") if len(path.name) != 64]


def test_every_error_of_ours_is_said_without_the_words_of_a_row(in_service: Home) -> None:
    home = in_service
    home.journal.write_bytes(b"not a database at all, CANARY" * 300)
    with pytest.raises(OutcomesError) as told:
        Journal(home.journal).events()
    assert "CANARY" not in str(told.value)
