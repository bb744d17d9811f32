"""What each unit's own patients let expect, beside the crude figure; or why nothing can be expected of them."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.access.rights import requires
from dashboard.charts.expected_ratios import expected_funnel, expected_ratios
from dashboard.pages.compare.comparison_tables import Asked, span_filters
from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View, warehouse_of
from dashboard.widgets import page_parts, tables
from dashboard.widgets.panels import open_panel
from queries.case_mix.covariates import NOT_RECORDED
from queries.case_mix.risk_models import RiskModel, TooFew, find_model
from queries.case_mix.unit_ratios import Adjusted, compare_ratios, model_table
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.trends.comparison import Comparison

# Whether a patient was asked is no outcome of the patient.
NOT_ADJUSTED = ("recorded_hours_24_72",)
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


@requires("exact_figures")
def adjust_units(view: View, model: RiskModel, units: Mapping[str, Filters]) -> Adjusted:
    """Observed against expected of units, given by their filters."""
    for one in units.values():
        replace(view, filters=one).require("exact_figures")
    return compare_ratios(warehouse_of(view), model, units)


def case_mix_panel(asked: Asked, found: Comparison) -> None:
    """The adjusted comparison, when opened."""
    if asked.metric in NOT_ADJUSTED:
        return
    if inside := open_panel("Adjusted for who is treated", "case_mix"):
        with inside:
            risks = find_risks(asked.view, asked.metric)
            if isinstance(risks, TooFew):
                st.write(too_few_sentence(risks))
                return
            show_ratios(asked, found, risks)
            show_model(asked.view, risks)


def filters_of_units(asked: Asked, found: Comparison) -> dict[str, Filters]:
    """The filters of each unit that stands for itself."""
    if asked.by == "period":
        return span_filters(asked)
    return {unit: asked.view.filters.with_values(asked.by, (unit,)) for unit in found.peers}


def show_ratios(asked: Asked, found: Comparison, model: RiskModel) -> None:
    """Each unit's ratio in a chart, and beside the crude share in a table."""
    units = filters_of_units(asked, found)
    adjusted = adjust_units(asked.view, model, units)
    table = ratio_table(asked, found, model, adjusted)
    if adjusted.in_fit:
        names = phrases.join_words([phrases.value_label(one, asked.by) for one in adjusted.in_fit])
        st.write(f"Not shown, because the model was fitted on it: {names}.")
    if table.empty:
        return
    theme = page_parts.current_theme()
    around = f"1 = as {_days_words(model)}"
    if adjusted.found is not None:
        subtitle = f"Exact limits 95 % and 99.8 % around all together ({adjusted.found.centre:.2f}); {around}"
        figure = expected_funnel(table, adjusted.found.centre, subtitle, theme)
    else:
        figure = expected_ratios(table, f"Exact 95 % intervals; {around}; in alphabetical order", theme)
    by = None if asked.by == "period" else asked.by
    shows = asked.view.filters if by else tuple(units[label] for label in table["label"])
    page_parts.show_chart(asked.view, "case_mix", figure=figure, table=table, by=by, shows=shows)
    tables.text_table(words_table(table))


def ratio_table(asked: Asked, found: Comparison, model: RiskModel, adjusted: Adjusted) -> pd.DataFrame:
    """Crude and adjusted figures of each unit in one row, with what the model was fitted on."""
    crude = found.units[["label", "numerator", "recorded", "value", "lower", "upper", "gate"]]
    table = crude.merge(adjusted.units, on="label", how="inner").dropna(subset="ratio").reset_index(drop=True)
    groups = [None if asked.by == "period" else one for one in table["label"]]
    table.insert(0, "metric", asked.metric)
    table.insert(1, "group", pd.Series(groups, dtype=object))
    table["label"] = [phrases.value_label(one, asked.by) for one in table["label"]]
    about = {
        "definition_version": model.metric.header.version, "fit_first_day": model.first, "fit_last_day": model.last,
        "fit_cases": model.cases, "fit_yes": model.yes, "penalty": model.settings.penalty,
        "generation": asked.view.info.generation, "filters": asked.view.filters.to_text(),
    }  # fmt: skip
    return table.assign(**about)


def words_table(table: pd.DataFrame) -> pd.DataFrame:
    """The same for people: crude share first, then what was expected."""
    ratios = [f"{one.ratio:.2f} ({one.ratio_lower:.2f}–{one.ratio_upper:.2f})" for one in table.itertuples()]
    crude = [
        f"{phrases.count_of(yes, n)} ({percent_text(value)})"
        for yes, n, value in zip(table["numerator"], table["recorded"], table["value"], strict=True)
    ]
    return pd.DataFrame(
        {
            "": table["label"],
            "yes of recorded, not adjusted": crude,
            "observed": table["observed"],
            "expected": [f"{one:.1f}" for one in table["expected"]],
            "observed ÷ expected": ratios,
            "left out, a fact is missing": table["left_out"],
        }
    )


def show_model(view: View, model: RiskModel) -> None:
    """What was fitted on which cases, and how well its risks hold."""
    with st.container(horizontal=True, vertical_alignment="top", key="heading_case_mix_model"):
        st.write(model_sentence(model))
        page_parts.data_behind(view, "case_mix_model", table=model_table(model))
    tables.text_table(calibration_table(model))
    st.caption(f"{calibration_sentence(model)} {UNKNOWN_FACTS}")


def model_sentence(model: RiskModel) -> str:
    """On which cases, by which facts."""
    facts = phrases.join_words([FACT_TITLES[one] for one in model.terms.facts])
    own = [FACT_TITLES[one.removesuffix(NOT_RECORDED)] for one in model.terms.names if one.endswith(NOT_RECORDED)]
    levels = f" Where {phrases.join_words(own)} is not recorded, that is a level of its own." if own else ""
    left = f" {model.left_out:,} more were left out, because a fact is missing." if model.left_out else ""
    return (
        f"Expected from {model.cases:,} cases {_days_words(model)}, {model.yes:,} of them yes, by {facts}. The period "
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


def calibration_sentence(model: RiskModel) -> str:
    """Whether the facts tell anything of cases that were not fitted on."""
    found = model.calibration
    told = f"{found.slope:.2f}, 95 % interval {found.slope_lower:.2f} to {found.slope_upper:.2f}".replace("-", "−")
    about = (
        f"Each case is expected by a fit on the other nine tenths; slope {told} (1 = as far apart as they should be)."
    )
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
        f"Not enough cases to adjust. {so_far}; at least {found.least_cases:,} and {found.least_events:,} are needed "
        f"(ten a coefficient), and a year."
    )


def _days_words(model: RiskModel) -> str:
    return f"from {phrases.month_words(model.first)} to {phrases.month_words(model.last)}"
