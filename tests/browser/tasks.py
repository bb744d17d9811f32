"""The five tasks of `docs/usability.md`, done by a script that clicks at once: `python -m tests.browser.tasks`.

Each begins on a fresh Overview of the synthetic department. Prints clicks, and the median and longest seconds.
"""

import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from data.home import PROJECT
from tests.browser.serving import Server, launch, opened, served, settle

ROUNDS = 5


class Reader:
    """Somebody at a browser, whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, target: Locator) -> None:
        """Click, and wait until the page stands."""
        target.click()
        self.clicks += 1
        self.page.wait_for_timeout(50)
        settle(self.page)

    def go(self, title: str, heading: str = "") -> None:
        """Go to a page by the list at the side."""
        self.click(self.page.locator("[data-testid='stSidebarNav']").get_by_role("link", name=title, exact=True))
        self.page.get_by_role("heading", name=heading or title, level=1, exact=True).wait_for()
        settle(self.page)


def is_it_getting_better(reader: Reader) -> None:
    """Read the card and what changed."""
    reader.page.locator(".st-key-card_same_day_discharge .verdict").wait_for()


def who_had_no_score_last_month(reader: Reader) -> None:
    """Follow-up, then the link to those without a score."""
    reader.go("Follow-up")
    reader.click(reader.page.get_by_role("link", name=re.compile("^Without a score in")))
    reader.page.get_by_role("heading", name=re.compile(r"Pain asked at .*: no, .* procedure")).wait_for()


def how_many_t12(reader: Reader) -> None:
    """The number beside T12 on the spine."""
    reader.go("Levels treated")
    reader.page.locator(".st-key-plot_treated_vertebra text", has_text=re.compile("^T12$")).wait_for()


def why_is_this_one_not_counted(reader: Reader) -> None:
    """The list, then one procedure with its reasons."""
    reader.go("Procedures")
    reader.click(reader.page.get_by_role("link", name=re.compile(r"^\d+ \w+ 20\d\d$")).first)
    reader.page.get_by_text("not counted here").first.wait_for()


def the_csv_for_the_audit(reader: Reader) -> None:
    """A topic's page, then its file."""
    reader.go("Same-day discharge")
    reader.click(reader.page.locator("[class*='st-key-view_day_case_completed'] button").first)
    with reader.page.expect_download():
        reader.page.locator("[class*='st-key-download_day_case_completed'] a").first.click()
    reader.clicks += 1


TASKS: dict[str, Callable[[Reader], None]] = {
    "Is same-day discharge getting better?": is_it_getting_better,
    "Which patients had no 48-hour score last month?": who_had_no_score_last_month,
    "How many T12s did we treat?": how_many_t12,
    "Why is this patient not counted?": why_is_this_one_not_counted,
    "Give me the CSV for the audit": the_csv_for_the_audit,
}


def tried(server: Server, rounds: int = ROUNDS) -> dict[str, tuple[int, list[float]]]:
    """Clicks of each task, and its seconds in each round, from the first click to the answer."""
    found: dict[str, tuple[int, list[float]]] = {}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for _ in range(rounds):
            for name, task in TASKS.items():
                page = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True).new_page()
                reader = Reader(opened(page, server.url(), "Overview"))
                begun = time.monotonic()
                task(reader)
                found.setdefault(name, (reader.clicks, []))[1].append(time.monotonic() - begun)
                page.context.close()
        browser.close()
    return found


def main() -> None:
    """Build the synthetic department, serve it, try the tasks."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = {
            "OUTCOMES_HOME": str(Path(scratch) / "none"),
            "OUTCOMES_DEMO_HOME": str(Path(scratch) / "demo"),
        }
        command = [sys.executable, "-m", "etl", "demo"]
        subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, env=environment)
        with served(Path(scratch) / "log", **environment) as server:
            for name, (clicks, seconds) in tried(server).items():
                print(f"| {name} | {clicks} | {statistics.median(seconds):.1f} | {max(seconds):.1f} |")


if __name__ == "__main__":
    main()
