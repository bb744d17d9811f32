"""A registry of invented hospitals, built once in a run of the tests."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from data.home import Home
from etl.rehearsal import HOSPITALS, build_registry

# Those that something is said of, and enough others.
KEYS = ("alder", "birch", "cedar", "elm", "hazel", "maple", "rowan", "willow")
FEWER = tuple(one for one in HOSPITALS if one.key in KEYS)


def registry_home(factory: pytest.TempPathFactory) -> Home:
    """A home of the caller's own, a copy of the one that the first caller made."""
    root = factory.getbasetemp()
    shared = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "registry-made-once"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "home").exists():
            part = shared / "part"
            with pytest.MonkeyPatch.context() as patch:
                # The command names its home there.
                patch.setenv("OUTCOMES_HOME", str(part))
                build_registry(Home(part), Path(factory.mktemp("hospitals")), FEWER)
            part.rename(shared / "home")
    home = Home(factory.mktemp("registry") / "home")
    shutil.copytree(shared / "home", home.root)
    return home
