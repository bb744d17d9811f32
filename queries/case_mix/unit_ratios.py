"""What was observed in units of different patients, against what a model expected of just these."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from queries.case_mix.covariates import read_facts
from queries.case_mix.risk_models import RiskModel
from queries.catalogue.filters import Filters
from queries.figures.answers import metric_answers
from queries.figures.cohort import EPOCH, read_cohort
from queries.figures.gates import FEWEST
from queries.figures.summarise import Row
from queries.statistics.risk.ratios import RatioFunnel, observed_to_expected, ratio_funnel
from queries.warehouse import Warehouse

# As many as make a funnel of crude rates.
FUNNEL_UNITS = 5
LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998", "tail")


@dataclass(frozen=True, kw_only=True)
class RiskCases:
    """Recorded cases in order of date: day, answer (1 or 0) and expected risk; and how many cannot be expected.

    `numbers`: of each its number, from 1, among all that are recorded.
    """

    numbers: np.ndarray
    days: tuple[date, ...]
    yes: np.ndarray
    risks: np.ndarray
    columns: np.ndarray
    left_out: int


@dataclass(frozen=True)
class Adjusted:
    """`units`: `label, cases, left_out, observed, expected, ratio, ratio_lower, ratio_upper`, in the order given.

    With `found`, the funnel of five units or more, also its limits and tails (`ratio_lower_95` and so on). Units below
    ten cases have only counts. `in_fit` are units that reach into the fit period: they are not shown.
    """

    units: pd.DataFrame
    found: RatioFunnel | None
    in_fit: tuple[str, ...]


def cases_at_risk(warehouse: Warehouse, model: RiskModel, filters: Filters) -> RiskCases:
    """The chosen procedures that are recorded for the model's metric, in order of date."""
    whole, answers = read_cohort(warehouse), metric_answers(warehouse, model.metric)
    places = np.flatnonzero(whole.chosen(filters) & answers.recorded)
    places = places[np.argsort(whole.days[places], kind="stable")]
    columns, risks = model.predict(read_facts(warehouse), places)
    told = ~np.isnan(risks)
    days = (whole.days[places[told]].astype(int) + EPOCH.toordinal()).tolist()
    yes = (answers.value[places[told]] > 0).astype(int)
    numbers = np.flatnonzero(told) + 1
    return RiskCases(
        numbers=numbers, days=tuple(map(date.fromordinal, days)), yes=yes, risks=risks[told], columns=columns[told],
        left_out=int((~told).sum()),
    )  # fmt: skip


def compare_ratios(warehouse: Warehouse, model: RiskModel, units: Mapping[str, Filters]) -> Adjusted:
    """Observed against expected of each unit, given by its filters with days."""
    later = {label: one for label, one in units.items() if one.date_from is not None and one.date_from > model.last}
    cases = {label: cases_at_risk(warehouse, model, filters) for label, filters in later.items()}
    rows = [_unit_row(label, one) for label, one in cases.items()]
    table = pd.DataFrame(rows, columns=list(_unit_row("", NOBODY)))
    large = [one for one in cases.values() if one.yes.size >= FEWEST]
    found = None
    if len(large) >= FUNNEL_UNITS:
        everyone = np.vstack([one.columns for one in large])
        found = ratio_funnel(
            [int(one.yes.sum()) for one in large],
            [one.risks for one in large],
            [model.fit.find_doubt(one.columns, everyone) for one in large],
        )
    if found is not None:
        shown = table["cases"] >= FEWEST
        for name in LIMITS:
            table.loc[shown, f"ratio_{name}"] = getattr(found, name)
    return Adjusted(table, found, tuple(label for label in units if label not in later))


NOBODY = RiskCases(
    numbers=np.zeros(0, int), days=(), yes=np.zeros(0, int), risks=np.zeros(0), columns=np.zeros((0, 0)), left_out=0
)


def _unit_row(label: str, one: RiskCases) -> Row:
    observed = int(one.yes.sum())
    is_large = one.yes.size >= FEWEST
    ratio = observed_to_expected(observed, one.risks if is_large else [])
    return {
        "label": label, "cases": one.yes.size, "left_out": one.left_out, "observed": observed,
        "expected": float(one.risks.sum()), "ratio": ratio.ratio, "ratio_lower": ratio.lower,
        "ratio_upper": ratio.upper,
    }  # fmt: skip


def model_table(model: RiskModel) -> pd.DataFrame:
    """All that is needed to compute a risk again: one row a term, the intercept first; the fit on each row.

    log odds = intercept + sum of coefficient x (value - mean) / deviation. A number that is not recorded stands at its
    mean, and its term "not recorded" is 1.
    """
    fit, settings = model.fit, model.settings
    terms = pd.DataFrame(
        {
            "term": ["intercept", *model.terms.names],
            "coefficient": [fit.intercept, *fit.slopes.tolist()],
            "mean": [np.nan, *fit.means.tolist()],
            "deviation": [np.nan, *fit.deviations.tolist()],
        }
    )
    about = {
        "metric": model.metric.name, "definition_version": model.metric.header.version, "penalty": settings.penalty,
        "folds": settings.folds, "fit_first_day": model.first, "fit_last_day": model.last, "fit_cases": model.cases,
        "fit_yes": model.yes, "fit_left_out": model.left_out, "calibration_slope": model.calibration.slope,
        "filters": model.filters.to_text(),
    }  # fmt: skip
    return terms.assign(**about)
