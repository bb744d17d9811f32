"""Follow-up: whom to call now, and how many could be asked, were reached, and answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from data.settings import Timepoint, read_timepoints
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import EXCLUSIONS, ViewHeader, needed_views, read_catalogue
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.explain.procedures import list_procedures, places_of_keys
from queries.figures.answers import metric_answers
from queries.figures.cohort import read_cohort
from queries.warehouse import Warehouse

CALLED_AT = ("hours_24_72", "follow_up")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One patient to ask. `hours_left` until the window closes; `opens_in` hours, zero when it is open.

    `context` is how pain was asked before, None without a score then; `time_zone` that of the hospital.
    """

    procedure_id: str
    patient_key: str
    timepoint: str
    label: str
    performed_on: date
    site: str | None
    vertebrae: str
    baseline: float | None
    hours_left: float
    opens_in: float
    context: str | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True, kw_only=True)
class Capture:
    """How a timepoint's procedures fare, step by step. `reached` None = this department records no contacts then.

    `silent`: those without a score by why, as `why_silent` tells them apart; empty without contacts.
    """

    timepoint: str
    procedures: int
    not_due: int
    died: int
    retreated: int
    eligible: int
    reached: int | None
    scored: int
    silent: tuple[tuple[str, int], ...] = ()


REACHED = ("reached", "attended")
# Why somebody who could be asked has no score: the first whose contacts the records of the window hold.
SILENT = {
    "no-score": REACHED,
    "declined": ("declined",),
    "no-answer": ("no_answer", "did_not_attend"),
    "no-contact": (),
}


@lru_cache
def _facts_sql(name: str) -> str:
    return read_sql_file(FOLDER / "facts" / f"{name}.sql", ViewHeader)[1]


def find_window(name: str) -> Timepoint:
    """The window of a timepoint after the procedure."""
    return next(one for one in read_timepoints().after if one.name == name)


def calls_due(warehouse: Warehouse, now: datetime) -> list[Call]:
    """Who is in or within a day of a window and has no score in it, by hours left. `now` is in UTC."""
    found = []
    for name in CALLED_AT:
        one = find_window(name)
        # Sites may lie in different zones: the day on which it is latest takes everyone in, the hours decide.
        for ahead in (0, 1):
            today = (now + timedelta(hours=14 * ahead - 12)).date()
            asked = {"first_day": one.first_day, "last_day": one.last_day, "today": today.isoformat()}
            found += [(one, row) for row in _due_on(warehouse, name, asked)]
    unique = {(one.name, row["procedure_id"]): (one, row) for one, row in found}
    rows = list(unique.values())
    levels = list_procedures(warehouse, [row["outcome_no"] - 1 for _, row in rows])["vertebrae"] if rows else []
    calls = [_make_call(one, row, vertebrae, now) for (one, row), vertebrae in zip(rows, levels, strict=True)]
    due = [call for call in calls if call.hours_left > 0 and call.opens_in <= 24]
    return sorted(due, key=lambda call: (call.hours_left, call.procedure_id))


