"""What a script run works with: the generation, the reader, the filters, and cached figures. The only caches.

The generation's file name is part of every cache key: a new generation means new keys, so no page mixes two.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.access.rights import AccessDenied, Right, Viewer, require, requires, viewer
from dashboard.access.settings import SIGN_IN_WAYS, way_in
from dashboard.view import operator_codes, readers_outside
from dashboard.view.open_generations import open_warehouse
from data.errors import NoGeneration
from data.home import home_in_service
from queries.catalogue.filters import HOSPITAL, Filters
from queries.catalogue.metrics import read_catalogue, read_curves
from queries.catalogue.spans import EVERYTHING, Days, Span, days_before, span_days
from queries.explain.record_quality import is_planned_stay_sent
from queries.figures.cohort import Extent, read_cohort
from queries.figures.counts import Audience, last_closed_month, last_whole_month
from queries.figures.distributions import cumulative_shares, metric_quantiles
from queries.figures.splits import share_by_answer, share_by_vertebra
from queries.figures.summarise import Row, figure_rows, headline_row, summarise
from queries.warehouse import GenerationInfo, Warehouse, current_path

FIGURES_KEPT = 4_000
VIEW_KEY = "view"


@dataclass(frozen=True)
class View:
    """What one script run shows: one generation, one reader, one choice of procedures.

    `path` names the open warehouse (see `warehouse_of`). `filters` hold the reader's own sites where the reader has
    rights for some only, so that every figure keeps to them. `span` names the period, whose days the filters hold; a
    period such as the last 12 months ends for each figure with the last month that is closed for it.
    """

    path: str
    info: GenerationInfo
    reader: Viewer
    filters: Filters
    span: Span = EVERYTHING

    @property
    def unit(self) -> str:
        """The key of what is compared: the sites of a department, the hospitals of a registry."""
        return self.reader.unit

    @property
    def audience(self) -> Audience:
        """Whether figures are exact, or small cells hidden."""
        return "department" if self.reader.has("exact_figures") else "outside"

    @property
    @requires("figures")
    def whole(self) -> "View":
        """The same without a period: what trends are judged over."""
        return self.within((None, None))

    @requires("figures")
    def within(self, days: Days) -> "View":
        """The same within other days, for every figure alike."""
        return replace(self, filters=replace(self.filters, date_from=days[0], date_to=days[1]), span=EVERYTHING)

    @requires("figures")
    def filters_of(self, metric: str) -> Filters:
        """The filters of one figure: a rolling period ends with the last month that is closed for it."""
        if not self.span.is_rolling or self.info.as_of is None or self.audience == "outside":
            return self.filters
        return _closed_filters(self.path, metric, self.whole.filters, self.span, self.info.as_of)

    @requires("figures")
    def days_of(self, span: Span) -> Days:
        """First and last day of a period by its name; none for `all` and `own`."""
        last = None if span.name in ("all", "own") else last_whole_month(open_warehouse(self.path))
        if last is None or self.info.as_of is None:
            return None, None
        return span_days(span.name, last, self.info.as_of)

    @requires("figures")
    def before(self, metric: str) -> "View | None":
        """The view of what the period is compared with, for one figure; None where it is compared with nothing."""
        mine = self.filters_of(metric)
        days = days_before((mine.date_from, mine.date_to), self.span.against)
        return self.within(days) if days else None

    @requires("figures")
    def figures(self, metric: str, by: str | None = None, period: str | None = None) -> pd.DataFrame:
        """The figures of a metric, as `queries.figures.summarise.summarise` gives them to this reader's audience."""
        return _figures_table(
            self.path, metric, filters=self.filters_of(metric), by=by, period=period, audience=self.audience
        )

    @requires("exact_figures")
    def figure(self, metric: str) -> Row:
        """The one row of a metric that is not split, as a dictionary, exact."""
        return _headline_row(self.path, metric, self.filters_of(metric))

    @requires("exact_figures")
    def rows(self, metric: str, by: str | None = None, period: str | None = None) -> tuple[Row, ...]:
        """The same figures as plain dictionaries, exact: several times quicker to make than a table."""
        return _figure_rows(self.path, metric, self.filters_of(metric), by, period)

    @requires("exact_figures")
    def curve(self, name: str, thresholds: Sequence[float]) -> pd.DataFrame:
        """Shares that reach thresholds, as `queries.figures.distributions.cumulative_shares` gives them."""
        return _curve_table(self.path, name, tuple(thresholds), self.filters_of(name))

    @requires("exact_figures")
    def quantiles(self, metric: str, by: str | None = None) -> pd.DataFrame:
        """Quantiles of a metric of numbers, as `queries.figures.distributions.metric_quantiles` gives them."""
        return _quantile_table(self.path, metric, self.filters_of(metric), by)

    @requires("exact_figures")
    def by_vertebra(self, metric: str) -> pd.DataFrame:
        """A share for each treated vertebra, as `queries.figures.splits.share_by_vertebra` gives it."""
        return _by_vertebra(self.path, metric, self.filters_of(metric))

    @requires("exact_figures")
    def by_answer(self, metric: str, other: str) -> pd.DataFrame:
        """A share split by the answers to another figure, as `queries.figures.splits.share_by_answer` gives it."""
        return _by_answer(self.path, metric, other, self.filters_of(metric))

    @requires("exact_figures")
    def extent(self) -> Extent:
        """How many procedures and people are shown, and from which day to which."""
        return _count_extent(self.path, self.filters)

    @requires("exact_figures")
    def count_left_out(self) -> int:
        """How many procedures are not shown because of their technique alone."""
        return read_cohort(open_warehouse(self.path)).count_left_out(self.filters)

    @requires("exact_figures")
    def day_case_noun(self) -> str:
        """Who the day cases are: intended ones, or outpatients where no sender says which stay was planned."""
        sent = is_planned_stay_sent(open_warehouse(self.path))
        return "intended day cases" if sent else "outpatients (no planned stay is sent)"

    @requires("figures")
    def values(self, key: str) -> tuple[str, ...]:
        """The values of a filter that this reader may choose from, in natural order.

        Only what occurs at the reader's sites; operators as codes without the right to their names.
        """
        if self.audience == "outside" and key not in readers_outside.KEYS:
            return ()
        # A registry tells hospitals apart, and neither their sites nor who operated there.
        if key in (("site", "operator") if self.reader.in_registry else (HOSPITAL,)):
            return ()
        return _filter_values(self.path, key, self.reader.sites)

    def require(self, right: Right) -> None:
        """`AccessDenied` unless the reader has the right for every site that the filters choose."""
        if self.reader.sites is not None and not self.filters["site"]:
            raise AccessDenied("access", "your role does not include this", "Ask the department lead")
        for site in self.filters["site"] or (None,):
            require(right, site, reader=self.reader)


