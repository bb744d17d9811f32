"""How pages are read: by assistive technology, by keyboard alone, on paper."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.contents import PAGES
from tests.browser.serving import Server, opened, settle
from tests.grids import sample

TITLES = dict(PAGES)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = ("moderate", "serious", "critical")
# What Streamlit draws itself and we cannot mend: rule → part of the element.
NOT_OURS: dict[str, str] = {}


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
        if NOT_OURS.get(one["id"], "\0") not in node["html"]
    ]


@pytest.mark.parametrize("name", sample(["overview", "pain_relief", "levels_treated", "what_we_tell_patients"], 2))
def test_no_serious_barrier_on_a_page(name: str, page: Page, app: Server) -> None:
    opened(page, app.url(name), TITLES[name])
    assert violations(page) == []


@pytest.mark.thorough
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", TITLES)
def test_no_serious_barrier_anywhere(name: str, scheme: str, width: int, browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    opened(page, app.url(name), TITLES[name])
    for panel in page.locator("[data-testid='stExpander'] summary").all()[:4]:
        panel.click()
        page.wait_for_timeout(400)
        settle(page)
    assert violations(page) == []
    context.close()


def assert_prints(page: Page) -> None:
    """On paper: the choice, the freshness, and every chart within the width of the page."""
    before = page.locator("[data-testid='stPlotlyChart']").count()
    page.emulate_media(media="print")
    expect(page.locator(".st-key-what_is_shown p").first).to_be_visible()
    expect(page.locator(".stamp").get_by_text("generation")).to_be_visible()
    expect(page.locator(".actions").first).to_be_hidden()
    charts = page.locator("[data-testid='stPlotlyChart'] .main-svg:first-child")
    assert charts.count() >= before
    for chart in charts.all():
        box = chart.bounding_box()
        assert box
        assert box["width"] > 100
        assert box["x"] + box["width"] <= page.evaluate("window.innerWidth") + 1
    assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"


@pytest.mark.parametrize("name", ["overview", "same_day_discharge"])
def test_a_page_prints_with_its_choice_and_every_chart(name: str, page: Page, app: Server) -> None:
    opened(page, app.url(name, "site=Northfield+Clinic"), TITLES[name])
    assert_prints(page)


@pytest.mark.thorough
@pytest.mark.parametrize("name", TITLES)
def test_every_page_prints(name: str, page: Page, app: Server) -> None:
    opened(page, app.url(name), TITLES[name])
    assert_prints(page)


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''").strip()


def test_filters_and_cards_are_reached_by_keyboard_in_reading_order(page: Page, app: Server) -> None:
    opened(page, app.url(), "Overview")
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(focused(page))
        if "Same-day discharge" in seen[20:]:
            break
    wanted = ["12 months to ", "Filters (1)", "Share", "Print", "⋯"]
    places = [next(place for place, text in enumerate(seen) if text.startswith(name)) for name in wanted]
    cards = ["Pain relief", "Same-day discharge"]
    places += [max(place for place, text in enumerate(seen) if text == name) for name in cards]
    assert places == sorted(places), seen


def test_a_filter_is_chosen_by_keyboard_alone(page: Page, app: Server) -> None:
    opened(page, app.url("recovery"), "Recovery")
    before = page.locator(".st-key-what_is_shown p").first.inner_text()
    page.locator(".st-key-menu_filters button").first.focus()
    page.keyboard.press("Enter")
    page.locator("[data-testid='stPopoverBody']").wait_for()
    site = page.locator("[data-testid='stPopoverBody']").get_by_role("button", name="Northfield Clinic")
    expect(site).to_be_focused()
    expect(page.locator("[data-testid='stPopoverBody'] button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(app.url("recovery", "site=Northfield+Clinic"))
    assert page.locator(".st-key-what_is_shown p").first.inner_text() != before
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-menu_filters button").first).to_be_focused()
