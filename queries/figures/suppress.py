"""Disclosure control for readers outside the department: what a table of exact figures becomes.

First hide small counts, then hide enough others that none follows by subtraction, then round what is left, and
compute rates from the rounded numbers. A hidden value is null with `suppressed` true, never 0. Which questions such
readers may ask at all is in `queries/figures/outside_readers.py`.
Rules: CMS cell size policy; NHS England HES small numbers (see `data/settings/disclosure.toml`).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.settings import DisclosureRule
from queries.figures.gates import choose_gate
from queries.statistics import intervals

CORE = ("eligible", "recorded", "numerator")
EXCLUSIONS = (
    "excluded_setting", "excluded_not_due", "excluded_died", "excluded_retreated", "baseline_missing",
    "baseline_below_4",
)  # fmt: skip
COUNTS = (*CORE, *EXCLUSIONS, "missing", "procedures")
FIGURES = ("value", "lower", "upper", "lower_if_missing_no", "upper_if_missing_yes")
PLACE = ("period", "group", "category")
RATES = ("proportion", "category")
PERCENT = 100
# Means and medians of whole minutes and days are shown whole; of hours, points and vertebrae with one decimal. More
# would give back the exact count: a mean of 1.4375 is one of a multiple of 16.
WHOLE_UNITS = ("minutes", "days")


def suppress_figures(
    figures: pd.DataFrame, rule: DisclosureRule, neighbours: Sequence[pd.DataFrame] = ()
) -> pd.DataFrame:
    """The rows of one summary as an outside reader may see them.

    `neighbours` are tables of the same shape, one for each filter in force: the same summary for the filter's other
    values, with their rows one after the other. They hold the counts from which a hidden one could be taken in
    another request, so what is hidden among them is hidden here too.
    """
    shown = figures.copy()
    hidden = _hide_until_safe(shown, _has_small_core(shown, rule))
    for others in neighbours:
        hidden |= _is_partner(shown, others, rule)
    _hide_small_margins(shown, rule)
    for name in COUNTS:
        shown[name] = _round_counts(shown[name], rule.round_to).mask(hidden)
    shown["missing"] = shown["missing"].where(shown["missing"].isna(), shown["eligible"] - shown["recorded"])
    parts = shown[["eligible", *EXCLUSIONS]]
    shown["procedures"] = parts.sum(axis=1).where(parts.notna().all(axis=1), pd.NA).astype("Int64")
    _recompute_rates(shown, hidden)
    shown["gate"] = shown["gate"].mask(hidden, choose_gate(0, 0.0, stands_alone=True))
    shown["suppressed"] = hidden
    return shown


def suppress_thresholds(curve: pd.DataFrame, rule: DisclosureRule) -> pd.DataFrame:
    """The rows of a cumulative curve as an outside reader may see them: each threshold by the rule of a rate."""
    shown = curve.copy()
    hidden = _has_small_core(shown, rule)
    small_missing = _is_small(shown["eligible"] - shown["recorded"], rule)
    for name in CORE:
        shown[name] = _round_counts(shown[name], rule.round_to).mask(hidden)
    shown["eligible"] = shown["eligible"].mask(small_missing)
    for name, values in _rates_shown(shown, "wilson").items():
        shown[name] = values
    return shown.assign(suppressed=hidden, audience="outside")


def suppress_quantiles(quantiles: pd.DataFrame, rule: DisclosureRule) -> pd.DataFrame:
    """Quantiles as an outside reader may see them: only those with enough procedures on either side."""
    shown = quantiles.copy()
    hidden = _is_small(shown["recorded"], rule) | _is_small(shown["eligible"], rule)
    for name in [name for name in shown if name[0] == "p" and name[1:].isdigit()]:
        share = int(name[1:]) / PERCENT
        few = shown["recorded"] * min(share, 1 - share) <= rule.hide_up_to
        shown[name] = _coarse_values(shown[name], shown["unit"]).mask(hidden | few)
    for name in ("eligible", "recorded"):
        small = _is_small(quantiles["eligible"] - quantiles["recorded"], rule) & (name == "eligible")
        shown[name] = _round_counts(shown[name], rule.round_to).mask(hidden | small)
    return shown.assign(suppressed=hidden, audience="outside")


def _is_small(counts: pd.Series, rule: DisclosureRule) -> pd.Series:
    return counts.between(1, rule.hide_up_to).fillna(False).astype(bool)


def _has_small_core(figures: pd.DataFrame, rule: DisclosureRule) -> pd.Series:
    """Rows whose figure itself rests on a small count: those who could count, did answer, said yes, said no."""
    hidden = _is_small(figures["recorded"] - figures["numerator"], rule)
    for name in CORE:
        hidden |= _is_small(figures[name], rule)
    return hidden


def _hide_until_safe(figures: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    """Hide partners along periods, groups and categories until no line has a single hidden row."""
    while True:
        before = hidden
        for fixed in PLACE:
            others = [name for name in PLACE if name != fixed]
            if not figures[others].isna().all(axis=None):
                hidden = _hide_partners(figures, hidden, fixed)
        if hidden.equals(before):
            return hidden


def _hide_partners(figures: pd.DataFrame, hidden: pd.Series, fixed: str | list[str]) -> pd.Series:
    """Where exactly one of the rows that add up to a known total is hidden, hide the smallest shown one with it."""
    hidden = hidden.copy()
    weight = "numerator" if figures["category"].notna().any() else "eligible"
    for rows in figures.groupby(fixed, dropna=False).groups.values():
        if hidden.loc[rows].sum() != 1:
            continue
        open_rows = figures.loc[[row for row in rows if not hidden.loc[row]]]
        with_people = open_rows[open_rows[weight] > 0]
        if len(with_people):
            hidden.loc[with_people[weight].idxmin()] = True
    return hidden


def _is_partner(figures: pd.DataFrame, others: pd.DataFrame, rule: DisclosureRule) -> pd.Series:
    """Rows hidden in the table that this one is a part of, where the filter's values stand side by side."""
    whole = pd.concat([figures, others], ignore_index=True)
    hidden = _hide_partners(whole, _has_small_core(whole, rule), list(PLACE))
    return hidden.iloc[: len(figures)].set_axis(figures.index)


