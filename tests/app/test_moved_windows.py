"""How the responder rate moves with other ends of the window."""

import pytest

from dashboard.pages.pain_relief.moved_windows import Moved, move_windows, moved_sentence, moved_table
from dashboard.view.reader_view import View, open_view
from data.home import Home
from queries.catalogue.filters import Filters
from tests.app.pages import app, texts
from tests.records import Records, loaded


@pytest.fixture
def view(home: Home, monkeypatch: pytest.MonkeyPatch) -> View:
    """Started at 10:00 with pain 8; asked again once or twice, at known hours."""
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()

    def asked(*later: tuple[str, int, str], site: str = "Riverside") -> None:
        row = records.procedure("2026-01-12", site=site)
        records.score(row, "2026-01-12T08:00", 8)
        for at, score, context in later:
            records.score(row, at, score, context=context)

    for _ in range(10):
        asked(("2026-01-14T10:00", 4, "rest"))
    asked(("2026-01-13T05:00", 8, "rest"), site="Northfield")
    asked(("2026-01-13T05:00", 8, "rest"), ("2026-01-15T20:00", 2, "rest"))
    asked(("2026-01-14T09:00", 8, "activity"))
    asked(("2026-01-20T09:00", 3, "rest"))
    asked(("2026-02-03T09:00", 3, "rest"))
    records.reach("2026-06-01")
    loaded(home, records)
    return open_view(Filters())


def test_hours_are_moved_by_twelve(view: View) -> None:
    # 05:00 on the next day is 19 hours after: only the widest window holds it. 20:00 on day 3 is 82 hours after,
    # further from 48 than 19 is.
    assert move_windows(view, "hours_24_72") == (
        Moved("as it is: day 1 to 3", 10, 12),
        Moved("36 to 60 hours after", 10, 10),
        Moved("24 to 72 hours after", 10, 10),
        Moved("12 to 84 hours after", 10, 12),
    )
    northfield = open_view(Filters.of({"site": ["Northfield"]}))
    assert [one.asked for one in move_windows(northfield, "hours_24_72")] == [1, 0, 0, 1]


def test_days_are_moved_by_three_and_the_sentence_says_by_how_much(view: View) -> None:
    later = move_windows(view, "follow_up")
    assert [(one.label, one.halved, one.asked) for one in later] == [
        ("as it is: day 4 to 20", 1, 1), ("day 7 to 17", 1, 1), ("day 1 to 23", 13, 14),
    ]  # fmt: skip
    assert moved_sentence(later) == "Too few were asked to say how the rate would move."
    moved = move_windows(view, "hours_24_72")
    assert moved_sentence(moved) == "With other ends of the window the rate moves by at most 17 points."
    assert list(moved_table(moved).iloc[0])[:2] == ["as it is: day 1 to 3", "10 of 12"]


@pytest.mark.usefixtures("view")
def test_the_page_has_it() -> None:
    assert "the rate moves by at most 17 points" in texts(app("pain_relief", open="moved", span="all"))
