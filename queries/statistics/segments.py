"""A series by month cut into segments of one rate or mean each, and whether the last one may be fitted as the present.

Columns as in `changes`: consecutive calendar months, n = 0 where a month has no usable case. `squares` (the sums of
squares of patients' values) makes it a series of means; without it `sums` are successes.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from queries.statistics.changes import (
    CASES_AFTER,
    MONTHS_AFTER,
    MONTHS_BEFORE,
    Floats,
    Months,
    read_months,
    scan_splits,
)
from queries.statistics.columns import together

THRESHOLD = 3.5
# One stretch alone is too slow for the end of a gain, or changes its mind with every poor month.
LATEST_MONTHS = (6, 3)
YEAR = 12
SEASON_SHARE = 2 / 3
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
        """The rate, 0 to 1, or the mean; NaN without cases."""
        return self.sums / self.n if self.n else float("nan")


@dataclass(frozen=True, kw_only=True)
class Present:
    """Whether the present differs from what was before: `direction` where it may be said, else why not in `reason`.

    `no_change`: nothing reaches the threshold. `too_few`: months or cases are too few to ask. `missing`: fewer than
    60 % are recorded in the present or before it; `recording`: the share recorded differs by 10 points or more; neither
    may be judged. `over`: the latest months are back nearer to what was before. `season`: the same months a year before
    do not differ likewise. `segments` are all of the series, for the chart; the last two are compared. `statistic` is
    that of their comparison, 0 without.
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
    return _cut_months(read_months(sums, n, squares), threshold)


def _cut_months(months: Months, threshold: float) -> tuple[Segment, ...]:
    edges = [0, *_find_cuts(months, threshold), months.rows.shape[-1]]
    counts = [(first, end, months.slice_months(first, end).count_cases()) for first, end in pairwise(edges)]
    return tuple(Segment(first, end, total, round(n)) for first, end, (total, n) in counts)


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
    segments = _cut_months(months, threshold)
    if len(segments) < 2:
        return Present(direction="", reason=_explain_silence(months), segments=segments)
    before, last = segments[-2:]
    pair = months.slice_months(before.first, last.end)
    split = last.first - before.first
    _, statistic, _ = scan_splits(pair, (split, 0), (last.end - last.first, 0))
    is_higher = last.level > before.level
    asked = months.rows[1] if eligible is None else np.nan_to_num(together(eligible, n)[0])
    reason: Reason = _gate_recorded(before, last, asked)
    if not reason and not _is_present(months, before, last):
        reason = "over"
    if not reason and not _is_same_season(months, segments):
        reason = "season"
    direction: Direction = "" if reason else "higher" if is_higher else "lower"
    return Present(direction=direction, reason=reason, segments=segments, statistic=float(statistic))


def _find_cuts(months: Months, threshold: float) -> list[int]:
    """The months at which new segments begin, in order."""
    part = (MONTHS_AFTER, CASES_AFTER)

    def find_within(first: int, end: int, before: tuple[int, int]) -> list[int]:
        change_at, statistic, _ = scan_splits(months.slice_months(first, end), before, part)
        if not change_at or statistic < threshold:
            return []
        month = first + int(change_at)
        return [*find_within(first, month, part), month, *find_within(month, end, part)]

    return find_within(0, months.rows.shape[-1], (MONTHS_BEFORE, 0))


def _explain_silence(months: Months) -> Reason:
    change_at, _, _ = scan_splits(months, (MONTHS_BEFORE, 0), (MONTHS_AFTER, CASES_AFTER))
    return "no_change" if change_at else "too_few"


def _gate_recorded(before: Segment, last: Segment, eligible: Floats) -> Reason:
    """Both segments have cases, so nobody eligible in one means that eligible was not counted."""
    asked = [eligible[part.first : part.end].sum() for part in (before, last)]
    shares = [PERCENT * part.n / cases if cases else 0 for part, cases in zip((before, last), asked, strict=True)]
    if min(shares) < RECORDED:
        return "missing"
    return "recording" if abs(shares[0] - shares[1]) >= RECORDED_APART else ""


def _is_present(months: Months, before: Segment, last: Segment) -> bool:
    """Whether the latest six months, and the latest three, lie on the last segment's side of the middle.

    Each stretch is extended to 20 cases. The last segment's level is taken from its other months, where those are
    enough for a segment: a gain that is over must not be diluted by the months that ended it.
    """
    cases = np.cumsum(months.rows[1, ::-1])
    enough = int(np.searchsorted(cases, CASES_AFTER)) + 1
    side = np.sign(last.level - before.level)
    for span in LATEST_MONTHS:
        start = max(last.end - max(span, enough), 0)
        level = last.level
        if start - last.first >= MONTHS_AFTER:
            others = months.slice_months(last.first, start).count_cases()
            level = others[0] / others[1] if others[1] >= CASES_AFTER else level
        latest = months.slice_months(start, last.end).count_cases()
        if side * (latest[0] / latest[1] - (before.level + level) / 2) <= 0:
            return False
    return True


def _is_same_season(months: Months, segments: tuple[Segment, ...]) -> bool:
    """With fewer than 12 months after the cut: whether the same months a year before differ in the same direction.

    By at least two thirds of what the segments say of those months; a wave over the year explains the rest. True where
    those months have no case.
    """
    before, last = segments[-2:]
    if last.end - last.first >= YEAR or last.first < YEAR:
        return True
    first, end = last.first - YEAR, last.end - YEAR
    total, n = months.slice_months(first, end).count_cases()
    if not n:
        return True
    side = np.sign(last.level - before.level)
    cases = months.rows[1]
    fitted = sum(
        part.level * cases[max(part.first, first) : min(part.end, end)].sum()
        for part in segments
        if part.first < end and part.end > first
    )
    expected = max(side * (last.level - fitted / n), 0)
    apart = side * (last.level - total / n)
    return bool(apart > 0 and apart >= SEASON_SHARE * expected)
