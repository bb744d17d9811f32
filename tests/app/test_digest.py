"""The Monday digest says what Overview says, of nobody in particular, to those who asked for it."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.__main__ import app
from dashboard.pages.overview import cards
from dashboard.pages.overview.digest import digest_view, make_digest
from data.home import Home


@pytest.fixture
def here(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("OUTCOMES_HOME", str(synthetic.root))
    return synthetic


def test_it_says_what_overview_says(here: Home, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["digest", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    text, html = ((tmp_path / name).read_text(encoding="utf-8") for name in ("digest.txt", "digest.html"))
    for card in cards.headline_cards(digest_view(None)):
        for told in (card.title, card.headline, card.counts, card.verdict):
            assert told in text
            assert told in html
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
    done = CliRunner().invoke(app, ["digest", *options])
    assert done.exit_code != 0
    assert told in str(done.exception)
