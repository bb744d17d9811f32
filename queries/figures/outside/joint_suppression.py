"""Disclosure control for counts that are told by year, quarter and month at once, as a whole and by the values of keys.

A year is the sum of its quarters, a quarter that of its months, and the whole the sum of the values of a key. Small
counts are hidden first; then so many others that no hidden count follows from those shown. Of one key the sums are a
network, its lines are cells, and a hidden count follows from the shown ones exactly where it is a bridge among the
hidden (Gusfield, A graph theoretic approach to statistical data security, SIAM J. Comput. 1988). The whole is taken as
known there; where it is hidden, all values are hidden with it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

GROUND = 0


@dataclass(frozen=True)
class PeriodTree:
    """Periods of three sizes. `parents`: the place of the period that each is a part of, -1 where it is not told."""

    parents: np.ndarray
    sizes: np.ndarray

    @cached_property
    def families(self) -> tuple[np.ndarray, ...]:
        """The places of each period that is told by its parts, itself first."""
        return tuple(
            np.array([parent, *np.flatnonzero(self.parents == parent)])
            for parent in np.unique(self.parents[self.parents >= 0])
        )

    @cached_property
    def is_divided(self) -> np.ndarray:
        """Whether a period is told by its parts too."""
        return np.isin(np.arange(len(self.parents)), self.parents)


def hide_periods(tree: PeriodTree, small: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Which periods of one whole are hidden: the small ones, and so many that none is the only hidden one of a sum.

    `weight`: the count itself; none is hidden where nobody is, for that hides nothing.
    """
    hidden = small.copy()
    while True:
        before = hidden.copy()
        for family in tree.families:
            if np.count_nonzero(hidden[family]) == 1:
                partners = family[1:][~hidden[family[1:]] & (weight[family[1:]] > 0)]
                hidden[partners[np.argmin(weight[partners])] if len(partners) else family[0]] = True
        if np.array_equal(hidden, before):
            return hidden


def hide_values(
    tree: PeriodTree,
    small: np.ndarray,
    weight: np.ndarray,
    whole_hidden: np.ndarray,
    given: np.ndarray | None = None,
) -> np.ndarray:
    """Which cells of a key are hidden: one row a value, one column a period.

    `whole_hidden` are the periods in which the whole is hidden, `given` cells that are hidden for another reason. What
    is hidden only for the sake of others, and follows from what is shown, is shown.
    """
    hidden = small | whole_hidden if given is None else small | whole_hidden | given
    ends = _cell_ends(tree, len(small))
    can_follow = np.broadcast_to(~whole_hidden, small.shape)
    while True:
        bridges = _Bridges(ends, hidden)
        lone = [bridge for bridge in bridges.found if small.flat[bridge] and can_follow.flat[bridge]]
        partners = {bridges.partner(bridge, tree, weight) for bridge in _first_of_each(lone, bridges)} - {None}
        if not partners:
            break
        hidden.flat[list(partners)] = True
    needless = [bridge for bridge in bridges.found if not small.flat[bridge] and can_follow.flat[bridge]]
    hidden.flat[needless] = False
    return hidden if given is None else hidden | given


def _cell_ends(tree: PeriodTree, values: int) -> np.ndarray:
    """The two sums that each cell stands in: as a part, and as what is divided or a part of the whole."""
    periods = len(tree.parents)
    value, period = np.divmod(np.arange(values * periods), periods)
    divided = 1 + periods + value * periods
    parent = tree.parents[period]
    as_part = np.where(parent >= 0, divided + parent, GROUND)
    itself = np.where(tree.is_divided[period], divided + period, 1 + period)
    return np.stack([as_part, itself], axis=1)


def _first_of_each(lone: list[int], bridges: "_Bridges") -> list[int]:
    """One cell of each connected part: what is hidden for it may do for the others."""
    return list({bridges.part[int(bridges.ends[cell, 0])]: cell for cell in reversed(lone)}.values())


class _Bridges:
    """The hidden cells that are bridges, by a search in depth from the ground on."""

    def __init__(self, ends: np.ndarray, hidden: np.ndarray) -> None:
        self.ends, self.hidden = ends, hidden.ravel()
        size = int(ends.max()) + 1
        # Lists, not arrays: they are read and written one by one.
        self.entry, self.exit, self.part = ([-1] * size for _ in range(3))
        self.below: dict[int, int] = {}
        self.found: list[int] = []
        lines: dict[int, list[tuple[int, int]]] = {}
        cells = np.flatnonzero(self.hidden)
        for cell, (one, other) in zip(cells.tolist(), ends[cells].tolist(), strict=True):
            lines.setdefault(one, []).append((cell, other))
            lines.setdefault(other, []).append((cell, one))
        self._clock = 0
        for root in (GROUND, *lines):
            if self.entry[root] < 0:
                self._search(root, lines)

    def _search(self, root: int, lines: dict[int, list[tuple[int, int]]]) -> None:
        low: dict[int, int] = {}
        stack = [(root, -1, iter(lines.get(root, ())))]
        self._enter(root, root, low)
        while stack:
            node, through, rest = stack[-1]
            for cell, other in rest:
                if cell == through:
                    continue
                if self.entry[other] < 0:
                    self._enter(other, root, low)
                    stack.append((other, cell, iter(lines[other])))
                    break
                low[node] = min(low[node], self.entry[other])
            else:
                stack.pop()
                self.exit[node] = self._clock
                if stack:
                    above = stack[-1][0]
                    low[above] = min(low[above], low[node])
                    if low[node] > self.entry[above]:
                        self.found.append(through)
                        self.below[through] = node

    def _enter(self, node: int, root: int, low: dict[int, int]) -> None:
        self.entry[node] = low[node] = self._clock
        self.part[node] = root
        self._clock += 1

    def partner(self, bridge: int, tree: PeriodTree, weight: np.ndarray) -> int | None:
        """The cell to hide too, so that this one is no bridge: of the shortest periods the smallest count.

        None where no other count is on the way around: then the cell is in no sum of counts that are shown.
        """
        node = self.below[bridge]
        entry = np.array(self.entry)
        inside = (entry >= self.entry[node]) & (entry < self.exit[node])
        crosses = inside[self.ends[:, 0]] != inside[self.ends[:, 1]]
        cells = np.flatnonzero(crosses & ~self.hidden & (weight.ravel() > 0))
        if not len(cells):
            return None
        sizes = tree.sizes[cells % len(tree.sizes)]
        return int(cells[np.lexsort((weight.flat[cells], sizes))[0]])