def _due_on(warehouse: Warehouse, name: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of one day; kept, because every script run asks."""
    return warehouse.remember(
        ("calls_due", name, asked["today"]), lambda: warehouse.records(_facts_sql("calls_due"), asked)
    )


def _make_call(one: Timepoint, row: dict, vertebrae: str, now: datetime) -> Call:
    zone = ZoneInfo(row["time_zone"] or "UTC")
    day0 = row["performed_on"]
    opens, closes = (
        datetime.combine(day0 + timedelta(days=days), time(), zone).astimezone(UTC)
        for days in (one.first_day, one.last_day + 1)
    )
    return Call(
        procedure_id=row["procedure_id"],
        patient_key=row["patient_key"],
        timepoint=one.name,
        label=one.label,
        performed_on=day0,
        site=row["site"],
        vertebrae=vertebrae,
        baseline=None if row["baseline"] is None else float(row["baseline"]),
        hours_left=(closes - now).total_seconds() / 3600,
        opens_in=max(0.0, (opens - now).total_seconds() / 3600),
        context=row["baseline_context"],
        time_zone=row["time_zone"] or "UTC",
    )


@dataclass(frozen=True, kw_only=True)
class Workup:
    """An osteoporotic fracture whose work-up is not closed; `days_left` until 12 weeks after the procedure."""

    procedure_id: str
    patient_key: str
    performed_on: date
    site: str | None
    has_bone_density: bool
    is_decided: bool
    days_left: int


def workups_due(warehouse: Warehouse, today: date) -> list[Workup]:
    """Whose bone density or treatment is open within the 12 weeks, the oldest procedure first."""

    def read() -> list[Workup]:
        sql = _facts_sql("workups_due")
        views = ", ".join(f"{view.name} as ({view.sql}\n)" for view in needed_views(sql))
        rows = warehouse.records(sql.replace("with ", f"with {views}, ", 1), {"today": today.isoformat()})
        rows.sort(key=lambda row: (row["performed_on"], row["outcome_no"]))
        return [Workup(**{name: row[name] for name in Workup.__annotations__}) for row in rows]

    return warehouse.remember(("workups_due", today.isoformat()), read)


def last_entered(warehouse: Warehouse) -> int:
    """The number of the last event of the journal whose score this generation took in; 0 for none."""
    names = warehouse.remember(("entered_files",), lambda: warehouse.rows(_facts_sql("entered_files")))
    return max((int(name.split("-")[1]) for (name,) in names), default=0)


def count_scored(warehouse: Warehouse, timepoint: str, procedures: Sequence[str]) -> int:
    """How many of these procedures, by their keys, have a score in the window of a timepoint."""
    places = [place for place, _ in places_of_keys(warehouse, procedures, ())]
    scored = _rows_in_window(warehouse, "scored_in_window", timepoint)["outcome_no"]
    return int(np.count_nonzero(_mark_procedures(warehouse, scored)[places]))


def count_capture(warehouse: Warehouse, timepoint: str, filters: Filters) -> Capture:
    """From all procedures chosen to those scored at a timepoint; the scored count as reached."""
    chosen = read_cohort(warehouse).chosen(filters)
    found = metric_answers(warehouse, read_catalogue()[f"recorded_{timepoint}"])
    could = chosen & found.eligible
    scored = could & (found.value > 0)
    excluded = {
        name: int((chosen & ~found.eligible & (found.exclusion == code)).sum())
        for code, name in enumerate(EXCLUSIONS, start=1)
    }
    seen = was_contacted(warehouse, timepoint)
    reached = int((could & (seen | scored)).sum()) if (could & seen).any() else None
    silent = why_silent(warehouse, timepoint) if reached is not None else {}
    return Capture(
        timepoint=timepoint,
        procedures=int(chosen.sum()),
        not_due=excluded["not_due"],
        died=excluded["died"],
        retreated=excluded["retreated"],
        eligible=int(could.sum()),
        reached=reached,
        scored=int(scored.sum()),
        silent=tuple((name, int((could & ~scored & which).sum())) for name, which in silent.items()),
    )


def why_silent(warehouse: Warehouse, timepoint: str) -> dict[str, np.ndarray]:
    """All procedures by the first of `SILENT` that holds in the window of a timepoint; nobody stands in two."""
    left, found = np.ones(read_cohort(warehouse).size, dtype=bool), {}
    for status, ends in SILENT.items():
        found[status] = left & _contacts_in_window(warehouse, timepoint, ends) if ends else left
        left = left & ~found[status]
    return found


def was_contacted(warehouse: Warehouse, timepoint: str) -> np.ndarray:
    """Whether each procedure's patient was reached or seen in the window of a timepoint."""
    return _contacts_in_window(warehouse, timepoint, REACHED)


def _contacts_in_window(warehouse: Warehouse, timepoint: str, ends: Sequence[str]) -> np.ndarray:
    """Whether a contact in the window of a timepoint ended in one of these ways, for each procedure."""
    found = _rows_in_window(warehouse, "contacts_in_window", timepoint)
    return _mark_procedures(warehouse, found["outcome_no"][np.isin(found["outcome"].astype(str), list(ends))])


def _mark_procedures(warehouse: Warehouse, numbers: np.ndarray) -> np.ndarray:
    which = np.zeros(read_cohort(warehouse).size, dtype=bool)
    which[numbers - 1] = True
    return which


def _rows_in_window(warehouse: Warehouse, name: str, timepoint: str) -> dict[str, np.ndarray]:
    """The rows that a file of `queries/facts/` finds in the window of a timepoint."""
    one = find_window(timepoint)
    asked = {"first_day": one.first_day, "last_day": one.last_day}
    return warehouse.remember((name, timepoint), lambda: warehouse.arrays(_facts_sql(name), asked))
