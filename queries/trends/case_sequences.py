"""Cases one by one in order of date: for rare events, where a rate by month says nothing."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import Metric, ViewHeader
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.figures.answers import metric_answers
from queries.figures.cohort import read_cohort
from queries.warehouse import Warehouse


@dataclass(frozen=True)
class Cases:
    """Recorded cases of a yes-or-no metric in order of date."""

    days: tuple[date, ...]
    events: np.ndarray

    @property
    def gaps(self) -> list[int]:
        """Cases without an event between one event and the next; two in a row are 0 apart."""
        places = np.flatnonzero(self.events)
        return [int(gap) - 1 for gap in np.diff(places)]

    @property
    def between(self) -> list[tuple[int, int]]:
        """Of each gap, and of the cases since the last event, the number of the first and last case, from 1.

        A gap of 0 holds nobody: its first case lies after its last.
        """
        places = [-1, *np.flatnonzero(self.events).tolist(), self.events.size]
        found = [(first + 2, last) for first, last in pairwise(places)]
        return found[1:] if len(found) > 1 else found

    @property
    def since_last(self) -> int:
        """Cases since the last event; all of them when there was none."""
        places = np.flatnonzero(self.events)
        return int(self.events.size - 1 - places[-1]) if places.size else int(self.events.size)

    @property
    def years(self) -> list[tuple[int, int, int]]:
        """Each year that begins after the first event: by how many cases and days after it, and the year."""
        places = np.flatnonzero(self.events)
        first = int(places[0]) if places.size else 0
        begins = [
            place for place in range(first + 1, len(self.days)) if self.days[place].year > self.days[place - 1].year
        ]
        return [
            (place - first, (date(self.days[place].year, 1, 1) - self.days[first]).days, self.days[place].year)
            for place in begins
        ]

    @property
    def day_gaps(self) -> list[int]:
        """Days from the procedure of one event to that of the next; 0 for two on one day."""
        days = [self.days[place] for place in np.flatnonzero(self.events)]
        return [(later - earlier).days for earlier, later in pairwise(days)]

    @property
    def days_since_last(self) -> int:
        """Days from the procedure of the last event, or from the first case when there was none, to the last case."""
        places = np.flatnonzero(self.events)
        return (self.days[-1] - self.days[places[-1] if places.size else 0]).days if self.days else 0


def cases_in_order(warehouse: Warehouse, metric: Metric, filters: Filters) -> Cases:
    """The chosen procedures that are recorded for the metric, in the order of `outcomes` (date, site)."""
    whole, found = read_cohort(warehouse), metric_answers(warehouse, metric)
    chosen = np.flatnonzero(whole.chosen(filters) & found.recorded)
    chosen = chosen[np.argsort(whole.days[chosen], kind="stable")]
    days = whole.days[chosen].astype("datetime64[D]").tolist()
    return Cases(tuple(days), found.value[chosen] > 0)


def events_for_review(warehouse: Warehouse, filters: Filters) -> pd.DataFrame:
    """Serious events, events without a class and deaths of the chosen procedures, newest first.

    `grade` is serious, not_classified or death; `days_after` counts from the day of the procedure.
    """
    _, sql = read_sql_file(FOLDER / "listings" / "events_for_review.sql", ViewHeader)
    rows = warehouse.remember(("events_for_review",), lambda: _newest_first(warehouse.frame(sql)))
    chosen = read_cohort(warehouse).chosen(filters)
    return rows[chosen[rows["outcome_no"].to_numpy(int) - 1]].reset_index(drop=True)


def _newest_first(events: pd.DataFrame) -> pd.DataFrame:
    order = ["occurred_on", "outcome_no", "complication_id"]
    return events.sort_values(order, ascending=[False, False, True], na_position="last", ignore_index=True)
