"""What all tests share. No test ever sees a real home: each gets empty ones of its own."""

import gc
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from data.home import PROJECT, Home
from tests.dearest_files import DearestFiles

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TESTS = Path(__file__).parent

EXAMPLES = Path(os.environ.get("OUTCOMES_EXAMPLES") or PROJECT.parent / "shared" / "examples")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(DearestFiles())
    # The hundreds of commands and servers that tests start would each compile the whole product again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # On a busy machine an example may take any time.
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Every test bears the name of its folder as a marker."""
    for item in items:
        folder, *rest = item.path.relative_to(TESTS).parts
        if rest:
            item.add_marker(folder)


def pytest_collection_finish() -> None:
    """Modules and collected tests stay to the end: the garbage collector need not look at them again and again."""
    gc.freeze()


def pytest_sessionfinish() -> None:
    gc.unfreeze()


@pytest.fixture(autouse=True)
def homes_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(tmp_path / "demo"))
    for name in ("OUTCOMES_TIMEZONE", "OUTCOMES_DISCLOSURE", "OUTCOMES_ACCESS", "OUTCOMES_ACCESS_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def examples() -> Iterator[Path]:
    if not EXAMPLES.is_dir():
        pytest.skip(f"the example extracts are not at {EXAMPLES}; set OUTCOMES_EXAMPLES to their folder")
    return EXAMPLES


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The one Chromium of a test process: Playwright runs once in a process."""
    # Slow to import, and no unit test needs it.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from tests.browser.serving import CHROMIUM, launch  # noqa: PLC0415

    if CHROMIUM is None:
        reason = "no Chromium found: install Debian's chromium, or set OUTCOMES_CHROMIUM to its path"
        if os.environ.get("OUTCOMES_REQUIRE_CHROMIUM"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()
