"""What a chart could have seen: how often a lasting change is told within a year, from `data/settings/power.csv`."""

import csv
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError

from data.errors import UsageProblem
from data.home import SETTINGS
from data.storage.settings_files import Setting

NAME = "data/settings/power.csv"
HALF = 50


class Power(Setting):
    """One simulated cell: cases a month, the rate before in per cent, the change in points, and found in per cent."""

    volume: int = Field(gt=0)
    rate: int = Field(ge=HALF, lt=100)
    change: int
    found_per_cent: int = Field(ge=0, le=100)


def found_within_a_year(volume: float, rate: float, change: float) -> int | None:
    """In how many of 100 departments a change of so many points from `rate` (per cent) is told within a year.

    `volume` is the usual number of cases a month. The answer is that of the simulated cell that is no easier: fewer
    cases, a rate nearer to one half, a smaller change; so it never promises too much. None where that cell does not
    exist: fewer than three cases a month, less than 10 points, or beyond 0 and 100 %.
    """
    if rate < HALF:
        return found_within_a_year(volume, 100 - rate, -change)
    cells = _read_cells()
    volumes, rates, changes = (sorted({cell[axis] for cell in cells}) for axis in range(3))
    side = 1 if change > 0 else -1
    sizes = [side * size for size in changes if 0 < side * size <= abs(change)]
    lower = [size for size in volumes if size <= volume], [level for level in rates if level <= rate]
    if not (sizes and all(lower)) or not 0 <= rate + change <= 100:
        return None
    return cells.get((lower[0][-1], lower[1][-1], side * max(sizes, default=0)))


@lru_cache
def _read_cells() -> dict[tuple[int, int, int], int]:
    return {(row.volume, row.rate, row.change): row.found_per_cent for row in read_power(SETTINGS / "power.csv")}


def read_power(path: Path) -> tuple[Power, ...]:
    """The rows of the file below its comments; `UsageProblem` names the row and the first column at fault."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        raise UsageProblem(NAME, "the file is missing", "Restore it from the repository.") from None
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return tuple(_read_row(number, row) for number, row in enumerate(rows, start=1))


def _read_row(number: int, row: dict[str, str]) -> Power:
    try:
        return Power.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(str(part) for part in first["loc"])
        raise UsageProblem(f"{NAME}, row {number}, {column}", first["msg"], "Make the file anew.") from None
