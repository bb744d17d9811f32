"""Figures made of an engine's cells, held against those of the generation."""

from collections.abc import Sequence
from typing import Any

import pytest

from queries.catalogue.metrics import Metric
from queries.cells.cell_sql import MONTH, compose_cells
from queries.cells.counted_cells import CountedCells, split_cells
from queries.engines.engine import Engine
from queries.figures.summarise import NUMBERS, figure_rows
from queries.warehouse import Warehouse

Split = tuple[str, ...]


def compare_figures(engine: Engine, pooled: Warehouse, metric: Metric, splits: Sequence[Split]) -> int:
    """Fail where any figure of a metric differs: counts at all, values by more than 1e-9. How many were compared."""
    asked = [split for split in splits if metric.kind != "category" or split in ((), (MONTH,))]
    cells = split_cells(engine.table(*compose_cells(metric, asked)), asked)
    named: dict[Split, Any] = {}
    if metric.kind == "category":
        named = split_cells(engine.table(*compose_cells(metric, asked, "categories")), asked)
    rows = 0
    for split in asked:
        by = split[0] if split and split[0] != MONTH else None
        period = MONTH if MONTH in split else None
        expected = figure_rows(pooled, metric, by=by, period=period)
        found = figure_rows(CountedCells(pooled, metric, cells[split], named.get(split)), metric, by=by, period=period)
        assert len(found) == len(expected), (metric.name, split)
        for one, other in zip(found, expected, strict=True):
            assert one == _comparable(other), (metric.name, split)
        rows += len(found)
    return rows


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: pytest.approx(value, abs=1e-9, rel=1e-9, nan_ok=True) if key in NUMBERS else value
        for key, value in row.items()
    }
