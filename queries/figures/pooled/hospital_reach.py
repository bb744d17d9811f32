"""How far the records of the hospitals of a pool reach; of a department there is one answer for all."""

from collections.abc import Callable
from datetime import date

import numpy as np

from queries.catalogue.filters import HOSPITAL, Filters
from queries.figures.cohort import read_cohort
from queries.warehouse import Warehouse


def read_reach(warehouse: Warehouse) -> dict[str, date]:
    """Late hospitals of a pool and how far their records reach; empty for a department."""
    if not warehouse.is_pool:
        return {}
    rows = "select hospital, as_of from hospitals where late_days > 0 order by hospital"
    return warehouse.remember(
        ("late hospitals",), lambda: {warehouse.hospital_shown(key): day for key, day in warehouse.rows(rows)}
    )


def late_procedures(warehouse: Warehouse) -> np.ndarray | None:
    """Whether each procedure is of a late hospital; None where there is none."""
    late = read_reach(warehouse)
    if not late:
        return None
    codes = read_cohort(warehouse).codes(HOSPITAL)
    is_late: np.ndarray = np.isin(codes.values, list(late))[codes.places]
    return is_late


def reached_day(warehouse: Warehouse, filters: Filters) -> date | None:
    """The day that the records of the chosen hospitals reach: the pool's, unless late hospitals alone are chosen."""
    late = read_reach(warehouse)
    if late and (chosen := filters[HOSPITAL]) and set(chosen) <= set(late):
        return max(late[hospital] for hospital in chosen)
    return warehouse.info.as_of


def group_reach(warehouse: Warehouse, filters: Filters, by: str | None) -> Callable[[str | None], date | None]:
    """The day that the records of a group reach: of a late hospital its own."""
    late, whole = read_reach(warehouse), reached_day(warehouse, filters)
    if by != HOSPITAL:
        return lambda _: whole
    return lambda group: late.get(str(group), whole)
