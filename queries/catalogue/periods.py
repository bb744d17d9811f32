"""Periods: month, quarter, year, and blocks of cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

PeriodName = Literal["month", "quarter", "year"]
# The step of a chart over time.
Step = Literal["month", "quarter", "block"]
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, order=True)
class Period:
    """A month, quarter or year by its first day."""

    start: date
    name: str

    @property
    def end(self) -> date:
        """Last day."""
        return self.next.start - timedelta(days=1)

    @property
    def next(self) -> "Period":
        """The period after this one."""
        months = self.start.year * 12 + self.start.month - 1 + MONTHS[self.name]
        return Period(date(months // 12, months % 12 + 1, 1), self.name)

    @property
    def label(self) -> str:
        """2024-01, 2024-Q1 or 2024."""
        if self.name == "month":
            return f"{self.start:%Y-%m}"
        if self.name == "quarter":
            return f"{self.start:%Y}-Q{(self.start.month + 2) // 3}"
        return f"{self.start:%Y}"


@dataclass(frozen=True)
class Block:
    """Consecutive cases, from the day of the first procedure to that of the last."""

    start: date
    end: date
    first_case: int
    last_case: int
    is_full: bool

    @property
    def label(self) -> str:
        """Such as `cases 11–20`."""
        return f"cases {self.first_case}–{self.last_case}"


def periods_between(name: str, first: date, last: date) -> Iterator[Period]:
    """Every period from that of `first` to that of `last`, also empty ones. Both are first days of periods."""
    period = Period(first, name)
    while period.start <= last:
        yield period
        period = period.next
