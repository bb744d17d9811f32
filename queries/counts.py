"""Counting in cells: who could count, who did, why others did not; and the values behind a mean or median."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from queries.answers import answers
from queries.catalog import EXCLUSIONS, Definition, catalogue
from queries.cohort import Selection
from queries.filters import Filters
from queries.gates import share_of
from queries.warehouse import Warehouse

Audience = Literal["department", "outside"]
EXCLUSION_COLUMNS = tuple(name if name.startswith("baseline") else f"excluded_{name}" for name in EXCLUSIONS)
BASELINE_MISSING = EXCLUSIONS.index("baseline_missing")


@dataclass(frozen=True)
class CellCounts:
    """The counts of one cell. `capture` (0 to 1) is what its gate goes by; `excluded` in the order of `EXCLUSIONS`."""

    eligible: int
    recorded: int
    excluded: tuple[int, ...]
    capture: float

    @property
    def baseline_missing(self) -> int:
        """Could count, had their pain been asked before."""
        return self.excluded[BASELINE_MISSING]


@dataclass(frozen=True)
class Counts:
    """The counts of all cells of a selection."""

    eligible: np.ndarray
    recorded: np.ndarray
    excluded: np.ndarray
    capture: np.ndarray

    def at(self, place: int) -> CellCounts:
        """The counts of the cell at this place."""
        excluded = tuple(int(count) for count in self.excluded[:, place])
        return CellCounts(int(self.eligible[place]), int(self.recorded[place]), excluded, float(self.capture[place]))


def count_cells(warehouse: Warehouse, definition: Definition, selection: Selection) -> Counts:
    """Counts of every cell.

    Capture is recorded of eligible; for what needs a pair, pairs of those who could have one.
    """
    found = answers(warehouse, definition)
    eligible, recorded = selection.count(found.eligible), selection.count(found.recorded)
    excluded = _count_exclusions(found.exclusion, selection)
    if definition.needs_pair:
        pairs = answers(warehouse, catalogue()[f"paired_{definition.timepoint}"])
        could, did = selection.count(pairs.eligible), selection.count(pairs.recorded & (pairs.value > 0))
    else:
        could, did = eligible, recorded
    capture = np.array([share_of(part, whole) for part, whole in zip(did, could, strict=True)])
    return Counts(eligible, recorded, excluded, capture)


def _count_exclusions(exclusion: np.ndarray, selection: Selection) -> np.ndarray:
    """Counts by exclusion (rows) and cell (columns)."""
    which = (exclusion > 0) & (selection.cell_of >= 0)
    width = len(selection.cells)
    places = (exclusion[which].astype(np.int64) - 1) * width + selection.cell_of[which]
    return np.bincount(places, minlength=len(EXCLUSIONS) * width).reshape(len(EXCLUSIONS), width)


def values_by_cell(warehouse: Warehouse, definition: Definition, selection: Selection) -> list[np.ndarray]:
    """The recorded values of each cell, smallest first."""
    found = answers(warehouse, definition)
    which = found.recorded & (selection.cell_of >= 0)
    cells, values = selection.cell_of[which], found.value[which]
    if len(selection.cells) == 1:
        return [np.sort(values)]
    order = np.lexsort((values, cells))
    ends = np.cumsum(np.bincount(cells, minlength=len(selection.cells)))
    return np.split(values[order], ends[:-1]) if len(ends) else []


def stamp(warehouse: Warehouse, filters: Filters) -> dict[str, Any]:
    """What a row was made from."""
    return {
        "generation": warehouse.info.generation,
        "as_of": warehouse.info.as_of,
        "filters": filters.to_text(),
        "audience": "department",
    }
