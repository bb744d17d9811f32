"""The present is told in the present: a gain that ended, on the overview, its card, its chart and in the report."""

from datetime import date

import pytest

from dashboard.exports.report.board import board_report
from dashboard.exports.report.numbers import Scope
from dashboard.pages.overview.digest import digest_view, make_digest
from data.home import Home
from queries.catalogue.periods import Period
from queries.warehouse import open_current
from tests.app.pages import app, texts
from tests.conftest import EXAMPLES
from tests.records import take

CASE = EXAMPLES.parent / "cases" / "ended_run"
NOW, THEN = "56 of 120 (47 %)", "117 of 135 (87 %)"
CARD = "▼ 56 of 120 since June 2025, 117 of 135 before"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """20 months at 63 %, nine at 87 %, the latest eight at 47 %."""
    if not CASE.is_dir():
        pytest.skip(f"the case is not at {CASE}")
    home = Home(tmp_path_factory.mktemp("ended_run"))
    take(home, CASE / "procedures.csv")
    return home


@pytest.fixture
def shown(ended: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("OUTCOMES_HOME", str(ended.root))
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    return ended


def test_the_overview_says_lower_now_against_the_nine_good_months(shown: Home) -> None:
    at = app()
    assert not at.exception
    text = texts(at)
    assert "Same-day discharge is lower since about June 2025." in text
    assert CARD in text
    assert f"lower than before: {NOW} since about June 2025" in text
    assert "higher than before" not in text
    assert "▲" not in text


@pytest.mark.usefixtures("shown")
def test_the_digest_says_the_same() -> None:
    made = make_digest(digest_view(None))
    for text in (made.text, made.html):
        assert "Same-day discharge is lower since about June 2025." in text
        assert CARD in text
        assert "▲" not in text


def test_the_chart_tells_the_good_months_in_the_past_at_most(shown: Home) -> None:
    text = texts(app("same_day_discharge"))
    assert f"Lower since about June 2025: {NOW}; in the 9 months before {THEN}" in text
    assert "Earlier it was" in text


def test_the_report_says_the_same(shown: Home) -> None:
    warehouse = open_current(shown)
    report = board_report(shown, Scope(warehouse, None, Period(date(2026, 1, 1), "month"), "department"))
    assert f"lower since about June 2025: {NOW}; in the 9 months before {THEN}" in report
    assert "higher since" not in report
