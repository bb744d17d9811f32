"""Paper equals the screen: every sentence, number and row that a page shows stands on its print; no button does."""

import re

import pypdfium2
import pytest
from playwright.sync_api import Browser, Locator, Page

from dashboard.contents import PAGES
from tests.browser.serving import Server, opened
from tests.grids import sample

TITLES = dict(PAGES)
# Units are compared whole: a row of a table, a paragraph, a label of a chart; of choices only what is chosen.
UNITS = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    const left_out = `style, script, [data-testid="stIconMaterial"], [aria-label$=" icon"], .actions,
        [data-testid="stPopover"], [data-testid="stLinkButton"], [data-testid="stTooltipIcon"] button,
        [data-testid="stTextInput"], [data-testid="stMultiSelect"], .st-key-show_all_techniques,
        [class*="st-key-call_"] [data-testid="stSelectbox"]`;
    const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), units = new Map();
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement, range = document.createRange();
        const button = element.closest("button");
        if (element.closest(left_out) || (button && button.getAttribute("aria-checked") !== "true")) continue;
        if (!element.checkVisibility({ visibilityProperty: true })) continue;
        range.selectNodeContents(texts.currentNode);
        if (range.getBoundingClientRect().width <= 1) continue;
        const unit = element.closest("tr, text, p, li, h1, h2, h3, summary") ?? element;
        units.set(unit, (units.get(unit) ?? "") + texts.currentNode.textContent);
    }
    const chosen = [...main.querySelectorAll('[data-testid="stSelectbox"] input')]
        .filter(input => !input.closest(left_out)).map(input => input.value);
    return [...units.values(), ...chosen];
}"""
BUTTONS = """() => [...document.querySelectorAll('button, [data-testid="stLinkButton"], [data-testid="stTextInput"]')]
    .filter(one => one.getAttribute("aria-checked") !== "true")
    .filter(one => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 1)
    .map(one => one.innerText || one.ariaLabel || one.outerHTML)"""


def squeezed(text: str) -> str:
    """Without what a line break changes."""
    return re.sub(r"[\s\u00ad\u200b\ufffe\x02-]+", "", text)


def printed(page: Page) -> list[str]:
    """The text of each sheet, as the Print button makes it."""
    sheets = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    return [squeezed(sheet.get_textpage().get_text_range()) for sheet in sheets]


def lost_on_paper(page: Page) -> list[str]:
    units = page.evaluate(UNITS)
    assert len(units) > 3
    paper = "".join(printed(page))
    return [unit for unit in units if squeezed(unit) not in paper]


@pytest.mark.parametrize("name", sample(TITLES, 3))
def test_paper_holds_what_the_screen_shows(name: str, browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = opened(context.new_page(), app.url(name), TITLES[name])
    headings = [squeezed(text) for text in page.locator("[data-testid='stMain'] :is(h2, h3)").all_inner_texts()]
    assert lost_on_paper(page) == []
    sheets = printed(page)
    assert not [text for sheet in sheets for text in headings if text and sheet.endswith(text)], (
        "a heading ends a sheet"
    )
    assert "Syntheticdata" in sheets[0]
    assert "Vertebroplastyoutcomes" in sheets[0]
    page.emulate_media(media="print")
    assert page.evaluate(BUTTONS) == []
    context.close()


def test_the_call_list_is_a_form_on_paper(browser: Browser, app: Server) -> None:
    page = opened(browser.new_context().new_page(), app.url("calls"), TITLES["calls"])
    rows = page.locator("[class*='st-key-call_']").count()
    assert rows
    assert page.get_by_text("came to:").first.is_hidden()
    assert "".join(printed(page)).count("0to10:at:cameto:") == rows
    page.context.close()


@pytest.mark.parametrize("name", sample(["overview", "procedures", "safety"]))
def test_a_page_printed_from_a_phone_is_whole(name: str, browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = opened(context.new_page(), app.url(name), TITLES[name])
    assert lost_on_paper(page) == []
    context.close()


@pytest.mark.parametrize("width", sample([1440, 1920]))
def test_a_chart_fills_the_width_of_the_sheet(width: int, browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = opened(context.new_page(), app.url("same_day_discharge"), TITLES["same_day_discharge"])
    last = page.locator("[class*='st-key-plot_day_case_completed'] .xtick text").last.text_content() or ""
    on_screen = page.evaluate("""() => {
        const edge = [...document.querySelectorAll("[class*='st-key-plot_day_case_completed'] .xtick text")].at(-1);
        const bar = document.querySelector(".st-key-bar").getBoundingClientRect();
        return (edge.getBoundingClientRect().right - bar.left) / bar.width;
    }""")
    sheet = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))[0]
    text = sheet.get_textpage()
    found = text.search(last)
    edges = []
    while place := found.get_next():
        edges.append(text.get_charbox(place[0] + place[1] - 1)[2])
    # As far right between the margins of 12 mm as on the screen.
    margin = 12 * 72 / 25.4
    assert (max(edges) - margin) / (sheet.get_width() - 2 * margin) == pytest.approx(on_screen, abs=0.03)
    context.close()


@pytest.mark.thorough
def test_a_dark_screen_prints_dark_ink_on_white(browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    page = opened(context.new_page(), app.url("data_quality"), TITLES["data_quality"])
    heading = page.get_by_role("heading", level=2).first
    assert colour_of(heading) > 200
    sheet = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))[0].render(scale=1).to_pil().convert("L")
    assert sheet.getpixel((5, 5)) == 255
    assert sum(sheet.histogram()[:80]) > 500
    page.emulate_media(media="print")
    assert colour_of(heading) < 60
    context.close()


def colour_of(text: Locator) -> int:
    """How bright the ink of a text is: its red, 0 to 255."""
    return int(re.findall(r"\d+", text.evaluate("one => getComputedStyle(one).color"))[0])
