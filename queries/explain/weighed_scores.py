"""What became of the scores weighed for procedures: in which months they were given, and why some are not used."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import ViewHeader
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.figures.cohort import EPOCH, read_cohort
from queries.warehouse import Warehouse

if TYPE_CHECKING:
    import pandas as pd

Months = tuple[np.ndarray, np.ndarray]
USED = "used"
# Why a score is used at no timepoint; the values of `assignment_reason` but for `used`.
UNUSED = (
    "not_nearest", "before_window", "between_windows", "after_last_window", "same_day_after", "ambiguous_same_day",
    "after_retreatment", "other_context", "window_open", "not_recorded", "no_procedure",
)  # fmt: skip


@dataclass(frozen=True)
class Fates:
    """How many scores were weighed for the chosen procedures, by what became of them: a reason or `used`.

    `procedures`: how many procedures have such a score. A score that stands between two procedures of a patient is
    weighed for both. `of_nobody`: scores that belong to no procedure at all, whatever is chosen.
    """

    scores: dict[str, int]
    procedures: dict[str, int]
    of_nobody: dict[str, int]

    @property
    def unused(self) -> int:
        """How many are used at no timepoint."""
        return sum(count for reason, count in self.scores.items() if reason != USED)


def count_fates(warehouse: Warehouse, filters: Filters) -> Fates:
    """What became of the scores of the chosen procedures."""
    places, reasons, counts = _fates(warehouse)
    chosen = np.append(read_cohort(warehouse).chosen(filters), False)
    scores, procedures, of_nobody = {}, {}, {}
    for code, reason in enumerate((USED, *UNUSED)):
        here = (reasons == code) & chosen[places]
        scores[reason], procedures[reason] = int(counts[here].sum()), int(here.sum())
        of_nobody[reason] = int(counts[(reasons == code) & (places == -1)].sum())
    return Fates(scores, procedures, of_nobody)


def has_unused(warehouse: Warehouse, reason: str) -> np.ndarray:
    """Whether each procedure, in the order of `outcomes`, has a score that is not used for this reason."""
    places, reasons, _ = _fates(warehouse)
    which = np.zeros(read_cohort(warehouse).size + 1, dtype=bool)
    which[places[reasons == (USED, *UNUSED).index(reason)]] = True
    return which[:-1]


def unused_scores(warehouse: Warehouse, filters: Filters, with_nobody: bool) -> "pd.DataFrame":
    """Every score of the chosen procedures that is not used, and why, by day of the procedure.

    `with_nobody`: also those that belong to no procedure, last.
    """
    rows = warehouse.frame(_facts_sql("unused_score_rows"))
    # Of no procedure: the last place, after all that can be chosen.
    chosen = np.append(read_cohort(warehouse).chosen(filters), with_nobody)
    places = rows["outcome_no"].fillna(0).to_numpy(dtype=np.int64) - 1
    return rows[chosen[places]].sort_values(["outcome_no", "score_id"], ignore_index=True)


def _fates(warehouse: Warehouse) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places in `outcomes` (from 0; -1 = no procedure), beside each a reason by its number, and how many scores."""

    def read() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        numbers = {reason: number for number, reason in enumerate((USED, *UNUSED))}
        rows = warehouse.rows(_facts_sql("unused_scores"))
        places = np.array([(number or 0) - 1 for number, _, _ in rows], dtype=np.int32)
        reasons = np.array([numbers[reason] for _, reason, _ in rows], dtype=np.int8)
        return places, reasons, np.array([count for _, _, count in rows], dtype=np.int32)

    return warehouse.remember(("score fates",), read)


def scored_in(warehouse: Warehouse, month: date) -> np.ndarray:
    """Whether a score of each procedure, in the order of `outcomes`, was given in the month that begins on a day."""
    places, days = _score_months(warehouse)
    which = np.zeros(read_cohort(warehouse).size, dtype=bool)
    which[places[days == (month - EPOCH).days]] = True
    return which


def procedures_scored(warehouse: Warehouse, filters: Filters) -> dict[date, int]:
    """How many of the chosen procedures have a score in each month (first day) that holds any."""
    places, days = _score_months(warehouse)
    found, counts = np.unique(days[read_cohort(warehouse).chosen(filters)[places]], return_counts=True)
    firsts = (np.datetime64(EPOCH, "D") + found).tolist()
    return dict(zip(firsts, counts.tolist(), strict=True))


def _score_months(warehouse: Warehouse) -> Months:
    """Places in `outcomes` (from 0) and, beside each, the first day of a month in days since the epoch."""

    def read() -> Months:
        rows = warehouse.rows(_facts_sql("scored_months"))
        places = np.array([number - 1 for number, _ in rows], dtype=np.int64)
        return places, np.array([(month - EPOCH).days for _, month in rows], dtype=np.int64)

    return warehouse.remember(("scored_months",), read)


def _facts_sql(name: str) -> str:
    return read_sql_file(FOLDER / "facts" / f"{name}.sql", ViewHeader)[1]
