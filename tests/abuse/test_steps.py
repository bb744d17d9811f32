"""A load killed at each named step: the old generation or the new one is in service, and the next load ends well."""

import shutil
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from data.errors import NoGeneration
from data.home import PROJECT, Home
from etl.generations.publish import BUILD_PREFIX, current_manifest
from queries.warehouse import open_current
from tests.records import Records, take

# Kills itself when the step begins, or right after the function returns.
CHILD = """
import os, signal, sys
from pathlib import Path
from data.home import Home
from etl.generations import publish
from tests.records import take

root, folder, moment, where = sys.argv[1:5]


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


if where == "step":
    import etl.load as module
    original = module.load_files
    def load(home, paths, terms, progress, before=None):
        return original(home, paths, terms, lambda step: die() if step.startswith(moment) else None, before)
    import tests.records
    tests.records.load_files = load
else:
    import importlib
    path, name = moment.rsplit(".", 1)
    module = importlib.import_module(path)
    original = getattr(module, name)
    def wrapped(*a, **k):
        if where == "before":
            die()
        result = original(*a, **k)
        die()
    setattr(module, name, wrapped)
take(Home(Path(root)), Path(folder))
"""
STEPS = (
    "opening", "reading", "applying the rules", "writing procedures", "writing scores and events",
    "reading the clocks", "assigning scores", "closing windows", "gathering facts", "writing outcomes", "checking",
)  # fmt: skip
FUNCTIONS = (
    "etl.generations.file_archive.keep_file",
    "etl.generations.identities.save_identities",
    "etl.generations.publish.write_whole",
    "etl.generations.publish.flush_to_disk",
    "etl.generations.publish.keep_build",
    "etl.generations.publish.point_to",
    "etl.generations.publish.retain_generations",
)
MOMENTS = [
    *((step, "step") for step in STEPS),
    *((name, where) for name in FUNCTIONS for where in ("before", "after")),
]
QUICK = {
    ("writing outcomes", "step"),
    ("etl.generations.identities.save_identities", "after"),
    ("etl.generations.publish.point_to", "before"),
}


def delivery(folder: Path, number: int) -> Path:
    records = Records(_numbers=count(number * 1_000))
    for place in range(3):
        records.score(records.procedure(f"2026-01-{10 + place}"), f"2026-01-{12 + place}T09:00", 4)
    return records.write(folder)


def killed(home: Home, folder: Path, moment: str, where: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(home.root), str(folder), moment, where], cwd=PROJECT, check=False,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, f"{moment} {where}: never reached\n{done.stderr}"


def procedures(home: Home) -> int:
    try:
        return open_current(home).rows("select count(*) from procedures")[0][0]
    except NoGeneration:
        return 0


def nothing_is_left_over(home: Home) -> None:
    assert not list(home.generations.glob(f"{BUILD_PREFIX}*"))
    assert not list(home.root.rglob("*.part"))
    assert not list(home.staging.glob(f"{BUILD_PREFIX}*"))
    manifests = {path.stem for path in (home.archive / "manifests").iterdir()}
    assert manifests >= {path.stem for path in home.generations.glob("gen-*.duckdb")}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one load, to be copied."""
    root = tmp_path_factory.mktemp("steps")
    take(Home(root / "home"), delivery(root / "first", 1))
    delivery(root / "second", 2)
    return root


@pytest.mark.parametrize(
    ("moment", "where"),
    [
        pytest.param(*moment, marks=() if moment in QUICK else pytest.mark.thorough, id="-".join(moment))
        for moment in MOMENTS
    ],
)
@pytest.mark.parametrize("first", [False, pytest.param(True, marks=pytest.mark.thorough)], ids=["later", "first"])
def test_a_kill_at_any_step_leaves_nothing_to_repair(
    moment: str, where: str, first: bool, clean: Path, home: Home
) -> None:
    if not first:
        shutil.copytree(clean / "home", home.root)
    before = procedures(home)
    killed(home, clean / "second", moment, where)
    assert procedures(home) in (before, before + 3)
    take(home, clean / "second")
    assert procedures(home) == before + 3
    assert len(current_manifest(home).deliveries) == (2 if first else 4)
    nothing_is_left_over(home)


def test_scratch_files_of_a_killed_load_are_gone_after_the_next(clean: Path, home: Home) -> None:
    shutil.copytree(clean / "home", home.root)
    scratch = home.staging / f"{BUILD_PREFIX}dead"
    scratch.mkdir()
    (scratch / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"CANARY")
    (home.generations / f"{BUILD_PREFIX}dead.duckdb").write_bytes(b"CANARY")
    (home.generations / f"{BUILD_PREFIX}dead.duckdb.wal").write_bytes(b"CANARY")
    (home.private / "identities.parquet.part").write_bytes(b"CANARY")
    take(home, clean / "second")
    nothing_is_left_over(home)
