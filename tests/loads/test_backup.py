"""A backup can be proved whole, comes back as it was, and never lands on top of other records."""

import shutil
import stat
from pathlib import Path

import pytest

from data.errors import StorageProblem, UsageProblem
from data.home import Home
from data.journal import Journal
from etl.generations import publish
from etl.operations import backup
from queries.warehouse import open_current
from tests.commands import run_etl as run
from tests.records import Records, take


@pytest.fixture(scope="module")
def loaded_twice(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("twice")
    home = Home(folder / "home")
    records = Records()
    for _ in range(3):
        records.procedure()
    take(home, records.write(folder / "first"))
    records.procedure("2026-02-12")
    take(home, records.write(folder / "second"))
    return home


@pytest.fixture
def in_service(home: Home, loaded_twice: Home) -> Home:
    """A home of its own with the same two generations, and a note."""
    shutil.copytree(loaded_twice.root, home.root)
    Journal(home.journal).append("note", "P", {"month": "2026-01"}, "lead", "nurse call introduced")
    return home


def kept(home: Home, tmp_path: Path) -> Path:
    with publish.only_load(home):
        return backup.back_up(home, tmp_path / "backups").folder


def contents(home: Home) -> dict[str, bytes]:
    return {
        str(path.relative_to(home.root)): path.read_bytes()
        for part in ("archive", "generations", "private")
        for path in sorted((home.root / part).rglob("*"))
        if path.is_file() and path != home.journal
    }


def test_a_backup_comes_back_as_it_was(in_service: Home, tmp_path: Path) -> None:
    folder = kept(in_service, tmp_path)
    other = Home(tmp_path / "new")
    backup.restore_backup(other, folder)
    assert contents(other) == contents(in_service)
    assert open_current(other).info == open_current(in_service).info
    assert Journal(other.journal).events() == Journal(in_service.journal).events()
    backup.restore_backup(other, folder)


def test_a_restored_home_goes_on_as_the_old_one(
    in_service: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(in_service.root))
    assert run("backup").returncode == 0
    drill = run("restore", "--drill")
    assert drill.returncode == 0, drill.stderr
    assert open_current(in_service).info.generation in drill.stdout
    assert not list(in_service.staging.glob(".build-*"))
    new = Home(tmp_path / "new")
    monkeypatch.setenv("OUTCOMES_HOME", str(new.root))
    assert run("restore", str(backup.default_folder(in_service))).returncode == 0
    assert run("rebuild").returncode == 0
    assert open_current(new).rows("select * from procedures") == open_current(in_service).rows(
        "select * from procedures"
    )


def test_a_backup_is_as_private_as_the_archive(in_service: Home, tmp_path: Path) -> None:
    folder = kept(in_service, tmp_path)
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    other = Home(tmp_path / "new")
    backup.restore_backup(other, folder)
    for path in other.root.rglob("*"):
        twin = in_service.root / path.relative_to(other.root)
        if twin.exists():
            assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(twin.stat().st_mode), path


def test_a_home_with_other_records_is_left_alone(in_service: Home, tmp_path: Path) -> None:
    folder = kept(in_service, tmp_path)
    Journal(in_service.journal).append("note", "P", {}, "lead", "written after the backup")
    before = contents(in_service)
    with pytest.raises(UsageProblem, match="not empty"):
        backup.restore_backup(in_service, folder)
    assert contents(in_service) == before
    assert len(Journal(in_service.journal).events("note")) == 2


def test_a_changed_or_missing_file_of_a_backup_is_found_before_anything_is_restored(
    in_service: Home, tmp_path: Path
) -> None:
    folder = kept(in_service, tmp_path)
    victim = next(path for path in (folder / "archive").rglob("*") if path.is_file())
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    other = Home(tmp_path / "new")
    with pytest.raises(StorageProblem, match="not as it was written"):
        backup.restore_backup(other, folder)
    victim.unlink()
    with pytest.raises(StorageProblem, match="missing"):
        backup.restore_backup(other, folder)
    assert not other.root.exists()


def test_a_list_that_climbs_out_of_the_home_is_refused(in_service: Home, tmp_path: Path) -> None:
    folder = kept(in_service, tmp_path)
    sums = folder / backup.SUMS
    for name in ("archive/../../outside", "../outside", "/etc/passwd"):
        text = sums.read_text(encoding="utf-8")
        sums.write_text(f"{text}{'0' * 64}  {name}\n", encoding="utf-8")
        with pytest.raises(StorageProblem, match="outside a home"):
            backup.restore_backup(Home(tmp_path / "new"), folder)
        sums.write_text(text, encoding="utf-8")


def test_an_unfinished_backup_is_not_one(in_service: Home, tmp_path: Path) -> None:
    folder = kept(in_service, tmp_path)
    newer = folder.with_name("backup-99991231T000000000000")
    (newer / "archive").mkdir(parents=True)
    assert backup.newest_backup(tmp_path / "backups") == folder
    (folder / backup.SUMS).unlink()
    with pytest.raises(UsageProblem, match="no finished backup"):
        backup.newest_backup(tmp_path / "backups")


def test_a_backup_inside_the_home_is_refused(in_service: Home) -> None:
    with pytest.raises(UsageProblem, match="inside the home"):
        backup.back_up(in_service, in_service.exports)
