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
from tests.records import Records, loaded, take

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


def test_a_period_that_is_higher_without_a_change_by_month_is_told_alike_everywhere(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    for month in range(24):
        for place in range(28):
            day = f"{2024 + month // 12}-{month % 12 + 1:02}-{place % 27 + 1:02}"
            left = day if place < (20 if month < 12 else 23) else f"{day[:-2]}{place % 27 + 2:02}"
            records.procedure(day, intended_stay="day_case", discharged_at=f"{left}T16:00")
    records.reach("2026-01-10")
    loaded(home, records)
    told = "higher than before, not yet a lasting change"
    overview, words = app(), []
    assert f">△ {told}</div>" in texts(overview)
    assert "No lasting change yet" in overview.header[0].value
    for page in ("same_day_discharge", "compare"):
        words += [one.value.lower() for one in app(page).subheader]
    assert words.count(told) == 2
    assert "no change seen" not in words
