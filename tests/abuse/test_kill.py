"""A load killed at any moment: the old generation stays in service, the next load succeeds, nothing is to repair."""

import os
import random
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from data.home import PROJECT, Home
from etl.generations.publish import BUILD_PREFIX
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import headline_row
from queries.warehouse import open_current
from tests.records import ZONE, Records, take


def delivery(folder: Path, number: int) -> Path:
    records = Records(_numbers=count(number * 10_000))
    for place in range(400):
        row = records.procedure(f"2026-01-{1 + place % 28:02}")
        records.score(row, f"{row['performed_on']}T09:00", 8)
        records.score(row, f"2026-02-{1 + place % 28:02}", 3)
    return records.write(folder)


def start(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "etl", "load", str(folder), "--timezone", ZONE],
        cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def procedures(home: Home) -> int:
    return headline_row(open_current(home), read_catalogue()["procedures"])["eligible"]


@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.thorough)])
def test_kills_at_random_moments_leave_nothing_to_repair(kills: int, home: Home, tmp_path: Path) -> None:
    take(home, delivery(tmp_path / "first", 1))
    folder = delivery(tmp_path / "probe", 2)
    began = time.monotonic()
    assert start(folder).wait() == 0
    whole = time.monotonic() - began
    chance = random.Random(20261121)
    survived = 0
    for number in range(3, 3 + kills):
        before = procedures(home)
        load = start(delivery(tmp_path / str(number), number))
        # Somewhere in the middle of the load.
        time.sleep(chance.uniform(0.3, 1.0) * whole)
        os.killpg(load.pid, signal.SIGKILL)
        load.wait()
        assert procedures(home) in (before, before + 400)
        survived += procedures(home) == before
    assert survived >= kills // 3, "the kills came too late to test anything"
    before = procedures(home)
    assert start(delivery(tmp_path / "last", 99)).wait() == 0
    assert procedures(home) == before + 400
    assert not list(home.generations.glob(f"{BUILD_PREFIX}*"))
    assert not list(home.root.rglob("*.part"))
    assert not list(home.staging.glob(f"{BUILD_PREFIX}*"))
