"""What a shipment would hold, as counts, for whoever answers for privacy. Nothing is written."""

import secrets
from collections.abc import Iterator

from data.home import Home
from etl.registry.agreement import Agreement
from etl.registry.shipped_records import open_records
from queries.warehouse import Warehouse


def preview_lines(home: Home, warehouse: Warehouse, agreement: Agreement) -> Iterator[str]:
    """Lines of text: what was agreed, then each table and column with how many values would leave."""
    yield f"site {agreement.site_key}, {agreement.what}, of generation {warehouse.info.generation}"
    yield (
        f"pseudonymised records, not anonymous: operators {agreement.operators}, age in {agreement.age},"
        f" dates by {agreement.dates}"
    )
    with open_records(warehouse.path, agreement, secrets.token_bytes(32), home.staging) as records:
        for table, rows, filled in records.count_values():
            yield f"{table}: {rows:,} rows"
            yield from (f"  {name:<34} {count:>12,}" for name, count in filled.items())
