"""Special-cause rules: which points of a series are more than chance, and whether the series as a whole is.

Making Data Count (NHS England; the two-of-three rule in its form of November 2023) labels points. Anhoej
(Anhoej and Wentzel-Larsen 2018) judges a series. Both take unclipped limits. A point on the centre line is on neither
side. A run or trend goes on across one missing point; two in a row end it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from queries.statistics.columns import together

Floats = NDArray[np.float64]
Better = Literal["higher", "lower", "neutral"]
Label = Literal[
    "common", "above_limit", "below_limit", "trend_up", "trend_down", "two_of_three_high", "two_of_three_low",
    "run_above", "run_below",
]  # fmt: skip
Variation = Literal["common_cause", "improvement", "concern", "neutral_high", "neutral_low"]
Assurance = Literal["consistent_pass", "inconsistent", "consistent_fail", "none"]

LONG_RUN = 7
LONG_TREND = 7
WARNING = 2 / 3
LONGEST_GAP = 1
HIGHER_WORDS = ("higher", "increase")
LOWER_WORDS = ("lower", "decrease")
# Sums of decimal fractions differ in their last bits; a point this close to a line is on it.
SAME = 1e-12


@dataclass(frozen=True, kw_only=True)
class Anhoej:
    """`useful` points are those not on the centre line. Without any, the other numbers are None.

    A signal is a longest run above its limit, or fewer crossings than theirs. The rules do not apply, and there is no
    signal, where more than half the points lie on the centre line.
    """

    useful: int
    longest_run: int | None
    longest_run_limit: int | None
    crossings: int | None
    crossings_limit: int | None
    signal: bool


def anhoej(values: ArrayLike, centre: ArrayLike | None = None) -> Anhoej:
    """Anhoej's rules against a centre line (None = the median of the values). Missing values are left out."""
    known = np.asarray(values, float).ravel()
    known, middle = together(known, _median(known) if centre is None else centre)
    recorded = ~np.isnan(known) & ~np.isnan(middle)
    sides = _sides(known[recorded], middle[recorded])
    useful = sides[sides != 0]
    if not useful.size:
        return Anhoej(
            useful=0, longest_run=None, longest_run_limit=None, crossings=None, crossings_limit=None, signal=False
        )
    turns = np.flatnonzero(np.diff(useful) != 0)
    ends = np.concatenate([[-1], turns, [useful.size - 1]])
    longest, crossings = int(np.diff(ends).max()), int(turns.size)
    longest_limit, crossings_limit = anhoej_limits(useful.size)
    applies = 2 * useful.size >= sides.size
    signal = applies and (longest > longest_limit or crossings < crossings_limit)
    return Anhoej(
        useful=int(useful.size),
        longest_run=longest,
        longest_run_limit=longest_limit,
        crossings=crossings,
        crossings_limit=crossings_limit,
        signal=bool(signal),
    )


@lru_cache
def anhoej_limits(useful: int) -> tuple[int, int]:
    """The longest run and the fewest crossings that are still chance among so many useful points."""
    crossings = int(stats.binom.ppf(0.05, useful - 1, 0.5)) if useful > 1 else 0
    return round(np.log2(useful)) + 3, max(crossings, 0)


def longest_run(values: ArrayLike, centre: ArrayLike) -> tuple[list[int], int]:
    """The places of the longest run of useful points on one side (the latest of equal ones), and its side: 1 or -1.

    Empty, and 0, where all points lie on the centre line or are missing.
    """
    sides = _sides(*together(values, centre))
    known = np.asarray(values, float).ravel()
    runs: list[list[int]] = []
    for stretch in _stretches(np.isnan(known)):
        useful = [place for place in stretch if sides[place]]
        runs += [list(run) for _, run in groupby(useful, key=lambda place: int(sides[place]))]
    if not runs:
        return [], 0
    longest = max(runs, key=lambda places: (len(places), places[-1]))
    return longest, int(sides[longest[0]])


