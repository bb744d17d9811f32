"""From a chart to exactly the procedures behind it, and back; by mouse and by keyboard."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.widgets.trend_panel import STEPS
from data.home import Home
from queries.catalogue.filters import EVERYTHING, Filters
from queries.catalogue.metrics import read_catalogue, read_curves
from queries.explain.weighed_scores import procedures_scored
from queries.figures.distributions import cumulative_shares
from queries.figures.summarise import summarise
from queries.warehouse import open_current
from tests.browser.serving import Server, Watch, opened, settle
from tests.grids import sample

FILTERS = Filters.of({"technique": ["vertebroplasty"]})


def click_mark(page: Page, key: str, trace: int, point: int) -> None:
    """Click a point, bar or body of a chart in its middle."""
    chart = page.locator(f".st-key-plot_{key} .js-plotly-plot")
    chart.scroll_into_view_if_needed()
    place = chart.evaluate(
        """(chart, [trace, point]) => {
            const drawn = chart._fullData[trace], layout = chart._fullLayout, shown = chart.getBoundingClientRect();
            let x = layout.xaxis.d2p(drawn.x[point]), y = layout.yaxis.d2p(drawn.y[point]);
            if (drawn.type === 'bar' && drawn.orientation === 'h') x = (x + layout.xaxis.d2p(0)) / 2;
            if (drawn.type === 'bar' && drawn.orientation !== 'h') y = (y + layout.yaxis.d2p(0)) / 2;
            return [shown.left + layout.xaxis._offset + x, shown.top + layout.yaxis._offset + y];
        }""",
        [trace, point],
    )
    page.mouse.move(place[0] - 3, place[1])
    page.mouse.move(place[0], place[1])
    page.wait_for_timeout(250)
    page.mouse.click(place[0], place[1])


def listed(page: Page) -> int:
    """How many procedures the list says it shows."""
    page.get_by_role("heading", name="Procedures", level=1, exact=True).wait_for()
    settle(page)
    sentence = page.get_by_role("heading", level=2).first.inner_text()
    return int(re.search(r"([\d,]+) procedure", sentence).group(1).replace(",", ""))  # type: ignore[union-attr]


def asked(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


MARKS = {
    "bar": ("Levels treated", "levels_per_procedure", "levels_per_procedure", {}),
    "vertebra": ("Levels treated", "treated_vertebra", "treated_vertebra", {}),
    "block": ("Same-day discharge", "day_case_completed_by_block", "day_case_completed", {"period": "block"}),
    "point": ("Same-day discharge", "day_case_completed_by_quarter", "day_case_completed", {"period": "quarter"}),
}


@pytest.mark.parametrize("mark", sample(MARKS))
def test_a_click_leads_to_as_many_procedures_as_the_mark_counts(
    mark: str, page: Page, app: Server, department: Home
) -> None:
    title, key, metric, split = MARKS[mark]
    watch = Watch().on(page)
    opened(page, app.url(title.lower().replace(" ", "_").replace("-", "_"), "span=all"), title)
    if "period" in split:
        step = STEPS[split["period"]]
        page.locator(f"[class*='st-key-view_{metric}_by_'] button").first.click()
        page.locator(f".st-key-look_{metric} summary").click()
        page.locator(f".st-key-step_{metric}").get_by_text(step, exact=True).click()
        # At once, before the browser knows the new address.
        page.keyboard.press("Escape")
        settle(page)
    rows = page.locator(f".st-key-plot_{key} .js-plotly-plot").evaluate("chart => chart.layout.meta.rows")
    trace, places = next(iter(rows.items()))
    point = len(places) // 2
    figures = summarise(open_current(department), read_catalogue()[metric], filters=FILTERS, **split).iloc[
        places[point]
    ]
    click_mark(page, key, int(trace), point)
    expect(page).to_have_url(re.compile(r"/procedures\?"))
    wanted = figures["numerator"] if read_catalogue()[metric].kind == "category" else figures["recorded"]
    assert listed(page) == wanted
    chosen = asked(page)
    assert chosen["metric"] == metric
    assert chosen.get("category", chosen.get("period")) in (figures["category"], figures["period"])
    page.get_by_role("link", name="← Back to the figure").click()
    page.get_by_role("heading", name=title, level=1, exact=True).wait_for()
    expect(page.locator(f".st-key-plot_{key}")).to_be_visible()
    assert asked(page) == {"span": "all"} | ({"step": split["period"]} if mark == "point" else {})
    assert watch.errors == []


@pytest.mark.thorough
def test_a_point_of_a_curve_leads_to_those_who_reach_it(page: Page, app: Server, department: Home) -> None:
    opened(page, app.url("recovery", "span=all"), "Recovery")
    (trace,) = page.locator(".st-key-plot_ready_by_hour .js-plotly-plot").evaluate(
        "chart => Object.keys(chart.layout.meta.rows)"
    )
    click_mark(page, "ready_by_hour", int(trace), 4 * 4)
    expect(page).to_have_url(re.compile(r"/procedures\?.*curve=hours_to_ready&at=4&"))
    wanted = cumulative_shares(open_current(department), read_curves()["hours_to_ready"], [4.0], FILTERS)[
        "numerator"
    ].iloc[0]
    assert listed(page) == wanted > 0
    expect(
        page.get_by_role("heading", name="Hours until ready to go home: within 4 hours after the end")
    ).to_be_visible()


def test_the_numbers_of_a_row_lead_to_its_procedures(page: Page, app: Server, department: Home) -> None:
    """Also of a row below ten, which has no other mark."""
    opened(page, app.url("same_day_discharge", "span=all"), "Same-day discharge")
    figures = summarise(open_current(department), read_catalogue()["day_case_completed"], filters=FILTERS, by="levels")
    figures = figures[figures["eligible"] > 0].reset_index(drop=True)
    place = int(figures["recorded"].where(figures["recorded"] > 0).idxmin())
    assert figures["gate"][place] == "counts_only"
    chart = page.locator(".st-key-plot_same_day_by_levels .js-plotly-plot")
    chart.scroll_into_view_if_needed()
    settle(page)
    text = chart.locator(".annotation-text").nth(place)
    assert f"of {figures['recorded'][place]}" in (text.text_content() or "")
    box = text.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.wait_for_timeout(250)
    page.mouse.click(box["x"] + 24, box["y"] + box["height"] / 2)
    assert listed(page) == figures["recorded"][place]


@pytest.mark.thorough
def test_a_month_of_pain_scores_leads_to_whom_they_were_given_for(page: Page, app: Server, department: Home) -> None:
    opened(page, app.url("data_quality"), "Data quality")
    warehouse = open_current(department)
    counts = list(procedures_scored(warehouse, EVERYTHING).values())
    click_mark(page, "pain_scores_by_month", 0, len(counts) // 2)
    assert listed(page) == counts[len(counts) // 2] > 0
    expect(page.get_by_role("heading", name=re.compile("with a pain score given in"))).to_be_visible()


@pytest.mark.thorough
def test_a_cell_of_the_matrix_leads_to_its_procedures(page: Page, app: Server) -> None:
    opened(page, app.url("levels_treated", "site=Northfield+Clinic&span=all"), "Levels treated")
    cell = page.locator(".grid td a").nth(1)
    told = re.search(r"\(\d+ of (\d+)\)", cell.inner_text())
    assert told
    cell.click()
    assert listed(page) == int(told[1])
    page.get_by_role("link", name="← Back to the figure").click()
    page.get_by_role("heading", name="Levels treated", level=1, exact=True).wait_for()


def press_until(page: Page, name: str | re.Pattern[str], within: str = "body") -> None:
    """Go on with the tabulator until something of that name within an element has the focus, then press it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        told = "within => document.activeElement.closest(within) ? document.activeElement.innerText : ''"
        focused = page.evaluate(told, within)
        if re.search(name, focused or ""):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_the_keyboard_alone_leads_from_the_overview_to_one_procedure(page: Page, browser: Browser, app: Server) -> None:
    watch = Watch().on(page)
    opened(page, app.url(), "Overview")
    press_until(page, r"^Same-day discharge$")
    page.get_by_role("heading", name="Same-day discharge", level=1, exact=True).wait_for()
    settle(page)
    # The menu of the page comes first, then that of the first figure.
    press_until(page, r"^⋯")
    menu = page.locator("[data-testid='stPopoverBody']")
    menu.wait_for()
    settle(page)
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    # Where a run of the page took the focus away in between, the page's menu comes first again.
    press_until(page, r"^⋯", within="button:not(.st-key-bar *)")
    # What stands in a menu comes from the server when it opens.
    page.get_by_role("link", name="Procedures behind this →").wait_for()
    press_until(page, r"^Procedures behind this →$")
    assert listed(page) > 10
    press_until(page, r"^\d+ \w+ 20\d\d$")
    page.get_by_role("heading", name="What happened on the day?").wait_for()
    settle(page)
    headline = page.get_by_role("heading", level=2).first.inner_text()
    expect(page).to_have_url(re.compile(r"procedure=[0-9a-f-]{36}"))
    expect(page.get_by_role("heading", name="Why it counts, or not, in the figure you came from")).to_be_visible()
    other = browser.new_context().new_page()
    opened(other, page.url, "Procedures")
    assert other.get_by_role("heading", level=2).first.inner_text() == headline
    other.context.close()
    assert watch.errors == []


def test_a_link_to_nobody_says_so(page: Page, app: Server) -> None:
    opened(page, app.url("procedures", "procedure=00000000-0000-0000-0000-000000000001"), "Procedures")
    expect(page.get_by_text("there is none of this key")).to_be_visible()
    opened(page, app.url("procedures", "metric=nonsense"), "Procedures")
    expect(page.get_by_text("all procedures are shown")).to_be_visible()
