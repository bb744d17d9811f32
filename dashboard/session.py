"""What a script run works with: the generation, the reader, the filters, and cached figures. The only caches.

The generation's file name is part of every cache key: a new generation means new keys, so no page mixes two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
import streamlit as st

import data
from dashboard.access import Viewer, require, viewer
from data import Home
from queries.catalog import catalogue, curves
from queries.cohort import cohort
from queries.distributions import cumulative, quantiles
from queries.errors import NoGeneration
from queries.filters import Filters
from queries.summarise import Row, headline, summarise
from queries.warehouse import GenerationInfo, Warehouse, current_path

OPEN_GENERATIONS = 6
FIGURES_KEPT = 4_000
VIEW_KEY = "view"


@dataclass(frozen=True)
class View:
    """What one script run shows: one generation, one reader, one choice of procedures."""

    path: str
    info: GenerationInfo
    reader: Viewer
    filters: Filters

    def figures(self, metric: str, by: str | None = None, period: str | None = None) -> pd.DataFrame:
        """The figures of a metric, as `queries.summarise.summarise` gives them."""
        self._require()
        return _figures(self.path, metric, self.filters, by, period)

    def figure(self, metric: str) -> Row:
        """The one row of a metric that is not split, as a dictionary."""
        self._require()
        return _figure(self.path, metric, self.filters)

    def curve(self, name: str, thresholds: Sequence[float]) -> pd.DataFrame:
        """Shares that reach thresholds, as `queries.distributions.cumulative` gives them."""
        self._require()
        return _curve(self.path, name, tuple(thresholds), self.filters)

    def quantiles(self, metric: str, by: str | None = None) -> pd.DataFrame:
        """Quantiles of a median metric, as `queries.distributions.quantiles` gives them."""
        self._require()
        return _quantiles(self.path, metric, self.filters, by)

    def values(self, key: str) -> tuple[str, ...]:
        """The values of a filter that occur in the whole generation."""
        self._require()
        return known_values(self.path, key)

    def _require(self) -> None:
        for site in self.filters["site"] or (None,):
            require(self.reader, "figures", site)


def home_in_service() -> Home:
    """The department's home; while it has no generation, the synthetic department's."""
    real, synthetic = data.home(), data.demo_home()
    if not real.has_generation and synthetic.has_generation:
        return synthetic
    return real


def open_view(filters: Filters) -> View:
    """The generation in service, seen by this reader. `NoGeneration` and `AccessDenied` say what to do."""
    path, info = generation()
    return View(path, info, viewer(info.is_synthetic), filters)


def generation() -> tuple[str, GenerationInfo]:
    """The file in service and what it is; asked once more when a load removed the file in between."""
    home = home_in_service()
    try:
        path = str(current_path(home))
        return path, _warehouse(path).info
    except NoGeneration:
        path = str(current_path(home))
        return path, _warehouse(path).info


def remember(view: View) -> None:
    """Hand the view of this run to the page."""
    st.session_state[VIEW_KEY] = view


def current_view() -> View:
    """The view of this run."""
    return st.session_state[VIEW_KEY]


@st.cache_resource(max_entries=OPEN_GENERATIONS, show_spinner=False)
def _warehouse(path: str) -> Warehouse:
    return Warehouse(data.Path(path))


# What follows is shared by all sessions and read by pages, never changed by them. Plain caches: a hit costs a
# microsecond, where st.cache_data hashes its arguments and copies the table.


@lru_cache(FIGURES_KEPT)
def _figure(path: str, metric: str, filters: Filters) -> Row:
    return headline(_warehouse(path), catalogue()[metric], filters)


@lru_cache(FIGURES_KEPT)
def _figures(path: str, metric: str, filters: Filters, by: str | None, period: str | None) -> pd.DataFrame:
    return summarise(_warehouse(path), catalogue()[metric], filters, by, period)


@lru_cache(FIGURES_KEPT)
def _curve(path: str, name: str, thresholds: tuple[float, ...], filters: Filters) -> pd.DataFrame:
    return cumulative(_warehouse(path), curves()[name], thresholds, filters)


@lru_cache(FIGURES_KEPT)
def _quantiles(path: str, metric: str, filters: Filters, by: str | None) -> pd.DataFrame:
    return quantiles(_warehouse(path), catalogue()[metric], filters, by)


@lru_cache(FIGURES_KEPT)
def known_values(path: str, key: str) -> tuple[str, ...]:
    """The values of a filter that occur in a generation, in natural order."""
    return cohort(_warehouse(path)).codes(key).values
