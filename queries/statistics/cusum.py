"""Cumulative sums for rare events, case by case in order of time.

`up` climbs when events come more often than expected, `down` when they come less often. Both are kept as positive
numbers and start again at 0 with the case after a signal. Cases are counted from 0. An outcome that is not known
(NaN) leaves both as they are.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from queries.statistics.columns import together

Floats = NDArray[np.float64]
STATES = 2_000
RATES_KEPT = 500


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
