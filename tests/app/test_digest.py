"""The Monday digest says what Overview says, of nobody in particular, to those who asked for it."""

import html
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from dashboard import __main__ as commands
from dashboard.pages.overview import cards
from dashboard.pages.overview.digest import digest_view, make_digest
from data.home import Home
from data.journal import Journal
from tests.app.pages import app
from tests.grids import sample
from tests.records import Records, loaded
from tests.signed_in import as_reader


@pytest.fixture
def here(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("OUTCOMES_HOME", str(synthetic.root))
    return synthetic


def test_it_says_what_overview_says(here: Home, tmp_path: Path) -> None:
    done = CliRunner().invoke(commands.app, ["digest", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    text, page = ((tmp_path / name).read_text(encoding="utf-8") for name in ("digest.txt", "digest.html"))
    for card in cards.headline_cards(digest_view(None)):
        for told in (card.title, card.headline, card.counts, card.verdict):
            assert told in text
            assert told in page
    assert "Needs attention" in text
    assert "data to 30 June 2026" in text
    assert (tmp_path / "digest.txt").stat().st_mode & 0o077 == 0
    assert here.has_generation


def test_it_names_no_patient(here: Home) -> None:
    made = make_digest(digest_view("Northfield Clinic"))
    assert here.has_generation
    assert "Riverside" not in made.text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|\bP\d{6}\b", made.text + made.html)


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--mail"], "nobody asked for it"), ([], "nowhere to go"), (["--site", "Nowhere", "--out", "x"], "no such site")],
)
@pytest.mark.usefixtures("here")
def test_what_cannot_be_done_is_told(options: list[str], told: str) -> None:
    done = CliRunner().invoke(commands.app, ["digest", *options])
    assert done.exit_code != 0
    assert told in str(done.exception)


def card_lines(at: AppTest) -> list[tuple[str, ...]]:
    """What each card of the page shows: title, number, and its words line by line."""
    shown = []
    for name, _, title, _ in cards.CARDS:
        page = next(html.unescape(one.value) for one in at.get("html") if f"data-card='{name}'" in one.value)
        parts = ("value", "says", "counts", "verdict", "faint", "aim")
        found = [re.search(rf"<div class='{part}'[^>]*>(.*?)</div>", page, re.DOTALL) for part in parts]
        shown.append((title, *(re.sub(r"</?span>", "", one.group(1)).strip() for one in found if one)))
    return shown


def grid_rows(text: str) -> list[list[str]]:
    """The cells of the last table of a text, as they are read."""
    rows = re.findall(r"<tr.*?</tr>", text[text.rindex("<table") :], re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub(r"<.*?>", "", cell)).strip() for cell in row] for row in cells]


def small_department(folder: Path) -> Home:
    """Seven procedures of one site, nothing asked, nothing known of the times."""
    records, home = Records(), Home(folder / "small")
    for month in range(1, 8):
        records.procedure(f"2025-{month:02}-14", recovery_ready_at=None, discharged_at=None)
    loaded(home, records)
    return home


def ended_department(folder: Path, site: str) -> Home:
    """A gain in same-day discharge that is over, with a target, and a change that was registered."""
    records, home = Records(), Home(folder / "ended")
    for month in range(37):
        good = 11 if month < 20 else 15 if month < 29 else 8
        for place in range(17):
            day = f"{2023 + (month + 5) // 12}-{(month + 5) % 12 + 1:02}-{place + 3:02}"
            left = f"{day}T16:00" if place < good else f"{day[:-2]}{place + 4:02}T10:00"
            row = records.procedure(day, site=site if place % 2 else "Lakeside", discharged_at=left)
            if place % 3 == 0:
                records.score(row, f"{day}T08:00", 8)
    records.procedure("2026-05-02", technique="balloon_kyphoplasty", site=site)
    records.reach("2026-07-05")
    loaded(home, records, received_at="2026-07-06T12:00:00")
    target = {"value": 75.0, "since": "2025-07-01"}
    Journal(home.journal).append("target", "day_case_completed", target, "a lead")
    return home


@pytest.mark.parametrize("kind", sample(["synthetic", "one site of it", "small", "ended"], 2))
def test_figure_by_figure_it_says_what_the_page_says(
    kind: str, synthetic: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Number, n of N, what was before, verdict, notes and target of each card; what waits; sites; what is left out."""
    homes = {"small": small_department, "ended": lambda folder: ended_department(folder, "St <Anne>")}
    home = homes[kind](tmp_path) if kind in homes else synthetic
    site = "Northfield Clinic" if kind == "one site of it" else None
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    as_reader(monkeypatch, "lead")
    at = app(**{"site": site} if site else {})
    assert not at.exception
    view = digest_view(site)
    made = make_digest(view)
    lines = made.text.splitlines()
    table, rest = html.unescape(made.html).split("<h2", 1)
    sentence = at.header[0].value
    assert lines[2] == sentence and made.subject.endswith(sentence) and f"{sentence}</h1>" in table
    page = card_lines(at)
    assert len(page) == 4
    for (title, number, says, counts, *judged), told in zip(page, lines[4:8], strict=True):
        verdict = "; ".join(filter(None, judged))
        assert told == f"{title} ({says}): {'; '.join(filter(None, (number, counts)))}. {verdict}"
        words = "; ".join(filter(None, (says, counts)))
        assert f">{number}</b>" in table and f"<b>{title}</b><br>{words}<br>{verdict}</td>" in table
    # A line of the page is short; in full it stands on hover, and in the mail.
    links = [link.proto for link in at.get("page_link") if link.proto.label.endswith(" →")]
    waiting = [link.help.split("  \n")[0].replace("\\", "") for link in links]
    start = lines.index("Needs attention") + 1
    listed = [line.removeprefix("- ") for line in lines[start : lines.index("", start)]]
    assert listed == (waiting or ["Nothing is waiting."])
    assert all(f"<li>{text}</li>" in rest for text in listed)
    sites = next(one.value for one in at.get("html") if "<th" in one.value and "Sites" in one.value)
    header, *rows = grid_rows(sites)
    assert grid_rows(made.html) == [header, *rows]
    told_sites = lines[lines.index("Sites") + 1 : -2]
    assert told_sites == [
        f"{row[0]}: " + ", ".join(f"{name} {cell}" for name, cell in zip(header[1:], row[1:], strict=True))
        for row in rows
    ]
    left_out = [
        button.label.removesuffix(" of another technique: show")
        for button in at.button
        if button.key == "show_all_techniques"
    ]
    assert bool(left_out) == (kind in ("synthetic", "one site of it", "ended"))
    assert all(f"; {count} with another technique not shown · data to" in lines[-1] for count in left_out) and (
        "not shown" in lines[-1]
    ) == bool(left_out)
    if kind == "ended":
        told = next(line for line in lines if line.startswith("Same-day discharge ("))
        assert "lower since" in sentence and "▼ 65 of 137" in told and "135 of 153 before; ✗ target missed" in told
