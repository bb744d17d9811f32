"""Nothing hidden can be computed from what is shown: the system of all sums is solved here, by plain linear algebra."""

import numpy as np
import pytest
from scipy.linalg import null_space
from scipy.optimize import linprog

from queries.figures.outside.joint_suppression import PeriodTree, hide_periods, hide_values

MONTHS = 14
# 14 months, the four quarters of the first twelve, their year.
PARENTS = np.array([*(MONTHS + month // 3 for month in range(12)), -1, -1, *[MONTHS + 4] * 4, -1])
TREE = PeriodTree(PARENTS, np.array([1] * MONTHS + [3] * 4 + [12]))
MOST = 10


def add_up(months: np.ndarray) -> np.ndarray:
    quarters = months[..., :12].reshape(*months.shape[:-1], 4, 3).sum(axis=-1)
    return np.concatenate([months, quarters, quarters.sum(axis=-1, keepdims=True)], axis=-1)


def is_small(counts: np.ndarray) -> np.ndarray:
    return (counts >= 1) & (counts <= MOST)


def department(seed: int) -> list[np.ndarray]:
    """The counts of two keys of the same procedures: one row a value, one column a period."""
    chance = np.random.default_rng(seed)
    rates = chance.uniform(0, 16, (int(chance.integers(1, 5)), 1))
    first = chance.poisson(rates * np.ones(MONTHS))
    total = first.sum(axis=0)
    second = np.stack([chance.multinomial(count, [0.15, 0.25, 0.6]) for count in total], axis=1)
    return [add_up(first), add_up(second)]


def hidden_cells(keys: list[np.ndarray]) -> list[np.ndarray]:
    """Of the whole and of each key what is hidden."""
    whole = keys[0].sum(axis=0)
    hidden = hide_periods(TREE, is_small(whole), whole)
    return [hidden[None], *(hide_values(TREE, is_small(key), key, hidden) for key in keys)]


def all_sums(keys: list[np.ndarray]) -> np.ndarray:
    """Every sum that holds, one row each over all cells: the whole first, then key by key."""
    sizes = [1, *(len(key) for key in keys)]
    starts = np.cumsum([0, *sizes]) * len(PARENTS)
    rows = []
    for start, size in zip(starts, sizes, strict=False):
        for value in range(size):
            base = start + value * len(PARENTS)
            for parent in range(MONTHS, len(PARENTS)):
                row = np.zeros(starts[-1])
                row[base + parent] = -1
                row[base + np.flatnonzero(parent == PARENTS)] = 1
                rows.append(row)
    for start, size in zip(starts[1:], sizes[1:], strict=False):
        for period in range(len(PARENTS)):
            row = np.zeros(starts[-1])
            row[period] = -1
            row[start + period : start + size * len(PARENTS) : len(PARENTS)] = 1
            rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("seed", range(60))
def test_no_hidden_count_follows_from_those_shown(seed: int) -> None:
    keys = department(seed)
    hidden = np.concatenate([one.ravel() for one in hidden_cells(keys)])
    counts = np.concatenate([keys[0].sum(axis=0), *(key.ravel() for key in keys)])
    assert not (is_small(counts) & ~hidden).any()
    sums = all_sums(keys)
    assert np.allclose(sums @ counts, 0)
    if hidden.any():
        free = null_space(sums[:, hidden])
        follows = np.flatnonzero(np.abs(free).max(axis=1, initial=0) < 1e-9)
        assert follows.tolist() == []


@pytest.mark.parametrize("seed", range(4))
def test_nor_does_any_follow_from_counts_being_no_less_than_none(seed: int) -> None:
    keys = department(100 + seed)
    hidden = np.concatenate([one.ravel() for one in hidden_cells(keys)])
    counts = np.concatenate([keys[0].sum(axis=0), *(key.ravel() for key in keys)])
    sums = all_sums(keys)
    places = np.flatnonzero(hidden & is_small(counts))
    assert len(places)
    unknown = np.flatnonzero(hidden)
    for place in places[:: max(1, len(places) // 12)]:
        aim = (unknown == place).astype(float)
        edges = []
        for sign in (1, -1):
            found = linprog(sign * aim, A_eq=sums[:, hidden], b_eq=-sums[:, ~hidden] @ counts[~hidden])
            edges.append(found.fun if found.success else np.inf)
        least, most = edges[0], -edges[1] if np.isfinite(edges[1]) else np.inf
        assert most - least > 0.5


def test_what_need_not_be_hidden_is_shown() -> None:
    plenty = add_up(np.full((2, MONTHS), 30))
    assert not any(one.any() for one in hidden_cells([plenty, plenty]))
    one_small = plenty.copy()
    one_small[0, 0] -= 25
    one_small = add_up(one_small[:, :MONTHS])
    hidden = hide_values(TREE, is_small(one_small), one_small, np.zeros(len(PARENTS), dtype=bool))
    assert hidden.sum() == 4
    assert not hidden[:, MONTHS:].any()


def test_the_partner_in_a_sum_of_periods_is_the_smallest() -> None:
    whole = add_up(np.array([5, 30, 20, *[40] * 11]))
    hidden = hide_periods(TREE, is_small(whole), whole)
    assert np.flatnonzero(hidden).tolist() == [0, 2]
    alone = add_up(np.array([5, 0, 0, *[40] * 11]))
    assert np.flatnonzero(hide_periods(TREE, is_small(alone), alone)).tolist() == [0, 3, MONTHS, MONTHS + 1]
