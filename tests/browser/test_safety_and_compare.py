"""Safety and Compare as people meet them: every event, honest zeros, funnels of enough units, no ranking, codes."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from data.home import Home
from queries.catalogue.filters import EVERYTHING
from queries.catalogue.metrics import read_catalogue
from queries.statistics import cusum
from queries.trends.case_sequences import cases_in_order
from queries.warehouse import open_current
from tests.access.serving import Gated, gated
from tests.browser.serving import Watch, opened, settle
from tests.records import Records, loaded

PEOPLE = {"leo": ("lead", None), "quentin": ("quality", None)}
# Site → procedures, and how many of them went home the same day.
SITES = {
    "Ashgrove": (26, 22), "Birchfield": (25, 21), "Cedarview": (24, 21), "Dunmore": (24, 3), "Elmhurst": (23, 20),
    "Fernhill": (6, 5), "Glenview": (6, 5),
}  # fmt: skip
EVENTS, LATE_DEATH = 6, "2026-02-01"
RANKING = re.compile(r"\b(best|worst|rank(ed|ing)?|league|fail(s|ed)?|outperform\w*)\b", re.IGNORECASE)


def department() -> Records:
    """Seven sites in eleven months; all have a score after a month; no event at Cedarview, one late death elsewhere."""
    records, serious = Records(), 0
    for site, (procedures, home_on_the_day) in SITES.items():
        for place in range(procedures):
            day = date(2025, 6, 3) + timedelta(days=round(place * 325 / procedures))
            leaves = day if place % procedures < home_on_the_day else day + timedelta(days=1)
            row = records.procedure(
                day.isoformat(), site=site, operator="A. Moreau" if place % 2 else "B. Lindgren",
                discharged_at=f"{leaves}T16:00", died_on=LATE_DEATH if (site, place) == ("Elmhurst", 0) else None,
            )  # fmt: skip
            records.score(row, f"{day + timedelta(days=30)}T09:00", 3)
            if site in ("Ashgrove", "Birchfield") and place % 4 == 1 and serious < EVENTS:
                serious += 1
                records.complication(row, (day + timedelta(days=2)).isoformat(), "haematoma", severity="D")
    return records


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    folder: Path = tmp_path_factory.mktemp("compared")
    home = Home(folder / "home")
    loaded(home, department())
    with gated(folder, home, PEOPLE) as running:
        yield running


@pytest.fixture
def lead(browser: Browser, service: Gated) -> Iterator[Page]:
    yield from signed_in(browser, service, "leo")


@pytest.fixture
def quality(browser: Browser, service: Gated) -> Iterator[Page]:
    yield from signed_in(browser, service, "quentin")


def signed_in(browser: Browser, service: Gated, who: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    name, value = service.cookie(who).split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": service.server.address}])
    yield context.new_page()
    context.close()


def answer(page: Page) -> str:
    return page.get_by_role("heading", level=2).first.inner_text()


def marks(page: Page) -> list[tuple[str, str]]:
    """Label and symbol of every unit in the funnel."""
    chart = page.locator(".st-key-plot_compare_units .js-plotly-plot")
    return chart.evaluate(
        """chart => chart.data.filter(trace => (trace.mode || '').includes('markers') && trace.text)
            .flatMap(trace => trace.text.map(text => [text, trace.marker.symbol]))"""
    )


def test_every_serious_event_is_listed_with_its_review(lead: Page, service: Gated) -> None:
    watch = Watch().on(lead)
    opened(lead, service.server.url("safety"), "Safety")
    procedures = sum(procedures for procedures, _ in SITES.values())
    assert f"{EVENTS} of {procedures} procedures had a serious event or death within 30 days" in answer(lead)
    listed = lead.locator("[class*='st-key-event_']", has_text="serious (SIR D)")
    assert listed.count() == EVENTS
    assert listed.get_by_text(re.compile("^waiting ")).count() == EVENTS
    assert listed.get_by_role("button", name="Review").count() == EVENTS
    lead.get_by_text("Deaths more than 90 days after the procedure (1)").click()
    expect(lead.locator(".event", has_text="1 Feb 2026")).to_be_visible()
    expect(lead.get_by_text(f"{EVENTS + 1} listed, also those after 30 days")).to_be_visible()
    expect(lead.get_by_text(f"{procedures} of {procedures} are known to be followed up")).to_be_visible()
    assert watch.errors == []


def test_no_event_at_all_is_up_to_some(lead: Page, service: Gated) -> None:
    opened(lead, service.server.url("safety", "site=Cedarview"), "Safety")
    assert "0 of 24 procedures had a serious event or death within 30 days: up to 14.2 % by chance" in answer(lead)
    expect(lead.get_by_text("cannot be watched yet")).to_be_visible()
    expect(lead.get_by_text("No serious event, event without a class, or death is recorded.")).to_be_visible()


def test_the_evidence_says_how_often_it_errs_and_what_it_would_have_found(lead: Page, service: Gated) -> None:
    opened(lead, service.server.url("safety"), "Safety")
    cases = cases_in_order(open_current(service.home), read_catalogue()["serious_or_death_30_days"], EVERYTHING)
    first = max(100, int((cases.events.cumsum() >= 5).argmax()) + 1)
    own = int(cases.events[:first].sum())
    expected = own / first
    chart = lead.locator(".st-key-figure_cusum_of_events")
    subtitle = chart.get_by_text("Watched against").inner_text()
    assert f"Watched against {100 * expected:.1f} %" in subtitle
    assert "itself uncertain" in subtitle
    falsely, _ = cusum.estimate_signal_chances(expected, 500, rests_on=(own, first))
    told = chart.get_by_text(re.compile("^(Events came|No sign that)")).first.inner_text()
    assert "signal in" in told or f"than in the first {first} cases" in told
    note = chart.get_by_test_id("stCaptionContainer").filter(has_text="can miss a doubling")
    note.get_by_test_id("stTooltipHoverTarget").hover()
    expect(lead.get_by_text("A doubling would be found within 300 cases in")).to_be_visible()
    assert f"within 500 cases in {100 * falsely:.0f} of 100" in lead.get_by_text("false signal").inner_text()


def test_five_sites_make_a_funnel_that_ranks_nobody_and_names_who_is_far(lead: Page, service: Gated) -> None:
    watch = Watch().on(lead)
    opened(lead, service.server.url("compare"), "Compare")
    assert answer(lead).endswith("look into Dunmore; the others are within chance.")
    found = dict(marks(lead))
    assert len(found) == 6
    assert {name for name, symbol in found.items() if symbol == "diamond"} == {"Dunmore"}
    pooled = "other (2 with fewer than ten)"
    assert pooled in found
    rows = lead.locator("table").first.locator("tbody th").all_inner_texts()
    assert rows == ["Ashgrove", "Birchfield", "Cedarview", "Dunmore", "Elmhurst", pooled]
    expect(lead.get_by_text("Units with fewer than ten cases are pooled.")).to_be_visible()
    expect(lead.get_by_text("too few cases to tell whether their own course is stable")).to_be_visible()
    expect(lead.get_by_text("Who is treated (not adjusted)")).to_be_visible()
    said = lead.locator("[data-testid='stMain']").inner_text()
    assert not RANKING.search(said), RANKING.search(said)
    assert watch.errors == []


@pytest.mark.thorough
def test_fewer_sites_get_intervals_and_differences(lead: Page, service: Gated) -> None:
    opened(lead, service.server.url("compare", "site=Ashgrove&site=Birchfield&site=Dunmore"), "Compare")
    assert marks(lead) == []
    expect(lead.get_by_text("A funnel needs 5 sites with ten cases.")).to_be_visible()
    table = lead.locator("table").first.inner_text()
    assert re.search(r"Dunmore\s+3 of 24\s+−\d+ points \(−\d+ to −\d+\)", table)


def operators(page: Page, service: Gated) -> list[str]:
    opened(page, service.server.url("compare"), "Compare")
    page.locator(".st-key-compare_by").get_by_text("operators", exact=True).click()
    page.get_by_text("Operators are compared within one site. Choose one:").wait_for()
    settle(page)
    assert answer(page).endswith("choose a site.")
    page.locator(".st-key-compare_site").get_by_role("button", name="Ashgrove").click()
    page.locator(".st-key-figure_compare_units").wait_for()
    settle(page)
    assert "site=Ashgrove" in page.url
    return page.locator("table").first.locator("tbody th").all_inner_texts()


@pytest.mark.thorough
def test_a_lead_sees_operators_by_name_within_one_site(lead: Page, service: Gated) -> None:
    assert operators(lead, service) == ["A. Moreau", "B. Lindgren"]


def test_without_the_right_to_names_operators_are_codes(quality: Page, service: Gated) -> None:
    shown = operators(quality, service)
    assert len(shown) == 2 and all(re.fullmatch(r"Operator [A-Z2-7]{5}", one) for one in shown)
    assert "Moreau" not in quality.content()
