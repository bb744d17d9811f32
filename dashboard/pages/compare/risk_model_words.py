"""The model behind expected risks, in words: of which cases and facts, how well it holds, or why there is none."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.access.rights import requires
from dashboard.text import phrases
from dashboard.view.reader_view import View, warehouse_of
from dashboard.widgets import page_parts, tables
from queries.case_mix.covariates import NOT_RECORDED
from queries.case_mix.risk_models import RiskModel, TooFew, find_model
from queries.case_mix.unit_ratios import model_table
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue

FACT_TITLES = {
    "age_years": "age",
    "asa_class": "ASA class",
    "level_count": "vertebrae",
    "baseline": "pain before",
    "indication": "indication",
    "setting": "where they came from",
}
UNKNOWN_FACTS = "What is not recorded as a fact, such as frailty or help at home, is not adjusted for."


@requires("exact_figures")
def find_risks(view: View, metric: str) -> RiskModel | TooFew:
    """The model of a metric, frozen on the cases before the days that the view shows.

    Of all sites that this reader may see, and of the techniques chosen; no other choice changes it.
    """
    days, sites = view.filters_of(metric), view.reader.sites or ()
    fitted = Filters.of({"technique": view.filters["technique"], "site": sites})
    first = days.date_from or view.info.as_of
    if first is None:
        return TooFew(reason="cases", cases=0, events=0, least_cases=0, least_events=0, last=None)
    return find_model(warehouse_of(view), read_catalogue()[metric], fitted, first)


def show_model(view: View, model: RiskModel) -> None:
    """What was fitted on which cases, and how well its risks hold."""
    with st.container(horizontal=True, vertical_alignment="top", key=f"heading_case_mix_{model.metric.name}"):
        st.write(model_sentence(model))
        page_parts.data_behind(
            view,
            f"case_mix_model_{model.metric.name}",
            table=model_table(model).assign(generation=view.info.generation),
        )
    tables.text_table(calibration_table(model))
    tables.text_table(odds_table(model))
    st.caption(f"{calibration_sentence(model)} {UNKNOWN_FACTS}")


def model_sentence(model: RiskModel) -> str:
    """On which cases, by which facts."""
    facts = phrases.join_words([FACT_TITLES[one] for one in model.terms.facts])
    own = [FACT_TITLES[one.removesuffix(NOT_RECORDED)] for one in model.terms.names if one.endswith(NOT_RECORDED)]
    levels = f" Where {phrases.join_words(own)} is not recorded, that is a level of its own." if own else ""
    left = f" {model.left_out:,} more were left out, because a fact is missing." if model.left_out else ""
    return (
        f"Expected from {model.cases:,} cases {days_words(model)}, {model.yes:,} of them yes, by {facts}. The period "
        f"stays as more is loaded.{levels}{left}"
    )


def calibration_table(model: RiskModel) -> pd.DataFrame:
    """Fifths of the fitted cases by risk: expected by a fit on others, and observed."""
    found = model.calibration
    names = ("lowest fifth by expected risk", "second", "third", "fourth", "highest fifth")
    return pd.DataFrame(
        {
            "": names,
            "cases": found.cases,
            "expected yes": [f"{one:.1f}" for one in found.expected],
            "observed yes": found.observed,
        }
    )


def odds_table(model: RiskModel) -> pd.DataFrame:
    """By how much each fact moves the odds of yes; the CSV holds the coefficients in full."""
    terms = model_table(model)[1:]
    return pd.DataFrame(
        {
            "": [_term_words(one) for one in terms["term"]],
            "mean": [f"{one:.2f}" for one in terms["mean"]],
            "standard deviation": [f"{one:.2f}" for one in terms["deviation"]],
            "odds of yes, a standard deviation more": [f"× {np.exp(one):.2f}" for one in terms["coefficient"]],
        }
    )


def _term_words(term: str) -> str:
    fact, _, level = term.partition(": ")
    return f"{FACT_TITLES[fact]}: {level}" if level else FACT_TITLES[fact]


def calibration_sentence(model: RiskModel) -> str:
    """Whether the facts tell anything of cases that were not fitted on."""
    found = model.calibration
    told = f"{found.slope:.2f}, 95 % interval {found.slope_lower:.2f} to {found.slope_upper:.2f}".replace("-", "−")
    about = f"Each case is expected by a fit on other cases; slope {told} (1 = as far apart as they should be)."
    if not found.slope_lower > 0:
        return f"{about} These facts do not tell who will have this outcome: adjusting changes little but noise."
    if found.slope_upper < 1:
        return f"{about} Expected risks lie too far apart."
    return about


def too_few_sentence(found: TooFew) -> str:
    """Why nothing is adjusted."""
    so_far = f"Before the period shown there are {found.cases:,} cases, {found.events:,} with the rarer answer"
    if found.reason == "missing":
        return f"Not adjusted: too much is missing in the earlier cases. {so_far}."
    if found.reason == "fit":
        return f"Not adjusted: the earlier cases do not tell the facts apart. {so_far}."
    return (
        f"Not enough cases to adjust. {so_far}. At least {found.least_cases:,} cases, {found.least_events:,} of the "
        "rarer answer (ten a coefficient) and a year are needed."
    )


def is_calibrated(model: RiskModel) -> bool:
    """Whether expected risks lie as far apart as they should: the interval of the slope holds 1."""
    return bool(model.calibration.slope_lower <= 1 <= model.calibration.slope_upper)


def fit_years(model: RiskModel) -> str:
    """The fit period in few words: `2024` where it is just that year."""
    first, last = model.first, model.last
    is_year = first.year == last.year and (first.month, last.month) == (1, 12)
    return str(first.year) if is_year else days_words(model).removeprefix("from ")


def days_words(model: RiskModel) -> str:
    """The fit period."""
    return f"from {phrases.month_words(model.first)} to {phrases.month_words(model.last)}"
