"""A series by month cut into segments of one rate or mean each, and whether the last one may be told as the present.

Columns as in `changes`: consecutive calendar months, n = 0 where a month has no usable case. `squares` (the sums of
squares of patients' values) makes it a series of means; without it `sums` are successes.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from queries.statistics.changes import (
    CASES_AFTER,
    MONTHS_AFTER,
    MONTHS_BEFORE,
    Counts,
    Months,
    read_months,
    scan_splits,
)

THRESHOLD = 3.5
LATEST_MONTHS = 6
YEAR = 12
RECORDED, RECORDED_APART = 60, 10
PERCENT = 100
Direction = Literal["higher", "lower", ""]
Reason = Literal["", "no_change", "too_few", "missing", "recording", "over", "season"]


@dataclass(frozen=True)
class Segment:
    """The months from `first` to before `end`, counted from 0; `sums` of `n` in them (of a share: successes)."""

    first: int
    end: int
    sums: float
    n: int

    @property
    def level(self) -> float:
        """The rate, 0 to 1, or the mean."""
        return self.sums / self.n


@dataclass(frozen=True, kw_only=True)
class Present:
    """Whether the present differs from what was before: `direction` where it may be said, else why not in `reason`.

    `no_change`: nothing reaches the threshold. `too_few`: months or cases are too few to ask. `missing`: fewer than
    60 % are recorded in the present or before it; `recording`: the share recorded differs by 10 points or more; neither
    may be judged. `over`: the latest six months are back nearer to what was before. `season`: the same months a year
    before do not differ in the same direction. `segments` are all of the series, for the chart; the last two are
    compared. `statistic` is that of their comparison, 0 without.
    """

    direction: Direction
    reason: Reason
    segments: tuple[Segment, ...]
    statistic: float = 0.0


def cut_series(
    sums: ArrayLike, n: ArrayLike, squares: ArrayLike | None = None, threshold: float = THRESHOLD
) -> tuple[Segment, ...]:
    """The series cut at its strongest change, each part again, until none reaches the threshold.

    The first cut leaves 12 months before it; every part has at least 3 months and, but for the first, 20 cases.
    """
    months = read_months(sums, n, squares)
    edges = [0, *_find_cuts(months, threshold), months.rows.shape[-1]]
    return tuple(
        Segment(first, end, *months.between(first, end).count()) for first, end in zip(edges, edges[1:], strict=False)
    )


def judge_present(
    sums: ArrayLike,
    n: ArrayLike,
    squares: ArrayLike | None = None,
    eligible: ArrayLike | None = None,
    threshold: float = THRESHOLD,
) -> Present:
    """Whether the last segment differs from the one before it, and may be said to now.

    `eligible` by month gates both segments by the share that is recorded (n of eligible); None = all are recorded.
    """
    months = read_months(sums, n, squares)
    segments = cut_series(sums, n, squares, threshold)
    if len(segments) < 2:
        return Present(direction="", reason=_explain_silence(months), segments=segments)
    before, last = segments[-2:]
    pair = months.between(before.first, last.end)
    split = last.first - before.first
    _, statistic, _ = scan_splits(pair, (split, 0), (last.end - last.first, 0))
    is_higher = last.level > before.level
    reason: Reason = _gate_recorded(before, last, eligible)
    if not reason and not _is_present(months, before, last):
        reason = "over"
    if not reason and not _is_same_season(months, last, is_higher):
        reason = "season"
    direction: Direction = "" if reason else "higher" if is_higher else "lower"
    return Present(direction=direction, reason=reason, segments=segments, statistic=float(statistic))


def _find_cuts(months: Months, threshold: float) -> list[int]:
    """The months at which new segments begin, in order."""

    def cut(first: int, end: int, least_before: tuple[int, int]) -> list[int]:
        change_at, statistic, _ = scan_splits(months.between(first, end), least_before, (MONTHS_AFTER, CASES_AFTER))
        if not change_at or statistic < threshold:
            return []
        place, part = first + int(change_at), (MONTHS_AFTER, CASES_AFTER)
        return [*cut(first, place, part), place, *cut(place, end, part)]

    return cut(0, months.rows.shape[-1], (MONTHS_BEFORE, 0))


def _explain_silence(months: Months) -> Reason:
    change_at, _, _ = scan_splits(months, (MONTHS_BEFORE, 0), (MONTHS_AFTER, CASES_AFTER))
    return "no_change" if change_at else "too_few"


def _gate_recorded(before: Segment, last: Segment, eligible: ArrayLike | None) -> Reason:
    if eligible is None:
        return ""
    asked = np.nan_to_num(np.asarray(eligible, float))
    shares = []
    for part in (before, last):
        whole = asked[part.first : part.end].sum()
        shares.append(PERCENT * part.n / whole if whole else PERCENT)
    if min(shares) < RECORDED:
        return "missing"
    return "recording" if abs(shares[0] - shares[1]) >= RECORDED_APART else ""


def _is_present(months: Months, before: Segment, last: Segment) -> bool:
    """Whether the latest six months, or as many as hold 20 cases, lie nearer to the last segment than to that before."""
    cases = np.cumsum(months.rows[1, ::-1])
    enough = int(np.searchsorted(cases, CASES_AFTER)) + 1
    latest = months.rows[:2, -max(LATEST_MONTHS, enough) :].sum(axis=-1)
    level = latest[0] / latest[1]
    return abs(level - last.level) < abs(level - before.level)


def _is_same_season(months: Months, last: Segment, is_higher: bool) -> bool:
    """With fewer than 12 months after the cut: against the same months a year before, where those have cases."""
    if last.end - last.first >= YEAR:
        return True
    now, year_before = (months.rows[:2, last.first - lag : last.end - lag].sum(axis=-1) for lag in (0, YEAR))
    if last.first < YEAR or not year_before[1]:
        return True
    apart = now[0] / now[1] - year_before[0] / year_before[1]
    return apart > 0 if is_higher else apart < 0
