"""What people write: a note appears on the charts, the call list shrinks, a month is signed off."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.home import Home
from data.journal import Journal
from tests.browser.serving import Server, Watch, opened, settle


@pytest.fixture
def clean(department: Home) -> Iterator[Home]:
    yield department
    for path in Path(department.private).glob("journal.sqlite*"):
        path.unlink()


def test_a_note_appears_on_the_charts_of_its_topic(page: Page, app: Server, clean: Home) -> None:
    watch = Watch().on(page)
    opened(page, app.url("levels_treated"), "Levels treated")
    page.locator(".st-key-view_procedures_by_month button").click()
    page.locator(".st-key-notes_procedures_by_month summary").click()
    body = page.locator("[data-testid='stPopoverBody']")
    body.get_by_role("spinbutton", name="year, Day").click()
    page.keyboard.type("20250303")
    body.get_by_label("What happened").fill("second angiography suite <b>opened</b>")
    body.get_by_role("button", name="Save").click()
    words = page.locator(".st-key-figure_procedures_by_month ol.notes li")
    expect(words).to_contain_text("3 March 2025: second angiography suite <b>opened</b>")
    page.keyboard.press("Escape")
    settle(page)
    chart = page.locator(".st-key-plot_procedures_by_month")
    assert chart.locator(".js-plotly-plot").evaluate("chart => chart.layout.annotations.at(-1).text") == "<b>1</b>"
    assert "second angiography suite" in (chart.locator("[role='figure']").get_attribute("aria-label") or "")
    opened(page, app.url("same_day_discharge"), "Same-day discharge")
    assert page.locator("ol.notes").count() == 0
    # Others took files of this department before: the log of exports is in the journal too.
    (event,) = Journal(clean.journal).events("note")
    assert (event.kind, event.author, event.payload["topics"]) == ("note", "visitor", ["levels"])
    assert watch.errors == []


def waiting(page: Page) -> int:
    told = page.get_by_text(re.compile(r"^\d+ to ask now")).inner_text()
    return int(told.split()[0])


def test_the_call_list_shrinks_and_a_call_can_be_put_back(page: Page, app: Server, clean: Home) -> None:
    watch = Watch().on(page)
    opened(page, app.url("calls"), "Call list")
    before = waiting(page)
    page.locator("[class*='st-key-close_']").first.locator("input").click()
    page.get_by_role("option", name="unreachable").click()
    expect(page.get_by_text(re.compile(rf"^{before - 1} to ask now"))).to_be_visible()
    settle(page)
    page.get_by_text("Recorded in the last 7 days: 1").click()
    page.get_by_role("button", name="Put back on the list").click()
    expect(page.get_by_text(re.compile(rf"^{before} to ask now"))).to_be_visible()
    assert [event.payload["reason"] for event in Journal(clean.journal).events("closing")] == [
        "unreachable",
        "taken_back",
    ]
    assert watch.errors == []


def test_a_month_is_signed_off(page: Page, app: Server, clean: Home) -> None:
    opened(page, app.url("sign_off"), "Sign-off")
    page.locator(".st-key-sign_menu button").first.click()
    page.get_by_role("button", name=re.compile("^Yes, sign off")).click()
    expect(page.get_by_role("heading", name=re.compile(r"^1 of \d+ closed months"))).to_be_visible()
    (event,) = Journal(clean.journal).events("sign_off")
    expect(page.get_by_role("cell", name=event.payload["generation"])).to_be_visible()


def test_a_serious_event_is_reviewed(page: Page, app: Server, clean: Home) -> None:
    watch = Watch().on(page)
    opened(page, app.url("safety"), "Safety")
    told = page.get_by_role("link", name=re.compile("wait for a review"))
    waits = int(re.findall(r"(\d+) events and deaths wait", told.inner_text())[0])
    first = page.locator("[class*='st-key-event_']").first
    what = first.locator(".event > div").nth(2).inner_text()
    first.get_by_role("button", name="Review").click()
    body = page.locator("[data-testid='stPopoverBody']")
    body.get_by_label("What was found").fill("seen in the meeting")
    body.get_by_role("button", name="Save").click()
    expect(told).to_contain_text(f"{waits - 1} events and deaths wait")
    page.get_by_text("Reviewed (1)").click()
    reviewed = page.locator(".st-key-panel_reviewed_events .event")
    expect(reviewed).to_contain_text("by visitor: seen in the meeting")
    expect(reviewed).to_contain_text(what)
    (event,) = Journal(clean.journal).events("review")
    assert event.words == "seen in the meeting"
    assert watch.errors == []


def test_a_change_is_registered_before_its_outcomes_and_told_on_chart_and_overview(
    page: Page, app: Server, clean: Home
) -> None:
    watch = Watch().on(page)
    opened(page, app.url("same_day_discharge"), "Same-day discharge")
    chart = "[class*='st-key-{}_day_case_completed_by_']"
    page.locator(f"{chart.format('view')} button").first.click()
    page.locator(f"{chart.format('register')} summary").first.click()
    body = page.locator("[data-testid='stPopoverBody']")
    body.get_by_label("What changes").fill("new discharge protocol")
    body.get_by_role("spinbutton", name="year, From").click()
    page.keyboard.type("20270101")
    body.get_by_role("button", name="Register").click()
    expect(body.get_by_text("is when the records of June 2027 are complete").last).to_be_visible()
    page.keyboard.press("Escape")
    settle(page)
    said = "“new discharge protocol”, registered from 1 January 2027"
    expect(page.locator(chart.format("figure"))).to_contain_text(said)
    (event,) = Journal(clean.journal).events("registered_change")
    assert (event.subject, event.author, event.payload["on"]) == ("day_case_completed", "visitor", "2027-01-01")
    opened(page, app.url(), "Overview")
    expect(page.get_by_text("a change from 1 January 2027 is registered").first).to_be_visible()
    assert watch.errors == []
