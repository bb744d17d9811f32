"""What a pool's generation says of its hospitals, and the cells that some of them shipped."""

from collections.abc import Sequence
from typing import Any

from queries.warehouse import Warehouse

YEARLY = """
select hospital, metric, period, eligible, recorded, numerator, total, median, suppressed
from hospital_cells
where key is null and category is null and period_kind = 'year' and list_contains($metrics, metric)
"""


def hospital_rows(warehouse: Warehouse) -> list[dict[str, Any]]:
    """One row a hospital, as in the table `hospitals`, each with the `name` that readers of this warehouse see."""
    rows = warehouse.remember(
        ("hospitals of the pool",), lambda: warehouse.records("select * from hospitals order by hospital")
    )
    return [one | {"name": warehouse.hospital_shown(one["hospital"])} for one in rows]


def yearly_rows(warehouse: Warehouse, metrics: Sequence[str]) -> list[dict[str, Any]]:
    """The yearly cells of whole hospitals, each with the `name` that readers of this warehouse see."""
    rows = warehouse.records(YEARLY, {"metrics": list(metrics)})
    return [{"name": warehouse.hospital_shown(one.pop("hospital"))} | one for one in rows]