def _hide_small_margins(shown: pd.DataFrame, rule: DisclosureRule) -> None:
    """Hide small counts around the figure, the total they could be taken from, and a partner of a lone exclusion."""
    small = _is_small(shown["missing"], rule)
    shown["missing"] = shown["missing"].mask(small)
    shown["eligible"] = shown["eligible"].mask(small)
    for name in EXCLUSIONS:
        shown[name] = shown[name].mask(_is_small(shown[name], rule))
    parts = shown[["eligible", *EXCLUSIONS]]
    for row in shown.index[parts.isna().sum(axis=1) == 1]:
        open_parts = parts.loc[row, list(EXCLUSIONS)].dropna()
        with_people = open_parts[open_parts > 0]
        if len(with_people):
            shown.loc[row, with_people.astype(int).idxmin()] = pd.NA


def _round_counts(counts: pd.Series, to: int) -> pd.Series:
    return (counts.astype("Int64") + to // 2) // to * to


def _coarse_values(values: pd.Series, units: pd.Series) -> pd.Series:
    return values.round(1).where(~units.isin(WHOLE_UNITS), values.round())


def _recompute_rates(shown: pd.DataFrame, hidden: pd.Series) -> None:
    """Rates and their intervals from the rounded numbers; what rests on hidden counts is empty."""
    is_rate = shown["statistic"].isin(RATES)
    for name in FIGURES:
        shown[name] = _coarse_values(shown[name], shown["unit"]).mask(hidden | is_rate)
    for method in shown.loc[is_rate, "interval_method"].unique():
        rows = is_rate & shown["interval_method"].eq(method)
        for name, values in _rates_shown(shown[rows], method).items():
            shown.loc[rows, name] = values
    is_count = shown["statistic"].eq("count") & ~hidden
    shown.loc[is_count, "value"] = shown.loc[is_count, "numerator"].astype(float)


def _rates_shown(shown: pd.DataFrame, interval_method: str) -> dict[str, np.ndarray]:
    """Values and intervals in per cent of the numbers shown; NaN where there are none."""
    numerator, recorded = (shown[name].to_numpy(float, na_value=np.nan) for name in ("numerator", "recorded"))
    recorded = np.where(recorded > 0, recorded, np.nan)
    lower, upper = getattr(intervals, interval_method)(numerator, recorded)
    return {"value": PERCENT * numerator / recorded, "lower": PERCENT * lower, "upper": PERCENT * upper}
