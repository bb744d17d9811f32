"""All procedures of a generation as columns of numbers: day, and the codes of everything they can be grouped by.

Filters and groups work on these columns in memory; a reader's input never gets near SQL.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import numpy as np

from queries.bounded_memory import BoundedMemory
from queries.catalogue.filters import HOSPITAL, KEYS, NOT_RECORDED, Filters, sort_values
from queries.catalogue.metrics import ViewHeader
from queries.catalogue.periods import MONTHS, Block, Period, periods_between
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.warehouse import KEPT_BYTES, Warehouse

EPOCH = date(1970, 1, 1)
SELECTIONS_KEPT = 64
DAYS = (
    "date_diff('day', date '1970-01-01', performed_on) as day,"
    " year(performed_on) * 12 + month(performed_on) - 1 as month"
)
PATIENTS = "dense_rank() over (order by patient_key) - 1 as patient"
NOT_TOLD = "not told apart"
# States of a tally are below this.
MOST_STATES = 16


@dataclass(frozen=True)
class Codes:
    """One grouping key: the value of each procedure as a place in `values` (natural order, `not_recorded` last)."""

    values: tuple[str, ...]
    places: np.ndarray


@dataclass(frozen=True)
class Cell:
    """Where a row of a summary stands: in a group, a period, both or neither."""

    group: str | None = None
    period: Period | Block | None = None


@dataclass(frozen=True)
class Selection:
    """Chosen procedures and the cell of each, a place in `cells`. `places`: where they stand among all `size`."""

    cells: tuple[Cell, ...]
    size: int
    places: np.ndarray
    cells_there: np.ndarray

    @property
    def cell_of(self) -> np.ndarray:
        """The cell of every procedure; -1 = not chosen."""
        cell_of = np.full(self.size, -1, dtype=np.int32)
        cell_of[self.places] = self.cells_there
        return cell_of

    def split_by(self, codes: Codes) -> "Selection":
        """The same procedures split by one key more: all cells for its first value, then for the next, and so on."""
        cells_there = codes.places[self.places] * np.int64(len(self.cells)) + self.cells_there
        return Selection(self.cells * len(codes.values), self.size, self.places, cells_there)

    def tally(self, states: np.ndarray) -> np.ndarray:
        """How many procedures are in each cell (rows) and state (columns); `states`: a small number of each."""
        here = states[self.places]
        codes = here if len(self.cells) == 1 else MOST_STATES * self.cells_there + here
        return np.bincount(codes, minlength=MOST_STATES * len(self.cells)).reshape(len(self.cells), MOST_STATES)


@dataclass(frozen=True)
class Extent:
    """How much a choice of procedures holds; `first` and `last` are days of procedures, None when it holds none."""

    procedures: int
    patients: int
    first: date | None
    last: date | None


@dataclass(frozen=True, eq=False)
class Cohort:
    """The procedures of one generation, in the order of `outcomes`."""

    warehouse: Warehouse
    months: np.ndarray
    days: np.ndarray
    # Here and not in a cache of the process: what was chosen of a generation goes with it.
    selections: BoundedMemory = field(
        default_factory=partial(BoundedMemory, SELECTIONS_KEPT, bound=KEPT_BYTES), repr=False
    )

    @property
    def size(self) -> int:
        """How many procedures."""
        return len(self.days)

    @property
    def patients(self) -> np.ndarray:
        """The person of each procedure, people numbered from 0."""
        return self.warehouse.remember(("patients",), lambda: _read_columns(self.warehouse, PATIENTS)["patient"])

    def codes(self, key: str) -> Codes:
        """The codes of one key of `filters.KEYS`."""
        return self.warehouse.remember(("codes", key), lambda: _read_codes(self.warehouse, key))

    def linked(self, kinds: tuple[str, ...]) -> np.ndarray:
        """Whether the sender of each procedure links all these kinds of record to a register."""
        found = self.warehouse.remember(("linked",), lambda: _read_linked(self.warehouse))
        return np.logical_and.reduce([found[f"linked_{kind}"] for kind in kinds])

    def select(self, filters: Filters, by: str | None = None, period: str | None = None) -> Selection:
        """The procedures that pass the filters, split by a key and a period.

        Groups are those that occur among the chosen; periods run from the first to the last chosen, also empty ones.
        """
        return self.selections.get((filters, by, period), lambda: _select_cells(self, filters, by, period))

    def chosen(self, filters: Filters) -> np.ndarray:
        """Whether each procedure passes the filters; shared, never to be changed."""
        return self.selections.get(filters, lambda: _chosen_rows(self, filters))

    def extent(self, filters: Filters) -> Extent:
        """How many procedures and people pass the filters, and from which day to which."""
        chosen = self.chosen(filters)
        days = self.days[chosen]
        if not len(days):
            return Extent(0, 0, None, None)
        seen = np.zeros(int(self.patients.max()) + 1, dtype=bool)
        seen[self.patients[chosen]] = True
        first, last = (EPOCH + timedelta(days=int(day)) for day in (days.min(), days.max()))
        return Extent(len(days), int(np.count_nonzero(seen)), first, last)

    def count_left_out(self, filters: Filters) -> int:
        """How many procedures the filters leave out because of their technique alone."""
        every = filters.with_values("technique", ())
        return self.extent(every).procedures - self.extent(filters).procedures


def _chosen_rows(whole: Cohort, filters: Filters) -> np.ndarray:
    chosen = np.ones(whole.size, dtype=bool)
    if filters.date_from is not None:
        chosen &= whole.days >= (filters.date_from - EPOCH).days
    if filters.date_to is not None:
        chosen &= whole.days <= (filters.date_to - EPOCH).days
    for key, picked in filters.values:
        codes = whole.codes(key)
        chosen &= np.isin(codes.values, picked)[codes.places]
    chosen.flags.writeable = False
    return chosen


def _select_cells(whole: Cohort, filters: Filters, by: str | None, period: str | None) -> Selection:
    places = np.flatnonzero(whole.chosen(filters)).astype(np.int32)
    cells_there = np.zeros(places.size, dtype=np.int32)
    groups: list[str | None] = [None]
    if by:
        codes = whole.codes(by)
        found = codes.places[places]
        present = np.bincount(found, minlength=len(codes.values)) > 0
        groups = [codes.values[place] for place in np.flatnonzero(present)]
        cells_there += (np.cumsum(present, dtype=np.int32) - 1)[found]
    periods: list[Period | None] = [None]
    if period:
        starts = whole.months[places] // MONTHS[period]
        periods = []
        if places.size:
            first, last = int(starts.min()), int(starts.max())
            periods = list(periods_between(period, *(_first_day(place, period) for place in (first, last))))
            cells_there *= len(periods)
            cells_there += starts - first
    cells = tuple(Cell(group, one) for group in groups for one in periods)
    return Selection(cells, whole.size, places, cells_there)


def read_cohort(warehouse: Warehouse) -> Cohort:
    """The procedures of a generation; read once."""
    return warehouse.remember(("cohort",), lambda: _read_cohort(warehouse))


def _first_day(place: int, period: str) -> date:
    month = place * MONTHS[period]
    return date(month // 12, month % 12 + 1, 1)


def _read_cohort(warehouse: Warehouse) -> Cohort:
    columns = _read_columns(warehouse, DAYS)
    return Cohort(warehouse, columns["month"], columns["day"])


def _read_columns(warehouse: Warehouse, named: str, tables: str = "outcomes") -> dict[str, np.ndarray]:
    """Columns of whole numbers of all procedures, in their order."""
    columns = warehouse.arrays(f"select outcome_no, {named} from {tables}")
    places = columns.pop("outcome_no") - 1
    ordered = {name: np.empty(len(places), dtype=np.int32) for name in columns}
    for name, values in columns.items():
        ordered[name][places] = values
    return ordered


def _read_linked(warehouse: Warehouse) -> dict[str, np.ndarray]:
    columns = warehouse.arrays(read_sql_file(FOLDER / "facts" / "linked.sql", ViewHeader)[1])
    order = np.argsort(columns.pop("outcome_no"))
    return {name: column[order] for name, column in columns.items()}


def _read_codes(warehouse: Warehouse, key: str) -> Codes:
    if key not in KEYS:
        raise KeyError(key)
    # Numbers instead of texts: a million names take ten times as long to bring over.
    known = f"select distinct cast({key} as varchar) as value from outcomes"
    numbered = f"select value, row_number() over (order by value) - 1 as place from ({known}) where value is not null"
    found = [value for (value,) in warehouse.rows(f"select value from ({numbered}) order by place")]
    written = _read_columns(
        warehouse,
        "coalesce(place, -1) as place",
        f"outcomes left join ({numbered}) on cast({key} as varchar) = value",
    )["place"]
    names = [*map(_shown_names(warehouse, key), found), NOT_RECORDED]
    values = sort_values(key, dict.fromkeys(name for name in names if name != NOT_RECORDED or (written < 0).any()))
    place_of = {value: place for place, value in enumerate(values)}
    lookup = np.array([place_of.get(name, -1) for name in names], dtype=np.int16)
    return Codes(tuple(values), lookup[written])


def _shown_names(warehouse: Warehouse, key: str) -> Callable[[str], str]:
    """What readers of this warehouse see instead of a value."""
    if key == "operator":
        return warehouse.operator_shown
    if warehouse.hospital_shown is str or key not in (HOSPITAL, "site"):
        return str
    # The names of its sites would name a hospital.
    return warehouse.hospital_shown if key == HOSPITAL else lambda _: NOT_TOLD
