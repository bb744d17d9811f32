"""Synthetic departments, each loaded once in a run of the tests, whatever number of processes runs them."""

import fcntl
import os
import shutil

import pytest

from data.home import Home
from etl.demo import RECEIVED_AT, SEED_DEFAULT, TIME_ZONE, synthetic_department
from etl.generations.publish import only_load, prepare_home
from etl.load import load_files
from etl.load_terms import Terms
from etl.sources import read_source
from tests.records import quiet


def synthetic_home(factory: pytest.TempPathFactory, procedures: int, seed: int = SEED_DEFAULT) -> Home:
    """A home of the caller's own, a copy of the one that the first caller made."""
    name = f"synthetic-{procedures}-{seed}"
    root = factory.getbasetemp()
    # The workers of pytest-xdist have folders side by side.
    shared = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "made-once"
    shared.mkdir(exist_ok=True)
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / name).exists():
            _make(Home(shared / f"{name}.part"), procedures, seed)
            (shared / f"{name}.part").rename(shared / name)
    home = Home(factory.mktemp("synthetic") / "home")
    shutil.copytree(shared / name, home.root)
    return home


def _make(home: Home, procedures: int, seed: int) -> None:
    prepare_home(home)
    for name, text in synthetic_department(procedures, seed).items():
        (home.inbox / name).write_text(text, encoding="utf-8")
    with only_load(home):
        load_files(
            home, [home.inbox], Terms(source=read_source("synthetic"), zone=TIME_ZONE, received_at=RECEIVED_AT), quiet
        )
