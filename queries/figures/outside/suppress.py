"""Disclosure control for readers outside the department: what a table of exact figures becomes.

First hide small counts, then hide enough others that none follows by subtraction, then round what is left, and
compute rates from the rounded numbers. A hidden value is null with `suppressed` true, never 0. Which questions such
readers may ask at all is in `queries/figures/outside/outside_readers.py`.
Rules: CMS cell size policy; NHS England HES small numbers (see `data/settings/disclosure.toml`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

import numpy as np
import pandas as pd

from data.settings import DisclosureRule
from queries.figures.gates import choose_gate, share_of
from queries.statistics import intervals

CORE = ("eligible", "recorded", "numerator")
EXCLUSIONS = (
    "excluded_setting", "excluded_not_due", "excluded_died", "excluded_retreated", "baseline_missing",
    "baseline_below_4",
)  # fmt: skip
COUNTS = (*CORE, *EXCLUSIONS, "missing", "procedures")
FOLLOWED = ("followed_up", "followed_up_of")
FIGURES = ("value", "lower", "upper", "lower_if_missing_no", "upper_if_missing_yes")
PLACE = ("period", "group", "category")
RATES = ("proportion", "category")
# What cannot be computed from the numbers shown is not shown.
UNROUNDABLE = ("aalen_johansen",)
PERCENT = 100
# Means and medians of whole minutes and days are shown whole; of hours, points and vertebrae with one decimal. More
# would give back the exact count: a mean of 1.4375 is one of a multiple of 16.
WHOLE_UNITS = ("minutes", "days")
Neighbours: TypeAlias = Mapping[str, np.ndarray]
Counted = TypeVar("Counted", int, np.ndarray)
HasSmall: TypeAlias = Callable[[Mapping[str, np.ndarray]], np.ndarray]


def suppress_figures(
    figures: pd.DataFrame,
    rule: DisclosureRule,
    neighbours: Sequence[Neighbours] = (),
    exposed: np.ndarray | None = None,
) -> pd.DataFrame:
    """The rows of one summary as an outside reader may see them.

    `neighbours`, one for each filter in force: the counts of the same rows for the filter's other values, as
    `queries.figures.outside.neighbours.count_neighbours` gives them. A hidden count could be taken from them in another
    request, so what is hidden among them is hidden here too. `exposed`: rows of a pool that would tell of one hospital
    (see `queries/figures/pooled/few_hospitals.py`); they are hidden like small ones.
    """
    counts = _read_counts(figures)
    hidden = _hidden_rows(figures, neighbours, lambda rows: has_small_core(rows, rule), exposed)
    few_followed = np.zeros_like(hidden)
    if figures["followed_up"].notna().any():
        few_followed = _hidden_rows(figures, neighbours, lambda rows: _has_few_followed(rows, rule))
    _hide_small_margins(counts, rule)
    for name in COUNTS:
        counts[name] = np.where(hidden, np.nan, round_counts(counts[name], rule.round_to))
    counts["missing"] = np.where(np.isnan(counts["missing"]), np.nan, counts["eligible"] - counts["recorded"])
    counts["procedures"] = counts["eligible"] + sum(counts[name] for name in EXCLUSIONS)
    counts["followed_up"] = np.where(hidden | few_followed, np.nan, round_counts(counts["followed_up"], rule.round_to))
    counts["followed_up_of"] = np.where(figures["followed_up_of"].notna(), counts["eligible"], np.nan)
    rounded = {name: _whole_numbers(counts[name]) for name in (*COUNTS, *FOLLOWED)}
    shown = gate_by_shown(figures.assign(**rounded), rule)
    shown = shown.assign(**_figures_shown(figures, counts, hidden), suppressed=hidden)
    too_few_followed = (figures["followed_up_of"].notna() & shown["gate"].eq("bounds_only")).to_numpy()
    if too_few_followed.any():
        shown.loc[too_few_followed, list(FIGURES)] = np.nan
    return shown


def gate_by_shown(shown: pd.DataFrame, rule: DisclosureRule) -> pd.DataFrame:
    """Gates from the numbers shown: the exact ones would tell on which side of a bound a rounded share lies.

    Of a count that is hidden beside a figure the most that the rule hides is taken. Where those followed up are hidden,
    few are or few are not: these two are far apart, and the exact gate tells no more than which.
    """
    named = ("recorded", "eligible", "baseline_missing", "followed_up")
    recorded, eligible, unasked, followed = (shown[name].to_numpy(float, na_value=np.nan) for name in named)
    could = np.where(np.isnan(eligible), recorded + rule.hide_up_to, eligible)
    could = could + np.where(np.isnan(unasked), rule.hide_up_to, unasked)
    is_followed = shown["followed_up_of"].notna().to_numpy()
    did = np.where(is_followed, np.fmin(recorded, followed), recorded)
    is_unknown = is_followed & np.isnan(followed)
    gates = []
    for place, stands_alone in enumerate(shown["period"].isna()):
        if np.isnan(recorded[place]):
            gates.append(choose_gate(0, 0.0, stands_alone=True))
        elif is_unknown[place]:
            gates.append(shown["gate"].iloc[place])
        else:
            share = min(1.0, share_of(int(did[place]), int(could[place])))
            gates.append(choose_gate(int(recorded[place]), share, stands_alone))
    return shown.assign(gate=pd.Series(gates, index=shown.index, dtype=object))


def suppress_thresholds(curve: pd.DataFrame, rule: DisclosureRule) -> pd.DataFrame:
    """The rows of a cumulative curve as an outside reader may see them: each threshold by the rule of a rate."""
    exact = {name: curve[name].to_numpy(float, na_value=np.nan) for name in CORE}
    hidden = has_small_core(exact, rule)
    counts = {name: np.where(hidden, np.nan, round_counts(exact[name], rule.round_to)) for name in CORE}
    rates = _rates_shown(counts["numerator"], counts["recorded"], "wilson")
    counts["eligible"][is_small(exact["eligible"] - exact["recorded"], rule)] = np.nan
    whole = {name: _whole_numbers(counts[name]) for name in CORE}
    return curve.assign(**whole, **rates, suppressed=hidden, audience="outside")


def suppress_quantiles(quantiles: pd.DataFrame, rule: DisclosureRule) -> pd.DataFrame:
    """Quantiles as an outside reader may see them: only those with enough procedures on either side."""
    shown = quantiles.copy()
    recorded, eligible = (quantiles[name].to_numpy(float, na_value=np.nan) for name in ("recorded", "eligible"))
    hidden = is_small(recorded, rule) | is_small(eligible, rule)
    for name in [name for name in shown if name[0] == "p" and name[1:].isdigit()]:
        share = int(name[1:]) / PERCENT
        few = recorded * min(share, 1 - share) <= rule.hide_up_to
        shown[name] = np.where(hidden | few, np.nan, _coarse_values(shown[name], shown["unit"]))
    small = is_small(eligible - recorded, rule)
    for name, exact, unsafe in (("eligible", eligible, hidden | small), ("recorded", recorded, hidden)):
        shown[name] = _whole_numbers(np.where(unsafe, np.nan, round_counts(exact, rule.round_to)))
    return shown.assign(suppressed=hidden, audience="outside")


def _read_counts(figures: pd.DataFrame) -> dict[str, np.ndarray]:
    """The columns of counts as numbers; NaN where there is none."""
    return {name: figures[name].to_numpy(float, na_value=np.nan) for name in (*COUNTS, *FOLLOWED)}


def _whole_numbers(counts: np.ndarray) -> pd.arrays.IntegerArray:
    """Counts as a column of whole numbers; null where NaN."""
    return pd.arrays.IntegerArray(np.nan_to_num(counts).astype(np.int64), np.isnan(counts))


def is_small(counts: np.ndarray, rule: DisclosureRule) -> np.ndarray:
    """Where a count is one that the rule hides."""
    return (counts >= 1) & (counts <= rule.hide_up_to)


def has_small_core(counts: Mapping[str, np.ndarray], rule: DisclosureRule) -> np.ndarray:
    """Rows whose figure itself rests on a small count: those who could count, did answer, said yes, said no.

    Whether none counts as small is the rule's to say; a row that nobody is in tells of nobody.
    """
    core = (counts["recorded"] - counts["numerator"], *(counts[name] for name in CORE))
    small = [is_small(each, rule) for each in core]
    if rule.zeros == "hidden":
        small += [(each == 0) & (counts["eligible"] > 0) for each in core]
    if "exposed" in counts:
        small.append(counts["exposed"] > 0)
    return np.logical_or.reduce(small)


def _has_few_followed(counts: Mapping[str, np.ndarray], rule: DisclosureRule) -> np.ndarray:
    """Rows in which few are followed up, or few are not."""
    return is_small(counts["followed_up"], rule) | is_small(counts["eligible"] - counts["followed_up"], rule)


def _hidden_rows(
    figures: pd.DataFrame, neighbours: Sequence[Neighbours], has_small: HasSmall, exposed: np.ndarray | None = None
) -> np.ndarray:
    """Rows with small counts, and those from which they could be had by subtraction."""
    counts = _read_counts(figures)
    if exposed is not None:
        counts["exposed"] = exposed
    hidden = _hide_until_safe(figures, counts, has_small(counts))
    for others in neighbours:
        hidden |= _is_partner(figures, counts, others, has_small)
    return hidden


def _hide_until_safe(figures: pd.DataFrame, counts: Mapping[str, np.ndarray], hidden: np.ndarray) -> np.ndarray:
    """Hide partners along periods, groups and categories until no line has a single hidden row."""
    # Rows of one summary are parts of a total along each way in which they are split.
    split = [name for name in PLACE if figures[name].notna().any()]
    lines = [figures[name].factorize(use_na_sentinel=False)[0] for name in PLACE if set(split) - {name}]
    weight = _weight(figures, counts)
    while True:
        before = hidden
        for line in lines:
            hidden = _hide_partners(line, weight, hidden)
        if np.array_equal(hidden, before):
            return hidden


def _weight(figures: pd.DataFrame, counts: Mapping[str, np.ndarray]) -> np.ndarray:
    """The count that is smallest in the row to be hidden as a partner."""
    return counts["numerator" if figures["category"].notna().any() else "eligible"]


def _hide_partners(line: np.ndarray, weight: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Where exactly one of the rows that add up to a known total is hidden, hide the smallest shown one with it.

    `line` numbers the total that each row is a part of.
    """
    is_lone = np.bincount(line, hidden) == 1 if len(line) else np.zeros(0, dtype=bool)
    candidates = np.flatnonzero(is_lone[line] & ~hidden & (weight > 0))
    candidates = candidates[np.lexsort((weight[candidates], line[candidates]))]
    partners = candidates[np.unique(line[candidates], return_index=True)[1]]
    hidden = hidden.copy()
    hidden[partners] = True
    return hidden


