"""What a shipment would hold, as counts, for whoever answers for privacy. Nothing is written."""

import secrets
from collections.abc import Iterator

from data.home import Home
from data.settings import read_disclosure
from data.storage.registry_settings import Agreement
from etl.registry.hospital_cells import tabulate_cells
from etl.registry.shipped_records import open_records
from queries.warehouse import Warehouse


def preview_lines(home: Home, warehouse: Warehouse, agreement: Agreement) -> Iterator[str]:
    """Lines of text: what was agreed, then how many values would leave, by table and column or by metric."""
    yield f"site {agreement.site_key}, {agreement.what}, of generation {warehouse.info.generation}"
    lines = _lines_of_cells(warehouse) if agreement.what == "cells" else _lines_of_records(home, warehouse, agreement)
    yield from lines


def _lines_of_records(home: Home, warehouse: Warehouse, agreement: Agreement) -> Iterator[str]:
    yield (
        f"pseudonymised records, not anonymous: operators {agreement.operators}, age in {agreement.age},"
        f" dates by {agreement.dates}"
    )
    with open_records(warehouse.path, agreement, secrets.token_bytes(32), home.staging) as records:
        for table, rows, filled in records.count_values():
            yield f"{table}: {rows:,} rows"
            yield from (f"  {name:<34} {count:>12,}" for name, count in filled.items())


def _lines_of_cells(warehouse: Warehouse) -> Iterator[str]:
    disclosure = read_disclosure()
    yield f"counts, small ones hidden by the rule {disclosure.rule}; rows shown and hidden:"
    cells = tabulate_cells(warehouse, disclosure.in_force).select(["metric", "period_kind", "suppressed"])
    counts = cells.to_pandas().groupby(["metric", "period_kind"], sort=True)["suppressed"].agg(["size", "sum"])
    for (metric, kind), (rows, hidden) in counts.iterrows():
        yield f"  {metric:<50} {kind:<8} {rows - hidden:>9,} shown {hidden:>9,} hidden"
