"""Few words on the first screen, none that a lead does not know, and the first number near the top of a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.contents import PAGES
from tests.browser.serving import Server, opened
from tests.grids import sample

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


@pytest.mark.parametrize("name", sample([name for name in TITLES if name not in ABOUT_THE_METHOD], 3))
def test_the_first_screen_has_few_words_and_none_of_statisticians(name: str, browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = opened(context.new_page(), app.url(name), TITLES[name])
    words = words_shown(page, 900)
    assert len(words) <= MOST.get(name, MOST_ELSEWHERE), " ".join(words)
    everything = page.evaluate(SHOWN, 100_000)
    assert UNKNOWN_TO_LEADS.findall(everything) == []
    context.close()


# How far down the first number below the bar begins.
FIRST_NUMBER = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), range = document.createRange();
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (element.closest(".st-key-bar, .st-key-what_is_shown, style, script")) continue;
        if (!/[0-9]/.test(texts.currentNode.textContent) || !element.checkVisibility()) continue;
        range.selectNodeContents(texts.currentNode);
        const box = range.getBoundingClientRect();
        if (box.width > 1) return box.top;
    }
}"""


@pytest.mark.parametrize("name", sample([name for name in TITLES if name not in ABOUT_THE_METHOD], 3))
def test_on_a_phone_the_first_number_stands_near_the_top(name: str, browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = opened(context.new_page(), app.url(name), TITLES[name])
    assert 0 < page.evaluate(FIRST_NUMBER) < NUMBER_ABOVE
    if name == "calls":
        assert (
            page.locator("[class*='st-key-call_']").first.evaluate("row => row.getBoundingClientRect().top")
            < NUMBER_ABOVE
        )
    if name == "overview":
        assert len(words_shown(page, 844)) <= MOST_ON_A_PHONE
    context.close()


@pytest.mark.parametrize("name", sample(["overview", "same_day_discharge", "what_we_tell_patients"]))
def test_the_bar_keeps_to_one_line_beside_the_list_of_pages(name: str, browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    page = opened(context.new_page(), app.url(name), TITLES[name])
    parts = page.locator(".st-key-bar > *").all()
    tops = [box["y"] + box["height"] / 2 for part in parts if (box := part.bounding_box()) and box["height"] > 1]
    assert len(tops) > 3
    assert max(tops) - min(tops) < 12
    context.close()


def test_filters_are_a_sheet_on_a_phone(browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = opened(context.new_page(), app.url("recovery"), TITLES["recovery"])
    page.locator(".st-key-menu_filters button").first.click()
    page.get_by_role("button", name="Clear all").wait_for(state="attached")
    page.wait_for_timeout(500)
    sheet = page.locator("[data-testid='stPopoverBody']").bounding_box()
    assert sheet is not None
    assert (sheet["x"], sheet["width"], sheet["y"] + sheet["height"]) == (0, 390, 844)
    page.locator("[data-testid='stPopoverBody']").get_by_role("button", name="Northfield Clinic").click()
    page.keyboard.press("Escape")
    expect(page.locator("[data-testid='stPopoverBody']")).to_have_count(0)
    expect(page).to_have_url(app.url("recovery", "site=Northfield+Clinic"))
    context.close()
