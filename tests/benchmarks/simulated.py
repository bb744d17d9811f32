"""Departments by month that follow a plan: what they would send of shares, means and times, patient by patient."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from queries.statistics.changes import CASES_AFTER, MONTHS_AFTER, MONTHS_BEFORE, read_months, scan_splits
from queries.statistics.segments import THRESHOLD, judge_present

Array = NDArray[np.float64]
SEED = 20261129
MONTHS = 60
LOOKS = range(13, MONTHS + 1)
YEAR = 12
# A share near one half has a standard deviation of 0.5 between patients: 5 points are a tenth of it.
POINTS_5 = 0.05
SCORE_SHAPE, SCORE_SCALE = 1.6, 2.0
HOURS_MIDDLE, HOURS_SPREAD, HOURS_PROMISED = 5.0, 0.35, 6.0
LEVELS = (0.55, 0.83, 0.95)
SIGNS = {"higher": 1, "lower": -1, "": 0}


@dataclass(frozen=True)
class Sent:
    """What departments send: one row each, one column a month. `squares` only of means."""

    sums: Array
    n: Array
    squares: Array | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of figure. `draw` takes a generator, cases by month, and how far each month lies off, in points of 100.

    5 points of a mean or a time are a tenth of the standard deviation between patients, as they are of a share.
    """

    name: str
    draw: Callable[[np.random.Generator, Array, Array], Sent]


def make_share(rate: float) -> Kind:
    """A share of patients, such as home the same day."""

    def draw(chance: np.random.Generator, n: Array, off: Array) -> Sent:
        return Sent(chance.binomial(n, np.clip(rate + off, 0.005, 0.995)), n)

    return Kind(f"share of {100 * rate:.0f} %", draw)


def make_mean(name: str, values: Callable[[np.random.Generator, tuple[int, ...], Array], Array]) -> Kind:
    """A mean of patients' values."""

    def draw(chance: np.random.Generator, n: Array, off: Array) -> Sent:
        most = int(n.max())
        drawn = values(chance, (*n.shape, most), 2 * off[..., None]) * (np.arange(most) < n[..., None])
        return Sent(drawn.sum(axis=-1), n, (drawn**2).sum(axis=-1))

    return Kind(name, draw)


def draw_scores(chance: np.random.Generator, size: tuple[int, ...], off: Array) -> Array:
    """Pain from 0 to 10 in whole points, most of them low; `off` in standard deviations."""
    spread = SCORE_SCALE * SCORE_SHAPE**0.5
    return np.clip(np.rint(chance.gamma(SCORE_SHAPE, SCORE_SCALE, size) + spread * off), 0, 10)


def draw_levels(chance: np.random.Generator, size: tuple[int, ...], off: Array) -> Array:
    """1 to 4 vertebrae; `off` in standard deviations."""
    drawn = chance.standard_normal(size) + off
    return 1.0 + sum(drawn > edge for edge in stats.norm.ppf(LEVELS))


def make_times() -> Kind:
    """Hours until ready, judged by the share within the promised six; lognormal."""

    def draw(chance: np.random.Generator, n: Array, off: Array) -> Sent:
        within = stats.norm.cdf(np.log(HOURS_PROMISED / HOURS_MIDDLE) / HOURS_SPREAD + 2 * off)
        return Sent(chance.binomial(n, within), n)

    return Kind("time within 6 hours", draw)


KINDS = (
    make_share(0.5),
    make_share(0.64),
    make_share(0.9),
    make_mean("mean pain score", draw_scores),
    make_mean("mean levels", draw_levels),
    make_times(),
)


@dataclass(frozen=True)
class Plan:
    """What happens to departments: how many cases a month; in points of 100, how far months vary, and a yearly wave.

    `steps`: (months, points) one after the other, such as two stable years and a change; the last one goes on.
    """

    volume: float
    varying: float = 0.0
    wave: float = 0.0
    steps: tuple[tuple[int, float], ...] = ((MONTHS, 0.0),)
    months: int = MONTHS


def send(kind: Kind, plan: Plan, departments: int, seed: int = 0) -> Sent:
    """Departments drawn by chance, cases around the volume; each with a phase of its own in the wave."""
    chance = np.random.default_rng([SEED, seed, *kind.name.encode(), round(plan.volume), round(1000 * plan.wave)])
    size = (departments, plan.months)
    lasting = np.concatenate([np.full(months, points) for months, points in plan.steps])
    lasting = np.concatenate([lasting, np.full(plan.months, lasting[-1])])[: plan.months]
    phase = chance.uniform(0, 2 * np.pi, (departments, 1))
    wave = plan.wave * np.sin(2 * np.pi * np.arange(plan.months) / YEAR + phase)
    off = lasting + wave + plan.varying * chance.standard_normal(size)
    return kind.draw(chance, chance.poisson(plan.volume, size), off)


def look_monthly(
    sent: Sent, looks: Iterable[int] = LOOKS, threshold: float = THRESHOLD, judge: Callable = judge_present
) -> NDArray[np.int8]:
    """What is said at each monthly look: 1 higher, -1 lower, 0 nothing; one row a department.

    Only those whose strongest change reaches the threshold are judged one by one.
    """
    months = read_months(sent.sums, sent.n, sent.squares)
    at = [*looks]
    verdicts = np.zeros((len(sent.n), len(at)), np.int8)
    for look, month in enumerate(at):
        _, statistic, _ = scan_splits(months.slice_months(0, month), (MONTHS_BEFORE, 0), (MONTHS_AFTER, CASES_AFTER))
        for department in np.flatnonzero(statistic >= threshold):
            squares = None if sent.squares is None else sent.squares[department, :month]
            columns = sent.sums[department, :month], sent.n[department, :month], squares
            verdicts[department, look] = SIGNS[judge(*columns, threshold=threshold).direction]
    return verdicts
