"""What a reader meets: pages without errors at any width, filters, links that reproduce, files that equal the table."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.contents import PAGES
from data.home import Home
from etl.demo import RECEIVED_AT
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import COLUMNS, headline_row
from queries.warehouse import open_current
from tests.browser.serving import Server, Watch, opened, served, settle
from tests.grids import sample
from tests.records import Records, loaded, take

TITLES = dict(PAGES)
WITH_CHARTS = ("pain_relief", "levels_treated", "recovery", "same_day_discharge", "follow_up")
WIDTHS = {"desktop": (1440, 1000), "phone": (390, 844)}


def assert_sound(page: Page, watch: Watch) -> None:
    assert watch.errors == []
    assert watch.strangers == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"
    assert page.get_by_text("Traceback").count() == 0
    assert page.locator("[data-testid='stException']").count() == 0


def everyday_grid() -> Iterator[Any]:
    """Every page at every width; at every run each page at one of them, in turn."""
    for place, name in enumerate(TITLES):
        for turn, width in enumerate(WIDTHS):
            marks = () if place % len(WIDTHS) == turn else pytest.mark.thorough
            yield pytest.param(name, width, marks=marks, id=f"{name}-{width}")


@pytest.mark.parametrize(("name", "width"), sample(list(everyday_grid()), 4))
def test_every_page_is_sound_when_opened_by_its_address(name: str, width: str, browser: Browser, app: Server) -> None:
    size = WIDTHS[width]
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    watch = Watch().on(page)
    opened(page, app.url(name), TITLES[name])
    assert RECEIVED_AT.startswith("2026")
    expect(page.get_by_text("Synthetic data").filter(visible=True).first).to_be_visible()
    assert_sound(page, watch)
    if name in WITH_CHARTS:
        assert page.locator("[data-testid='stPlotlyChart']").count() >= 2
        for chart in page.locator("[data-testid='stPlotlyChart']").all():
            assert chart.get_attribute("role") == "figure"
            assert len(chart.get_attribute("aria-label") or "") > 10
    context.close()


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("query", ["", "technique=all", "levels=4%2B", "from=2026-06-01", "from=2030-01-01"])
@pytest.mark.parametrize("name", TITLES)
def test_the_whole_grid_is_sound(name: str, query: str, width: int, scheme: str, browser: Browser, app: Server) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    watch = Watch().on(page)
    opened(page, app.url(name, query), TITLES[name])
    assert_sound(page, watch)
    context.close()


def shown(page: Page) -> int:
    """How many procedures the page says it shows."""
    sentence = page.locator(".st-key-what_is_shown p").first.inner_text()
    return int(re.search(r"([\d,]+) procedure", sentence).group(1).replace(",", ""))  # type: ignore[union-attr]


def pick(page: Page, menu: str, value: str) -> None:
    page.locator(".st-key-menu_filters button").first.click()
    page.locator(f"[data-testid='stPopoverBody'] .st-key-filter_{menu}").get_by_role(
        "button", name=value, exact=True
    ).click()
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    settle(page)


def test_a_filter_changes_the_figures_and_its_link_reproduces_them(
    page: Page, browser: Browser, app: Server, department: Home
) -> None:
    opened(page, app.url("same_day_discharge"), "Same-day discharge")
    before = page.get_by_role("heading", level=2).first.inner_text()
    pick(page, "site", "Northfield Clinic")
    expect(page).to_have_url(re.compile(r"\?site=Northfield\+Clinic"))
    after = page.get_by_role("heading", level=2).first.inner_text()
    assert after != before
    warehouse = open_current(department)
    year = date(2025, 6, 1), date(2026, 5, 31)
    filters = Filters.of({"site": ["Northfield Clinic"], "technique": ["vertebroplasty"]}, *year)
    wanted = headline_row(warehouse, read_catalogue()["day_case_completed"], filters)
    assert after.startswith(f"{wanted['numerator']} of {wanted['recorded']} intended day cases")
    other = browser.new_context().new_page()
    opened(other, page.url, "Same-day discharge")
    assert other.get_by_role("heading", level=2).first.inner_text() == after
    other.context.close()


def test_filters_stay_from_page_to_page_and_in_the_address(page: Page, app: Server) -> None:
    opened(page, app.url("", "levels=1&technique=all"), "Overview")
    count = shown(page)
    page.get_by_role("link", name="Recovery", exact=True).first.click()
    page.get_by_role("heading", name="Recovery", level=1, exact=True).wait_for()
    settle(page)
    assert shown(page) == count
    expect(page).to_have_url(re.compile(r"/recovery\?.*levels=1"))
    page.locator(".st-key-menu_filters button").first.click()
    page.get_by_role("button", name="Clear all").click()
    page.wait_for_timeout(500)
    settle(page)
    expect(page).to_have_url(app.url("recovery"))
    assert shown(page) != count


def test_going_back_restores_the_choice(page: Page, app: Server) -> None:
    opened(page, app.url("recovery"), "Recovery")
    everything = shown(page)
    pick(page, "levels", "1 vertebra")
    assert shown(page) < everything
    page.goto(app.url("recovery", "levels=2"))
    page.get_by_role("heading", name="Recovery", level=1, exact=True).wait_for()
    settle(page)
    fewer = shown(page)
    page.go_back()
    page.get_by_role("heading", name="Recovery", level=1, exact=True).wait_for()
    settle(page)
    assert shown(page) != fewer


def test_a_link_with_nonsense_is_told_and_shows_the_rest(page: Page, app: Server) -> None:
    opened(page, app.url("", "site=%3Cscript%3Ealert(1)%3C/script%3E&levels=1"), "Overview")
    expect(page.get_by_text("left out: site")).to_be_visible()
    assert page.get_by_text("alert(1)").count() == 0


@pytest.mark.parametrize("name", sample(["Recovery", "RECOVERY", "Same-Day-Discharge", "overview", "Overview"], 2))
def test_a_page_is_found_by_its_name_in_any_case(name: str, page: Page, app: Server) -> None:
    page.goto(f"{app.address}/{name}?levels=1")
    title = TITLES[name.lower().replace("-", "_")]
    page.get_by_role("heading", name=title, level=1, exact=True).wait_for()
    settle(page)
    expect(page).to_have_url(re.compile(r"levels=1"))


def test_a_typo_leads_to_the_page_that_was_meant(page: Page, app: Server) -> None:
    answer = page.goto(app.url("recovry"))
    assert answer is not None
    assert answer.status == 404
    page.get_by_role("paragraph").get_by_role("link", name="recovery").click()
    page.get_by_role("heading", name="Recovery", level=1, exact=True).wait_for()


def test_an_address_that_is_no_page_leads_to_the_overview(page: Page, app: Server) -> None:
    answer = page.goto(app.url("no_such_page"))
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="Go to the overview").click()
    page.get_by_role("heading", name="Overview", level=1, exact=True).wait_for()


def test_a_page_closed_to_the_role_says_so_in_our_words(page: Page, app: Server) -> None:
    watch = Watch().on(page)
    opened(page, app.url("published"), "Not open to you")
    expect(page.get_by_text("This page is not open to the role lead.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.get_by_role("link", name="Figures for outside the department").count() == 0
    page.get_by_role("link", name="Recovery").first.click()
    page.get_by_role("heading", name="Recovery", level=1, exact=True).wait_for()
    assert watch.errors == []


def test_the_file_equals_the_table_and_says_what_it_is(
    page: Page, app: Server, department: Home, tmp_path: Path
) -> None:
    opened(page, app.url("same_day_discharge", "technique=all&span=all&split=levels"), "Same-day discharge")
    page.locator(".st-key-view_same_day_by_levels button").click()
    with page.expect_download() as download:
        page.locator(".st-key-download_same_day_by_levels a").click()
    path = tmp_path / "figures.csv"
    download.value.save_as(path)
    generation = open_current(department).info.generation
    assert download.value.suggested_filename == f"same_day_by_levels-{generation}.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert set(COLUMNS) <= set(rows[0])
    assert {row["generation"] for row in rows} == {generation}
    assert {row["filters"] for row in rows} == {""}
    assert {row["definition_version"] for row in rows} == {"1"}
    table = page.locator("[data-testid='stPopoverBody'] table")
    table.wait_for()
    cells = [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]
    assert [row[0].strip() for row in cells] == [row["group"].replace("not_recorded", "not recorded") for row in rows]
    assert [row[3].strip() for row in cells] == [row["numerator"] for row in rows]
    assert [row[2].strip() for row in cells] == [row["recorded"] for row in rows]


def test_an_open_page_shows_one_generation_whole_then_the_next(page: Page, home: Home, tmp_path: Path) -> None:
    records = Records()
    for _ in range(12):
        records.procedure("2026-01-12")
    first = loaded(home, records).info.generation
    with served(tmp_path / "log", OUTCOMES_HOME=str(home.root), OUTCOMES_ACCESS="this-computer") as server:
        opened(page, server.url("same_day_discharge", "span=all"), "Same-day discharge")
        assert shown(page) == 12
        assert first in page.locator(".stamp").inner_text()
        more = Records()
        for _ in range(20):
            more.procedure("2026-02-12")
        take(home, more.write(tmp_path / "more"), accept_replaced=True)
        second = open_current(home).info.generation
        assert page.get_by_text(second).count() == 0
        pick(page, "setting", "outpatient")
        expect(page.locator(".stamp")).to_have_text(f"Data to 12 February 2026 · generation {second}")
        settle(page)
        assert shown(page) == 20
        assert page.get_by_text(first).count() == 0


def test_before_the_first_load_the_page_says_what_to_do(page: Page, tmp_path: Path) -> None:
    with served(
        tmp_path / "log", OUTCOMES_HOME=str(tmp_path / "none"), OUTCOMES_DEMO_HOME=str(tmp_path / "nothing")
    ) as server:
        watch = Watch().on(page)
        page.goto(server.url("recovery"))
        expect(page.get_by_text("Nothing has been loaded yet")).to_be_visible()
        assert_sound(page, watch)


@pytest.mark.thorough
def test_a_warehouse_that_breaks_under_the_app_gives_no_traceback(page: Page, home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure()
    loaded(home, records)
    with served(tmp_path / "log", OUTCOMES_HOME=str(home.root), OUTCOMES_ACCESS="this-computer") as server:
        home.current.chmod(0o600)
        home.current.write_text("gen-of-nothing.duckdb\n", encoding="utf-8")
        watch = Watch().on(page)
        page.goto(server.url())
        expect(page.get_by_text("python -m etl rebuild")).to_be_visible()
        assert_sound(page, watch)
