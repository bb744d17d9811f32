"""The twelve tasks of `docs/usability.md`, done by a script that clicks at once: `python -m tests.browser.tasks`.

Each begins on a fresh Overview of the synthetic department, those of nurses on a phone. Prints clicks, and the median
and longest seconds.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, sync_playwright

from data.home import PROJECT
from etl.demo import TIME_ZONE
from tests.browser.serving import Server, launch, opened, served, settle
from tests.browser.test_click_through import click_mark

ROUNDS = 3


class Reader:
    """Somebody at a browser, whose clicks are counted."""

    def __init__(self, page: Page, environment: dict[str, str]) -> None:
        self.page, self.environment = page, environment
        self.clicks = 0

    def click(self, target: Locator) -> None:
        """Click, and wait until the page stands."""
        target.click()
        self.clicks += 1
        self.page.wait_for_timeout(50)
        settle(self.page)

    def go(self, title: str) -> None:
        """Go to a page by the list at the side."""
        self.click(self.page.locator("[data-testid='stSidebarNav']").get_by_role("link", name=title, exact=True))
        self.page.get_by_role("heading", name=title, level=1, exact=True).wait_for()
        settle(self.page)

    def option(self, name: str | re.Pattern[str]) -> Locator:
        """A choice of the open menu."""
        body = self.page.locator("[data-testid='stPopoverBody']")
        chosen = body.get_by_role("radio", name=name, exact=isinstance(name, str))
        return chosen.or_(body.get_by_role("button", name=name, exact=isinstance(name, str))).first


def is_it_getting_better(reader: Reader) -> None:
    """Read the card."""
    reader.page.locator(".st-key-card_same_day_discharge .verdict").wait_for()


def this_year_against_last(reader: Reader) -> None:
    """The period's menu: this year, against the same months a year before."""
    reader.click(reader.page.locator(".st-key-menu_period button").first)
    reader.click(reader.option("This year"))
    reader.click(reader.option("same months a year before"))
    reader.page.locator(".st-key-card_same_day_discharge .counts", has_text="a year before").wait_for()


def two_level_cases_of_one_operator(reader: Reader) -> None:
    """The period, then two filters, then the list."""
    reader.click(reader.page.locator(".st-key-menu_period button").first)
    reader.click(reader.option("Last quarter"))
    reader.page.keyboard.press("Escape")
    reader.click(reader.page.locator(".st-key-menu_filters button").first)
    reader.click(reader.option(re.compile("^Dr C|^C\\b|^C\\. ")))
    reader.click(reader.option("2 vertebrae"))
    reader.page.keyboard.press("Escape")
    reader.go("Procedures")


def which_site_and_since_when(reader: Reader) -> None:
    """The mark in the table of sites, then that site by itself."""
    page = reader.page
    row = page.locator(".st-key-below tr", has_text="◆")
    site = row.get_by_role("rowheader").inner_text()
    reader.click(row.get_by_role("rowheader").get_by_role("link"))
    page.wait_for_url(re.compile("site="))
    page.locator(".st-key-card_same_day_discharge .verdict").wait_for()
    settle(page)
    assert page.locator(".st-key-below tbody tr").get_by_role("rowheader").all_inner_texts() == [site]


def a_link_for_the_director(reader: Reader) -> None:
    """Share copies the address."""
    reader.click(reader.page.locator(".st-key-bar").get_by_text("Share", exact=True).first)
    address = reader.page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(reader.page.url.split("?")[0].rstrip("/")), address


def who_had_no_score_last_month(reader: Reader) -> None:
    """Follow-up, then the link to those without a score."""
    reader.go("Follow-up")
    reader.click(reader.page.get_by_role("link", name=re.compile("^Without a score in")))
    reader.page.get_by_role("heading", name=re.compile(r"Pain asked at .*: no, .* procedure")).wait_for()


def rows_of_a_bar_as_excel(reader: Reader) -> None:
    """From the page: the bar, then Excel."""
    reader.page.goto(reader.page.url.rstrip("/") + "/same_day_discharge")
    settle(reader.page)
    key = "reasons_for_staying"
    rows = reader.page.locator(f".st-key-plot_{key} .js-plotly-plot").evaluate("chart => chart.layout.meta.rows")
    click_mark(reader.page, key, int(next(iter(rows))), 0)
    reader.clicks += 1
    heading = reader.page.get_by_role("heading", name=re.compile(r": [\d,]+ procedures?$"))
    heading.wait_for()
    count = re.search(r"([\d,]+) procedures?$", heading.inner_text()).group(1)  # type: ignore[union-attr]
    with reader.page.expect_download() as caught:
        reader.page.locator(".st-key-list_xlsx a").click()
    reader.clicks += 1
    assert caught.value.suggested_filename.startswith(f"{count.replace(',', '')}-procedures")


def safety_on_paper(reader: Reader) -> None:
    """Safety, then Print."""
    reader.page.evaluate("window.print = () => { window.printed = true }")
    reader.go("Safety")
    reader.click(reader.page.locator(".st-key-bar").get_by_text("Print", exact=True).first)
    reader.page.wait_for_function("window.printed")


