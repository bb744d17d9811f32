"""Cumulative sums for rare events, case by case in order of time.

`up` climbs when events come more often than expected, `down` when they come less often. Both are kept as positive
numbers and start again at 0 with the case after a signal. Cases are counted from 0. An outcome that is not known
(NaN) leaves both as they are.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, stats

from queries.statistics.columns import together

Floats = NDArray[np.float64]
STATES = 2_000
RATES_KEPT = 500
# A chance of a signal is told as a whole per cent: a coarser grid and few likely rates are exact enough.
CHANCE_STATES = 400
LIKELY_RATES = 15
# Own events an expected rate must rest on before fewer events than expected may be told.
LOWER_ARM_EVENTS = 20


@dataclass(frozen=True)
class Cusum:
    """Height of both arms after each case, and the cases (from 0) at which each reached its limit."""

    up: Floats
    down: Floats
    signals_up: list[int]
    signals_down: list[int]


def bernoulli(events: ArrayLike, p0: float, odds_ratio: float = 2, limit: float = 3.5) -> Cusum:
    """Bernoulli CUSUM against the rate `p0`, for odds `odds_ratio` times as high, and as low (Neuburger 2017)."""
    _check(odds_ratio, limit)
    known = np.asarray(events, float)
    arms = [_arm(_binary_steps(known, p0, ratio), limit) for ratio in (odds_ratio, 1 / odds_ratio)]
    return Cusum(arms[0][0], arms[1][0], arms[0][1], arms[1][1])


def risk_adjusted(outcomes: ArrayLike, risks: ArrayLike, odds_ratio: float = 2, limit: float = 3.5) -> Cusum:
    """Risk-adjusted CUSUM (Steiner 2000): each case against its own expected risk, 0 to 1."""
    _check(odds_ratio, limit)
    known, expected = together(outcomes, risks)
    if ((expected < 0) | (expected > 1)).any():
        raise ValueError("risks must lie between 0 and 1")
    arms = [
        _arm(known * np.log(ratio) - np.log(1 - expected + ratio * expected), limit)
        for ratio in (odds_ratio, 1 / odds_ratio)
    ]
    return Cusum(arms[0][0], arms[1][0], arms[0][1], arms[1][1])


def vlad(outcomes: ArrayLike, risks: ArrayLike) -> Floats:
    """Expected minus observed events so far. It has no limits of its own."""
    known, expected = together(outcomes, risks)
    return np.cumsum(np.nan_to_num(expected - known))


@lru_cache(RATES_KEPT)
def cases_to_signal(p0: float, rate: float, odds_ratio: float = 2, limit: float = 3.5) -> float:
    """Expected number of cases until the upper arm signals, when events come at `rate`.

    A Markov chain on a grid (Brook and Evans 1972) that the step of a case without event fits exactly.
    """
    _check(odds_ratio, limit)
    with_event, without = _weights(p0, odds_ratio)
    grid = max(1, round(STATES * -without / limit))
    unit = -without / grid
    climb = round(with_event / unit)
    states = int(np.ceil(limit / unit))
    here = np.arange(states)
    after_none = np.maximum(here - grid, 0)
    after_event = here + climb
    stays = after_event < states
    rows = np.concatenate([here, here[stays]])
    columns = np.concatenate([after_none, after_event[stays]])
    chances = np.concatenate([np.full(states, 1 - rate), np.full(int(stays.sum()), rate)])
    moves = sparse.csc_matrix((chances, (rows, columns)), shape=(states, states))
    return float(sparse.linalg.spsolve(sparse.identity(states, format="csc") - moves, np.ones(states))[0])


def has_lower_arm(events: int | None) -> bool:
    """Whether "less often than expected" may be watched: p0 rests on 20 own events, or is published (None)."""
    return events is None or events >= LOWER_ARM_EVENTS


@lru_cache
def estimate_signal_chances(
    p0: float,
    cases: int,
    odds: float = 1,
    rests_on: tuple[int, int] | None = None,
    *,
    odds_ratio: float = 2,
    limit: float = 3.5,
) -> tuple[float, float]:
    """Chances, 0 to 1, that the upper and the lower arm signal at least once within so many cases.

    `odds` says how many times as high the odds of an event are as before: at 1 every signal is false, at 2 they have
    doubled. `rests_on`: the own events and cases that p0 was estimated from; the rate before may then well be another,
    and the chances are averaged over what it may be. None = p0 is known.
    """
    _check(odds_ratio, limit)
    rates = np.array([p0])
    if rests_on is not None:
        events, seen = rests_on
        if not 0 < events <= seen:
            raise ValueError("an expected rate rests on at least one event, and on no more events than cases")
        rates = stats.beta.ppf((np.arange(LIKELY_RATES) + 0.5) / LIKELY_RATES, events, seen - events + 0.5)
    rates = odds * rates / (1 - rates + odds * rates)
    upper, lower = (
        _estimate_chance(cases, rates, _weights(p0, ratio), limit) for ratio in (odds_ratio, 1 / odds_ratio)
    )
    return upper, lower


def _estimate_chance(cases: int, rates: Floats, weights: tuple[float, float], limit: float) -> float:
    """Mean over the rates of the chance to reach the limit within so many cases, by a Markov chain on a grid."""
    with_event, without = weights
    grid = max(1, round(CHANCE_STATES * abs(without) / limit))
    unit = abs(without) / grid
    states = int(np.ceil(limit / unit))
    steps = round(with_event / unit), round(without / unit)
    heights = np.zeros((rates.size, states))
    heights[:, 0] = 1
    rates = rates[:, None]
    for _ in range(cases):
        heights = rates * _move_heights(heights, steps[0]) + (1 - rates) * _move_heights(heights, steps[1])
    return float(np.clip(1 - heights.sum(axis=1).mean(), 0, 1))


def _move_heights(heights: Floats, step: int) -> Floats:
    """Chances after every height rose by a step of the grid; below 0 is 0, at the limit it is out."""
    moved = np.zeros_like(heights)
    if step >= 0:
        moved[:, step:] = heights[:, : max(heights.shape[1] - step, 0)]
        return moved
    moved[:, :step] = heights[:, -step:]
    moved[:, 0] += heights[:, :-step].sum(axis=1)
    return moved


def _check(odds_ratio: float, limit: float) -> None:
    if not odds_ratio > 1:
        raise ValueError("the odds ratio to detect must be above 1; its inverse is watched for as well")
    if not limit > 0:
        raise ValueError("the limit must be above 0")


def _weights(p0: float, odds_ratio: float) -> tuple[float, float]:
    """What an event, and a case without one, add to the sum: log likelihood ratios."""
    if not 0 < p0 < 1:
        raise ValueError("the expected rate must lie between 0 and 1")
    odds = odds_ratio * p0 / (1 - p0)
    p1 = odds / (1 + odds)
    return float(np.log(p1 / p0)), float(np.log((1 - p1) / (1 - p0)))


def _binary_steps(events: Floats, p0: float, odds_ratio: float) -> Floats:
    with_event, without = _weights(p0, odds_ratio)
    return np.where(np.isnan(events), np.nan, np.where(events > 0, with_event, without))


def _arm(steps: Floats, limit: float) -> tuple[Floats, list[int]]:
    heights: list[float] = []
    signals: list[int] = []
    height = 0.0
    for place, step in enumerate(np.nan_to_num(steps.ravel()).tolist()):
        height = max(0.0, height + step)
        heights.append(height)
        if height >= limit:
            signals.append(place)
            height = 0.0
    return np.array(heights), signals
