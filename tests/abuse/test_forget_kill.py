"""An erasure killed between any two of its steps: run again, it leaves nothing of the person and all of the others."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from data.home import PROJECT, Home
from data.journal import Journal
from etl.generations import lineage, publish
from etl.generations.publish import current_manifest
from etl.operations.forget import forget_patient
from queries.warehouse import open_current
from tests.leaks import leaks
from tests.records import Records, quiet, take

PERSON = "CANARY-551"
NUMBERS = (PERSON, "CANARY-P1", "CANARY-P2")
# Kills itself right before the named function is called for the n-th time, or right after.
CHILD = """
import importlib, os, signal, sys
from pathlib import Path
from data.home import Home
from etl.generations import lineage, publish
from etl.operations import forget

root, person, moment, where = sys.argv[1:5]
path, name = moment.rsplit(".", 1)
owner = importlib.import_module(path.removesuffix(".Journal"))
owner = owner.Journal if path.endswith("Journal") else owner
original = getattr(owner, name)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def wrapped(*a, **k):
    if where == "before":
        die()
    original(*a, **k)
    die()


setattr(owner, name, wrapped)
home = Home(Path(root))
with publish.only_load(home):
    forget.forget_patient(home, person, None, lambda step: None)
"""
MOMENTS = [
    ("etl.redaction.erasure_in_progress.begin_erasure", "after"),
    ("etl.redaction.excluded_people.save_exclusions", "after"),
    ("etl.generations.file_archive.keep_file", "after"),
    ("etl.operations.forget._redact_archive", "after"),
    ("data.journal.Journal.erase_words", "after"),
    ("etl.generations.identities.remove_numbers", "after"),
    ("etl.operations.forget._build_manifest", "after"),
    ("etl.operations.forget.build_from", "after"),
    ("etl.load.keep_build", "after"),
    ("etl.operations.forget.point_to", "before"),
    ("etl.operations.forget.point_to", "after"),
    ("etl.operations.forget.retain_generations", "after"),
    ("data.journal.Journal.append", "before"),
    ("data.journal.Journal.append", "after"),
    ("etl.operations.forget._rebuild_generations", "after"),
    ("etl.operations.forget._remove_leftovers", "after"),
    ("etl.redaction.erasure_in_progress.end_erasure", "before"),
]
QUICK = {("data.journal.Journal.append", "before")}


def delivery(folder: Path, start: int) -> Path:
    records = Records(_numbers=count(start))
    for place in range(5):
        records.score(records.procedure(f"2026-01-{10 + place}"), f"2026-01-{12 + place}T09:00", 4)
    own = records.procedure("2026-01-15", patient_id=PERSON, procedure_id=f"CANARY-P{1 + start // 500}")
    records.score(own, "2026-01-17T09:00", 2)
    return records.write(folder)


def facts(home: Home) -> list[tuple]:
    query = "select procedure_id, patient_key, performed_on from procedures order by all"
    return open_current(home).rows(query)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Home]]:
    """A home with two generations, the first of them signed off, and the same after an erasure that went well."""
    root = tmp_path_factory.mktemp("killed")
    before, after = Home(root / "before"), Home(root / "after")
    take(before, delivery(root / "first", 1))
    signed = open_current(before).info.generation
    journal = Journal(before.journal)
    journal.append("sign_off", "2026-01", {"generation": signed, "month": "2026-01"}, "lead")
    journal.append("note", "month", {}, "lead", f"about {PERSON}")
    take(before, delivery(root / "second", 501))
    shutil.copytree(before.root, after.root)
    with publish.only_load(after):
        assert forget_patient(after, PERSON, None, quiet).evidence.hits == {}
    yield before, after


@pytest.mark.parametrize(
    ("moment", "where"),
    [pytest.param(*one, marks=() if one in QUICK else pytest.mark.thorough) for one in MOMENTS],
)
def test_an_erasure_that_was_killed_is_run_again(homes: tuple[Home, Home], home: Home, moment: str, where: str) -> None:
    before, after = homes
    shutil.copytree(before.root, home.root)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(home.root), PERSON, moment, where], cwd=PROJECT, check=False,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert open_current(home).info.generation
    with publish.only_load(home):
        certificate = forget_patient(home, PERSON, None, quiet)
    assert certificate.evidence.hits == {}
    assert leaks(home.root, *NUMBERS) == []
    assert not (home.private / "erasing.json").exists()
    assert facts(home) == facts(after)
    assert current_manifest(home).contents == current_manifest(after).contents
    assert len(lineage.list_published(home)) == len(lineage.list_published(after)) == 2
    assert {publish.hash_of(name) for name in lineage.list_published(home)} & publish.signed_off(home)


@pytest.mark.thorough
def test_an_erasure_that_was_killed_is_ended_by_that_of_somebody_else(homes: tuple[Home, Home], home: Home) -> None:
    before, after = homes
    shutil.copytree(before.root, home.root)
    subprocess.run(
        [sys.executable, "-c", CHILD, str(home.root), PERSON, "etl.operations.forget._rebuild_generations", "after"],
        cwd=PROJECT,
        check=False,
        timeout=120,
    )
    with publish.only_load(home):
        forget_patient(home, "N001", None, quiet)
    assert leaks(home.root, *NUMBERS, "N001") == []
    assert len(facts(home)) == len(facts(after)) - 1
