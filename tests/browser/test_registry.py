"""A registry's pool in a browser: who is late, hospitals instead of sites, few words, no page of single patients."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.serving import Server, opened, served
from tests.browser.test_words import MOST_ELSEWHERE, words_shown
from tests.registries import registry_home


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("app")
    with served(folder / "log", OUTCOMES_HOME=str(registry_home(tmp_path_factory).root)) as server:
        yield server


def test_a_registry_is_read_from_overview_to_its_hospitals(browser: Browser, registry: Server) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = opened(context.new_page(), registry.url(), "Overview")
    assert len(words_shown(page, 900)) <= MOST_ELSEWHERE
    sidebar = page.get_by_test_id("stSidebarNav")
    expect(sidebar.get_by_role("link", name="Hospitals")).to_be_visible()
    for name in ("Procedures", "Call list", "Data quality", "Export"):
        expect(sidebar.get_by_role("link", name=name)).to_have_count(0)
    page.get_by_role("link", name="Late: Willow Hospital").click()
    expect(page.get_by_role("heading", name="Late: Willow Hospital")).to_be_visible()
    assert len(words_shown(page, 900)) <= MOST_ELSEWHERE
    context.close()
