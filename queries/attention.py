"""What waits for somebody: events to be reviewed, and windows that close on a day."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from pydantic import Field

from queries.cohort import cohort
from queries.filters import Filters
from queries.settings import timepoints
from queries.sqlfile import FOLDER, Header, read_sql_file
from queries.warehouse import Warehouse


class TableHeader(Header):
    """What a table of `queries/attention/` is."""

    title: str = Field(min_length=1)
    grain: str = Field(min_length=1)


@lru_cache
def _sql(name: str) -> str:
    return read_sql_file(FOLDER / "attention" / f"{name}.sql", TableHeader)[1]


def unreviewed_events(warehouse: Warehouse, filters: Filters) -> list[str]:
    """Chosen procedures with a serious or unclassified event, or a death, within 30 days that no sender reviewed."""
    return _chosen(warehouse, filters, "unreviewed_events", {})


def closing_windows(warehouse: Warehouse, filters: Filters, timepoint: str, on: date) -> list[str]:
    """Chosen procedures whose window of a timepoint has its last day on this day, and that have no score yet."""
    window = next(one for one in timepoints().after if one.name == timepoint)
    performed_on = on - timedelta(days=window.last_day)
    return _chosen(
        warehouse, filters, "closing_windows", {"timepoint": timepoint, "performed_on": performed_on.isoformat()}
    )


def _chosen(warehouse: Warehouse, filters: Filters, name: str, parameters: dict[str, Any]) -> list[str]:
    """The procedures of a table that pass the filters, in the order of `outcomes`."""
    rows = warehouse.remember(
        ("attention", name, *parameters.values()), lambda: sorted(warehouse.rows(_sql(name), parameters))
    )
    chosen = cohort(warehouse).chosen(filters)
    return [procedure_id for outcome_no, procedure_id in rows if chosen[outcome_no - 1]]