@requires("exact_figures")
def warehouse_of(view: View) -> Warehouse:
    """The open generation as this reader may see it: without the right to names, operators are codes."""
    return open_warehouse(view.path)


def open_view(filters: Filters, span: Span = EVERYTHING) -> View:
    """The generation in service, seen by this reader. `NoGeneration` and `AccessDenied` say what to do.

    `span` gives the days where it has some. Readers outside the department see the generation that was signed off
    last, and no period but whole ones that they choose themselves.
    """
    path, info = generation_in_service()
    reader = viewer(info.is_synthetic)
    require("figures", reader=reader)
    signed_off = None
    if not reader.has("exact_figures"):
        file, signed_off = readers_outside.published_generation(home_in_service())
        path = str(file)
    name = operator_codes.opening_name(Path(path), reader, signed_off)
    chosen = _at_sites_of(reader, filters)
    if signed_off:
        info = open_warehouse(name).info
        chosen = readers_outside.coarse_filters(chosen, info.as_of)
    view = View(name, info, reader, chosen, EVERYTHING if signed_off else span)
    if view.span.name in ("all", "own"):
        return view
    first, last = view.days_of(span)
    return replace(view, filters=replace(chosen, date_from=first, date_to=last))


def _at_sites_of(reader: Viewer, filters: Filters) -> Filters:
    """The filters, kept to the sites that the reader has rights for."""
    if reader.sites is None:
        return filters
    for site in filters["site"]:
        require("figures", site, reader=reader)
    return filters if filters["site"] else filters.with_values("site", reader.sites)


