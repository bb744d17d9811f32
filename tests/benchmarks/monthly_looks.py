"""What is said of simulated departments at their monthly looks: falsely, rightly, too late, or taken back."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from queries.statistics.changes import registered
from queries.statistics.funnel import FEWEST_CASES, bound_difference
from queries.statistics.segments import Present, cut_series, judge_present
from tests.benchmarks.simulated import KINDS, LOOKS, YEAR, Kind, Plan, look_monthly, make_share, send

Verdicts = NDArray[np.bool_]
STABLE = 24
BEFORE_GAIN, STALE_LOOKS = 20, 9
CARDS = (KINDS[0], KINDS[1], KINDS[2], KINDS[4])
SITE_FIGURES = (KINDS[0], KINDS[1], KINDS[2], KINDS[5])
REGISTERED_LOOKS = ((6, 0.995), (12, 0.973))


def judge_simply(sums, n, squares=None, threshold: float = 3.5) -> Present:
    """The rule to beat: the latest six months nearer to the last segment, and any difference a year before."""
    segments = cut_series(sums, n, squares, threshold)
    if len(segments) < 2:
        return Present(direction="", reason="no_change", segments=segments)
    before, last = segments[-2:]
    latest = max(6, int(np.searchsorted(np.cumsum(n[::-1]), 20)) + 1)
    level = sums[-latest:].sum() / n[-latest:].sum()
    is_higher = last.level > before.level
    is_silent = abs(level - last.level) >= abs(level - before.level)
    if last.end - last.first < YEAR:
        year_before = slice(last.first - YEAR, last.end - YEAR)
        cases = n[year_before].sum()
        is_silent |= cases > 0 and (last.level > sums[year_before].sum() / max(cases, 1)) != is_higher
    direction = "" if is_silent else "higher" if is_higher else "lower"
    return Present(direction=direction, reason="over" if is_silent else "", segments=segments)


def measure_false_words(kind: Kind, plan: Plan, departments: int, judge: Callable = judge_present) -> dict[str, float]:
    """Shares, 0 to 1, of stable departments told something at any look, and at one look (in the worst of four years).

    `taken_back`: told something that is not said at a later look.
    """
    verdicts = look_monthly(send(kind, plan, departments), judge=judge) != 0
    years = [verdicts[:, first : first + YEAR].mean() for first in range(0, len(LOOKS), YEAR)]
    return {"any": verdicts.any(axis=1).mean(), "one_look": max(years), "taken_back": share_taken_back(verdicts)}


def share_taken_back(verdicts: Verdicts) -> float:
    """Share of departments told something that is not said at a later look."""
    return float((np.diff(verdicts.astype(np.int8), axis=1) < 0).any(axis=1).mean())


def measure_power(
    kind: Kind, volume: float, points: float, departments: int, judge: Callable = judge_present
) -> dict[str, float]:
    """Shares after two stable years and a lasting change, over the twelve monthly looks of its first year.

    `found`: told rightly at any look; `later`: of the looks of its second half year that tell it; `taken_back`: told,
    and not at a later look; `false`: of stable departments told anything at the same twelve looks.
    """
    looks = range(STABLE + 1, STABLE + YEAR + 1)
    plan = Plan(volume, steps=((STABLE, 0.0), (YEAR, points)), months=STABLE + YEAR)
    right = look_monthly(send(kind, plan, departments), looks, judge=judge) == np.sign(points)
    stable = look_monthly(send(kind, Plan(volume, months=STABLE + YEAR), departments, seed=1), looks, judge=judge)
    return {
        "found": right.any(axis=1).mean(),
        "later": right[:, YEAR // 2 :].mean(),
        "taken_back": share_taken_back(right),
        "false": (stable != 0).any(axis=1).mean(),
    }


def measure_stale_words(
    rate: float, volume: float, gain: tuple[float, int], departments: int, judge: Callable = judge_present
) -> float:
    """Share of looks, in the nine months after a gain (points, months) is over, that still tell it."""
    points, lasted = gain
    steps, months = ((BEFORE_GAIN, 0.0), (lasted, points), (STALE_LOOKS, 0.0)), BEFORE_GAIN + lasted + STALE_LOOKS
    sent = send(make_share(rate), Plan(volume, steps=steps, months=months), departments)
    verdicts = look_monthly(sent, range(months - STALE_LOOKS + 1, months + 1), judge=judge)
    return float((verdicts == np.sign(points)).mean())


def measure_registered(rate: float, volume: float, points: float, departments: int) -> float:
    """Share of departments told of a change at a date fixed in advance, by its looks at 6 or at 12 months."""
    plan = Plan(volume, steps=((STABLE, 0.0), (YEAR, points)), months=STABLE + YEAR)
    sent = send(make_share(rate), plan, departments)
    is_told = np.zeros(departments, bool)
    for months, confidence in REGISTERED_LOOKS:
        for row, (x, n) in enumerate(zip(sent.sums, sent.n, strict=True)):
            end = STABLE + months
            change = registered(x[:STABLE], n[:STABLE], x[STABLE:end], n[STABLE:end], confidence)
            is_told[row] |= change.lower > 0 or change.upper < 0
    return float(is_told.mean())


def measure_cards(volume: float, departments: int) -> dict[str, float]:
    """Shares of departments with anything false on four cards that do not hang together: at one look, at any."""
    verdicts = np.any([look_monthly(send(kind, Plan(volume), departments, seed=2)) != 0 for kind in CARDS], axis=0)
    return {"one_look": verdicts.mean(), "any": verdicts.any(axis=1).mean()}


def measure_sites(sites: int, volume: float, departments: int) -> dict[str, float]:
    """Shares of departments whose sites do not differ and are told apart, on four figures of the last twelve months.

    `figure_one`: by one figure at one look; `figure_any`: at any; `one_look`, `any`: by any of the figures.
    """
    looks = np.arange(LOOKS[0], LOOKS[-1] + 1)
    verdicts = np.array([_compare_sites(kind, sites, volume, departments, looks) for kind in SITE_FIGURES])
    anything = verdicts.any(axis=0)
    return {
        "figure_one": verdicts.mean(),
        "figure_any": verdicts.any(axis=2).mean(),
        "one_look": anything.mean(),
        "any": anything.any(axis=1).mean(),
    }


def _compare_sites(kind: Kind, sites: int, volume: float, departments: int, looks: NDArray[np.int64]) -> Verdicts:
    """Whether any pair of sites is told apart by a figure; a row a department, a column a look."""
    sent = [send(kind, Plan(volume), departments, seed=3 + site) for site in range(sites)]
    years = [
        [np.cumsum(column, axis=1)[:, looks - 1] - np.cumsum(column, axis=1)[:, looks - 1 - YEAR] for column in columns]
        for columns in ((site.sums, site.n) for site in sent)
    ]
    pairs = list(combinations(years, 2))
    is_told = np.zeros((departments, len(looks)), bool)
    for (x1, n1), (x2, n2) in pairs:
        lower, upper = bound_difference(x1, n1, x2, n2, len(pairs) * len(SITE_FIGURES))
        is_told |= (np.minimum(n1, n2) >= FEWEST_CASES) & ((lower > 0) | (upper < 0))
    return is_told
