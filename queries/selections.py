"""Exactly the procedures behind a figure, a bar or a point: which, in the order of `outcomes`."""

import re
from dataclasses import dataclass
from datetime import date

import numpy as np

from queries.answers import answers, categories
from queries.catalog import EXCLUSIONS, catalogue
from queries.cohort import EPOCH, Cohort, cohort
from queries.filters import KEYS, Filters
from queries.periods import Period
from queries.warehouse import Warehouse

# What a procedure may answer, as written in an address. `recorded` is yes, no and value together.
STATUSES = (
    "all", "counted", "recorded", "yes", "no", "not-recorded", "not-counted",
    *(name.replace("_", "-") for name in EXCLUSIONS),
)  # fmt: skip
PERIOD = re.compile(r"(?P<year>[12][0-9]{3})(?:-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4]))?")


@dataclass(frozen=True)
class Behind:
    """A figure's place: a metric, what its procedures answer, and the group, category and period of a row.

    `by` is the key that `group` is a value of.
    """

    metric: str = "procedures"
    status: str = "all"
    by: str | None = None
    group: str | None = None
    category: str | None = None
    period: str | None = None

    @property
    def is_valid(self) -> bool:
        """Whether every part names something that can exist."""
        return (
            self.metric in catalogue()
            and self.status in STATUSES
            and (self.by is None) == (self.group is None)
            and (self.by is None or self.by in KEYS)
            and (self.period is None or parse_period(self.period) is not None)
            and (self.category is None or catalogue()[self.metric].kind == "category")
        )


def parse_period(label: str) -> Period | None:
    """The period of a label such as `2026-03`, `2026-Q1`, `2026`; None for anything else."""
    found = PERIOD.fullmatch(label)
    if not found:
        return None
    year = int(found["year"])
    if found["month"]:
        return Period(date(year, int(found["month"]), 1), "month")
    if found["quarter"]:
        return Period(date(year, 3 * int(found["quarter"]) - 2, 1), "quarter")
    return Period(date(year, 1, 1), "year")


def places_behind(warehouse: Warehouse, filters: Filters, behind: Behind) -> np.ndarray:
    """The places in `outcomes` (from 0) of the procedures behind a row of a figure; none when it names nothing."""
    whole = cohort(warehouse)
    if not behind.is_valid:
        return np.zeros(0, dtype=np.int64)
    chosen = whole.chosen(filters) & _answering(warehouse, behind)
    if behind.period is not None:
        chosen &= _in_period(whole, behind.period)
    if behind.by is not None:
        codes = whole.codes(behind.by)
        chosen &= np.array([value == behind.group for value in codes.values], dtype=bool)[codes.places]
    if behind.category is not None:
        chosen &= _in_category(warehouse, behind)
    return np.flatnonzero(chosen)


def _answering(warehouse: Warehouse, behind: Behind) -> np.ndarray:
    metric = catalogue()[behind.metric]
    found = answers(warehouse, metric)
    said_yes = found.recorded & (found.value > 0)
    for code, name in enumerate(EXCLUSIONS, start=1):
        if behind.status == name.replace("_", "-"):
            return ~found.eligible & (found.exclusion == code)
    return {
        "all": np.ones_like(found.eligible),
        "counted": found.eligible,
        "not-counted": ~found.eligible,
        "recorded": found.recorded,
        "not-recorded": found.eligible & ~found.recorded,
        "yes": said_yes if metric.kind in ("proportion", "count") else found.recorded,
        "no": found.recorded & ~said_yes if metric.kind == "proportion" else np.zeros_like(found.recorded),
    }[behind.status]


def _in_period(whole: Cohort, label: str) -> np.ndarray:
    period = parse_period(label)
    if period is None:
        return np.zeros(whole.size, dtype=bool)
    return (whole.days >= (period.start - EPOCH).days) & (whole.days <= (period.end - EPOCH).days)


def _in_category(warehouse: Warehouse, behind: Behind) -> np.ndarray:
    found = categories(warehouse, catalogue()[behind.metric])
    chosen = np.zeros(cohort(warehouse).size, dtype=bool)
    if behind.category in found.names:
        chosen[found.procedure[found.category == found.names.index(behind.category)]] = True
    return chosen
