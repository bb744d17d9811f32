"""The period that a reader chooses, and what it is compared with: which days these are.

Months are numbered from the year 0 on (`month_number`), so that they can be counted with.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

SpanName = Literal["last-month", "last-quarter", "last-12-months", "this-year", "all", "own"]
Against = Literal["before", "year-before", "nothing"]
USUAL_SPAN: SpanName = "last-12-months"
USUAL_AGAINST: Against = "before"
SPAN_NAMES: tuple[SpanName, ...] = get_args(SpanName)
AGAINST_NAMES: tuple[Against, ...] = get_args(Against)
# Spans that end with the last closed month, by their months.
ROLLING: dict[SpanName, int] = {"last-month": 1, "last-quarter": 3, "last-12-months": 12}
YEAR = 12
Days = tuple[date | None, date | None]


@dataclass(frozen=True)
class Span:
    """A period by its name, and what it is compared with. `own`: days that the reader chose."""

    name: SpanName = "all"
    against: Against = "nothing"

    @property
    def is_rolling(self) -> bool:
        """Whether it ends with the last month that is closed for a figure."""
        return self.name in ROLLING


EVERYTHING = Span()


def month_number(day: date) -> int:
    """A month as a number."""
    return day.year * YEAR + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month."""
    return date(month // YEAR, month % YEAR + 1, 1)


def last_day(month: int) -> date:
    """The last day of a month."""
    return first_day(month + 1) - timedelta(days=1)


def span_days(name: SpanName, last_month: int, as_of: date) -> Days:
    """First and last day of a span whose last closed month is `last_month`; None: no bound. `own` has none here."""
    if name == "this-year":
        return date(as_of.year, 1, 1), as_of
    if name not in ROLLING:
        return None, None
    months = ROLLING[name]
    if name == "last-quarter":
        last_month = (last_month + 1) // months * months - 1
    return first_day(last_month - months + 1), last_day(last_month)


def days_before(days: Days, against: Against) -> Days | None:
    """The days that a period is compared with; None where there are none.

    Whole months are moved by months, other days by days; a period without a first day has nothing before it.
    """
    first, last = days
    if first is None or last is None or against == "nothing":
        return None
    if against == "year-before":
        return _year_earlier(first), _year_earlier(last)
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        months = month_number(last) - month_number(first) + 1
        return first_day(month_number(first) - months), first - timedelta(days=1)
    return first - (last - first) - timedelta(days=1), first - timedelta(days=1)


def _year_earlier(day: date) -> date:
    """The same day a year before; the last day of a month stays the last."""
    month = month_number(day) - YEAR
    if (day + timedelta(days=1)).day == 1:
        return last_day(month)
    return first_day(month) + timedelta(days=day.day - 1)
