"""A Chromium for the session, and the synthetic department in an app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from data.home import Home
from tests.browser.serving import Server, served
from tests.synthetic import synthetic_home


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def department(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The synthetic department, a quarter of its usual size."""
    return synthetic_home(tmp_path_factory, 300)


@pytest.fixture(scope="session")
def app(department: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("app")
    with served(
        folder / "log", OUTCOMES_HOME=str(folder / "nothing"), OUTCOMES_DEMO_HOME=str(department.root)
    ) as server:
        yield server
