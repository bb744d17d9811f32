"""In Chromium: cold pages against bare Streamlit pages, and from a click on a filter to the new figure."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.contents import PAGES
from tests.browser.serving import Server, launch, served, settle

HERE = Path(__file__).parent
CHART = "[data-testid='stPlotlyChart'] .main-svg"
# When a page stands: its first chart; pages whose charts are drawn on demand, when their script has run.
DRAWN = "pain_relief levels_treated recovery same_day_discharge safety follow_up compare data_quality"
READY = dict.fromkeys(DRAWN.split(), CHART)
WHOLE = "[data-testid='stApp'][data-test-script-state='notRunning']:has(h1)"


def _cold(browser: Browser, url: str, ready: str) -> float:
    """Seconds from an empty profile to the first sight of `ready`."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(ready, state="attached", timeout=60_000)
    seconds = time.perf_counter() - began
    settle(page) if "outcomes" in page.title() else None
    context.close()
    return seconds


def _click(page: Page, value: str) -> float:
    """Seconds from the click on a filter value to another number of procedures."""
    sentence = page.locator(".st-key-what_is_shown p").first
    before = sentence.inner_text()
    choice = page.locator("[data-testid='stPopoverBody']").get_by_role("button", name=value, exact=True)
    choice.wait_for()
    began = time.perf_counter()
    choice.click()
    page.wait_for_function(
        "before => document.querySelector('.st-key-what_is_shown p').innerText !== before", arg=before, polling=5
    )
    return time.perf_counter() - began


def _bare_rerun(browser: Browser, server: Server, rounds: int) -> list[float]:
    """Seconds from a click to what it changed, on a page that holds nothing else."""
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.goto(server.url())
    button = page.get_by_role("button", name="Count")
    button.wait_for()
    times = []
    for count in range(1, rounds + 2):
        began = time.perf_counter()
        button.click()
        page.get_by_text(f"count {count}", exact=True).wait_for()
        times.append(time.perf_counter() - began)
    page.context.close()
    return times[1:]


def _clicks(browser: Browser, server: Server, rounds: int) -> list[float]:
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.goto(server.url("same_day_discharge"))
    page.wait_for_selector(CHART, timeout=60_000)
    settle(page)
    page.locator(".st-key-menu_filters button").first.click()
    names = page.locator("[data-testid='stPopoverBody'] .st-key-filter_operator button").all_inner_texts()
    times = [_click(page, name) for name in [*names, *reversed(names)][: rounds + 1]]
    page.context.close()
    return times[1:]


def measure(scratch: Path, rounds: int) -> list[tuple[str, str, str]]:
    """Rows of the report: what, measured, bound. One server each, asked in turn."""
    with (
        served(scratch / "app.log", OUTCOMES_WARM_UP="all") as app,
        served(scratch / "metric.log", HERE / "bare_metric.py") as metric,
        served(scratch / "chart.log", HERE / "bare_chart.py") as chart,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        asked: dict[str, Callable[[], float]] = {
            "bare page with one metric": lambda: _cold(browser, metric.url(), "[data-testid='stMetric']"),
            "bare page with one plotly chart": lambda: _cold(browser, chart.url(), CHART),
            "Overview": lambda: _cold(browser, app.url(), "[data-card='same_day_discharge']"),
        }
        for name, title in PAGES[1:]:
            asked[title] = lambda name=name: _cold(browser, app.url(name), READY.get(name, WHOLE))  # type: ignore[misc]
        for once in asked.values():
            once()
        times: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(rounds):
            for name, once in asked.items():
                times[name].append(once())
        clicks, bare = _clicks(browser, app, rounds), _bare_rerun(browser, metric, rounds)
        browser.close()
    median = {name: statistics.median(found) for name, found in times.items()}
    rows = []
    for name, seconds in median.items():
        bound = ""
        if name == "Overview":
            bound = f"≤ {1.5 * median['bare page with one metric']:.2f} s (1.5 × the bare metric)"
        elif not name.startswith("bare"):
            bound = f"≤ {2 * median['bare page with one plotly chart']:.2f} s (2 × the bare chart)"
        rows.append((f"{name}, cold", f"{seconds:.2f} s", bound))
    rerun = statistics.median(bare)
    rows.append(("click on a bare page to what it changed", f"{rerun:.2f} s", ""))
    bound = f"≤ 0.5 s, and ≤ {3 * rerun:.2f} s (3 × the line above)"
    rows.append(("click on a filter to the new figure", f"{statistics.median(clicks):.2f} s", bound))
    return rows
