"""What a page does without asking the server: copy its link, print, save pictures of charts, follow links of tables."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import Server, opened, settle
from tests.grids import sample


def test_share_copies_the_link_and_print_prints(browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.add_init_script("window.print = () => { window.printed = true; }")
    opened(page, app.url("recovery", "site=Northfield+Clinic"), "Recovery")
    page.get_by_role("button", name="Share").first.click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url == app.url("recovery", "site=Northfield+Clinic")
    page.get_by_role("button", name="Print").first.click()
    assert page.evaluate("window.printed")
    context.close()


@pytest.mark.parametrize("kind", sample(["PNG", "SVG"]))
def test_a_chart_is_saved_as_a_picture(kind: str, page: Page, app: Server, tmp_path: Path) -> None:
    opened(page, app.url("same_day_discharge"), "Same-day discharge")
    page.locator(".st-key-view_same_day_by_levels button").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=kind, exact=True).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == f"same_day_by_levels.{kind.lower()}"
    if kind == "PNG":
        picture = Image.open(path).convert("L")
        assert min(picture.size) > 300
        assert picture.getextrema()[0] < 100 < picture.getextrema()[1]
    else:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("<svg")
        assert "Does the number of vertebrae matter?" in text
        assert "generation" in text


@pytest.mark.thorough
def test_a_link_of_a_table_goes_to_its_page_without_loading_the_program_anew(page: Page, app: Server) -> None:
    opened(page, app.url("procedures"), "Procedures")
    page.evaluate("window.isTheSame = true")
    link = page.locator("tbody a[data-go]").first
    day = link.inner_text()
    link.click()
    heading = page.get_by_role("heading", level=2).first
    expect(heading).to_contain_text(f"{day.split()[0]} {day.split()[1]}")
    page.wait_for_url("**procedure=**")
    settle(page)
    assert page.evaluate("window.isTheSame")
    page.go_back()
    expect(page.locator("tbody a[data-go]").first).to_have_text(day)
