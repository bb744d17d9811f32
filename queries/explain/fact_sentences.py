"""Facts put into words for many procedures at once, each combination of values and each procedure only once."""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from queries.explain.fact_words import Fact
from queries.explain.facts import SEPARATOR

OF_A_TIMEPOINT = "window_status"
UNTOLD = -1


class Memory:
    """Words told before, for callers who ask about many metrics of the same procedures: their facts are often the same.

    Every call must be about the same procedures in the same order: `places` of the facts of everyone.
    """

    def __init__(self, places: np.ndarray) -> None:
        self.places = places
        self._told: dict[Hashable, tuple[np.ndarray, pa.Array]] = {}

    def tell(self, fact: Fact, facts: pd.DataFrame, which: np.ndarray, timepoint: str | None) -> pa.Array:
        """A fact's words for some of the procedures, numbered from 0 in the order of `places`; null = nothing to say.

        `facts` are those of everyone.
        """
        key = (fact, timepoint if OF_A_TIMEPOINT in fact.columns else None)
        if key not in self._told:
            self._told[key] = np.full(len(self.places), UNTOLD), pa.array([], pa.string())
        codes, texts = self._told[key]
        unknown = which[codes[which] == UNTOLD]
        if len(unknown):
            numbers, told = write_facts(fact, facts, self.places[unknown])
            codes[unknown] = numbers + len(texts)
            texts = pa.concat_arrays([texts, told])
            self._told[key] = codes, texts
        return texts.take(pa.array(codes[which]))


def write_facts(fact: Fact, facts: pd.DataFrame, places: np.ndarray) -> tuple[np.ndarray, pa.Array]:
    """A fact's words at some places, made once for each combination of values: the number of each place's text, texts.

    Null = nothing to say.
    """
    if not fact.columns:
        return np.zeros(len(places), dtype=np.int64), pa.array([fact.words() or None], pa.string())
    part = facts[list(fact.columns)].iloc[places]
    codes = np.zeros(len(places), dtype=np.int64)
    for name in part.columns:
        # Numbered anew after each column, so that the product stays small.
        own, values = pd.factorize(part[name], use_na_sentinel=False)
        codes, _ = pd.factorize(codes * len(values) + own)
    _, first = np.unique(codes, return_index=True)
    values = part.iloc[first].astype(object)
    distinct = values.where(values.notna(), None).itertuples(index=False, name=None)
    return codes, pa.array([fact.words(*row) or None for row in distinct], pa.string())


def join_facts(parts: Sequence[pa.Array]) -> pa.Array:
    """Words of several facts as one text, which is empty where none has anything to say."""
    return pc.binary_join_element_wise(*parts, SEPARATOR, null_handling="skip")