def making_data_count(values: ArrayLike, centre: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> list[Label]:
    """One label a point. Where several apply: limit, then trend, then two of three, then run."""
    known, middle, low, high = (column.ravel() for column in together(values, centre, lower, upper))
    labels: list[Label] = ["common"] * known.size
    sides = _sides(known, middle)
    for places, side in _runs(sides, np.isnan(known)):
        if side and len(places) >= LONG_RUN:
            _mark(labels, places, "run_above" if side > 0 else "run_below")
    for places, side in _two_of_three(known, middle, low, high, sides):
        _mark(labels, places, "two_of_three_high" if side > 0 else "two_of_three_low")
    for places, side in _trends(known):
        _mark(labels, places, "trend_up" if side > 0 else "trend_down")
    _mark(labels, np.flatnonzero(_sides(known, high) > 0), "above_limit")
    _mark(labels, np.flatnonzero(_sides(known, low) < 0), "below_limit")
    return labels


def variation(labels: Sequence[str], better: str) -> Variation:
    """What the latest point's label means, given which direction is better."""
    latest = str([*labels][-1]) if len(labels) else "common"
    if latest == "common":
        return "common_cause"
    is_high = latest.startswith("above") or latest.endswith(("up", "high", "above"))
    if better in HIGHER_WORDS:
        return "improvement" if is_high else "concern"
    if better in LOWER_WORDS:
        return "concern" if is_high else "improvement"
    return "neutral_high" if is_high else "neutral_low"


def assurance(lower: ArrayLike, upper: ArrayLike, target: float | None, better: str) -> Assurance:
    """Whether the limits (of the latest point, when several are given) keep to one side of a target.

    A target on a limit is `inconsistent`; without target, limits or direction there is nothing to assure.
    """
    low, high = (float(np.append(np.nan, np.asarray(line, float))[-1]) for line in (lower, upper))
    if target is None or np.isnan([low, high, target]).any() or better not in HIGHER_WORDS + LOWER_WORDS:
        return "none"
    above, below = (int(_sides(np.asarray([target], float), np.asarray([line]))[0]) for line in (high, low))
    if above <= 0 <= below:
        return "inconsistent"
    passes = below < 0 if better in HIGHER_WORDS else above > 0
    return "consistent_pass" if passes else "consistent_fail"


def _sides(values: Floats, line: Floats) -> NDArray[np.int64]:
    """1 above the line, -1 below it, 0 on it or unknown."""
    apart = np.nan_to_num(values - line)
    scale = np.nan_to_num(np.maximum(np.abs(values), np.abs(line)))
    return np.where(np.abs(apart) <= SAME * scale, 0, np.sign(apart)).astype(int)


def _median(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else np.nan


def _mark(labels: list[Label], places: Sequence[int] | NDArray, label: Label) -> None:
    for place in places:
        labels[place] = label


def _stretches(missing: NDArray[np.bool_]) -> Iterator[list[int]]:
    """The places of recorded points, cut where more than `LONGEST_GAP` in a row are missing."""
    stretch: list[int] = []
    for place in np.flatnonzero(~missing):
        if stretch and place - stretch[-1] > LONGEST_GAP + 1:
            yield stretch
            stretch = []
        stretch.append(int(place))
    if stretch:
        yield stretch


def _runs(sides: NDArray[np.int64], missing: NDArray[np.bool_]) -> Iterator[tuple[list[int], int]]:
    """Unbroken runs of points on one side."""
    for stretch in _stretches(missing):
        run = [stretch[0]]
        for place in stretch[1:]:
            if sides[place] != sides[run[-1]]:
                yield run, int(sides[run[-1]])
                run = []
            run.append(place)
        yield run, int(sides[run[-1]])


def _trends(values: Floats) -> Iterator[tuple[list[int], int]]:
    """Stretches that rise, or fall, from point to point for long enough; a tie ends them. Rising ones come last."""
    for side in (-1, 1):
        for stretch in _stretches(np.isnan(values)):
            steps = np.sign(np.diff(values[stretch]))
            start = 0
            for end in range(1, len(stretch) + 1):
                if end == len(stretch) or steps[end - 1] != side:
                    if end - start >= LONG_TREND:
                        yield stretch[start:end], side
                    start = end


def _two_of_three(
    values: Floats, centre: Floats, lower: Floats, upper: Floats, sides: NDArray[np.int64]
) -> Iterator[tuple[list[int], int]]:
    """Of three neighbours on one side, those beyond the warning line when at least two are (also beyond the limit)."""
    for side, limit in ((1, upper), (-1, lower)):
        beyond = _sides(values, centre + WARNING * (limit - centre)) == side
        for start in range(values.size - 2):
            three = np.arange(start, start + 3)
            if (sides[three] == side).all() and beyond[three].sum() >= 2:
                yield [int(place) for place in three[beyond[three]]], side
