"""Few words on the first screen, none that a lead does not know, and the first number near the top of a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page

from dashboard.contents import PAGES
from tests.browser.serving import Server, opened

TITLES = dict(PAGES)
MOST = {"overview": 120}
MOST_ELSEWHERE, MOST_ON_A_PHONE = 140, 90
NUMBER_ABOVE = 300
# Words of statisticians: in chart options, on Methods and on hover only.
UNKNOWN_TO_LEADS = re.compile(
    r"anh\u00f8j|3-sigma|three sigma|crossings|clopper|cusum|kahn|\bgeneration\b|overdispersion|bernoulli",
    re.IGNORECASE,
)
# Pages whose matter these are, or that are text to be read.
ABOUT_THE_METHOD = ("methods", "export")
SHOWN = """(within) => {
    const main = document.querySelector('[data-testid="stMain"]');
    const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), found = [];
    const folded = 'details:not([open]) [data-testid="stExpanderDetails"]';
    const left_out = `svg, style, script, [data-testid="stIconMaterial"], [role="img"], ${folded}`;
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement, range = document.createRange();
        if (element.closest(left_out) || !element.checkVisibility({ visibilityProperty: true })) continue;
        range.selectNodeContents(texts.currentNode);
        const box = range.getBoundingClientRect();
        if (box.width > 1 && box.bottom > 0 && box.top < within) found.push(texts.currentNode.textContent);
    }
    return found.join(" ");
}"""


def words_shown(page: Page, within: float) -> list[str]:
    """Tokens of two letters or more in the main area above a height; not those of charts and of what is folded."""
    shown = page.evaluate(SHOWN, within)
    return [word for word in shown.split() if len(re.findall(r"[^\W\d_]", word)) >= 2]


@pytest.mark.parametrize("name", [name for name in TITLES if name not in ABOUT_THE_METHOD])
def test_the_first_screen_has_few_words_and_none_of_statisticians(name: str, browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = opened(context.new_page(), app.url(name), TITLES[name])
    words = words_shown(page, 900)
    assert len(words) <= MOST.get(name, MOST_ELSEWHERE), " ".join(words)
    everything = page.evaluate(SHOWN, 100_000)
    assert UNKNOWN_TO_LEADS.findall(everything) == []
    context.close()


def test_on_a_phone_the_first_number_stands_near_the_top(browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = opened(context.new_page(), app.url(), "Overview")
    assert len(words_shown(page, 844)) <= MOST_ON_A_PHONE
    first = page.locator("[data-card]").first.bounding_box()
    assert first is not None
    assert first["y"] < NUMBER_ABOVE
    context.close()
