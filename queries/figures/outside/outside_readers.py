"""What a reader outside the department may ask, and of which generation.

Counts rounded to 5 still give themselves away to whoever may move a date by a day or join groups at will: enough
overlapping sums leave one solution. So such readers choose one value of a key or all (of sites, also all those they
may see), one whole calendar period or all, and few keys at once; the answers then form a tree, in which every sum keeps
its slack.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from data.errors import NoGeneration, UsageProblem
from data.home import Home
from data.journal import Journal
from data.settings import read_disclosure
from queries.catalogue.filters import Filters
from queries.catalogue.periods import MONTHS, Period
from queries.warehouse import Warehouse, current_path

KEYS = ("site", "technique", "indication", "setting", "levels", "region", "age_band", "sex", "baseline_band")
MOST_KEYS = 3
NOT_SIGNED = "none"
NAME_WIDTH = 16


@dataclass(frozen=True)
class Question:
    """An admissible question: filters by keys only, up to the last closed day, and the period asked for if any."""

    filters: Filters
    span: Period | None


def admit_question(filters: Filters, by: str | None, as_of: date | None) -> Question:
    """The question as an outside reader may ask it; `UsageProblem` says what is too fine."""
    keys = {key for key, _ in filters.values} | ({by} if by else set())
    for key in sorted(keys - set(KEYS)):
        raise UsageProblem(key, "is not shown outside the department", f"Choose from {', '.join(KEYS)}")
    if len(keys) > MOST_KEYS:
        raise UsageProblem("filters", "too many at once for outside the department", f"Use at most {MOST_KEYS} keys")
    for key, picked in filters.values:
        if len(picked) > 1 and key != "site":
            raise UsageProblem(key, "several values at once are not shown outside", "Choose one value, or all")
    until = closed_until(as_of)
    if filters.date_from is None and filters.date_to and until and filters.date_to < until:
        # The month that was signed off may be earlier than the last one that is over.
        until = closed_until(filters.date_to)
    wide = replace(filters, date_from=None, date_to=until)
    if filters.date_from is None and filters.date_to in (None, until):
        return Question(wide, None)
    span = _whole_period(filters)
    if span is None or until is None or span.end > until:
        raise UsageProblem(
            "dates", "readers outside see whole closed periods only", "Choose one month, quarter or year that is over"
        )
    return Question(wide, span)


def closed_until(as_of: date | None) -> date | None:
    """The last day of the last month that records reach the end of."""
    if as_of is None:
        return None
    tomorrow = as_of + timedelta(days=1)
    return as_of if tomorrow.day == 1 else as_of.replace(day=1) - timedelta(days=1)


def _whole_period(filters: Filters) -> Period | None:
    if filters.date_from is None or filters.date_from.day != 1:
        return None
    found = (Period(filters.date_from, name) for name, months in MONTHS.items()
             if (filters.date_from.month - 1) % months == 0)  # fmt: skip
    return next((period for period in found if period.end == filters.date_to), None)


def describe_question(warehouse: Warehouse, filters: Filters) -> str:
    """Filters, rule and sign-off as one text for files made to leave the department."""
    signed = warehouse.signed_off or NOT_SIGNED
    return "&".join(
        part for part in (filters.to_text(), f"rule={read_disclosure().rule}", f"signed_off={signed}") if part
    )


def open_for_outside(home: Home) -> Warehouse:
    """The newest signed-off generation that can be read; while there is none, the generation in service.

    `signed_off` of the warehouse is the month that was signed, YYYY-MM; null = nothing is signed off yet, which pages
    and files must say.
    """
    for path, month in signed_off_generations(home):
        try:
            return Warehouse(path, signed_off=month)
        except NoGeneration:
            continue
    return Warehouse(current_path(home))


@dataclass(frozen=True)
class Signature:
    """A signed-off generation that is still there: its file, the month signed (YYYY-MM), and when (ISO 8601, UTC)."""

    path: Path
    month: str
    at: str


def signed_off_generations(home: Home) -> list[tuple[Path, str]]:
    """Files of signed-off generations and the month signed, newest sign-off first; withdrawn ones left out."""
    return [(one.path, one.month) for one in read_signatures(home)]


def read_signatures(home: Home) -> list[Signature]:
    """The sign-offs in force whose generation is still there, newest first."""
    events = Journal(home.journal).events("sign_off")
    withdrawn = {event.supersedes for event in events}
    found = []
    for event in reversed(events):
        name, month = str(event.payload.get("generation", "")), str(event.payload.get("month", ""))
        if event.id in withdrawn or not name.isalnum() or len(name) != NAME_WIDTH:
            continue
        files = sorted(home.generations.glob(f"gen-*-{name}.duckdb"))
        found += [Signature(files[-1], month, event.at)] if files else []
    return found
