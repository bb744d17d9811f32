"""A reader outside who asks everything that may be asked and solves for what is hidden.

Plain integer programming: one unknown count per combination of batch, site, vertebrae, month and answer; every number
shown is a constraint (rounded to 5: within 2; above the limit of the rule, for what is not is hidden; 0 is 0). A count
is certain when its least and greatest solution are the same. A batch is what a load brought: who sees two generations
knows the first batch by the one, and both together by the other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array

ANSWERS = ("yes", "no", "missing")
# Shown counts, and the sums of answers that each of them is.
COUNTED = {"eligible": ANSWERS, "recorded": ("yes", "no"), "numerator": ("yes",), "missing": ("missing",)}
# What is between two shown counts is small and hidden, or none, or above the limit too.
BETWEEN = {("recorded", "numerator"): ("no",), ("eligible", "recorded"): ("missing",)}
Atom = tuple[int, str, str, str, str]


@dataclass(kw_only=True)
class Attacker:
    """What is known of the unknown counts: sets of atoms, each with a least and a greatest sum."""

    sites: tuple[str, ...]
    levels: tuple[str, ...]
    months: tuple[str, ...]
    limit: int
    batches: int = 1
    slack: int = 2
    known: dict[tuple[int, ...], tuple[float, float]] = field(default_factory=dict)
    solutions: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        atoms = product(range(self.batches), self.sites, self.levels, self.months, ANSWERS)
        self.place = {atom: place for place, atom in enumerate(atoms)}

    def learn(
        self, table: pd.DataFrame, where: dict[str, str], by: str | None, span: Iterable[str] | None, batches: int = 1
    ) -> None:
        """Take in every number of an answer to one question, asked when so many batches had been loaded."""
        for row in table.to_dict("records"):
            fixed = dict(where) | ({by: row["group"]} if by else {})
            months = [
                month for month in (span or self.months) if row["period"] is None or in_period(month, row["period"])
            ]
            for name, answers in COUNTED.items():
                if not pd.isna(row[name]) and (name != "missing" or row[name] == 0 == row["eligible"]):
                    self.add(fixed, months, answers, self._within(float(row[name])), range(batches))
            for (whole, part), answers in BETWEEN.items():
                if not pd.isna(row[whole]) and not pd.isna(row[part]) and row[whole] - row[part] > 2 * self.slack:
                    self.add(fixed, months, answers, (self.limit + 1, np.inf), range(batches))

    def add(
        self, fixed: dict[str, str], months: Iterable[str], answers: Iterable[str], ends: tuple[float, float],
        batches: Sequence[int] = (0,),
    ) -> None:  # fmt: skip
        """One constraint on the sum of the atoms that match."""
        places = tuple(self._places(fixed, months, answers, batches))
        least, most = self.known.get(places, (0, np.inf))
        self.known[places] = (max(least, ends[0]), min(most, ends[1]))

    def bounds(self, cell: np.ndarray) -> tuple[int, int]:
        """The least and the greatest count that agrees with everything known; both solutions are kept."""
        ends = [
            milp(sign * cell, constraints=self._constraint(), integrality=np.ones(len(cell)),
                 options={"mip_rel_gap": 0})
            for sign in (1, -1)
        ]  # fmt: skip
        assert all(end.success for end in ends), [end.message for end in ends]
        self.solutions += [np.round(end.x) for end in ends]
        return round(ends[0].fun), round(-ends[1].fun)

    def fewest_values(self, cell: np.ndarray, enough: int) -> int:
        """How many values of a count agree with everything known; solutions found before may show that it is enough."""
        seen = [int(solution @ cell) for solution in self.solutions]
        if seen and max(seen) - min(seen) + 1 >= enough:
            return max(seen) - min(seen) + 1
        least, most = self.bounds(cell)
        return most - least + 1

    def cell(
        self, fixed: dict[str, str], months: Iterable[str], answers: Iterable[str], batches: Iterable[int] = (0,)
    ) -> np.ndarray:
        """Which atoms add up to a count: 1 for each that does."""
        wanted = np.zeros(len(self.place))
        wanted[self._places(fixed, months, answers, batches)] = 1
        return wanted

    def agrees(self, counts: np.ndarray) -> bool:
        """Whether these counts of the atoms give every number shown."""
        constraint = self._constraint()
        sums = constraint.A @ counts
        return bool(np.all((constraint.lb <= sums) & (sums <= constraint.ub)))

    def _constraint(self) -> LinearConstraint:
        row = np.repeat(np.arange(len(self.known)), [len(places) for places in self.known])
        column = np.concatenate([np.array(places, dtype=int) for places in self.known])
        matrix = csr_array((np.ones(len(row)), (row, column)), shape=(len(self.known), len(self.place)))
        least, most = np.array(list(self.known.values())).T
        return LinearConstraint(matrix, least, most)

    def _within(self, shown: float) -> tuple[float, float]:
        return (max(self.limit + 1, shown - self.slack), shown + self.slack) if shown else (0, 0)

    def _places(
        self, fixed: dict[str, str], months: Iterable[str], answers: Iterable[str], batches: Iterable[int]
    ) -> list[int]:
        sites = (fixed["site"],) if "site" in fixed else self.sites
        levels = (fixed["levels"],) if "levels" in fixed else self.levels
        return [self.place[atom] for atom in product(batches, sites, levels, months, answers)]


def in_period(month: str, period: str) -> bool:
    """Whether 2025-10 lies in 2025-10, 2025-Q4 or 2025."""
    quarter = f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"
    return period in (month, quarter, month[:4])


def choices(values: Iterable[Any]) -> Iterator[Any]:
    """Nothing, or one of the values."""
    yield None
    yield from values
