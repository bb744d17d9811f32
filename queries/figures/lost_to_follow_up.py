"""Those without a follow-up score beside those with one, and what weighting by who answers would change."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import Metric, read_catalogue
from queries.figures.answers import metric_answers
from queries.figures.cohort import read_cohort
from queries.figures.counts import count_cells
from queries.figures.gates import CAUTION_FROM
from queries.statistics import intervals
from queries.statistics.missing import inverse_probability
from queries.warehouse import Warehouse

OLD = ("80–89", "90+")
FEWEST = 10
# Weighting is shown only where it can be estimated: so many patients, so many missing and answering per coefficient.
WEIGHTED_FROM, MISSING_FROM, PER_COEFFICIENT = 100, 10, 10
# A fact that fewer have would leave too few to weight.
KNOWN_FROM = 0.8
EARLY = "hours_24_72"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One fact in both groups: mean, or share 0 to 1; counts; and the difference without − with, 95 % interval.

    NaN where a group has fewer than ten. `n_with`, `n_without`: how many of each group the fact is known for.
    """

    fact: str
    kind: Literal["mean", "share"]
    with_score: float
    n_with: int
    without: float
    n_without: int
    difference: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class Weighted:
    """A responder rate (0 to 1) as observed and weighted; `reason` says why it is not weighted, empty if it is."""

    observed: float
    estimate: float
    effective_n: float
    n: int
    answered: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Procedures that could be asked, with and without a score. Deaths, repeats and open windows are apart."""

    with_score: int
    without: int
    died: int
    retreated: int
    not_due: int
    facts: tuple[Beside, ...]
    weighted: Weighted


def lost_to_follow_up(warehouse: Warehouse, timepoint: str, filters: Filters) -> Lost:
    """The comparison for one timepoint, of the chosen procedures."""
    whole = read_cohort(warehouse)
    chosen = whole.chosen(filters)
    asked = metric_answers(warehouse, read_catalogue()[f"recorded_{timepoint}"])
    could = chosen & asked.eligible
    did = could & asked.recorded & (asked.value > 0)
    counted = count_cells(warehouse, read_catalogue()[f"recorded_{timepoint}"], whole.select(filters)).at(0)
    apart = dict(zip(("setting", "not_due", "died", "retreated"), counted.excluded, strict=False))
    facts = _early_facts(warehouse, timepoint)
    beside = tuple(_compare_fact(name, kind, values, did, could & ~did) for name, (kind, values) in facts.items())
    return Lost(
        with_score=int(did.sum()),
        without=int((could & ~did).sum()),
        died=apart["died"],
        retreated=apart["retreated"],
        not_due=apart["not_due"],
        facts=beside,
        weighted=_weighted_share(warehouse, timepoint, chosen, facts),
    )


def _early_facts(warehouse: Warehouse, timepoint: str) -> dict[str, tuple[Literal["mean", "share"], np.ndarray]]:
    """What is known before the follow-up, one entry per procedure, NaN where not recorded."""
    ages = read_cohort(warehouse).codes("age_band")
    old = np.isin(ages.values, OLD).astype(float)
    old[np.isin(ages.values, ("not_recorded",))] = np.nan
    early = {} if timepoint == EARLY else {"pain at 24–72 hours": f"pain_score_{EARLY}"}
    means = {"pain before": "pain_score_baseline", **early, "vertebrae treated": "mean_levels"}
    facts: dict[str, tuple[Literal["mean", "share"], np.ndarray]] = {
        name: ("mean", _metric_values(warehouse, read_catalogue()[metric])) for name, metric in means.items()
    }
    return facts | {"80 or older": ("share", old[ages.places])}


def _metric_values(warehouse: Warehouse, metric: Metric) -> np.ndarray:
    found = metric_answers(warehouse, metric)
    return np.where(found.recorded, found.value, np.nan)


def _compare_fact(
    name: str, kind: Literal["mean", "share"], values: np.ndarray, with_score: np.ndarray, without: np.ndarray
) -> Beside:
    first, second = (values[which & ~np.isnan(values)] for which in (with_score, without))
    if min(first.size, second.size) < FEWEST:
        return Beside(
            fact=name,
            kind=kind,
            with_score=math.nan,
            n_with=first.size,
            without=math.nan,
            n_without=second.size,
            difference=math.nan,
            lower=math.nan,
            upper=math.nan,
        )
    if kind == "share":
        lower, upper = intervals.newcombe(second.sum(), second.size, first.sum(), first.size)
    else:
        interval = stats.ttest_ind(second, first, equal_var=False).confidence_interval()
        lower, upper = float(interval.low), float(interval.high)
    apart = float(second.mean() - first.mean())
    return Beside(
        fact=name,
        kind=kind,
        with_score=float(first.mean()),
        n_with=first.size,
        without=float(second.mean()),
        n_without=second.size,
        difference=apart,
        lower=lower,
        upper=upper,
    )


def _known_share(values: np.ndarray) -> float:
    return float((~np.isnan(values)).mean()) if values.size else 0.0


def _weighted_share(warehouse: Warehouse, timepoint: str, chosen: np.ndarray, facts: dict) -> Weighted:
    """The share who halved their pain, weighted by facts that most have; those who lack one are left out."""
    found = metric_answers(warehouse, read_catalogue()[f"responders_50_{timepoint}"])
    possible = chosen & found.eligible
    used = [values for _, values in facts.values() if _known_share(values[possible]) >= KNOWN_FROM]
    columns = np.column_stack([np.zeros(possible.size), *used])
    known = possible & ~np.isnan(columns).any(axis=1)
    n, answered = int(known.sum()), int((known & found.recorded).sum())
    observed = float((found.value[known & found.recorded] > 0).mean()) if answered else math.nan
    coefficients = len(used) + 1
    if n and answered / n < CAUTION_FROM:
        return Weighted(
            observed=observed,
            estimate=math.nan,
            effective_n=math.nan,
            n=n,
            answered=answered,
            reason="fewer than 60 % have a score",
        )
    if n < WEIGHTED_FROM or min(n - answered, answered) < max(MISSING_FROM, PER_COEFFICIENT * coefficients):
        reason = (
            f"it needs {WEIGHTED_FROM} procedures with all facts, {PER_COEFFICIENT * coefficients} of them without and "
            f"as many with a score"
        )
        return Weighted(
            observed=observed, estimate=math.nan, effective_n=math.nan, n=n, answered=answered, reason=reason
        )
    estimate, effective = inverse_probability(found.value[known] > 0, found.recorded[known], columns[known])
    return Weighted(
        observed=observed,
        estimate=estimate,
        effective_n=effective,
        n=n,
        answered=answered,
        reason="" if not math.isnan(estimate) else "no solution",
    )
