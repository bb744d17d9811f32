"""How often a single point of a stable chart is coloured at one look."""

import numpy as np
from numpy.typing import NDArray

from queries.figures.gates import FEWEST
from queries.statistics.prediction import LOOKED_AT, limit_means
from queries.trends.lines import Series, draw_lines, find_phases
from queries.trends.signal_rules import judge_limits
from tests.benchmarks.simulated import Kind, Plan, Sent, send

# Points that are on the chart at a look: while its lines are a trial, soon after they are not, and late.
POINTS = (18, 24, 20, 60)
QUARTER = 3


def measure_coloured(kind: Kind, volume: float, departments: int) -> float:
    """Share of stable charts, 0 to 1, with a coloured point at the look where most have one.

    By quarters where a month has fewer than ten cases, as on the page.
    """
    sent = send(kind, Plan(volume), departments, seed=9)
    if volume < FEWEST:
        sent = Sent(
            *(None if column is None else _add_quarters(column) for column in (sent.sums, sent.n, sent.squares))
        )
    sizes = {size for size in POINTS if size <= sent.n.shape[1]}
    has_colour = has_coloured_share if sent.squares is None else has_coloured_mean
    return max(
        float(np.mean([has_colour(x[:size], n[:size]) for x, n in zip(sent.sums, sent.n, strict=True)]))
        for size in sorted(sizes)
    )


def _add_quarters(months: NDArray) -> NDArray:
    return months.reshape(len(months), -1, QUARTER).sum(axis=2)


def has_coloured_share(x: NDArray, n: NDArray) -> bool:
    """As the page judges a share."""
    values = np.divide(x, n, out=np.full(n.shape, np.nan), where=n > 0)
    series = Series("proportion", values, n.astype(float), x.astype(float), n > 0)
    stretches, _ = find_phases(series.usable)
    labels = judge_limits(series, draw_lines(series, stretches), stretches[-1]).labels
    return any(label.endswith("limit") for label in labels)


def has_coloured_mean(sums: NDArray, n: NDArray) -> bool:
    """Beyond its limits, among the last twelve, not small, and not of those that the limits come from."""
    means = np.divide(sums, n, out=np.full(n.shape, np.nan), where=n > 0)
    stretches, _ = find_phases(n > 0)
    lower, upper = limit_means(means, n, np.isin(np.arange(n.size), stretches[-1].baseline))
    new = np.setdiff1d(stretches[-1].places[-LOOKED_AT:], stretches[-1].baseline)
    new = new[n[new] >= FEWEST]
    return bool(((means[new] < lower[new]) | (means[new] > upper[new])).any())
