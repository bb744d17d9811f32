"""Disks that fill, files that change, pointers and warehouses that are damaged: one clear message, nothing lost."""

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from data.errors import ExitCode, FileRefused, NoGeneration
from data.home import PROJECT, Home
from etl.generations import file_archive
from etl.generations.publish import current_manifest, manifest_path
from queries.warehouse import Warehouse, open_current
from tests.commands import Ended, run_etl
from tests.grids import sample
from tests.records import ZONE, Records, take


def run(*arguments: str, **environment: str) -> Ended:
    return run_etl(*arguments, **{"OUTCOMES_TIMEZONE": ZONE} | environment)


def delivery(folder: Path, number: int, size: int = 3) -> Path:
    records = Records(_numbers=count(number * 1_000))
    for place in range(size):
        records.procedure(f"2026-01-{10 + place % 20}")
    return records.write(folder)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("damage")
    take(Home(root / "home"), delivery(root / "first", 1))
    take(Home(root / "home"), delivery(root / "second", 2))
    delivery(root / "third", 3)
    return root


@pytest.fixture
def in_service(clean: Path, home: Home) -> Home:
    shutil.copytree(clean / "home", home.root)
    return home


def procedures(home: Home) -> int:
    return open_current(home).rows("select count(*) from procedures")[0][0]


POINTERS: dict[str, Callable[[Home], object]] = {
    "empty": lambda home: home.current.write_bytes(b""),
    "of zeros": lambda home: home.current.write_bytes(b"\x00" * 60),
    "to a file that is gone": lambda home: home.current.write_text("gen-20200101T000000000000-0.duckdb\n"),
    "out of its folder": lambda home: home.current.write_text("../private/journal.sqlite\n"),
    "a folder": lambda home: (home.current.unlink(), home.current.mkdir()),
    "missing": lambda home: home.current.unlink(),
    "gone with all generations": lambda home: [path.unlink() for path in home.generations.iterdir()],
}


@pytest.mark.parametrize("case", sample(POINTERS, 2))
def test_a_damaged_pointer_is_a_plain_message_and_rollback_or_a_load_mends_it(
    case: str, in_service: Home, clean: Path
) -> None:
    in_service.current.chmod(0o600)
    POINTERS[case](in_service)
    with pytest.raises(NoGeneration) as told:
        open_current(in_service)
    assert "python -m etl" in told.value.remedy
    if case == "a folder":
        in_service.current.rmdir()
    result = take(in_service, clean / "third")
    assert result.generation
    assert procedures(in_service) == 9


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    path.chmod(0o600)
    path.write_bytes(content)


def read_everything(path: Path) -> list[object]:
    warehouse = Warehouse(path)
    tables = [row[0] for row in warehouse.rows("select table_name from duckdb_tables() order by table_name")]
    return [warehouse.rows(f"select * from {table}") for table in tables]


@pytest.mark.parametrize("flips", [4, pytest.param(60, marks=pytest.mark.thorough)])
def test_a_flipped_bit_is_noticed_or_harmless_and_a_rebuild_mends_it(
    flips: int, in_service: Home, tmp_path: Path
) -> None:
    path = in_service.generations / in_service.current.read_text(encoding="utf-8").strip()
    whole = read_everything(path)
    chance = random.Random(20261124)
    for number in range(flips):
        copy = tmp_path / f"flipped-{number}.duckdb"
        shutil.copy(path, copy)
        flip(copy, chance)
        try:
            assert read_everything(copy) == whole
        except NoGeneration:
            continue
    flip(path, chance)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = run("status")
    assert (done.returncode, "Traceback" in done.stderr) == (ExitCode.NO_GENERATION, False)
    assert run("rebuild").returncode == 0
    assert procedures(in_service) == 6


def test_a_damaged_manifest_says_so_and_rollback_leads_back(in_service: Home, clean: Path) -> None:
    name = in_service.current.read_text(encoding="utf-8").strip()
    path = manifest_path(in_service.archive, name)
    for content in (b"", b"{", b"[1, 2]", b'[{"sequence": 1}]', b"\xff\xfe"):
        path.write_bytes(content)
        done = run("load", str(clean / "third"))
        assert done.returncode == ExitCode.STORAGE, done.stderr
        assert "manifest" in done.stderr
        assert "Traceback" not in done.stderr
    assert procedures(in_service) == 6
    assert run("rollback").returncode == 0
    assert run("load", str(clean / "third")).returncode == 0
    assert procedures(in_service) == 6


def test_an_archived_file_that_was_changed_is_never_built_from(in_service: Home, clean: Path) -> None:
    victim = file_archive.archive_path(in_service, current_manifest(in_service).deliveries[0].sha256)
    whole = victim.read_bytes()
    victim.write_bytes(whole.replace(b"Riverside", b"Riverbank"))
    done = run("rebuild")
    assert done.returncode == ExitCode.STORAGE
    assert "damaged" in done.stderr
    assert procedures(in_service) == 6
    victim.write_bytes(whole)
    assert run("load", str(clean / "third")).returncode == 0


