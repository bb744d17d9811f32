"""Unit tests stay quick: none builds a generation, starts a process or renders a page."""

import subprocess
from collections.abc import Callable, Generator

import pytest
from streamlit.testing.v1 import AppTest

from etl.build.build import Build


def refused(what: str, folder: str) -> Callable[..., None]:
    """A function that fails the test that calls it."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail(f"a test in tests/unit {what}: test a smaller part, or move it to {folder}")

    return refuse


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    yield from guarded()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    yield from guarded()


def guarded() -> Generator[None, None, None]:
    """Hooks, not a fixture: fixtures of a module are set up before those of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Build, "stage", refused("builds a generation", "tests/loads"))
        patch.setattr(subprocess.Popen, "__init__", refused("starts a process", "tests/loads or tests/app"))
        patch.setattr(AppTest, "run", refused("renders a page", "tests/app"))
        return (yield)
