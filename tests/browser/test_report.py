"""The board report in a real Chromium: drawn whole, and not one request."""

from pathlib import Path

from playwright.sync_api import Browser

from dashboard.exports.report.board import board_report, month_of
from dashboard.exports.report.numbers import Scope
from data.home import Home
from queries.warehouse import open_current


def test_it_asks_for_nothing_and_draws_every_chart(browser: Browser, department: Home, tmp_path: Path) -> None:
    warehouse = open_current(department)
    scope = Scope(warehouse, None, month_of(None, warehouse.info.as_of), "department")
    file = tmp_path / "report.html"
    file.write_text(board_report(department, scope), encoding="utf-8")
    page = browser.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_function("document.querySelectorAll('.main-svg').length >= 5")
    assert asked == [file.as_uri()]
    assert said == []
    assert page.locator(".modebar-btn").count() == 0
    assert page.locator("figure").count() == 5
    page.close()
