"""Cells in place of procedures: figures are made of them by what makes them of procedures."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from queries.catalogue.filters import KEYS, Filters, sort_categories, sort_values
from queries.catalogue.metrics import Metric, read_catalogue
from queries.cells.cell_sql import COUNTED, DAY, GROUPS, MONTH, compose_cells
from queries.engines.engine import Engine
from queries.figures.answers import Answers, Categories, pack_answers
from queries.figures.cohort import Codes, Cohort
from queries.figures.pooled.hospital_reach import read_reach
from queries.warehouse import Made, Warehouse

# Months are counted from the year 0, as in a cohort.
MONTHS_BEFORE_1970 = 1970 * 12


class CountedCells(Warehouse):
    """What figures of one metric ask of a warehouse, filled from cells. It has no file: it answers nothing else.

    A cell of so many procedures stands as so many that are alike. They are numbered as the cells come.
    """

    def __init__(self, pool: Warehouse, metric: Metric, cells: pa.Table, named: pa.Table | None = None) -> None:
        """Take over `cells` of one split; of a category metric also `named`, those of its categories."""
        self.info = pool.info
        self._kept: dict[tuple[str, ...], object] = {("is pool",): pool.is_pool, ("late hospitals",): read_reach(pool)}
        self._cells = cells
        self._counts = cells[COUNTED].to_numpy()
        self._size = int(self._counts.sum())
        self._keep_cohort()
        self._kept["answers", metric.key] = self._answers()
        if metric.needs_pair:
            self._kept["answers", read_catalogue()[f"paired_{metric.timepoint}"].key] = self._answers("paired_")
        if metric.followed_by:
            self._kept["answers", read_catalogue()[metric.followed_by].key] = self._answers("followed_")
        self._kept["linked",] = {f"linked_{kind}": self._spread(f"linked_{kind}") for kind in metric.linked}
        if metric.has_categories:
            self._kept["categories", metric.key] = self._categories(named)

    def remember(self, key: tuple[str, ...], make: Callable[[], Made]) -> Made:
        """What the cells tell of it, else what `make` gives."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[return-value]

    def _spread(self, name: str) -> np.ndarray:
        """A column of numbers, once for each procedure."""
        return np.repeat(self._cells[name].to_numpy(), self._counts)

    def _keep_cohort(self) -> None:
        step = next((name for name in (MONTH, DAY) if name in self._cells.column_names), None)
        days = self._spread(step).astype("datetime64[D]") if step else np.zeros(self._size, "datetime64[D]")
        months = days.astype("datetime64[M]").astype(np.int32) + MONTHS_BEFORE_1970
        self._kept["cohort",] = Cohort(self, months, days.astype(np.int32))
        for key in KEYS:
            if key in self._cells.column_names:
                values = sort_values(key, pc.unique(self._cells[key]).to_pylist())
                places = pc.index_in(self._cells[key], pa.array(values, self._cells[key].type)).to_numpy()
                self._kept["codes", key] = Codes(tuple(values), np.repeat(places.astype(np.int16), self._counts))

    def _answers(self, before: str = "") -> Answers:
        columns = {name: self._spread(before + name) for name in ("answer", "value", "exclusion")}
        return pack_answers(self._size, np.arange(self._size), columns)

    def _categories(self, named: pa.Table | None) -> Categories:
        """Of a category metric in each cell the first of its procedures stands for all, else each for itself."""
        if named is None:
            named, starts = self._cells, np.cumsum(self._counts) - self._counts
            procedures = np.arange(self._size)
        else:
            groups = [name for name in GROUPS if name in named.column_names]
            starts = np.cumsum(self._counts) - self._counts
            first: dict[tuple, int] = {}
            for group, start in zip(_row_keys(self._cells, groups), starts.tolist(), strict=True):
                first.setdefault(group, start)
            places = np.array([first[group] for group in _row_keys(named, groups)], dtype=np.int64)
            procedures = np.repeat(places, named[COUNTED].to_numpy())
        names = sort_categories(pc.unique(named["category"].drop_null()).to_pylist())
        written = pc.fill_null(pc.index_in(named["category"], pa.array(names, named["category"].type)), -1)
        codes = np.repeat(written.to_numpy().astype(np.int64), named[COUNTED].to_numpy())
        return Categories(tuple(names), procedures[codes >= 0], codes[codes >= 0])


def _row_keys(table: pa.Table, groups: Sequence[str]) -> Iterator[tuple]:
    if not groups:
        return iter([()] * table.num_rows)
    return zip(*(table[name].to_pylist() for name in groups), strict=True)


def read_cells(engine: Engine, pool: Warehouse, metric: Metric, filters: Filters, by: str | None) -> CountedCells:
    """What an engine counts for a figure by this key and any period, and as these filters need it.

    A filter is applied to the cells: what a reader asks for never gets into SQL.
    """
    step = MONTH if filters.date_from is None and filters.date_to is None else DAY
    split = (*dict.fromkeys([*((by,) if by else ()), *dict(filters.values)]), step)
    cells = engine.table(*compose_cells(metric, [split]))
    named = engine.table(*compose_cells(metric, [split], "categories")) if metric.kind == "category" else None
    return CountedCells(pool, metric, cells, named)


def split_cells(table: pa.Table, splits: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], pa.Table]:
    """Cells that were counted by several splits at once, each by itself with the columns it is split by."""
    names = [name for name in GROUPS if name in table.column_names]
    found = {}
    for split in splits:
        mine = np.ones(table.num_rows, dtype=bool)
        for name in names:
            mine &= pc.is_valid(table[name]).to_numpy() == (name in split)
        rows = table.filter(pa.array(mine))
        found[split] = rows.drop_columns([name for name in names if name not in split])
    return found