def _is_partner(
    figures: pd.DataFrame, counts: Mapping[str, np.ndarray], others: Neighbours, has_small: HasSmall
) -> np.ndarray:
    """Rows hidden in the table that this one is a part of, where the filter's values stand side by side."""
    hidden, hidden_beside = has_small(counts), has_small(others)
    weight, weight_beside = _weight(figures, counts), _weight(figures, others)
    rivals = np.where(~hidden_beside & (weight_beside > 0), weight_beside, np.inf).min(axis=0, initial=np.inf)
    is_lone = hidden + hidden_beside.sum(axis=0) == 1
    return hidden | (is_lone & (weight > 0) & (weight <= rivals))


def _hide_small_margins(counts: dict[str, np.ndarray], rule: DisclosureRule) -> None:
    """Hide small counts around the figure, the total they could be taken from, and a partner of a lone exclusion."""
    small = is_small(counts["missing"], rule)
    for name in ("missing", "eligible"):
        counts[name] = np.where(small, np.nan, counts[name])
    excluded = np.array([np.where(is_small(counts[name], rule), np.nan, counts[name]) for name in EXCLUSIONS])
    is_lone = np.isnan(excluded).sum(axis=0) + np.isnan(counts["eligible"]) == 1
    with_people = np.where(excluded > 0, excluded, np.inf)
    lone = np.flatnonzero(is_lone & np.isfinite(with_people).any(axis=0))
    excluded[with_people.argmin(axis=0)[lone], lone] = np.nan
    counts.update(zip(EXCLUSIONS, excluded, strict=True))


