"""A pool killed at any moment: what was in force stays whole, and the same command again ends what it began."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.home import PROJECT, Home
from etl.generations.publish import BUILD_PREFIX
from etl.registry.pool.pool_store import pool_in_force
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import headline_row
from queries.warehouse import open_current
from tests.pooled import hospital_home, list_members, pool, ship_home

SITES = ("alpha", "beta", "gamma")
SMALL, LARGE = 6, 40


def start(registry: Home, inbox: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "etl", "pool", str(inbox), "--home", str(registry.root)],
        cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def procedures(registry: Home) -> int:
    return headline_row(open_current(registry), read_catalogue()["procedures"])["eligible"]


@pytest.mark.parametrize("kills", [2, pytest.param(30, marks=pytest.mark.thorough)])
def test_kills_at_random_moments_leave_a_whole_pool(kills: int, tmp_path: Path) -> None:
    registry, inbox = Home(tmp_path / "registry"), tmp_path / "inbox"
    list_members(registry, *SITES)
    homes = {site: (hospital_home(tmp_path / "small", site, SMALL), hospital_home(tmp_path / "large", site, LARGE))
             for site in SITES}  # fmt: skip
    for site, (small, _) in homes.items():
        ship_home(small, inbox, site)
    began = time.monotonic()
    assert start(registry, inbox).wait() == 0
    whole = time.monotonic() - began
    assert procedures(registry) == len(SITES) * SMALL
    chance, cut_off, sequence = random.Random(18), 0, 1
    for turn in range(kills):
        sequence += 1
        for site, both in homes.items():
            ship_home(both[turn % 2 == 0], inbox, site, sequence)
        before, after = procedures(registry), len(SITES) * (LARGE if turn % 2 == 0 else SMALL)
        running = start(registry, inbox)
        time.sleep(chance.uniform(0.4, 1.0) * whole)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        assert procedures(registry) in (before, after)
        assert set(pool_in_force(registry).sites) == set(SITES)
        cut_off += procedures(registry) == before
        assert pool(registry, inbox).returncode == 0
        assert procedures(registry) == after
        assert {one.sequence for one in pool_in_force(registry).sites.values()} == {sequence}
    assert cut_off >= max(1, kills // 3), "the kills came too late to test anything"
    leftovers = [path for pattern in ("*.part", ".part*", f"{BUILD_PREFIX}*") for path in registry.root.rglob(pattern)]
    assert leftovers == []