def the_csv_for_the_audit(reader: Reader) -> None:
    """A topic's page, then its file."""
    reader.go("Same-day discharge")
    reader.click(reader.page.locator("[class*='st-key-view_day_case_completed'] button").first)
    with reader.page.expect_download():
        reader.page.locator("[class*='st-key-download_day_case_completed'] a").first.click()
    reader.clicks += 1


def why_is_this_one_not_counted(reader: Reader) -> None:
    """The list, then one procedure, then the figure in question."""
    reader.go("Procedures")
    reader.click(reader.page.get_by_role("link", name=re.compile(r"^\d+ \w+ 20\d\d$")).first)
    reader.click(reader.page.locator(".st-key-why_pain summary"))
    reader.page.locator(".st-key-why_pain").get_by_text("not counted here").first.wait_for()


def whom_to_call_first(reader: Reader) -> None:
    """The call list: the first patient stands above the fold."""
    reader.click(reader.page.get_by_test_id("stExpandSidebarButton"))
    reader.go("Call list")
    row = reader.page.locator("[class*='st-key-call_']").first
    row.wait_for()
    assert row.bounding_box()["y"] < 844  # type: ignore[index]


def a_heard_score_is_counted(reader: Reader) -> None:
    """Enter the score on the row; after the next load the patient is off the list."""
    whom_to_call_first(reader)
    page = reader.page
    rows = page.locator("[class*='st-key-score_'] button", has_text="Enter score")
    called = page.locator("[class*='st-key-call_']").first.get_attribute("class") or ""
    [key] = re.findall(r"st-key-(call_\S+)", called)
    reader.click(rows.first)
    reader.click(reader.option("3"))
    reader.click(page.locator("[data-testid='stPopoverBody']").get_by_role("button", name="Save"))
    page.get_by_text("Entered, counted with the next load: 1").wait_for()
    run_etl("load --source synthetic", reader.environment)
    page.reload()
    settle(page)
    assert page.get_by_text("Entered, counted with the next load").count() == 0
    assert page.locator(f".st-key-{key}").count() == 0


def run_etl(command: str, environment: dict[str, str]) -> None:
    """`python -m etl COMMAND`."""
    words = [sys.executable, "-m", "etl", *command.split()]
    subprocess.run(words, cwd=PROJECT, check=True, capture_output=True, env={**os.environ, **environment})


DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Phone) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36",
}
# Of leads, of quality teams, of nurses.
TASKS: dict[str, tuple[Callable[[Reader], None], dict[str, Any]]] = {
    "Is same-day discharge getting better?": (is_it_getting_better, DESK),
    "This year against last year": (this_year_against_last, DESK),
    "Dr C's two-level cases last quarter": (two_level_cases_of_one_operator, DESK),
    "Which site is to look into, and since when?": (which_site_and_since_when, DESK),
    "Send the director a link": (a_link_for_the_director, DESK),
    "Which patients had no 48-hour score last month?": (who_had_no_score_last_month, DESK),
    "The rows behind this bar as Excel": (rows_of_a_bar_as_excel, DESK),
    "Safety on paper for the meeting": (safety_on_paper, DESK),
    "Give me the CSV for the audit": (the_csv_for_the_audit, DESK),
    "Why is this patient not counted?": (why_is_this_one_not_counted, DESK),
    "Whom do I call first?": (whom_to_call_first, PHONE),
    "A heard score is entered, and counted after the next load": (a_heard_score_is_counted, PHONE),
}


def tried(server: Server, environment: dict[str, str], rounds: int = ROUNDS) -> dict[str, tuple[int, list[float]]]:
    """Clicks of each task, and its seconds in each round, from the first click to the answer."""
    found: dict[str, tuple[int, list[float]]] = {}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for _ in range(rounds):
            for name, (task, device) in TASKS.items():
                context = browser.new_context(**device, accept_downloads=True)
                context.grant_permissions(["clipboard-read", "clipboard-write"])
                reader = Reader(opened(context.new_page(), server.url(), "Overview"), environment)
                begun = time.monotonic()
                task(reader)
                found.setdefault(name, (reader.clicks, []))[1].append(time.monotonic() - begun)
                context.close()
        browser.close()
    return found


def main() -> None:
    """Build the synthetic department, serve it, try the tasks."""
    with tempfile.TemporaryDirectory() as scratch:
        home = str(Path(scratch) / "demo")
        environment = {"OUTCOMES_HOME": home, "OUTCOMES_DEMO_HOME": home, "OUTCOMES_TIMEZONE": TIME_ZONE}
        run_etl("demo", environment)
        with served(Path(scratch) / "log", **environment) as server:
            for name, (clicks, seconds) in tried(server, environment).items():
                print(f"| {name} | {clicks} | {statistics.median(seconds):.1f} | {max(seconds):.1f} |")


if __name__ == "__main__":
    main()
