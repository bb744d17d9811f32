"""What an operator sees: the own figures, how much so many cases can show, and the department as a band.

No view is made for this role, so that nothing that takes one is open to it: these functions take the reader, keep to
the operators that the account is bound to (and to its sites), and read nothing but counts of the others together.
"""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from dashboard.access.rights import requires
from dashboard.access.roles import Viewer
from dashboard.view.open_generations import open_warehouse
from dashboard.view.reader_view import generation_in_service
from data.settings import read_disclosure
from queries.catalogue.filters import NOT_RECORDED, Filters, first_technique
from queries.catalogue.metrics import Metric, read_catalogue
from queries.catalogue.spans import first_day, last_day
from queries.figures.cohort import read_cohort
from queries.figures.counts import last_closed_month
from queries.figures.enough_cases import Side, cases_needed, smallest_difference
from queries.figures.outside.department_band import Band, department_band
from queries.figures.summarise import Row, figure_rows, headline_row
from queries.statistics.intervals import wilson
from queries.warehouse import GenerationInfo, Warehouse

# Shares that an operator can do something about; the first is the one that the page opens with.
MEASURES = (
    "responders_50_hours_24_72",
    "day_case_completed",
    "home_ready_within_6_hours",
    "symptomatic_leak",
    "serious_or_death_30_days",
)
QUARTER, YEAR = 3, 12
POINTS = 0.10
PERCENT = 100


@dataclass(frozen=True, kw_only=True)
class OwnFigure:
    """One measure of the reader's own procedures in the last four whole quarters that are closed for it.

    `smallest`: the smallest change for the worse that so many cases can show, from `compared_with`, both in per cent;
    NaN where none. `needed`: how many cases would show one of ten points; None: more than 2,000. `quarters`: the own
    figure by quarter, over all records.
    """

    metric: Metric
    days: tuple[date, date]
    row: Row
    quarters: pd.DataFrame
    band: Band | None
    compared_with: float
    side: Side
    smallest: float
    needed: int | None


@dataclass(frozen=True)
class OwnRecords:
    """How many of the reader's own procedures there are, and of which generation. None are found of an unknown name."""

    procedures: int
    info: GenerationInfo


@requires("own_results")
def count_own(reader: Viewer) -> OwnRecords:
    """How many own procedures the records hold, of every technique."""
    warehouse = _records()
    own = _own_filters(warehouse, reader, ())
    return OwnRecords(0 if own is None else read_cohort(warehouse).extent(own).procedures, warehouse.info)


@requires("own_results")
def read_own(reader: Viewer, name: str) -> OwnFigure | None:
    """One measure of the own procedures; None where there are none. Figures begin with vertebroplasty, as pages do."""
    warehouse, metric = _records(), read_catalogue()[name]
    technique = first_technique(read_cohort(warehouse).codes("technique").values)
    own = _own_filters(warehouse, reader, technique)
    everyone = Filters.of({"technique": technique, "site": reader.sites or ()})
    last = last_closed_month(warehouse, metric, everyone)
    if own is None or last is None or name not in MEASURES:
        return None
    last = (last + 1) // QUARTER * QUARTER - 1
    days = first_day(last - YEAR + 1), last_day(last)
    row = headline_row(warehouse, metric, replace(own, date_from=days[0], date_to=days[1]))
    by_operator = figure_rows(warehouse, metric, replace(everyone, date_from=days[0], date_to=days[1]), by="operator")
    band = department_band(by_operator, reader.operators, read_disclosure().in_force)
    side: Side = "lower" if metric.header.better == "higher" else "higher"
    rate = band.middle / PERCENT if band else _middle_of_own(row)
    return OwnFigure(
        metric=metric,
        days=days,
        row=row,
        quarters=pd.DataFrame(figure_rows(warehouse, metric, own, period="quarter")),
        band=band,
        compared_with=PERCENT * rate,
        side=side,
        smallest=PERCENT * smallest_difference(row["recorded"], rate, side),
        needed=cases_needed(POINTS, rate, side),
    )


def _records() -> Warehouse:
    """The generation in service under the names that the records use: nobody's but the own are asked for."""
    return open_warehouse(generation_in_service()[0])


def _own_filters(warehouse: Warehouse, reader: Viewer, technique: tuple[str, ...]) -> Filters | None:
    """The own procedures at the reader's sites; None where the records hold none of the operators."""
    known = (reader.operators - {NOT_RECORDED}) & set(read_cohort(warehouse).codes("operator").values)
    if not known:
        return None
    return Filters.of({"operator": known, "technique": technique, "site": reader.sites or ()})


def _middle_of_own(row: Row) -> float:
    """The middle of the own interval: the own share, drawn a little towards a half, so that it is never 0 or 1."""
    lower, upper = wilson(row["numerator"] or 0, row["recorded"])
    return (lower + upper) / 2 if row["recorded"] else 0.5
