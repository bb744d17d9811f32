"""Figures that were signed off and are others now."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from data.errors import NoGeneration
from data.home import Home
from data.journal import Journal
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.periods import Period
from queries.figures.summarise import headline_row
from queries.warehouse import Warehouse

COLUMNS = ("month", "metric", "figure", "signed_generation", "signed", "now", "cause")
NUMBERS = ("eligible", "recorded", "numerator", "value")
DEFINITION_CHANGED = "definition changed"
RECORDS_CHANGED = "later or corrected records"


def restatement_rows(home: Home, warehouse: Warehouse) -> pd.DataFrame:
    """One row per signed-off number of the whole department that differs in this generation, months in order."""
    return pd.DataFrame(sorted(_differing_rows(home, warehouse), key=lambda row: row[:3]), columns=list(COLUMNS))


def restatements_at(home: Home, warehouse: Warehouse, site: str) -> pd.DataFrame:
    """The same of one site: its figures in the generation that was signed off, where that is still kept, and now."""
    rows = sorted(_differing_rows(home, warehouse, site), key=lambda row: row[:3])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _differing_rows(home: Home, warehouse: Warehouse, site: str | None = None) -> Iterator[tuple[Any, ...]]:
    events = Journal(home.journal).events("sign_off")
    withdrawn = {event.supersedes for event in events}
    latest = {event.payload["month"]: event for event in events if event.id not in withdrawn}
    for month, event in latest.items():
        period = Period(date.fromisoformat(f"{month}-01"), "month")
        chosen = Filters.of({"site": [site]} if site else {}, period.start, period.end)
        kept = None if site is None else _signed_warehouse(home, event.payload["generation"])
        for signed in event.payload.get("figures") or ():
            metric = read_catalogue().get(signed.get("metric", ""))
            if metric is None or (site is not None and kept is None):
                continue
            now = headline_row(warehouse, metric, chosen)
            # Months are signed off for the whole department: what a site had then stands in that generation.
            then = signed if kept is None else headline_row(kept, metric, chosen)
            same = signed.get("definition_version") == metric.header.version
            for name in NUMBERS:
                before, after = _number_of(then.get(name)), _number_of(now[name])
                if name in signed and not _is_equal(before, after):
                    cause = RECORDS_CHANGED if same else DEFINITION_CHANGED
                    yield (month, metric.name, name, event.payload["generation"], before, after, cause)


def _signed_warehouse(home: Home, generation: str) -> Warehouse | None:
    """The generation that was signed off, while it can still be read."""
    for path in sorted(home.generations.glob(f"gen-*-{generation}.duckdb")):
        try:
            return Warehouse(path)
        except NoGeneration:
            continue
    return None


def _number_of(value: Any) -> float:
    return math.nan if value is None or pd.isna(value) else float(value)


def _is_equal(before: float, after: float) -> bool:
    return (math.isnan(before) and math.isnan(after)) or math.isclose(before, after, rel_tol=1e-9)
