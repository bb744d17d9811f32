"""Figures as CSV. Needs no browser: neither streamlit nor plotly is imported here."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.errors import UsageProblem
from data.home import department_home
from data.spreadsheet_text import neutral_text
from queries.catalogue.filters import KEYS, PERIODS, Filters
from queries.catalogue.metric_versions import find_metrics
from queries.catalogue.metrics import Metric
from queries.cells.counted_cells import read_cells
from queries.engines.engine import Engine
from queries.figures.counts import Audience
from queries.figures.own_metrics import check_own, find_own
from queries.figures.summarise import Row, summarise
from queries.warehouse import Warehouse

QUOTED = re.compile(r'[",\r\n]')


@dataclass(frozen=True)
class Split:
    """How figures are split: at most one key and one period."""

    by: str | None = None
    period: str | None = None


def parse_split(groupings: Sequence[str]) -> Split:
    """One period and one other key at most; `UsageProblem` otherwise."""
    periods = [name for name in groupings if name in PERIODS]
    others = [name for name in groupings if name not in PERIODS]
    for name in others:
        if name not in KEYS:
            raise UsageProblem(f"--by {name}", "no such grouping", f"Choose from {', '.join((*KEYS, *PERIODS))}")
    if len(periods) > 1 or len(others) > 1:
        raise UsageProblem("--by", "too many groupings", "Give at most one period and one other key")
    return Split(others[0] if others else None, periods[0] if periods else None)


def metric_figures(
    warehouse: Warehouse, names: Sequence[str], filters: Filters, split: Split, audience: Audience
) -> pd.DataFrame:
    """The figures of several metrics, one after the other, with the columns of `summarise`."""
    metrics = [one for name in names for one in _named(warehouse, name, audience)]
    tables = [
        summarise(warehouse, one, filters=filters, by=split.by, period=split.period, audience=audience)
        for one in metrics
    ]
    return pd.concat(tables, ignore_index=True)


def engine_figures(
    engine: Engine, warehouse: Warehouse, names: Sequence[str], filters: Filters, split: Split
) -> pd.DataFrame:
    """The same for the department, of cells that an engine counts in the files of the pool; `warehouse`: that pool."""
    tables = []
    for one in (metric for name in names for metric in find_metrics(name)):
        by = None if one.kind == "category" else split.by
        cells = read_cells(engine, warehouse, one, filters, by)
        tables.append(summarise(cells, one, filters=filters, by=split.by, period=split.period))
    return pd.concat(tables, ignore_index=True)


def _named(warehouse: Warehouse, name: str, audience: Audience) -> Sequence[Metric]:
    """The metrics of a name: the hospital's own of this name, looked at first, else ours."""
    own = find_own(department_home().settings, name)
    if own is None:
        return find_metrics(name)
    if audience == "outside":
        raise UsageProblem(
            name, "a metric of the hospital's own is not for readers outside", "Export it for yourselves"
        )
    check_own(warehouse, own)
    return (own,)


def to_csv(table: pd.DataFrame, columns: Sequence[str] | None = None) -> str:
    """A table as CSV text: full precision, ISO dates, `true` and `false`, an empty cell for what is null.

    Text that a spreadsheet would run as a formula has an apostrophe before it.
    """
    names = list(table.columns) if columns is None else list(columns)
    return _rows_text(names, zip(*(table[name].to_list() for name in names), strict=True))


def rows_to_csv(rows: Sequence[Row]) -> str:
    """Rows of `summarise` as dictionaries, all with the same keys, as the same text."""
    names = list(rows[0]) if rows else []
    return _rows_text(names, ([row[name] for name in names] for row in rows))


def _rows_text(names: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [[neutral_text(name) for name in names], *([_value_text(cell) for cell in row] for row in rows)]
    return "".join(",".join(map(_quote_cell, line)) + "\n" for line in lines)


def _quote_cell(cell: str) -> str:
    """A cell by RFC 4180; Python's writer would leave a lone carriage return bare."""
    return '"' + cell.replace('"', '""') + '"' if QUOTED.search(cell) else cell


def _value_text(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(float(value))
    return neutral_text(value) if isinstance(value, str) else str(value)


def mark_text(text: str, for_excel: bool) -> str:
    """The text with the mark before it by which Excel knows UTF-8, where that is wanted."""
    return f"\ufeff{text}" if for_excel else text
