"""How many of those without an answer would have to say no, or yes, to move a rate across a line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.statistics.missing import TippingPoint, find_tipping_point


def test_the_rate_falls_to_half_only_with_so_many_no() -> None:
    assert find_tipping_point(yes=58, recorded=90, possible=126) == TippingPoint("no", 31, 36)
    assert find_tipping_point(70, 90, 126) == TippingPoint("no", None, 36)


def test_a_rate_below_the_line_tips_by_yes() -> None:
    assert find_tipping_point(40, 90, 126) == TippingPoint("yes", 24, 36)
    assert find_tipping_point(10, 90, 126) == TippingPoint("yes", None, 36)


@pytest.mark.parametrize("counts", [(0, 0, 10), (5, 10, 10), (5, 4, 10), (-1, 4, 10), (3, 10, 9)])
def test_nobody_missing_nobody_asked_and_what_cannot_be_have_no_tipping_point(counts: tuple[int, int, int]) -> None:
    assert find_tipping_point(*counts) is None


@settings(deadline=None)
@given(st.integers(0, 80), st.integers(1, 80), st.integers(1, 80), st.sampled_from([0.29, 0.5, 0.8]))
def test_one_fewer_would_not_cross_the_line(yes: int, recorded: int, missing: int, line: float) -> None:
    yes, possible = min(yes, recorded), recorded + missing
    found = find_tipping_point(yes, recorded, possible, line)
    assert found is not None

    def is_above(needed: int) -> bool:
        total = yes + missing - needed if found.answer == "no" else yes + needed
        return 100 * total > round(100 * line) * possible

    start = found.answer == "no"
    if found.needed is None:
        assert is_above(missing) == start
    else:
        assert is_above(found.needed) != start
        assert is_above(found.needed - 1) == start
