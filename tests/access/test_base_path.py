"""Below a path (`server.baseUrlPath`) every route follows: ours, Streamlit's, and the links between them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from data.home import Home
from tests.access.conftest import PEOPLE
from tests.access.serving import Gated, gated

BASE = "/outcomes"
STATUS = {
    "/healthz": (200, 200), "/readyz": (200, 200), "/sign-in": (200, 303), "/signed-in": (401, 204),
    "/base-address.js": (401, 200), "/": (401, 200), "/recovery": (401, 200), "/sign-out": (401, 200),
    "/figures/0123456789abcdef": (401, 403), "/export/0123456789abcdef": (401, 403),
    "/_stcore/health": (200, 200), "/_stcore/host-config": (401, 200), "/_stcore/metrics": (404, 404),
}  # fmt: skip


@pytest.fixture(scope="module")
def below(canaries: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    folder: Path = tmp_path_factory.mktemp("below")
    with gated(folder, canaries, PEOPLE, BASE) as running:
        yield running


@pytest.mark.parametrize("path", STATUS)
def test_each_route_lies_below_the_path(path: str, below: Gated) -> None:
    assert tuple(below.get(f"{BASE}{path}", who).status for who in (None, "leo")) == STATUS[path]


@pytest.mark.parametrize(
    "path", ["/figures/x", "/readyz", "/base-address.js", "/_stcore/metrics", f"{BASE}x/signed-in"]
)
def test_nothing_of_ours_lies_above_it(path: str, below: Gated) -> None:
    assert below.get(path, "leo").status in (403, 404, 307)


def test_a_page_and_the_files_it_offers(below: Gated) -> None:
    with below.tab("leo") as tab:
        shown = tab.run("pain_relief")
        assert tab.titles == ["Pain relief"]
        address = re.search(rb"/outcomes/figures/[0-9a-f]{32}", shown)
        assert address is not None
        assert below.get(address[0].decode(), "leo").status == 200


def test_signing_in_and_going_to_a_page_in_a_browser(browser: Browser, below: Gated) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{below.server.address}{BASE}/recovery")
    page.fill("input[name=name]", "leo")
    page.fill("input[name=password]", "correct horse battery staple")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Recovery", level=1).wait_for(timeout=60_000)
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").wait_for()
    assert page.url == f"{below.server.address}{BASE}/sign-out"
    context.close()
