"""In which months scores were given that were weighed for a procedure, used or not."""

from datetime import date

import numpy as np

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import ViewHeader
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.figures.cohort import EPOCH, read_cohort
from queries.warehouse import Warehouse

Months = tuple[np.ndarray, np.ndarray]


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
        rows = warehouse.rows(read_sql_file(FOLDER / "facts" / "scored_months.sql", ViewHeader)[1])
        places = np.array([number - 1 for number, _ in rows], dtype=np.int64)
        return places, np.array([(month - EPOCH).days for _, month in rows], dtype=np.int64)

    return warehouse.remember(("scored_months",), read)
