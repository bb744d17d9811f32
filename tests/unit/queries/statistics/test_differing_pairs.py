"""Units are told apart only beyond what all pairs and figures together leave to chance."""

from queries.statistics import intervals
from queries.statistics.funnel import PAIRS_CHANCE, bound_difference, find_differing_pairs


def test_two_units_far_apart_are_told_with_their_interval() -> None:
    (pair,) = find_differing_pairs([61, 92], [100, 100], figures=4)
    assert (pair.first, pair.second) == (0, 1)
    assert pair.lower < pair.difference < pair.upper < 0
    assert (pair.lower, pair.upper) == intervals.newcombe(61, 100, 92, 100, 1 - PAIRS_CHANCE / 4)


def test_the_more_is_looked_at_the_more_it_takes() -> None:
    assert find_differing_pairs([55, 80], [100, 100], figures=1)
    narrow, wide = (bound_difference(55, 100, 80, 100, looked_at) for looked_at in (1, 24))
    assert wide[0] < narrow[0] and wide[1] > narrow[1]
    assert [(pair.first, pair.second) for pair in find_differing_pairs([50, 55, 95], [100] * 3, 4)] == [(0, 2), (1, 2)]


def test_units_with_fewer_than_twenty_cases_and_single_units_are_not_compared() -> None:
    assert find_differing_pairs([1, 92], [19, 100], 1) == []
    assert find_differing_pairs([1], [100], 1) == []
    assert find_differing_pairs([], [], 1) == []
    assert find_differing_pairs([None, 92, 10], [None, 100, 5], 1) == []
