"""The attacks once more through the app: what a signed-in viewer may ask of a view, and what comes back."""

from datetime import date, timedelta

import pandas as pd
import pytest

from dashboard.view.reader_view import open_view
from data.errors import UsageProblem
from data.home import Home
from queries.catalogue.filters import Filters
from tests.signed_in import as_reader, sign_off

RULES = [("cms_11", 10), ("nhs_8_round_5", 7)]
COUNTS = ("eligible", "recorded", "numerator")


def shown(figures: pd.DataFrame) -> tuple[int | None, ...]:
    return tuple(None if pd.isna(figures[name].iloc[0]) else int(figures[name].iloc[0]) for name in COUNTS)


@pytest.mark.parametrize(("rule", "limit"), RULES)
def test_no_slider_and_no_complement_through_a_view(
    rule: str, limit: int, synthetic: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_DISCLOSURE", rule)
    as_reader(monkeypatch, "viewer")
    sign_off(synthetic, "2026-05")
    whole = shown(open_view(Filters()).figures("same_day_discharge"))
    quarter = (date(2026, 1, 1), date(2026, 3, 31))
    for days in range(0, 90, 3):
        first = quarter[0] + timedelta(days=days)
        for chosen in (Filters.of(date_from=first), Filters.of({"levels": ["2", "3"]}, first, quarter[1])):
            try:
                told = shown(open_view(chosen).figures("same_day_discharge"))
            except UsageProblem:
                continue
            # A range that is no whole period is dropped, not followed; so is a choice of several values.
            assert told == whole or (chosen.date_from, chosen.date_to) == quarter, chosen
            assert all(count is None or count == 0 or (count > limit - 5 and count % 5 == 0) for count in told)
    parts = open_view(Filters()).figures("same_day_discharge", "levels")
    for row in parts.itertuples():
        alone = open_view(Filters.of({"levels": [row.group]})).figures("same_day_discharge")
        assert bool(alone["suppressed"].iloc[0]) or not row.suppressed
        assert not row.suppressed or bool(alone["suppressed"].iloc[0])
