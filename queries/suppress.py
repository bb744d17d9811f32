"""Disclosure control for readers outside the department.

First hide small counts, then hide enough others that none follows by subtraction, then round what is left, and
compute rates from the rounded numbers. A hidden value is null with `suppressed` true, never 0.
Rules: CMS cell size policy; NHS England HES small numbers (see `data/settings/disclosure.toml`).
"""

import pandas as pd

from queries.settings import DisclosureRule
from queries.statistics import intervals

CORE = ("eligible", "recorded", "numerator")
EXCLUSIONS = (
    "excluded_setting", "excluded_not_due", "excluded_died", "excluded_retreated", "baseline_missing",
    "baseline_below_4",
)  # fmt: skip
COUNTS = (*CORE, *EXCLUSIONS, "missing", "procedures")
FIGURES = ("value", "lower", "upper", "lower_if_missing_no", "upper_if_missing_yes")
RATES = ("proportion", "category")
PERCENT = 100


def suppress(figures: pd.DataFrame, rule: DisclosureRule) -> pd.DataFrame:
    """The rows of one summary as an outside reader may see them."""
    shown = figures.copy()
    hidden = _has_small_core(shown, rule)
    for fixed in ("period", "group", "category"):
        hidden = _hide_partners(shown, hidden, fixed)
    _hide_small_margins(shown, rule)
    for name in COUNTS:
        shown[name] = _rounded(shown[name], rule.round_to).mask(hidden)
    shown["missing"] = shown["missing"].where(shown["missing"].isna(), shown["eligible"] - shown["recorded"])
    parts = shown[["eligible", *EXCLUSIONS]]
    shown["procedures"] = parts.sum(axis=1).where(parts.notna().all(axis=1), pd.NA).astype("Int64")
    _recompute(shown, hidden)
    shown["suppressed"] = hidden
    return shown


def _is_small(counts: pd.Series, rule: DisclosureRule) -> pd.Series:
    return counts.between(1, rule.hide_up_to).fillna(False).astype(bool)


def _has_small_core(figures: pd.DataFrame, rule: DisclosureRule) -> pd.Series:
    """Rows whose figure itself rests on a small count: those who could count, did answer, said yes, said no."""
    hidden = _is_small(figures["recorded"] - figures["numerator"], rule)
    for name in CORE:
        hidden |= _is_small(figures[name], rule)
    return hidden


def _hide_partners(figures: pd.DataFrame, hidden: pd.Series, fixed: str) -> pd.Series:
    """Where exactly one of the rows that add up to a known total is hidden, hide the smallest shown one with it."""
    others = [name for name in ("period", "group", "category") if name != fixed]
    if figures[others].isna().all(axis=None):
        return hidden
    hidden = hidden.copy()
    for rows in figures.groupby(fixed, dropna=False).groups.values():
        if hidden.loc[rows].sum() != 1:
            continue
        open_rows = figures.loc[[row for row in rows if not hidden.loc[row]]]
        weight = "numerator" if figures["category"].notna().any() else "eligible"
        with_people = open_rows[open_rows[weight] > 0]
        if len(with_people):
            hidden.loc[with_people[weight].idxmin()] = True
    return hidden


def _hide_small_margins(shown: pd.DataFrame, rule: DisclosureRule) -> None:
    """Hide small counts around the figure, and with them the total they could be taken from."""
    small = _is_small(shown["missing"], rule)
    shown["missing"] = shown["missing"].mask(small)
    shown["eligible"] = shown["eligible"].mask(small)
    for name in EXCLUSIONS:
        shown[name] = shown[name].mask(_is_small(shown[name], rule))


def _rounded(counts: pd.Series, to: int) -> pd.Series:
    return (counts.astype("Int64") + to // 2) // to * to


def _recompute(shown: pd.DataFrame, hidden: pd.Series) -> None:
    """Rates and their intervals from the rounded numbers; what rests on hidden counts is empty."""
    is_rate = shown["statistic"].isin(RATES)
    for row in shown.index[is_rate | hidden]:
        figures = dict.fromkeys(FIGURES, float("nan"))
        numerator, recorded = shown.loc[row, ["numerator", "recorded"]]
        if not hidden[row] and recorded > 0:
            lower, upper = getattr(intervals, shown.loc[row, "interval_method"])(int(numerator), int(recorded))
            figures |= {"value": numerator / recorded, "lower": lower, "upper": upper}
        for name, value in figures.items():
            shown.loc[row, name] = PERCENT * float(value)
    is_count = shown["statistic"].eq("count") & ~hidden
    shown.loc[is_count, "value"] = shown.loc[is_count, "numerator"].astype(float)
