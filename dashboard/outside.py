"""What readers outside the department see: the generation signed off last, whole closed months, coarse groups."""

import calendar
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data import Home
from data.journal import Journal
from queries.errors import OutcomesError, UsageProblem
from queries.filters import Filters

KEYS = ("site", "technique", "setting", "levels", "age_band")


class NothingPublished(OutcomesError):
    """No figures have been signed off for readers outside."""


@dataclass(frozen=True)
class Published:
    """A generation that was signed off, and the last day of the month it was signed off for."""

    path: Path
    until: date


def published(home: Home) -> Published:
    """What was signed off last and is still there. `NothingPublished` when there is nothing."""
    for event in reversed(Journal(home.journal).events("sign_off")):
        found = sorted(home.generations.glob(f"gen-*-{event.payload['generation']}.duckdb"))
        if found:
            year, month = map(int, event.payload["month"].split("-"))
            return Published(found[-1], _last_day(year, month))
    raise NothingPublished(
        "figures for readers outside the department",
        "no month has been signed off yet",
        "Ask the department lead to sign one off",
    )


def coarse(filters: Filters, source: Published) -> Filters:
    """Whole months up to the one signed off, and of each coarse key one value or all."""
    first, last = filters.date_from, filters.date_to or source.until
    last = min(_last_day(last.year, last.month), source.until)
    values = {key: picked for key, picked in filters.values if key in KEYS and len(picked) == 1}
    return Filters.of(values, first and min(first.replace(day=1), last.replace(day=1)), last)


def check_split(by: str | None) -> None:
    """Only coarse groups; `UsageProblem` otherwise."""
    if by is not None and by not in KEYS:
        raise UsageProblem(by, "figures for readers outside are not split this way", f"Choose {', '.join(KEYS)}")


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
