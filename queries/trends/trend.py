"""A figure over time: its points, its lines, and what may be said about them."""

from collections.abc import Sequence
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
from queries.trends.signal_rules import VERDICT_POINTS, Evidence, Signals

PERCENT = 100
RuleSet = Literal["anhoej", "making_data_count"]
Verdict = Literal["improvement", "concern", "neutral", "none"]
Reason = Literal["", "too_few", "missing", "small", "unstable", "constant", "no_change"]
RULES: dict[RuleSet, str] = {"anhoej": "Anhøj", "making_data_count": "Making Data Count"}


@dataclass(frozen=True)
class Rebase:
    """A person's decision that the process changed on a day, and why."""

    on: date
    reason: str
    author: str


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Change:
    """A stretch that differs from what was before. For proportions `numerator` of `n`; else `value` is the mean.

    `steps` of its points lie on its side of the centre line, `on_line` on the line itself.
    """

    kind: signal_rules.ChangeKind
    first: date
    last: date
    steps: int
    on_line: int
    numerator: int | None
    n: int
    value: float
    before_numerator: int | None
    before_n: int
    before_value: float
    chance: float


@dataclass(frozen=True)
class Trend:
    """A figure over time. Lines have one entry per point, in the metric's unit, NaN where there is none.

    `verdict` is none where nothing may be said; `reason` says why. `short` fits a card, `sentence` stands below a
    chart. `change` is what the verdict rests on. `assurance`: whether the limits keep to one side of the target, none
    where there is no verdict; `assured` says it in words.
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
    change: Change | None
    typical_n: float
    target: float | None
    assurance: run_rules.Assurance
    assured: str
    rebases: tuple[Rebase, ...]
    refused_rebases: tuple[Rebase, ...]

    @property
    def said(self) -> str:
        """All of it, for below a chart: the finding, the target, what was refused, and the rules."""
        refused = [f"A new baseline from {one.on:%B %Y} needs 12 points a side." for one in self.refused_rebases]
        return " ".join(part for part in (self.sentence, self.assured, *refused, self.rule_line) if part)


def make_trend(
    figures: pd.DataFrame,
    metric: Metric,
    step: Step,
    gate: str,
    rebases: Sequence[Rebase] = (),
    rules: RuleSet = "anhoej",
    target: float | None = None,
) -> Trend:
    """The trend of the rows that `summarise` gives for a metric by `step`; `gate` is that of the figure as a whole.

    `target` in the metric's unit, if the department set one. Rebases with fewer than 12 points a side are refused.
    """
    series = _read_series(figures, metric)
    starts = list(figures["period_start"])
    cuts = {
        int(np.searchsorted(np.array(starts, dtype="datetime64[D]"), np.datetime64(one.on))): one for one in rebases
    }
    found, refused = find_phases(series.usable, list(cuts))
    drawn = draw_lines(series, found)
    phase = found[-1]
    judge = signal_rules.judge_series if rules == "anhoej" else signal_rules.making_data_count
    signals = judge(series, drawn, phase)
    if gate not in ("plain", "caution"):
        signals = Signals(["common"] * len(series.values), signals.rule, judged=signals.judged)
    reason = _reason_for_silence(series, phase, signals, gate, rules)
    change = _describe_change(figures, series, signals.evidence) if not reason else None
    direction = _choose_direction(signals, rules, change)
    scale = PERCENT if series.kind == "proportion" else 1
    typical = float(np.median(series.n[series.usable])) if series.usable.any() else 0.0
    assured = (
        signal_rules.judge_assurance(series, drawn, phase, metric.header.better, target)
        if reason in ("", "no_change")
        else "none"
    )
    words = phrases.choose_words(
        metric, step, rules, reason, direction, change, typical, len(phase.places), _baseline_dates(figures, phase),
        sum(label.endswith("limit") for label in signals.labels),
    )  # fmt: skip
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
        verdict=_choose_verdict(direction, metric.header.better),
        direction=direction,
        reason=reason or ("no_change" if not direction else ""),
        short=words.short,
        sentence=words.sentence,
        rule_line=phrases.rule_line(signals.rule, rules, phase, step),
        change=change,
        typical_n=typical,
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


def _reason_for_silence(series: Series, phase: Phase, signals: Signals, gate: str, rules: RuleSet) -> Reason:
    """Why nothing may be said about change; empty where something may."""
    if gate == "bounds_only":
        return "missing"
    if gate == "counts_only":
        return "small"
    if len(phase.places) < VERDICT_POINTS:
        return "too_few"
    if np.ptp(series.values[phase.places]) == 0:
        return "constant"
    if signals.unstable is not None:
        return "unstable"
    return "" if signals.evidence or rules == "making_data_count" else "no_change"


def _choose_direction(signals: Signals, rules: RuleSet, change: Change | None) -> Literal["higher", "lower", ""]:
    if rules == "making_data_count":
        latest = [signals.labels[place] for place in signals.judged]
        return {"neutral_high": "higher", "neutral_low": "lower"}.get(  # type: ignore[return-value]
            run_rules.variation(latest, "neutral"), ""
        )
    if change is None or signals.evidence is None:
        return ""
    return "higher" if signals.evidence.side > 0 else "lower"


def _choose_verdict(direction: str, better: str) -> Verdict:
    if not direction:
        return "none"
    if better == "neutral":
        return "neutral"
    return "improvement" if direction == better else "concern"


def _describe_change(figures: pd.DataFrame, series: Series, evidence: Evidence | None) -> Change | None:
    if evidence is None:
        return None
    first, last = evidence.places[0], evidence.places[-1]

    def counted(places: np.ndarray) -> tuple[int | None, int, float]:
        n = int(series.n[places].sum())
        if series.kind == "proportion":
            yes = int(series.numerators[places].sum())
            return yes, n, PERCENT * yes / n
        weights = series.n[places] if series.kind == "mean" else None
        return None, n, float(np.average(series.values[places], weights=weights))

    return Change(
        evidence.kind,
        figures["period_start"].iloc[first],
        figures["period_end"].iloc[last],
        len(evidence.places) - evidence.on_line,
        evidence.on_line,
        *counted(evidence.places),
        *counted(evidence.before),
        evidence.chance,
    )


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
            period, start, end, float(value), int(n), None if pd.isna(numerator) else int(numerator),
            not is_count and int(n) < FEWEST, bool(series.usable[place]), place in baseline, signals.labels[place],
            bool(outside[place]),
        )
        for place, (period, start, end, value, n, numerator) in enumerate(columns)
    )  # fmt: skip


def _scale_lines(drawn: Lines, scale: float) -> dict[str, tuple[float, ...]]:
    names = ("centre", "lower", "upper", "classic_lower", "classic_upper")
    return {name: tuple(float(value) for value in scale * getattr(drawn, name)) for name in names}


def _baseline_dates(figures: pd.DataFrame, phase: Phase) -> tuple[date, date] | None:
    if not phase.baseline.size:
        return None
    return figures["period_start"].iloc[phase.baseline[0]], figures["period_end"].iloc[phase.baseline[-1]]
