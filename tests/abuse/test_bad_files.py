"""Bad input: refused or rejected with where and what to do; the old generation stays; no patient's value is told."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from data.home import PROJECT, Home
from queries.warehouse import open_current
from tests.commands import Ended, run_etl
from tests.grids import sample
from tests.records import ZONE, Records, take

CANARY = "CANARY-7731"


def run(*arguments: str) -> Ended:
    return run_etl(*arguments, "--timezone", ZONE)


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("good")
    records = Records()
    for _ in range(3):
        records.procedure()
    take(Home(folder / "home"), records.write(folder / "good"))
    return Home(folder / "home")


@pytest.fixture
def in_service(home: Home, loaded_once: Home) -> Home:
    """A home of its own that holds the same three procedures."""
    shutil.copytree(loaded_once.root, home.root)
    return home


def canonical(folder: Path) -> Path:
    records = Records(_numbers=count(500))
    for _ in range(12):
        records.procedure("2026-02-12", patient_id=CANARY)
    return records.write(folder) / "procedures.csv"


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


def header_without(name: str) -> Callable[[str], str]:
    return lambda text: text.replace(f"{name},", "", 1)


REFUSED: dict[str, tuple[Callable[[str], str | bytes], tuple[str, ...]]] = {
    "not a CSV file": (lambda _: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, ("procedures.csv",)),
    "a workbook": (lambda _: b"PK\x03\x04" + b"\x00" * 500, ("damaged workbook", "Save it again as .xlsx")),
    "empty": (lambda _: "", ("empty",)),
    "a missing column": (header_without("discharged_at"), ("line 1", "missing column discharged_at", "Add it")),
    "a column twice": (replaced("arrived_at", "ended_at"), ("column ended_at", "twice", "Remove or rename")),
    "another table": (lambda _: "a,b,c\n1,2,3\n", ("line 1", "header", "templates")),
    "an open quote": (replaced("P506", '"P506'), ("line ", "quote")),
    "a zero byte": (replaced("P506", "P5\x0006"), ("line 8", "zero byte")),
    "a cell of two megabytes": (replaced("A. Moreau", "x" * 2_000_000), ("line ", "too long")),
    "ten thousand columns": (
        lambda text: "\n".join(line + ",x" * 10_000 for line in text.splitlines()) + "\n", ("columns",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", sample(REFUSED, 4))
def test_a_file_that_is_no_table_is_refused_with_where_and_what_to_do(
    case: str, in_service: Home, tmp_path: Path
) -> None:
    before = in_service.current.read_text(encoding="utf-8")
    path = canonical(tmp_path / "bad")
    spoil, words = REFUSED[case]
    spoiled = spoil(path.read_text(encoding="utf-8"))
    path.write_bytes(spoiled if isinstance(spoiled, bytes) else spoiled.encode())
    done = run("load", str(path))
    assert done.returncode == 65, done.stdout + done.stderr
    for word in words:
        assert word in done.stdout
    assert CANARY not in done.stdout + done.stderr
    assert in_service.current.read_text(encoding="utf-8") == before
    assert open_current(in_service).rows("select count(*) from procedures") == [(3,)]


def test_columns_in_another_order_are_read_by_name(in_service: Home, tmp_path: Path) -> None:
    path = canonical(tmp_path / "in")
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n".join(",".join(reversed(cells)) for cells in lines) + "\n", encoding="utf-8")
    assert run("load", str(path)).returncode == 0
    assert open_current(in_service).rows("select count(*) from procedures where age_years = 75") == [(15,)]


def test_separators_of_spreadsheets_are_recognised(in_service: Home, tmp_path: Path) -> None:
    path = canonical(tmp_path / "in")
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    assert run("load", str(path)).returncode == 0


REJECTED: dict[str, tuple[str, dict[str, object], tuple[str, ...]]] = {
    "a score of 11": ("score", {"score": 11}, ("score_out_of_range, score", "not between 0 and 10")),
    "a discharge before the start": (
        "procedure", {"discharged_at": "2026-02-12T09:00"}, ("discharge_before_start, discharged_at", "Correct"),
    ),
    "an unknown vertebra": ("procedure", {"levels": "T15"}, ("warning", "level_unreadable, levels", "T12;L1")),
}  # fmt: skip


@pytest.mark.parametrize("case", REJECTED)
def test_a_bad_value_is_told_with_line_column_and_what_to_do(case: str, in_service: Home, tmp_path: Path) -> None:
    kind, cells, words = REJECTED[case]
    records = Records(_numbers=count(500))
    for _ in range(12):
        row = records.procedure("2026-02-12")
        records.score(row, "2026-02-14", 3)
    if kind == "score":
        records.pain_scores[4] |= cells
    else:
        records.procedures[4] |= cells
    done = run("load", str(records.write(tmp_path / "in")))
    assert done.returncode == 0
    for word in (*words, "line 6"):
        assert word in done.stdout
    assert open_current(in_service).rows("select count(*) >= 14 from procedures") == [(True,)]


def test_the_same_number_with_other_content_is_a_conflict(in_service: Home, tmp_path: Path) -> None:
    records = Records(_numbers=count(500))
    for _ in range(12):
        records.procedure("2026-02-12", updated_at="2026-03-01T06:00")
    records.procedures.append({**records.procedures[3], "operator": "Someone else"})
    done = run("load", str(records.write(tmp_path / "in")))
    assert "rejected 2 × id_conflict, procedure_id" in done.stdout
    assert "lines 5, 14" in done.stdout


def test_only_regular_files_of_a_folder_are_read(in_service: Home, tmp_path: Path) -> None:
    folder = canonical(tmp_path / "in").parent
    os.mkfifo(folder / "pipe.csv")
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / "[a-z].csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / ".hidden.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = run("load", str(folder))
    assert done.returncode == 0
    assert "[a-z].csv: ignored" in done.stdout
    assert "pipe" not in done.stdout + done.stderr
    assert "link" not in done.stdout + done.stderr


def test_a_named_pipe_is_refused_and_does_not_hang(in_service: Home, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    done = run("load", str(tmp_path / "pipe.csv"))
    assert done.returncode == 65
    assert "not a regular file" in done.stdout


def test_a_name_that_climbs_out_stays_inside(in_service: Home, tmp_path: Path) -> None:
    path = canonical(tmp_path / "in" / "deep")
    climbing = path.parent / ".." / "deep" / "procedures.csv"
    assert run("load", str(climbing)).returncode == 0
    assert {entry.name for entry in in_service.root.parent.iterdir()} <= {"home", "demo", "in", "good"}


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    assert run("load", str(tmp_path / "nowhere.csv")).returncode == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_may_not_be_written_says_so(home: Home, tmp_path: Path) -> None:
    home.root.mkdir(mode=0o500)
    assert run("load", str(canonical(tmp_path / "in"))).returncode == 74


def test_a_full_disk_leaves_the_old_generation_in_service(in_service: Home, tmp_path: Path) -> None:
    before = in_service.current.read_text(encoding="utf-8")
    path = canonical(tmp_path / "in")
    limited = f"ulimit -f 600; exec {sys.executable} -m etl load {path} --timezone {ZONE}"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, cwd=PROJECT, check=False, timeout=60)
    assert done.returncode == 74, done.stderr
    assert "disk is full" in done.stderr or "File too large" in done.stderr
    assert in_service.current.read_text(encoding="utf-8") == before
    assert run("load", str(path)).returncode == 0
