"""Facts put into words for many procedures at once, each combination of values and each procedure only once."""

from collections.abc import Hashable

import numpy as np
import pandas as pd

from queries.reason_words import Fact

OF_A_TIMEPOINT = "window_status"


class Memory:
    """Words told before, for callers who ask about many metrics of the same procedures: their facts are often the same.

    Every call must be about the same procedures in the same order.
    """

    def __init__(self) -> None:
        self._told: dict[Hashable, tuple[np.ndarray, np.ndarray]] = {}

    def tell(self, fact: Fact, facts: pd.DataFrame, which: np.ndarray, timepoint: str | None) -> np.ndarray:
        """A fact's words for the rows in `which` (a mask)."""
        key = (fact, timepoint if OF_A_TIMEPOINT in fact.columns else None)
        if key not in self._told:
            self._told[key] = np.full(len(facts), "", dtype=object), np.zeros(len(facts), dtype=bool)
        told, known = self._told[key]
        unknown = which & ~known
        if unknown.any():
            told[unknown] = tell(fact, facts[unknown])
            known |= unknown
        return told[which]


def tell(fact: Fact, facts: pd.DataFrame) -> np.ndarray:
    """A fact's words for every row, made once for each combination of values."""
    if not fact.columns:
        return np.full(len(facts), fact.words(), dtype=object)
    part = facts[list(fact.columns)]
    codes = part.groupby(list(fact.columns), dropna=False, sort=False).ngroup().to_numpy()
    _, first = np.unique(codes, return_index=True)
    values = part.iloc[first].astype(object)
    distinct = values.where(values.notna(), None).itertuples(index=False, name=None)
    return np.array([fact.words(*row) for row in distinct], dtype=object)[codes]
