"""Exactly the procedures behind a figure, a bar or a point: which, in the order of `outcomes`."""

import re
from dataclasses import dataclass
from datetime import date

import numpy as np

from queries.catalogue.filters import KEYS, Filters
from queries.catalogue.metrics import EXCLUSIONS, Metric, read_catalogue, read_curves
from queries.catalogue.periods import Period
from queries.explain.calls_due import SILENT, was_contacted, why_silent
from queries.explain.weighed_scores import UNUSED, has_unused, scored_in
from queries.figures.answers import metric_answers, metric_categories
from queries.figures.cohort import EPOCH, Cohort, read_cohort
from queries.figures.distributions import has_reached
from queries.warehouse import Warehouse

# What a procedure may answer, as written in an address. `recorded` is yes, no and value together.
STATUSES = (
    "all", "counted", "recorded", "yes", "no", "reached", *SILENT, "not-recorded", "not-counted",
    *(name.replace("_", "-") for name in EXCLUSIONS),
)  # fmt: skip
CASES = re.compile(r"(?P<first>[1-9][0-9]{0,7})-(?P<last>[1-9][0-9]{0,7})")
THRESHOLD = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?")
AMONG = re.compile(r"(?P<answer>yes|no)-(?P<metric>[a-z0-9_]{1,80})")
PERIOD = re.compile(r"(?P<year>[12][0-9]{3})(?:-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4]))?")


# Who was reached, and why others gave no score, is known of the metrics that say who was asked at a timepoint.
ASKED_AT = "recorded_"
OF_ASKED = ("reached", *SILENT)


@dataclass(frozen=True, kw_only=True)
class Behind:
    """A figure's place: a metric, what its procedures answer, and the group, category and period of a row.

    `by` is the key that `group` is a value of. `cases` such as `11-20` numbers the recorded ones of all chosen in order
    of date, from 1. `curve` with the threshold `at` keeps those who reach that point of a curve. `scored` is a month in
    which a score was given; `among` such as `yes-same_day_discharge` keeps those who answered so to another proportion;
    `unused` those with a score that is not used for this reason.
    """

    metric: str = "procedures"
    status: str = "all"
    by: str | None = None
    group: str | None = None
    category: str | None = None
    period: str | None = None
    cases: str | None = None
    curve: str | None = None
    at: str | None = None
    scored: str | None = None
    among: str | None = None
    unused: str | None = None

    @property
    def is_valid(self) -> bool:
        """Whether every part names something that can exist."""
        return (
            self.metric in read_catalogue()
            and self.status in STATUSES
            and (self.by is None) == (self.group is None)
            and (self.by is None or self.by in KEYS)
            and (self.period is None or parse_period(self.period) is not None)
            and (self.category is None or read_catalogue()[self.metric].kind == "category")
            and (self.status not in OF_ASKED or self.metric.startswith(ASKED_AT))
            and (self.cases is None or CASES.fullmatch(self.cases) is not None)
            and (self.curve is None) == (self.at is None)
            and (self.curve is None or (self.curve in read_curves() and THRESHOLD.fullmatch(self.at or "") is not None))
            and (self.scored is None or _is_month(self.scored))
            and (self.among is None or _is_proportion(self.among))
            and (self.unused is None or self.unused in UNUSED)
        )


def _is_month(label: str) -> bool:
    found = PERIOD.fullmatch(label)
    return found is not None and found["month"] is not None


def _is_proportion(among: str) -> bool:
    found = AMONG.fullmatch(among)
    return (
        found is not None
        and found["metric"] in read_catalogue()
        and read_catalogue()[found["metric"]].kind == "proportion"
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
    whole = read_cohort(warehouse)
    if not behind.is_valid:
        return np.zeros(0, dtype=np.int64)
    chosen = whole.chosen(filters) & _places_answering(warehouse, behind)
    if behind.period is not None:
        chosen &= _in_period(whole, behind.period)
    if behind.by is not None:
        codes = whole.codes(behind.by)
        chosen &= np.array([value == behind.group for value in codes.values], dtype=bool)[codes.places]
    if behind.category is not None:
        chosen &= _in_category(warehouse, behind)
    if behind.cases is not None:
        chosen &= _among_cases(warehouse, filters, behind)
    if behind.curve is not None and behind.at is not None:
        chosen &= has_reached(warehouse, read_curves()[behind.curve], float(behind.at))
    if behind.scored is not None and (month := parse_period(behind.scored)) is not None:
        chosen &= scored_in(warehouse, month.start)
    if behind.among is not None and (other := AMONG.fullmatch(behind.among)) is not None:
        chosen &= _places_answering(warehouse, Behind(metric=other["metric"], status=other["answer"]))
    if behind.unused is not None:
        chosen &= has_unused(warehouse, behind.unused)
    return np.flatnonzero(chosen)


def _places_answering(warehouse: Warehouse, behind: Behind) -> np.ndarray:
    metric = read_catalogue()[behind.metric]
    found = metric_answers(warehouse, metric)
    said_yes = found.recorded & (found.value > 0)
    for code, name in enumerate(EXCLUSIONS, start=1):
        if behind.status == name.replace("_", "-"):
            return ~found.eligible & (found.exclusion == code)
    if behind.status in SILENT:
        silent = why_silent(warehouse, metric.timepoint)[behind.status] if metric.timepoint else False
        return found.eligible & ~said_yes & silent
    return {
        "all": np.ones_like(found.eligible),
        "counted": found.eligible,
        "not-counted": ~found.eligible,
        "recorded": found.recorded,
        "reached": found.eligible & (said_yes | _places_contacted(warehouse, metric)),
        "not-recorded": found.eligible & ~found.recorded,
        "yes": said_yes if metric.kind in ("proportion", "count") else found.recorded,
        "no": found.recorded & ~said_yes if metric.kind == "proportion" else np.zeros_like(found.recorded),
    }[behind.status]


def _places_contacted(warehouse: Warehouse, metric: Metric) -> np.ndarray:
    """Who was reached or seen in the window of the metric's timepoint; nobody where it has none."""
    nobody = np.zeros(read_cohort(warehouse).size, dtype=bool)
    return was_contacted(warehouse, metric.timepoint) if metric.timepoint else nobody


def _among_cases(warehouse: Warehouse, filters: Filters, behind: Behind) -> np.ndarray:
    whole = read_cohort(warehouse)
    found = CASES.fullmatch(behind.cases or "")
    assert found is not None
    cases = np.flatnonzero(whole.chosen(filters) & metric_answers(warehouse, read_catalogue()[behind.metric]).recorded)
    cases = cases[np.argsort(whole.days[cases], kind="stable")]
    among = np.zeros(whole.size, dtype=bool)
    among[cases[int(found["first"]) - 1 : int(found["last"])]] = True
    return among


def _in_period(whole: Cohort, label: str) -> np.ndarray:
    period = parse_period(label)
    if period is None:
        return np.zeros(whole.size, dtype=bool)
    return (whole.days >= (period.start - EPOCH).days) & (whole.days <= (period.end - EPOCH).days)


def _in_category(warehouse: Warehouse, behind: Behind) -> np.ndarray:
    found = metric_categories(warehouse, read_catalogue()[behind.metric])
    chosen = np.zeros(read_cohort(warehouse).size, dtype=bool)
    if behind.category in found.names:
        chosen[found.procedure[found.category == found.names.index(behind.category)]] = True
    return chosen
