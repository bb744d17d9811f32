"""A reader outside who asks everything that may be asked and solves for what is hidden.

Plain integer programming: one unknown count per combination of site, vertebrae, month and answer; every number shown
is a constraint (rounded to 5: within 2; 0 is 0). A count is certain when its least and greatest solution are the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, milp

ANSWERS = ("yes", "no", "missing")
COUNTED = {"eligible": ANSWERS, "recorded": ("yes", "no"), "numerator": ("yes",), "missing": ("missing",)}
Atom = tuple[str, str, str, str]


@dataclass
class Attacker:
    """What is known of the unknown counts: `rows` are sets of atoms with a least and a greatest sum."""

    sites: tuple[str, ...]
    levels: tuple[str, ...]
    months: tuple[str, ...]
    slack: int = 2
    rows: list[tuple[list[int], float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.atoms: list[Atom] = list(product(self.sites, self.levels, self.months, ANSWERS))
        self.place = {atom: place for place, atom in enumerate(self.atoms)}

    def learn(self, table: pd.DataFrame, where: dict[str, str], by: str | None, span: Iterable[str] | None) -> None:
        """Take in every number of an answer to one question."""
        for row in table.to_dict("records"):
            fixed = dict(where) | ({by: row["group"]} if by else {})
            months = [
                month for month in (span or self.months) if row["period"] is None or in_period(month, row["period"])
            ]
            for name, answers in COUNTED.items():
                if not pd.isna(row[name]) and (name != "missing" or row[name] == 0 == row["eligible"]):
                    known = float(row[name])
                    self.add(fixed, months, answers, *self._within(known))

    def add(
        self, fixed: dict[str, str], months: Iterable[str], answers: Iterable[str], least: float, most: float
    ) -> None:
        """One constraint on the sum of the atoms that match."""
        self.rows.append((self._places(fixed, months, answers), least, most))

    def bounds(self, fixed: dict[str, str], months: Iterable[str], answers: Iterable[str]) -> tuple[int, int]:
        """The least and the greatest count that agrees with everything known."""
        wanted = np.zeros(len(self.atoms))
        wanted[self._places(fixed, months, answers)] = 1
        matrix = np.zeros((len(self.rows), len(self.atoms)))
        for place, (atoms, _, _) in enumerate(self.rows):
            matrix[place, atoms] = 1
        known = LinearConstraint(matrix, [row[1] for row in self.rows], [row[2] for row in self.rows])
        ends = [
            milp(sign * wanted, constraints=known, integrality=np.ones(len(wanted)), options={"mip_rel_gap": 0})
            for sign in (1, -1)
        ]
        assert all(end.success for end in ends), [end.message for end in ends]
        return round(ends[0].fun), round(-ends[1].fun)

    def _within(self, known: float) -> tuple[float, float]:
        return (max(0, known - self.slack), known + self.slack) if known else (0, 0)

    def _places(self, fixed: dict[str, str], months: Iterable[str], answers: Iterable[str]) -> list[int]:
        sites = (fixed["site"],) if "site" in fixed else self.sites
        levels = (fixed["levels"],) if "levels" in fixed else self.levels
        return [self.place[atom] for atom in product(sites, levels, months, answers)]


def in_period(month: str, period: str) -> bool:
    """Whether 2025-10 lies in 2025-10, 2025-Q4 or 2025."""
    quarter = f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"
    return period in (month, quarter, month[:4])


def choices(values: Iterable[Any]) -> Iterator[Any]:
    """Nothing, or one of the values."""
    yield None
    yield from values
