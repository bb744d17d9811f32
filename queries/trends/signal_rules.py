"""Which points of a chart are coloured: those beyond the limits, or runs too, by a rule set that a reader asks for.

A display alone: words about change come from `present.py`.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from queries.figures.gates import FEWEST
from queries.statistics import control_charts, run_rules
from queries.statistics.run_rules import Anhoej, Assurance, Label
from queries.trends.lines import Floats, Lines, Mask, Phase, Series

VERDICT_POINTS = 13
JUDGED_POINTS = 24
# Single points further back are history: the fewer are looked at, the less of the chance below each has to share.
COLOURED_POINTS = 12
# The most that the chance of any coloured single point in a stable series may be, shared between those looked at and
# their two sides. Counts are whole, so about half of it is used: at most 2 % of series have one, with room.
COLOURED_CHANCE = 0.025
ASSURED_POINTS = 12
PERCENT = 100
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Signals:
    """Labels of all points. `judged` are the points looked at."""

    labels: list[Label]
    judged: Places = field(default_factory=lambda: np.empty(0, int))


def judge_limits(series: Series, lines: Lines, phase: Phase) -> Signals:
    """Judge the last points of the latest phase by themselves."""
    labels: list[Label] = ["common"] * len(series.values)
    judged = phase.places[-JUDGED_POINTS:]
    if len(phase.places) >= VERDICT_POINTS:
        for place, beyond in _coloured_points(series, lines, judged, phase):
            labels[place] = "above_limit" if beyond > 0 else "below_limit"
    return Signals(labels, judged)


def judge_runs(series: Series, lines: Lines, phase: Phase) -> Signals:
    """Points beyond the limits, and by Anhoej's rules the longest run where it is longer than chance allows."""
    found = judge_limits(series, lines, phase)
    labels, judged = found.labels, found.judged
    if len(phase.places) < VERDICT_POINTS:
        return found
    rule, run, side = _anhoej_counts(series, lines, judged)
    if rule.signal and rule.longest_run_limit is not None and len(run) > rule.longest_run_limit:
        for place in run:
            if labels[place] == "common":
                labels[place] = "run_above" if side > 0 else "run_below"
    return Signals(labels, judged)


def making_data_count(series: Series, lines: Lines, phase: Phase) -> Signals:
    """The other rule set: labels by Making Data Count on the last 24 points."""
    labels: list[Label] = ["common"] * len(series.values)
    judged = phase.places[-JUDGED_POINTS:]
    if len(phase.places) >= VERDICT_POINTS:
        columns = (series.values, lines.centre, lines.rules_lower, lines.rules_upper)
        found = run_rules.making_data_count(*(_spaced_column(column, judged) for column in columns))
        for place in judged:
            labels[place] = found[place - judged[0]]
    return Signals(labels, judged)


def _anhoej_counts(series: Series, lines: Lines, judged: Places) -> tuple[Anhoej, list[int], int]:
    """Anhoej's counts of these points, the places of the longest run, and its side.

    A run goes on over one subgroup without a usable point; two in a row end it.
    """
    rule = run_rules.anhoej(series.values[judged], lines.middle[judged])
    if rule.longest_run_limit is None or rule.crossings is None or rule.crossings_limit is None:
        return rule, [], 0
    places, side = run_rules.longest_run(_spaced_column(series.values, judged), _spaced_column(lines.middle, judged))
    speaks = len(places) > rule.longest_run_limit or rule.crossings < rule.crossings_limit
    unbroken = replace(rule, longest_run=len(places), signal=rule.signal and speaks)
    return unbroken, [int(judged[0]) + place for place in places], side


def _spaced_column(column: Floats, places: Places) -> Floats:
    """The column from the first to the last of these places, NaN at those between that are not among them."""
    if not places.size:
        return column[:0]
    spaced = np.full(places[-1] - places[0] + 1, np.nan)
    spaced[places - places[0]] = column[places]
    return spaced


def _coloured_points(series: Series, lines: Lines, judged: Places, phase: Phase) -> list[tuple[int, int]]:
    """Points that are coloured by themselves, with their side.

    Beyond the limits, among the last 12, not what the limits come from, and not small. A share must also be improbable
    given that the centre is an estimate, by its part of the chance that all points looked at have together.
    """
    new = np.setdiff1d(judged[-COLOURED_POINTS:], phase.baseline)
    looked_at = new[series.n[new] >= FEWEST] if series.kind != "count" else new
    outside = _points_outside(series, lines, looked_at)
    if series.kind != "proportion":
        return outside
    x, n = series.numerators[phase.baseline].sum(), series.n[phase.baseline].sum()
    share = COLOURED_CHANCE / 2 / max(len(looked_at), 1)
    return [
        (place, side)
        for place, side in outside
        if min(_predicted_tails(series.numerators[place], series.n[place], x, n)) <= share
    ]


def _points_outside(series: Series, lines: Lines, places: Places) -> list[tuple[int, int]]:
    """Points beyond the limits by which points are coloured, with their side."""
    above = series.values[places] > lines.upper[places] + 1e-9
    below = series.values[places] < lines.lower[places] - 1e-9
    return [(int(place), 1) for place in places[above]] + [(int(place), -1) for place in places[below]]


def _predicted_tails(x: float, n: float, before_x: float, before_n: float) -> tuple[float, float]:
    """Exact tails of x of n, given what was seen before and that this was itself a sample (beta-binomial)."""
    shape = (before_x + 0.5, before_n - before_x + 0.5)
    return float(stats.betabinom.cdf(x, n, *shape)), float(stats.betabinom.sf(x - 1, n, *shape))


def classic_outside(series: Series, lines: Lines) -> Mask:
    """Points beyond the 3-sigma limits, for the toggle that shows what other tools would colour."""
    with np.errstate(invalid="ignore"):
        return (series.values > lines.classic_upper) | (series.values < lines.classic_lower)


def judge_assurance(series: Series, lines: Lines, phase: Phase, better: str, target: float | None) -> Assurance:
    """A target (per cent for proportions) against the limits of a typical point of the last 12.

    Not the last point's own limits, which change from month to month with its cases.
    """
    last = phase.places[-ASSURED_POINTS:]
    if target is None or not np.isfinite(lines.classic_upper[last]).all():
        return "none"
    lower, upper = np.median(lines.classic_lower[last]), np.median(lines.classic_upper[last])
    if series.kind == "proportion":
        n = float(np.median(series.n[last]))
        chart = control_charts.p([n * lines.centre[last[-1]]], [n])
        lower, upper = PERCENT * chart.lower[0], PERCENT * chart.upper[0]
    return run_rules.assurance(lower, upper, target, better)
