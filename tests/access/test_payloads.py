"""HTML, Markdown and script in every text column, in a real Chromium: nothing runs, nothing leaves the machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboard.contents import PAGES
from data.home import Home
from tests.browser.serving import Server, Watch, opened, served
from tests.records import Records, take

# Pages with tables and lists of the records' own text; the others in the full grid.
EVERY_DAY = ("overview", "safety")
EVIL = "http://evil.example"
PAYLOADS = (
    "<script>window.flagged=1</script>",
    '<img src=x onerror="window.flagged=1">',
    '<iframe srcdoc="<script>parent.flagged=1</script>"></iframe>',
    f'<base href="{EVIL}/">',
    f'<form action="{EVIL}/"><input autofocus onfocus="window.flagged=1"></form>',
    f"![beacon]({EVIL}/beacon.png)",
    f"[link]({EVIL}/) https://evil.example/bare",
    "[click](javascript:window.flagged=1)",
    f'<a href="{EVIL}/">chart</a>',
    "</style></script><svg onload=window.flagged=1>",
    "$\\href{javascript:window.flagged=1}{x}$ :material/home: :red[x]",
    "<b>bold</b> **bold** `code` | pipe\\",
)
TEXT_COLUMNS = {
    "procedures": ("operator", "site", "technique", "indication", "setting", "sedation", "levels", "delay_reason"),
    "pain_scores": ("context", "instrument", "mode"),
    "complications": ("type", "severity", "scale"),
    "contacts": ("kind", "outcome"),
}


def hostile_records() -> Records:
    """Each payload in each text column of some row; ids too."""
    records = Records()
    for place, payload in enumerate(PAYLOADS * 3):
        row = records.procedure(
            f"2026-0{1 + place % 5}-1{place % 9}", site=payload, operator=payload,
            procedure_id=f"{payload}{place}", patient_id=f"{payload}{place}",
        )  # fmt: skip
        day = str(row["performed_on"])
        records.score(row, f"{day}T09:00", 8, score_id=f"{payload}{place}")
        records.complication(row, day, "cement_leak", complication_id=f"{payload}{place}")
        records.contact(row, f"{day}T18:00", "early_call", "reached", contact_id=f"{payload}{place}")
    for payload in PAYLOADS:
        for column in TEXT_COLUMNS["procedures"]:
            row = records.procedure("2026-05-20", **{column: payload})
            for other in TEXT_COLUMNS["pain_scores"]:
                records.score(row, "2026-05-20T09:00", 7, **{other: payload})
            for other in TEXT_COLUMNS["complications"]:
                records.complication(row, "2026-05-21", **{"kind": "infection", other: payload})
            for other in TEXT_COLUMNS["contacts"]:
                at = {"at": "2026-05-21T18:00", "kind": "early_call", "outcome": "reached", other: payload}
                records.contact(row, **at)
    return records


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    home = Home(folder / "home")
    take(home, hostile_records().write(folder / "in"), accept_rejects=True)
    with served(folder / "log", OUTCOMES_HOME=str(home.root), OUTCOMES_ACCESS="this-computer") as server:
        yield server


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "title"),
    [pytest.param(*page, marks=() if page[0] in EVERY_DAY else pytest.mark.thorough) for page in PAGES],
)
def test_no_payload_runs_links_or_leaves_the_machine(name: str, title: str, hostile: Server, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    page = context.new_page()
    watch = Watch().on(page)
    page.on("dialog", lambda dialog: watch.errors.append(f"dialog {dialog.message}"))
    opened(page, hostile.url(name, "technique=all"), title)
    page.get_by_text("On this computer only").wait_for()
    for button in page.get_by_role("button", name="View data").all()[:3]:
        button.click()
        page.keyboard.press("Escape")
    assert page.evaluate("() => window.flagged") is None
    assert watch.strangers == []
    assert not [error for error in watch.errors if "Content Security Policy" in error], watch.errors
    assert page.locator("a[href^='javascript:'], img[src*='evil'], iframe, base").count() == 0
    # A site's name may stand in the address of a link of ours; where the link leads is what counts.
    assert page.evaluate("() => [...document.links].filter(link => link.origin !== location.origin).length") == 0
    links = "() => [...document.querySelectorAll('svg a')].map(one => one.getAttribute('xlink:href') || one.href)"
    assert not [link for link in page.evaluate(links) if "evil" in str(link) or "javascript" in str(link)]
    assert page.locator("main form[action*='evil']").count() == 0
    context.close()
