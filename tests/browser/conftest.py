"""A Chromium for the session, and the synthetic department in an app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from data.home import Home
from etl.demo import RECEIVED_AT, TIME_ZONE, synthetic_department
from etl.generations.publish import only_load, prepare_home
from etl.load import Terms, load_files
from etl.sources import read_source
from tests.browser.serving import Server, served
from tests.records import quiet


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def department(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The synthetic department, a quarter of its usual size."""
    home = Home(tmp_path_factory.mktemp("department"))
    prepare_home(home)
    for name, text in synthetic_department(300).items():
        (home.inbox / name).write_text(text, encoding="utf-8")
    with only_load(home):
        load_files(home, [home.inbox], Terms(read_source("synthetic"), TIME_ZONE, received_at=RECEIVED_AT), quiet)
    return home


@pytest.fixture(scope="session")
def app(department: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("app")
    with served(
        folder / "log", OUTCOMES_HOME=str(folder / "nothing"), OUTCOMES_DEMO_HOME=str(department.root)
    ) as server:
        yield server