def test_a_file_that_shrinks_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = delivery(tmp_path / "in", 4, 2_000) / "procedures.csv"
    whole = path.read_bytes()
    real = os.fstat
    asked = []

    def fstat(descriptor: int) -> os.stat_result:
        if not asked:
            asked.append(descriptor)
            found = real(descriptor)
            os.truncate(path, len(whole) // 2)
            return found
        return real(descriptor)

    monkeypatch.setattr(os, "fstat", fstat)
    with pytest.raises(FileRefused, match="changed while it was read"):
        file_archive.read_file(path, True)
    monkeypatch.undo()
    path.write_bytes(whole)
    assert file_archive.read_file(path, True).content == whole


@pytest.mark.thorough
def test_a_file_still_growing_is_refused_or_taken_whole(in_service: Home, tmp_path: Path) -> None:
    source = (delivery(tmp_path / "whole", 5, 20_000) / "procedures.csv").read_bytes()
    path = in_service.inbox / "procedures.csv"

    def grow() -> None:
        with path.open("wb") as file:
            for start in range(0, len(source), 4096):
                file.write(source[start : start + 4096])
                file.flush()
                # Slow enough that the load reads while it grows.
                time.sleep(0.0005)

    writer = threading.Thread(target=grow)
    writer.start()
    done = run("load")
    writer.join()
    assert done.returncode in (0, 65), done.stderr
    assert run("load").returncode == 0
    assert procedures(in_service) >= 20_006


def test_devices_links_and_pipes_are_not_files(in_service: Home, clean: Path, tmp_path: Path) -> None:
    os.mkfifo(in_service.inbox / "pipe.csv")
    (in_service.inbox / "link.csv").symlink_to(clean / "third" / "procedures.csv")
    (in_service.inbox / "loop.csv").symlink_to(in_service.inbox / "loop.csv")
    (in_service.inbox / "folder.csv").mkdir()
    odd = "a\nb;$(touch gone)\x1b[31m.csv"
    shutil.copy(clean / "third" / "procedures.csv", in_service.inbox / odd)
    done = run("load")
    assert done.returncode == 0, done.stderr
    assert procedures(in_service) == 9
    assert "\x1b" not in done.stdout
    assert "a\\nb" in done.stdout
    assert run("load", "/dev/zero").returncode == 65
    assert run("load", str(in_service.inbox / "link.csv")).returncode in (0, 65)


def test_a_name_is_never_used_as_a_path(in_service: Home, clean: Path, tmp_path: Path) -> None:
    long = "x" * 240 + ".csv"
    shutil.copy(clean / "third" / "procedures.csv", in_service.inbox / long)
    assert run("load").returncode == 0
    manifest = manifest_path(in_service.archive, in_service.current.read_text(encoding="utf-8").strip())
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(long, "../../outside.csv"), encoding="utf-8")
    assert run("rebuild").returncode == 0
    out = tmp_path / "out"
    assert run("rejected", "--out", str(out)).returncode == 0
    assert not (tmp_path / "outside.csv").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted by root; the limit on file sizes is tested in test_bad_files.py")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_says_so_and_the_next_load_succeeds(clean: Path, small_disk: Path, tmp_path: Path) -> None:
    home = Home(small_disk / "home")
    shutil.copytree(clean / "home", home.root)
    before = home.current.read_bytes()
    filler = small_disk / "filler"
    free = shutil.disk_usage(small_disk).free
    for left in (0, 40_000, 800_000):
        filler.write_bytes(b"x" * max(0, free - left))
        done = run("load", str(clean / "third"), OUTCOMES_HOME=str(home.root))
        assert done.returncode == ExitCode.STORAGE, (left, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        assert home.current.read_bytes() == before
        assert procedures(home) == 6
        filler.unlink()
    assert run("load", str(clean / "third"), OUTCOMES_HOME=str(home.root)).returncode == 0
    assert procedures(home) == 9


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_closed_to_us_says_so(in_service: Home, clean: Path) -> None:
    in_service.generations.chmod(0o500)
    assert run("load", str(clean / "third")).returncode == ExitCode.STORAGE
    in_service.generations.chmod(0o750)


def test_a_read_only_disk_says_so(clean: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    shutil.copytree(clean / "home", disk / "home")
    if subprocess.run(["mount", "--bind", str(disk), str(disk)], check=False, capture_output=True).returncode:
        pytest.skip("only root can mount")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(disk)], check=True)
        done = run("load", str(clean / "third"), OUTCOMES_HOME=str(disk / "home"))
        assert done.returncode == ExitCode.STORAGE, done.stderr
        assert "Traceback" not in done.stderr
        assert procedures(Home(disk / "home")) == 6
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert run("load", str(clean / "third"), OUTCOMES_HOME=str(disk / "home")).returncode == 0


def test_two_loads_at_once_end_as_one_after_the_other(in_service: Home, clean: Path, tmp_path: Path) -> None:
    folders = [clean / "third", delivery(tmp_path / "fourth", 7)]
    loads = [
        subprocess.Popen(
            [sys.executable, "-m", "etl", "load", str(folder), "--timezone", ZONE], cwd=PROJECT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for folder in folders
    ]  # fmt: skip
    told = [load.communicate(timeout=120)[1] for load in loads]
    codes = sorted(load.returncode for load in loads)
    assert codes in ([0, 0], [0, ExitCode.BUSY]), told
    if ExitCode.BUSY in codes:
        assert any("process " in words and "try again" in words for words in told)
    for folder in folders:
        assert run("load", str(folder)).returncode == 0
    assert procedures(in_service) == 12
