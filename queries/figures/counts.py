"""Counting in cells: who could count, who did, why others did not; and the values behind a mean or median."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import numpy as np

from queries.catalogue.filters import EVERYTHING, Filters
from queries.catalogue.metrics import EXCLUSIONS, Definition, Metric, read_catalogue
from queries.catalogue.spans import month_number
from queries.figures.answers import YES, metric_answers, metric_categories
from queries.figures.cohort import Selection, read_cohort
from queries.figures.pooled.hospital_reach import late_procedures, reached_day
from queries.warehouse import Warehouse

Audience = Literal["department", "outside"]
EXCLUSION_COLUMNS = tuple(name if name.startswith("baseline") else f"excluded_{name}" for name in EXCLUSIONS)
BASELINE_MISSING = EXCLUSIONS.index("baseline_missing")
# The number of the first exclusion in `Answers.state`.
EXCLUDED_FROM = YES + 1
NOT_DUE = EXCLUDED_FROM + EXCLUSIONS.index("not_due")


@dataclass(frozen=True)
class CellCounts:
    """The counts of one cell. `capture` (0 to 1) is what its gate goes by; `excluded` in the order of `EXCLUSIONS`.

    `followed`: of how many eligible ones an event would be known; None for figures that are not about events.
    """

    eligible: int
    recorded: int
    excluded: tuple[int, ...]
    capture: float
    followed: int | None

    @property
    def baseline_missing(self) -> int:
        """Could count, had their pain been asked before."""
        return self.excluded[BASELINE_MISSING]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The counts of all cells of a selection, one entry or row of `excluded` each; `yes`: recorded and above 0."""

    eligible: np.ndarray
    recorded: np.ndarray
    yes: np.ndarray
    excluded: np.ndarray
    capture: np.ndarray
    followed: np.ndarray | None

    def at(self, place: int) -> CellCounts:
        """The counts of the cell at this place."""
        excluded = tuple(self.excluded[place].tolist())
        followed = None if self.followed is None else int(self.followed[place])
        return CellCounts(
            int(self.eligible[place]), int(self.recorded[place]), excluded, float(self.capture[place]), followed
        )


def count_cells(warehouse: Warehouse, definition: Definition, selection: Selection) -> Counts:
    """Counts of every cell.

    Capture is recorded of eligible; for what needs a pair, pairs of those who could have one; where events must be
    heard of, no more than those known to be followed up.
    """
    found = metric_answers(warehouse, definition)
    counts = selection.tally(found.state)
    eligible, recorded, yes = counts[:, 1:4].sum(axis=1), counts[:, 2:4].sum(axis=1), counts[:, 3]
    could, did = eligible, recorded
    if definition.needs_pair:
        pairs = selection.tally(metric_answers(warehouse, read_catalogue()[f"paired_{definition.timepoint}"]).state)
        could, did = pairs[:, 1:4].sum(axis=1), pairs[:, 3]
    followed = None
    if definition.followed_by:
        known = metric_answers(warehouse, read_catalogue()[definition.followed_by]).value > 0
        if definition.linked:
            known = known | read_cohort(warehouse).linked(definition.linked)
        followed = selection.tally((found.eligible & known).astype(np.uint8))[:, 1]
        did = np.minimum(did, followed)
    capture = np.divide(did, could, out=np.zeros(len(could)), where=could > 0)
    return Counts(
        eligible=eligible,
        recorded=recorded,
        yes=yes,
        excluded=counts[:, EXCLUDED_FROM : EXCLUDED_FROM + len(EXCLUSIONS)],
        capture=capture,
        followed=followed,
    )


def count_categories(warehouse: Warehouse, metric: Metric, selection: Selection) -> np.ndarray:
    """How many procedures of each cell (rows) have each category of a category metric (columns, as it names them)."""
    found = metric_categories(warehouse, metric)
    cells, width = selection.cell_of[found.procedure], len(found.names)
    tally = np.bincount((cells * width + found.category)[cells >= 0], minlength=len(selection.cells) * width)
    return tally.reshape(len(selection.cells), width)


def values_by_cell(warehouse: Warehouse, definition: Definition, selection: Selection) -> list[np.ndarray]:
    """The recorded values of each cell, smallest first."""
    found = metric_answers(warehouse, definition)
    cells = selection.cell_of[found.by_value]
    there = cells >= 0
    cells, values = cells[there], found.value[found.by_value[there]]
    if len(selection.cells) == 1:
        return [values]
    order = np.argsort(cells, kind="stable")
    ends = np.cumsum(np.bincount(cells, minlength=len(selection.cells)))
    return np.split(values[order], ends[:-1]) if len(ends) else []


def stamp_row(warehouse: Warehouse, filters: Filters) -> dict[str, Any]:
    """What a row was made from."""
    return {
        "generation": warehouse.info.generation,
        "as_of": reached_day(warehouse, filters),
        "filters": filters.to_text(),
        "audience": "department",
    }


def last_whole_month(warehouse: Warehouse, filters: Filters = EVERYTHING) -> int | None:
    """The last month that the records reach the end of, else the one they reach into; None without records.

    In a pool the records of the hospitals that `filters` choose.

    Where all procedures lie in the month that is not over, that month: a department that began this month sees it.
    """
    as_of, months = reached_day(warehouse, filters), read_cohort(warehouse).months
    if as_of is None or not len(months):
        return None
    last = month_number(as_of + timedelta(days=1)) - 1
    return last if (months <= last).any() else month_number(as_of)


def last_closed_month(warehouse: Warehouse, definition: Definition, filters: Filters) -> int | None:
    """The last whole month in which no chosen procedure waits for its window to end; `filters` without days.

    Where no month with procedures is closed, the last whole month. In a pool nobody waits for late hospitals, unless
    they alone are chosen.
    """
    last = last_whole_month(warehouse, filters)
    if last is None:
        return None
    whole = read_cohort(warehouse)
    chosen = whole.chosen(filters)
    late = late_procedures(warehouse)
    if late is not None and not late[chosen].all():
        chosen = chosen & ~late
    months = whole.months[chosen]
    waiting = set(np.unique(months[metric_answers(warehouse, definition).state[chosen] == NOT_DUE]).tolist())
    first = int(months.min()) if len(months) else last
    return next((month for month in range(last, first - 1, -1) if month not in waiting), last)
