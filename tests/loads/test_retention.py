"""What is removed by age or number, and what never is."""

import os
import shutil
import time
from pathlib import Path

import pytest

from data.errors import StorageProblem
from data.home import Home
from data.journal import Journal
from data.settings import Keep
from etl.generations import publish
from etl.generations.lineage import list_published
from etl.generations.manifest import manifest_path
from etl.operations import backup, retention
from queries.warehouse import open_current
from tests.commands import run_etl
from tests.records import Records, take

ALL = Keep(backups=0, error_days=0, export_days=0, unused_archive_days=0)
STRICT = Keep(backups=2, error_days=30, export_days=30, unused_archive_days=30)


def aged(path: Path, days: float = 60) -> Path:
    at = time.time() - days * 24 * 3600
    os.utime(path, (at, at))
    return path


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Seven loads of which five are kept."""
    folder = tmp_path_factory.mktemp("loads")
    home = Home(folder / "home")
    for number in range(1, 8):
        records = Records()
        records.procedure(f"2026-02-{number:02}", procedure_id=f"P{number}", patient_id=f"N{number}")
        take(home, records.write(folder / str(number)))
    return home


@pytest.fixture
def furnished(home: Home, loaded: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """These loads, old and new error files and exports."""
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    shutil.copytree(loaded.root, home.root)
    for name, days in (("old", 60), ("new", 1)):
        for place in (home.private / f"error-{name}.txt", home.exports / f"{name}.zip"):
            place.write_text("x", encoding="utf-8")
            aged(place, days)
    for path in home.archive.glob("??/*"):
        aged(path)
    return home


def names(removals: list[retention.Removal]) -> set[str]:
    return {one.path.name for one in removals}


def test_only_what_is_old_and_unused_goes(furnished: Home, tmp_path: Path) -> None:
    unused = furnished.archive / "ab" / ("ab" + "0" * 62)
    unused.parent.mkdir(exist_ok=True)
    unused.write_text("x", encoding="utf-8")
    assert names(retention.find_removals(furnished, STRICT, tmp_path)) == {"error-old.txt", "old.zip"}
    aged(unused)
    assert names(retention.find_removals(furnished, STRICT, tmp_path)) == {"error-old.txt", "old.zip", unused.name}
    assert retention.find_removals(furnished, ALL, tmp_path) == []


def test_what_generations_are_made_of_stays_and_a_rebuild_works(furnished: Home, tmp_path: Path) -> None:
    before = open_current(furnished).rows("select count(*) from procedures")
    retention.remove_all(retention.find_removals(furnished, STRICT, tmp_path))
    assert run_etl("rebuild").returncode == 0
    assert open_current(furnished).rows("select count(*) from procedures") == before


def test_a_damaged_manifest_removes_nothing(furnished: Home, tmp_path: Path) -> None:
    manifest_path(furnished.archive, list_published(furnished)[0]).write_bytes(b"{")
    with pytest.raises(StorageProblem, match="damaged"):
        retention.find_removals(furnished, STRICT, tmp_path)


def test_backups_beyond_the_newest_go_and_never_the_last(furnished: Home, tmp_path: Path) -> None:
    out = tmp_path / "backups"
    with publish.only_load(furnished):
        made = [backup.back_up(furnished, out).folder for _ in range(3)]
    unfinished = out / "backup-20200101T000000000000"
    unfinished.mkdir()
    running = out / "backup-99991231T000000000000"
    running.mkdir()
    assert run_etl("backup", "--out", str(out), "--keep", "2").returncode == 0
    left = sorted(path.name for path in out.iterdir())
    assert len(left) == 3
    assert made[2].name in left
    assert running.name in left, "a backup that is being made now was removed"
    assert backup.newest_backup(out).name in left
    assert run_etl("restore", "--drill", str(out)).returncode == 0


def test_the_command_says_what_it_would_do_and_does_it(furnished: Home) -> None:
    tried = run_etl("retain", "--dry-run")
    assert "would remove" in tried.stdout
    assert (furnished.private / "error-old.txt").exists()
    done = run_etl("retain")
    assert done.returncode == 0
    assert done.stdout.count("removed") == tried.stdout.count("would remove")
    assert not (furnished.private / "error-old.txt").exists()
    assert (furnished.private / "error-new.txt").exists()
    assert Journal(furnished.journal).last_event("retain") is not None
    assert run_etl("retain").stdout == ""
