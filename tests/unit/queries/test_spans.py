"""The days of a period, and of what it is compared with."""

from datetime import date

import pytest

from queries.catalogue.spans import Days, SpanName, days_before, month_number, span_days

JUNE = month_number(date(2026, 6, 30))
AS_OF = date(2026, 7, 9)


@pytest.mark.parametrize(
    ("name", "last", "days"),
    [
        ("last-month", JUNE, (date(2026, 6, 1), date(2026, 6, 30))),
        ("last-quarter", JUNE, (date(2026, 4, 1), date(2026, 6, 30))),
        ("last-quarter", JUNE - 1, (date(2026, 1, 1), date(2026, 3, 31))),
        ("last-12-months", JUNE, (date(2025, 7, 1), date(2026, 6, 30))),
        ("last-12-months", JUNE - 6, (date(2025, 1, 1), date(2025, 12, 31))),
        ("this-year", JUNE, (date(2026, 1, 1), AS_OF)),
        ("all", JUNE, (None, None)),
    ],
)
def test_a_period_ends_with_the_last_closed_month(name: SpanName, last: int, days: Days) -> None:
    assert span_days(name, last, AS_OF) == days


@pytest.mark.parametrize(
    ("days", "before", "year_before"),
    [
        (
            (date(2025, 7, 1), date(2026, 6, 30)),
            (date(2024, 7, 1), date(2025, 6, 30)),
            (date(2024, 7, 1), date(2025, 6, 30)),
        ),
        (
            (date(2024, 2, 1), date(2024, 2, 29)),
            (date(2024, 1, 1), date(2024, 1, 31)),
            (date(2023, 2, 1), date(2023, 2, 28)),
        ),
        (
            (date(2026, 1, 1), date(2026, 7, 9)),
            (date(2025, 6, 25), date(2025, 12, 31)),
            (date(2025, 1, 1), date(2025, 7, 9)),
        ),
    ],
)
def test_what_a_period_is_compared_with_is_as_long_or_the_same_months(
    days: Days, before: Days, year_before: Days
) -> None:
    assert days_before(days, "before") == before
    assert days_before(days, "year-before") == year_before
    assert days_before(days, "nothing") is None


def test_a_period_without_a_first_day_has_nothing_before_it() -> None:
    assert days_before((None, date(2026, 6, 30)), "before") is None
