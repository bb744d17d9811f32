"""Whether a figure is different now from what it was before: the one source of every word about change.

The months whose windows are all closed are cut where two rates (or means) are likelier than one, and
the last stretch is told against the one before it. Medians and times are judged by the share within what patients are
told. `docs/statistics.md` says what is told falsely, and what is found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from data.settings import read_trends
from queries.catalogue.metrics import Metric, read_catalogue
from queries.statistics.intervals import squares_of_mean
from queries.statistics.segments import THRESHOLD, Direction, Segment, judge_present
from queries.trends.power import found_within_a_year
from queries.trends.registered_changes import Look

PERCENT = 100
# Sizes of a change, in points, of which a chart says how often it would find one.
SIZES = (10, 15, 20, 25, 30)
HALF = 50
YEAR = 12
# The share by which a time is judged: one long stay must not speak for a month.
JUDGED_BY = {"recovery_hours": "home_ready_within_6_hours", "procedure_minutes": "procedure_within_60_minutes"}
Reason = Literal[
    "", "too_few", "missing", "small", "constant", "no_change", "recording", "over", "season", "registered"
]


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Months of one rate or mean, from `first` to `last`. `numerator` of `n` of `eligible`; of a mean it is None.

    `value` in the metric's unit, per cent for shares.
    """

    first: date
    last: date
    months: int
    numerator: int | None
    n: int
    eligible: int
    value: float


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What may be said of the present. `direction` is empty where nothing may, and `reason` says why.

    `stretches` are all of the series, oldest first. `level`: the usual value; `volume`: the usual cases a month.
    `findable`: a change from the present level that would be told within a year, and in how many of 100 departments;
    None where hardly any would be. `name` is the figure judged in another's place. `looks` are those at registered
    changes; while one of them is followed (reason `registered`), no other change is told.
    """

    direction: Direction
    reason: Reason
    better: str
    stretches: tuple[Stretch, ...] = ()
    volume: float = 0.0
    findable: tuple[float, float, int] | None = None
    name: str = ""
    looks: tuple[Look, ...] = ()

    @property
    def now(self) -> Stretch | None:
        """The last stretch, where there is another before it."""
        return self.stretches[-1] if len(self.stretches) > 1 else None

    @property
    def before(self) -> Stretch | None:
        """The stretch before the last."""
        return self.stretches[-2] if len(self.stretches) > 1 else None


def judge_figure(
    metric: str, months_of: Callable[[str], pd.DataFrame], gate_of: Callable[[str], str], looks: Sequence[Look] = ()
) -> Judgement:
    """Judge a figure by its months, and a time by those of the share that stands for it.

    `months_of` gives the rows of a metric by month, `gate_of` its gate as a whole; `looks` are at changes registered
    for the figure that is judged.
    """
    judged = JUDGED_BY.get(metric, metric)
    found = read_catalogue()[judged]
    judgement = judge_months(months_of(judged), found, gate_of(judged), found.title if judged != metric else "")
    if any(look.is_silencing for look in looks):
        judgement = replace(judgement, direction="", reason="registered")
    return replace(judgement, looks=tuple(looks))


def judge_months(figures: pd.DataFrame, metric: Metric, gate: str, name: str = "") -> Judgement:
    """Judge the rows that `summarise` gives for a share or a mean by month; `gate` is that of the figure as a whole."""
    better = metric.header.better
    if gate == "bounds_only":
        return Judgement(direction="", reason="missing", better=better, name=name)
    if gate == "counts_only":
        return Judgement(direction="", reason="small", better=better, name=name)
    # A month whose cases are all closed counts, also where it is not over: what is known of it will not change.
    closed = (figures["excluded_not_due"].fillna(0) == 0) & (figures["eligible"].fillna(0) > 0)
    months = figures.iloc[: int(np.flatnonzero(closed)[-1]) + 1] if closed.any() else figures.iloc[:0]
    usable = closed.to_numpy()[: len(months)]
    if metric.kind not in ("proportion", "mean") or not usable.any():
        return Judgement(direction="", reason="too_few", better=better, name=name)
    n = np.where(usable, months["recorded"].to_numpy(float), 0)
    eligible = np.where(usable, months["eligible"].to_numpy(float), 0)
    squares = None
    if metric.kind == "proportion":
        sums = months["numerator"].to_numpy(float, na_value=0)
    else:
        mean, upper = months["value"].to_numpy(float), months["upper"].to_numpy(float)
        sums, squares = np.nan_to_num(mean * n), squares_of_mean(mean, upper, n)
    found = judge_present(sums, n, squares, eligible, read_trends().verdict.threshold)
    is_share = metric.kind == "proportion"
    stretches = tuple(_make_stretch(one, months, is_share) for one in found.segments)
    # A month without cases is one of the usual months; one that is still open is not.
    is_known = usable | (months["eligible"].fillna(0) == 0).to_numpy()
    volume = float(n[is_known][-YEAR:].mean())
    is_constant = is_share and n.sum() > 0 and sums.sum() in (0, n.sum())
    # The latest months of a change that is over lie at the level before it.
    level = stretches[-2 if found.reason == "over" else -1].value
    spread = None if squares is None else _find_spread(sums, squares, n)
    return Judgement(
        direction=found.direction,
        reason="constant" if is_constant and not found.direction else found.reason,
        better=better,
        stretches=stretches,
        volume=volume,
        findable=_find_size(volume, level, spread, better),
        name=name,
    )


def _make_stretch(one: Segment, months: pd.DataFrame, is_share: bool) -> Stretch:
    return Stretch(
        first=months["period_start"].iloc[one.first],
        last=months["period_end"].iloc[one.end - 1],
        months=one.end - one.first,
        numerator=int(one.sums) if is_share else None,
        n=one.n,
        eligible=int(months["eligible"].iloc[one.first : one.end].sum()),
        value=one.level * PERCENT if is_share else one.level,
    )


def _find_spread(sums: np.ndarray, squares: np.ndarray, n: np.ndarray) -> float:
    """The standard deviation between patients, over all months; NaN without any."""
    total = max(n.sum(), 1)
    return float(np.sqrt(max(squares.sum() / total - (sums.sum() / total) ** 2, 0)))


def _find_size(volume: float, level: float, spread: float | None, better: str) -> tuple[float, float, int] | None:
    """The smallest change for the better that about every second department would be told of within a year.

    A mean is read as a share of one half, whose patients have a standard deviation of 50 points: `spread` is that of
    the mean's patients, None for a share. The table holds for the threshold that it was made with.
    """
    if not np.isfinite(level) or spread == 0 or read_trends().verdict.threshold != THRESHOLD:
        return None
    side = -1 if better == "lower" else 1
    rate, step = (level, 1.0) if spread is None else (HALF, spread / HALF)
    for size in SIZES:
        for change in (side * size, -side * size):
            found = found_within_a_year(volume, rate, change)
            if found is not None and found >= HALF:
                return level, level + step * change, found
    return None