def reader_now() -> Viewer:
    """Who is looking. Those who sign in are known also before anything is loaded."""
    return viewer(way_in() not in SIGN_IN_WAYS and generation_in_service()[1].is_synthetic)


def generation_in_service() -> tuple[str, GenerationInfo]:
    """The file in service and what it is; asked once more when a load removed the file in between."""
    home = home_in_service()
    try:
        path = str(current_path(home))
        return path, open_warehouse(path).info
    except NoGeneration:
        path = str(current_path(home))
        return path, open_warehouse(path).info


def remember_view(view: View) -> None:
    """Hand the view of this run to the page."""
    st.session_state[VIEW_KEY] = view


def current_view() -> View:
    """The view of this run."""
    return st.session_state[VIEW_KEY]


# What follows is shared by all sessions and read by pages, never changed by them. Plain caches: a hit costs a
# microsecond, where st.cache_data hashes its arguments and copies the table.


@lru_cache(FIGURES_KEPT)
def _closed_filters(path: str, metric: str, filters: Filters, span: Span, as_of: date) -> Filters:
    warehouse, known = open_warehouse(path), read_catalogue()
    last = last_closed_month(warehouse, known[metric] if metric in known else read_curves()[metric], filters)
    if last is None:
        return filters
    first_day, last_day = span_days(span.name, last, as_of)
    return replace(filters, date_from=first_day, date_to=last_day)


@lru_cache(FIGURES_KEPT)
def _headline_row(path: str, metric: str, filters: Filters) -> Row:
    return headline_row(open_warehouse(path), read_catalogue()[metric], filters)


@lru_cache(FIGURES_KEPT)
def _figures_table(
    path: str, metric: str, *, filters: Filters, by: str | None, period: str | None, audience: Audience
) -> pd.DataFrame:
    return summarise(
        open_warehouse(path), read_catalogue()[metric], filters=filters, by=by, period=period, audience=audience
    )


@lru_cache(FIGURES_KEPT)
def _figure_rows(path: str, metric: str, filters: Filters, by: str | None, period: str | None) -> tuple[Row, ...]:
    return tuple(figure_rows(open_warehouse(path), read_catalogue()[metric], filters, by, period))


@lru_cache(FIGURES_KEPT)
def _curve_table(path: str, name: str, thresholds: tuple[float, ...], filters: Filters) -> pd.DataFrame:
    return cumulative_shares(open_warehouse(path), read_curves()[name], thresholds, filters)


@lru_cache(FIGURES_KEPT)
def _quantile_table(path: str, metric: str, filters: Filters, by: str | None) -> pd.DataFrame:
    return metric_quantiles(open_warehouse(path), read_catalogue()[metric], filters, by)


@lru_cache(FIGURES_KEPT)
def _by_vertebra(path: str, metric: str, filters: Filters) -> pd.DataFrame:
    return share_by_vertebra(open_warehouse(path), read_catalogue()[metric], filters)


@lru_cache(FIGURES_KEPT)
def _by_answer(path: str, metric: str, other: str, filters: Filters) -> pd.DataFrame:
    return share_by_answer(open_warehouse(path), read_catalogue()[metric], read_catalogue()[other], filters)


@lru_cache(FIGURES_KEPT)
def _count_extent(path: str, filters: Filters) -> Extent:
    return read_cohort(open_warehouse(path)).extent(filters)


@lru_cache(FIGURES_KEPT)
def _filter_values(path: str, key: str, sites: frozenset[str] | None) -> tuple[str, ...]:
    whole = read_cohort(open_warehouse(path))
    if sites is None:
        return whole.codes(key).values
    present = {cell.group for cell in whole.select(Filters.of({"site": sites}), key).cells}
    return tuple(value for value in whole.codes(key).values if value in present)
