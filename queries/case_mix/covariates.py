"""The facts of procedures that explain differences between patients, as columns of a regression.

A number that is not recorded is never guessed: its case has a level of its own, "not recorded", or is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from queries.catalogue.metrics import Metric, ViewHeader
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.figures.gates import FEWEST
from queries.warehouse import Warehouse

NUMBERS = ("age_years", "asa_class", "level_count", "baseline")
# Levels beside the first, osteoporotic and outpatient, as the query numbers them.
LEVELS = {
    "indication": {"indication: tumour": 1, "indication: other": 2},
    "setting": {"setting: admitted for it": 1, "setting: in hospital before": 2},
}
MISSING = -1
NOT_RECORDED = ": not recorded"
# Where a patient came from is a step on the way home, and no fact about the patient: it explains neither.
WITHOUT_SETTING = ("discharge", "recovery")

Facts = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Terms:
    """The columns of a model: numbers, and levels (yes = 1) that are frequent enough where it was fitted."""

    names: tuple[str, ...]
    facts: tuple[str, ...]

    def make_columns(self, facts: Facts, places: np.ndarray, fill: Mapping[str, float]) -> tuple[np.ndarray, ...]:
        """The columns of these procedures, a row each, and whether each can be told at all.

        `fill`: of each number what stands where it is not recorded, which its own level then makes no difference of.
        """
        tellable = np.ones(places.size, dtype=bool)
        columns = {}
        for fact in self.facts:
            values = facts[fact][places]
            is_missing = values == MISSING
            if fact in NUMBERS:
                columns[fact] = np.where(is_missing, fill.get(fact, 0.0), values)
            for name, code in LEVELS.get(fact, {}).items():
                columns[name] = (values == code).astype(float)
                if name not in self.names:
                    tellable &= values != code
            columns[fact + NOT_RECORDED] = is_missing.astype(float)
            if fact + NOT_RECORDED not in self.names:
                tellable &= ~is_missing
        shown = [columns[name] for name in self.names]
        return np.column_stack(shown) if shown else np.zeros((places.size, 0)), tellable


def read_facts(warehouse: Warehouse) -> Facts:
    """Every fact of every procedure, in their order; -1 where it is not recorded."""

    def read() -> Facts:
        columns = warehouse.arrays(read_sql_file(FOLDER / "facts" / "case_mix.sql", ViewHeader)[1])
        order = np.argsort(columns.pop("outcome_no"))
        return {name: column[order].astype(np.float32) for name, column in columns.items()}

    return warehouse.remember(("case mix facts",), read)


def choose_facts(metric: Metric) -> tuple[str, ...]:
    """The facts that may explain a metric."""
    return (*NUMBERS, "indication", *(() if metric.header.topic in WITHOUT_SETTING else ("setting",)))


def choose_terms(facts: Facts, names: tuple[str, ...], places: np.ndarray) -> Terms:
    """The terms for these procedures: a level of fewer than ten is none, nor is a number that hardly any has."""
    found: list[str] = []
    used: list[str] = []
    for fact in names:
        values = facts[fact][places]
        missing = int((values == MISSING).sum())
        if values.size - missing < FEWEST:
            # Nobody's is known: nothing can be told from it, and nobody is left out for it.
            continue
        used.append(fact)
        if fact in NUMBERS:
            found.append(fact)
        found += [name for name, code in LEVELS.get(fact, {}).items() if (values == code).sum() >= FEWEST]
        if missing >= FEWEST:
            found.append(fact + NOT_RECORDED)
    return Terms(tuple(found), tuple(used))
