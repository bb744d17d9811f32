"""A figure over time: its points, its lines, and what may be said about them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from queries.catalogue.metrics import Metric
from queries.catalogue.periods import Step
from queries.figures.gates import FEWEST
from queries.statistics import run_rules
from queries.trends import phrases, signal_rules
from queries.trends.lines import Lines, Phase, Series, draw_lines, find_phases
from queries.trends.present import Judgement, Reason, judge_months
from queries.trends.signal_rules import Signals

PERCENT = 100
RuleSet = Literal["limits", "anhoej", "making_data_count"]
JUDGES: dict[RuleSet, Callable[[Series, Lines, Phase], Signals]] = {
    "limits": signal_rules.judge_limits,
    "anhoej": signal_rules.judge_runs,
    "making_data_count": signal_rules.making_data_count,
}
Verdict = Literal["improvement", "concern", "neutral", "none"]
RULES: dict[RuleSet, str] = {"limits": "limits alone", "anhoej": "Anhøj", "making_data_count": "Making Data Count"}


@dataclass(frozen=True)
class Rebase:
    """A person's decision that the process changed on a day, and why."""

    on: date
    reason: str
    author: str


@dataclass(frozen=True, kw_only=True)
class Point:
    """One subgroup. `value` in the metric's unit (per cent for proportions), NaN where nothing is recorded.

    `is_small`: fewer than ten. `is_complete`: over, with all its windows closed; others are drawn hollow and count
    neither in limits nor in rules. `label`: what the rules say of it; `is_outside_classic`: beyond 3 sigma.
    """

    period: str
    start: date
    end: date
    value: float
    n: int
    numerator: int | None
    is_small: bool
    is_complete: bool
    is_baseline: bool
    label: run_rules.Label
    is_outside_classic: bool


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A figure over time. Lines have one entry per point, in the metric's unit, NaN where there is none.

    `verdict` is none where nothing may be said; `reason` says why. `short` fits a card, `sentence` stands below a
    chart; both come from `judgement`, by month, whatever the step. `assurance`: whether the limits keep to one side of
    the target; `assured` says it in words.
    """

    metric: str
    title: str
    kind: str
    unit: str
    better: str
    step: Step
    rules: RuleSet
    points: tuple[Point, ...]
    centre: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    classic_lower: tuple[float, ...]
    classic_upper: tuple[float, ...]
    is_trial: bool
    verdict: Verdict
    direction: Literal["higher", "lower", ""]
    reason: Reason
    short: str
    sentence: str
    rule_line: str
    judgement: Judgement
    target: float | None
    assurance: run_rules.Assurance
    assured: str
    rebases: tuple[Rebase, ...]
    refused_rebases: tuple[Rebase, ...]

    @property
    def told(self) -> str:
        """The finding, the target, and what was refused."""
        refused = [f"A new baseline from {one.on:%B %Y} needs 12 points a side." for one in self.refused_rebases]
        return " ".join(part for part in (self.sentence, self.assured, *refused) if part)

    @property
    def said(self) -> str:
        """The same with the rules by which points are coloured, for below a chart where these can be chosen."""
        return " ".join(part for part in (self.told, self.rule_line) if part)


def make_trend(
    figures: pd.DataFrame,
    metric: Metric,
    *,
    step: Step,
    gate: str,
    rebases: Sequence[Rebase] = (),
    rules: RuleSet = "limits",
    target: float | None = None,
    judgement: Judgement | None = None,
) -> Trend:
    """The trend of the rows that `summarise` gives for a metric by `step`; `gate` is that of the figure as a whole.

    `judgement` of the months; without it these rows are judged, which must then be months. `target` in the metric's
    unit, if the department set one. Rebases with fewer than 12 points a side are refused.
    """
    series = _read_series(figures, metric)
    starts = list(figures["period_start"])
    cuts = {
        int(np.searchsorted(np.array(starts, dtype="datetime64[D]"), np.datetime64(one.on))): one for one in rebases
    }
    found, refused = find_phases(series.usable, list(cuts))
    drawn = draw_lines(series, found)
    phase = found[-1]
    signals = JUDGES[rules](series, drawn, phase)
    if gate not in ("plain", "caution"):
        signals = Signals(["common"] * len(series.values), signals.judged)
    judgement = judgement or judge_months(figures, metric, gate)
    scale = PERCENT if series.kind == "proportion" else 1
    assured = (
        signal_rules.judge_assurance(series, drawn, phase, metric.header.better, target)
        if phase.places.size
        else "none"
    )
    if gate not in ("plain", "caution"):
        assured = "none"
    words = phrases.choose_words(judgement, metric.unit)
    return Trend(
        metric=metric.name,
        title=metric.title,
        kind=metric.kind,
        unit=metric.unit,
        better=metric.header.better,
        step=step,
        rules=rules,
        points=_make_points(figures, series, drawn, phase, signals),
        **_scale_lines(drawn, scale),
        is_trial=bool(phase.baseline.size) and phase.is_trial,
        verdict=_choose_verdict(judgement),
        direction=judgement.direction,
        reason=judgement.reason,
        short=words.short,
        sentence=words.sentence,
        rule_line=phrases.rule_line(rules, phase, step),
        judgement=judgement,
        target=target,
        assurance=assured,
        assured=phrases.assurance_words(assured, target, metric.unit),
        rebases=tuple(one for place, one in cuts.items() if place not in refused),
        refused_rebases=tuple(cuts[place] for place in refused),
    )


def _read_series(figures: pd.DataFrame, metric: Metric) -> Series:
    complete = figures["period_complete"].fillna(False).astype(bool).to_numpy()
    closed = figures["excluded_not_due"].fillna(0).to_numpy(float) == 0
    values, n = figures["value"].to_numpy(float), figures["recorded"].to_numpy(float)
    numerators = figures["numerator"].to_numpy(float, na_value=np.nan)
    usable = complete & closed
    if metric.kind == "count":
        return Series("count", values, n, numerators, usable)
    usable &= (n > 0) & np.array([gate != "bounds_only" for gate in figures["gate"]], dtype=bool)
    if metric.kind == "proportion":
        ratio = np.divide(numerators, n, out=np.full(n.shape, np.nan), where=n > 0)
        return Series("proportion", ratio, n, numerators, usable)
    return Series(metric.kind, values, n, numerators, usable)  # type: ignore[arg-type]


def _choose_verdict(judgement: Judgement) -> Verdict:
    if not judgement.direction:
        return "none"
    if judgement.better == "neutral":
        return "neutral"
    return "improvement" if judgement.direction == judgement.better else "concern"


def _make_points(
    figures: pd.DataFrame, series: Series, drawn: Lines, phase: Phase, signals: Signals
) -> tuple[Point, ...]:
    outside = signal_rules.classic_outside(series, drawn) & series.usable
    baseline = set(phase.baseline.tolist())
    columns: Any = zip(
        figures["period"], figures["period_start"], figures["period_end"], figures["value"], figures["recorded"],
        figures["numerator"], strict=True,
    )  # fmt: skip
    is_count = series.kind == "count"
    return tuple(
        Point(
            period=period,
            start=start,
            end=end,
            value=float(value),
            n=int(n),
            numerator=None if pd.isna(numerator) else int(numerator),
            is_small=not is_count and int(n) < FEWEST,
            is_complete=bool(series.usable[place]),
            is_baseline=place in baseline,
            label=signals.labels[place],
            is_outside_classic=bool(outside[place]),
        )
        for place, (period, start, end, value, n, numerator) in enumerate(columns)
    )


def _scale_lines(drawn: Lines, scale: float) -> dict[str, tuple[float, ...]]:
    names = ("centre", "lower", "upper", "classic_lower", "classic_upper")
    return {name: tuple(float(value) for value in scale * getattr(drawn, name)) for name in names}