def round_counts(counts: Counted, to: int) -> Counted:
    """Counts to the nearest multiple."""
    return (counts + to // 2) // to * to


def _coarse_values(values: pd.Series, units: pd.Series) -> np.ndarray:
    whole = [coarse_decimals(unit) == 0 for unit in units]
    numbers = values.to_numpy(float)
    return np.where(whole, np.round(numbers), np.round(numbers, 1))


def coarse_decimals(unit: str) -> int:
    """With how many decimals means and medians of a unit are shown."""
    return 0 if unit in WHOLE_UNITS else 1


def _figures_shown(
    figures: pd.DataFrame, counts: Mapping[str, np.ndarray], hidden: np.ndarray
) -> dict[str, np.ndarray]:
    """Rates and their intervals from the rounded numbers; what rests on hidden counts is empty."""
    statistics = np.array(figures["statistic"].tolist(), dtype=object)
    is_rate = np.array([name in RATES for name in statistics], dtype=bool)
    unsaid = hidden | is_rate | np.array([name in UNROUNDABLE for name in statistics], dtype=bool)
    shown = {name: np.where(unsaid, np.nan, _coarse_values(figures[name], figures["unit"])) for name in FIGURES}
    methods = np.array(figures["interval_method"].tolist(), dtype=object)
    for method in dict.fromkeys(methods[is_rate]):
        rows = is_rate & (methods == method)
        rates = _rates_shown(counts["numerator"][rows], counts["recorded"][rows], method)
        for name, values in rates.items():
            shown[name][rows] = values
    is_count = (statistics == "count") & ~hidden
    shown["value"][is_count] = counts["numerator"][is_count]
    return shown


def _rates_shown(numerator: np.ndarray, recorded: np.ndarray, interval_method: str) -> dict[str, np.ndarray]:
    """Values and intervals in per cent of the numbers shown; NaN where there are none."""
    recorded = np.where(recorded > 0, recorded, np.nan)
    lower, upper = getattr(intervals, interval_method)(numerator, recorded)
    return {"value": PERCENT * numerator / recorded, "lower": PERCENT * lower, "upper": PERCENT * upper}
