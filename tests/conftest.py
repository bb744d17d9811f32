"""What all tests share. No test ever sees a real home: each gets empty ones of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from data.home import PROJECT, Home
from tests.browser.serving import CHROMIUM, launch
from tests.dearest_files import DearestFiles

EXAMPLES = Path(os.environ.get("OUTCOMES_EXAMPLES") or PROJECT.parent / "shared" / "examples")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(DearestFiles())


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
def browser() -> Iterator[Browser]:
    """The one Chromium of a test process: Playwright runs once in a process."""
    if CHROMIUM is None:
        reason = "no Chromium found: install Debian's chromium, or set OUTCOMES_CHROMIUM to its path"
        if os.environ.get("OUTCOMES_REQUIRE_CHROMIUM"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()
