"""What each unit's own patients let expect, beside the crude figure; or why nothing can be expected of them."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.access.rights import requires
from dashboard.charts.expected_ratios import expected_funnel, expected_ratios
from dashboard.pages.compare.compared_units import UNITS
from dashboard.pages.compare.comparison_tables import MOST_NAMED, Asked, span_filters
from dashboard.pages.compare.risk_course import fit_key, show_course
from dashboard.pages.compare.risk_model_words import (
    days_words,
    find_risks,
    fit_years,
    is_calibrated,
    show_model,
    too_few_sentence,
)
from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View, warehouse_of
from dashboard.widgets import page_parts, tables
from dashboard.widgets.panels import open_panel
from queries.case_mix.risk_models import RiskModel, TooFew
from queries.case_mix.unit_ratios import Adjusted, compare_ratios
from queries.catalogue.filters import Filters
from queries.trends.comparison import Comparison

# Whether a patient was asked is no outcome of the patient.
NOT_ADJUSTED = ("recorded_hours_24_72",)


@requires("exact_figures")
def adjust_units(view: View, model: RiskModel, units: Mapping[str, Filters]) -> Adjusted:
    """Observed against expected of units, given by their filters."""
    for one in units.values():
        replace(view, filters=one).require("exact_figures")
    told = (f"{label}: {one.to_text()}; {fit_key(model)}" for label, one in units.items())
    # The closed panel says the answer at every click.
    key = ("unit ratios", *told)
    return warehouse_of(view).remember(key, lambda: compare_ratios(warehouse_of(view), model, units))


def case_mix_panel(asked: Asked, found: Comparison) -> None:
    """The adjusted comparison, when opened."""
    if asked.metric in NOT_ADJUSTED:
        return
    risks = find_risks(asked.view, asked.metric)
    answer = "" if isinstance(risks, TooFew) else adjusted_words(asked, found, risks)
    if inside := open_panel(f"Adjusted for who is treated{answer}", "case_mix"):
        with inside:
            if isinstance(risks, TooFew):
                st.write(too_few_sentence(risks))
                return
            show_ratios(asked, found, risks)
            show_course(asked.around, risks)
            show_model(asked.view, risks)


def adjusted_words(asked: Asked, found: Comparison, model: RiskModel) -> str:
    """The adjusted answer in a line, for the closed panel; empty where nothing is adjusted.

    `: sites still differ. Observed ÷ expected by 2024: Northfield 0.89, Riverside 1.33; all together 1.16`.
    """
    table = adjust_units(asked.view, model, filters_of_units(asked, found)).units.dropna(subset="ratio")
    if table.empty:
        return ""
    told = [
        f"{phrases.value_label(one.label, asked.by)} {one.ratio:.2f}"
        for one in table.itertuples()
        if len(table) <= MOST_NAMED or not one.ratio_lower <= 1 <= one.ratio_upper
    ] or ["none is apart from it"]
    if len(table) > 1:
        told.append(f"all together {table['observed'].sum() / table['expected'].sum():.2f}")
    differ = f": {UNITS[asked.by]} still differ. Observed" if still_differ(table) else ", observed"
    caution = "" if is_calibrated(model) else "; read with caution, expected is uncertain"
    ratios = f"{', '.join(told[:-1])}{'; ' if told[1:] else ''}{told[-1]}"
    return f"{differ} ÷ expected by {fit_years(model)}: {ratios}{caution}"


def still_differ(table: pd.DataFrame) -> bool:
    """Whether the 95 % intervals of two of a few units lie apart; where they overlap, that proves no likeness.

    Not asked of many units: among a dozen, two lie apart by chance too often.
    """
    return len(table) <= MOST_NAMED and bool(table["ratio_lower"].max() > table["ratio_upper"].min())


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
    around = f"1 = as {days_words(model)}"
    if adjusted.found is not None:
        subtitle = f"Exact limits 95 % and 99.8 % around all together ({adjusted.found.centre:.2f}); {around}"
        figure = expected_funnel(table, adjusted.found.centre, subtitle, theme)
    else:
        figure = expected_ratios(
            table, f"Exact 95 % intervals, the expected taken as known; {around}; in alphabetical order", theme
        )
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
