"""Figures from answers: counts, value and interval of every row that figures.csv holds, by plain formulas."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from dashboard.exports.reconcile.second_definitions import Told

EXCLUDED = {
    "setting": "excluded_setting", "not_due": "excluded_not_due", "died": "excluded_died",
    "retreated": "excluded_retreated", "baseline_missing": "baseline_missing", "baseline_below_4": "baseline_below_4",
}  # fmt: skip
COUNTS = (
    "eligible", "recorded", "numerator", "missing", "procedures", *EXCLUDED.values(), "followed_up", "followed_up_of",
)  # fmt: skip
NUMBERS = ("value", "lower", "upper", "lower_if_missing_no", "upper_if_missing_yes")
NAN = float("nan")
PLAIN_FROM, CAUTION_FROM, FEWEST = 0.8, 0.6, 10
Z = 1.959963984540054
Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """The exclusions (empty text = none) and answers of the procedures of one group or period."""

    exclusions: np.ndarray
    answers: np.ndarray


def rows_of(cell: Cell, statistic: str, interval: str, needs_pair: bool) -> Iterator[Row]:
    """The figures of one cell: one row, or one per category."""
    counts = {column: int((cell.exclusions == name).sum()) for name, column in EXCLUDED.items()}
    counts_in = cell.exclusions == ""
    answers = cell.answers[counts_in]
    known = answers[~pd.isna(answers)]
    common = counts | {
        "eligible": int(counts_in.sum()),
        "recorded": len(known),
        "missing": int(counts_in.sum()) - len(known),
        "procedures": int(counts_in.sum()) + sum(counts.values()),
    }
    if statistic == "category":
        yield common | {"category": None} | share_row(0, len(known), interval)
        for category, count in Counter(name for names in known for name in set(str(names).split(";"))).items():
            yield common | {"category": category} | share_row(count, len(known), interval)
        return
    if statistic == "aalen_johansen":
        yield common | _incidence_row([(str(how), float(day)) for how, day in map(str.split, known)])
        return
    values = known.astype(float)
    if statistic == "count":
        yield common | {"numerator": common["eligible"], "value": float(common["eligible"])}
    elif statistic == "proportion":
        yes = int((values > 0).sum())
        possible = common["eligible"] + (counts["baseline_missing"] if needs_pair else 0)
        yield common | share_row(yes, len(values), interval) | _missing_bounds(yes, len(values), possible)
    else:
        yield common | (_mean_row(values) if statistic == "mean" else _median_row(values))


def group_cells(told: Told, groups: pd.Series | None) -> Iterator[tuple[str | None, Cell]]:
    """Procedures of each group, or all of them."""
    exclusions, answers = told.exclusion.to_numpy(object), told.answer.to_numpy(object)
    if groups is None:
        yield None, Cell(exclusions, answers)
        return
    codes, names = pd.factorize(groups)
    for place, name in enumerate(names):
        yield str(name), Cell(exclusions[codes == place], answers[codes == place])


def share_row(yes: int, n: int, interval: str) -> Row:
    """Yes of n, in per cent, with its interval."""
    if n == 0:
        return {"numerator": 0}
    lower, upper = _clopper_pearson(yes, n) if interval == "clopper_pearson" else _wilson_interval(yes, n)
    return {"numerator": yes, "value": 100 * yes / n, "lower": 100 * lower, "upper": 100 * upper}


def gate_row(cell: Cell, is_period: bool, *, pairs: Cell | None = None, heard: Cell | None = None) -> Row:
    """What a figure may be used for: by the share recorded, by the share of `pairs` where these are given.

    Where events must be heard of, `heard` says of whom they would be: `followed_up` of `followed_up_of`, and no more
    than these count as known.
    """
    counts_in = cell.exclusions == ""
    recorded = int((~pd.isna(cell.answers[counts_in])).sum())
    could, did, followed = int(counts_in.sum()), recorded, None
    if pairs is not None:
        both = pairs.answers[pairs.exclusions == ""].astype(float)
        could, did = len(both), int((both > 0).sum())
    if heard is not None:
        followed = int((heard.answers[counts_in].astype(float) > 0).sum())
        did = min(did, followed)
    told: Row = {"followed_up": followed, "followed_up_of": None if followed is None else could}
    return told | {"gate": _gate_name(recorded, did / could if could else 0.0, is_period)}


def _gate_name(recorded: int, share: float, is_period: bool) -> str:
    if recorded < FEWEST and not is_period:
        return "counts_only"
    return "plain" if share >= PLAIN_FROM else "caution" if share >= CAUTION_FROM else "bounds_only"


def _missing_bounds(yes: int, known: int, possible: int) -> Row:
    if possible == 0:
        return {}
    return {
        "lower_if_missing_no": 100 * yes / possible,
        "upper_if_missing_yes": 100 * (yes + possible - known) / possible,
    }


def _wilson_interval(yes: int, n: int) -> tuple[float, float]:
    share, square = yes / n, Z * Z
    middle = (yes + square / 2) / (n + square)
    reach = Z * math.sqrt(n * share * (1 - share) + square / 4) / (n + square)
    return (0.0 if yes == 0 else middle - reach), (1.0 if yes == n else middle + reach)


def _clopper_pearson(yes: int, n: int) -> tuple[float, float]:
    low = 0.0 if yes == 0 else float(stats.beta.ppf(0.025, yes, n - yes + 1))
    return low, 1.0 if yes == n else float(stats.beta.isf(0.025, yes + 1, n - yes))


def _mean_row(values: np.ndarray) -> Row:
    n = len(values)
    if n == 0:
        return {}
    mean = math.fsum(values) / n
    if n == 1:
        return {"value": mean}
    error = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1) / n)
    reach = float(stats.t.isf(0.025, n - 1)) * error
    return {"value": mean, "lower": mean - reach, "upper": mean + reach}


def _median_row(values: np.ndarray) -> Row:
    ordered = sorted(values)
    n = len(ordered)
    if n == 0:
        return {}
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    # The largest rank whose tail below it holds at most 2.5 % of the binomial.
    rank = 0
    while n >= 6 and stats.binom.cdf(rank, n, 0.5) < 0.025:
        rank += 1
    return {"value": middle} | ({"lower": ordered[rank - 1], "upper": ordered[n - rank]} if rank >= 1 else {})


def _incidence_row(ends: list[tuple[str, float]]) -> Row:
    """Events by day 365, and their cumulative incidence with Aalen's variance, one sum over the days of events."""
    row: Row = {"numerator": sum(how == "event" and day <= 365 for how, day in ends)}
    if not ends:
        return row
    steps, share, free = [], 0.0, 1.0
    for now in sorted({day for how, day in ends if how != "left" and day <= 365}):
        at_risk = sum(day >= now for _, day in ends)
        events, others = (sum(end == (name, now) for end in ends) for name in ("event", "competing"))
        before, free = free, free * (1 - (events + others) / at_risk)
        share += before * events / at_risk
        spreads = [before**2 * n / at_risk**2 * (1 - max(n - 1, 0) / max(at_risk - 1, 1)) for n in (events, others)]
        steps.append((share, free, *spreads))
    variance = 0.0
    for then, left, of_events, of_others in steps:
        later = (share - then) / left if left > 0 else 0.0
        variance += (1 - later) ** 2 * of_events + (later**2 * of_others if left > 0 else 0.0)
    row["value"] = 100 * share
    if not 0 < share < 1:
        return row
    reach = Z * math.sqrt(variance) / (share * math.log(share))
    return row | {"lower": 100 * share ** math.exp(-reach), "upper": 100 * share ** math.exp(reach)}
