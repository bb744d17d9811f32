"""A series cut where it changed, and when the last segment may be told as the present."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.statistics.segments import Present, cut_series, judge_present

FIFTEEN = 15


def shares(*parts: tuple[int, float], cases: int = FIFTEEN) -> tuple[list[int], list[int]]:
    """Months of equal size, each part at its rate."""
    x = [round(rate * cases) for months, rate in parts for _ in range(months)]
    return x, [cases] * len(x)


def edges(found: Present) -> list[int]:
    return [segment.first for segment in found.segments]


def test_a_run_that_ended_is_past_and_the_present_is_lower() -> None:
    found = judge_present(*shares((20, 0.63), (9, 0.87), (8, 0.47)))
    before, last = found.segments[-2:]
    assert (found.direction, found.reason) == ("lower", "")
    assert (edges(found), last.end) == ([0, 20, 29], 37)
    assert (last.sums, last.n, before.sums, before.n) == (56, 120, 117, 135)
    assert found.statistic > 6


@pytest.mark.parametrize(("after", "direction"), [(0.87, "higher"), (0.4, "lower")])
def test_a_change_that_lasts_is_told_with_its_direction(after: float, direction: str) -> None:
    found = judge_present(*shares((20, 0.63), (9, after)))
    assert (found.direction, edges(found)) == (direction, [0, 20])


def test_a_gain_that_was_over_two_months_ago_is_not_told_as_present() -> None:
    found = judge_present(*shares((20, 0.63), (9, 0.87), (2, 0.63)))
    assert (found.direction, found.reason) == ("", "over")
    assert edges(found) == [0, 20]


def test_without_a_change_or_enough_to_ask_it_says_which() -> None:
    assert judge_present(*shares((30, 0.63))).reason == "no_change"
    assert judge_present(*shares((14, 0.63))).reason == "too_few"
    assert judge_present(*shares((30, 0.5), cases=0)).reason == "too_few"
    assert judge_present([], []).reason == "too_few"


def test_a_wave_over_the_year_is_no_change() -> None:
    months = np.arange(22)
    x = np.round(40 * (0.7 - 0.2 * np.cos(2 * np.pi * (months + 10) / 12))).astype(int)
    found = judge_present(x, np.full(22, 40), threshold=3.0)
    assert (found.direction, found.reason) == ("", "season")
    assert len(found.segments) > 1


def test_months_a_year_before_without_cases_do_not_silence() -> None:
    x, n = shares((20, 0.4), (6, 0.87))
    x[8:14], n[8:14] = [0] * 6, [0] * 6
    assert judge_present(x, n).direction == "higher"


@pytest.mark.parametrize(
    ("recorded_before", "recorded_after", "reason"),
    [
        (15, 30, "missing"), (30, 15, "missing"), (15, 18, "recording"), (18, 15, "recording"), (16, 16, ""),
        (19, 20, ""),
    ],
)  # fmt: skip
def test_both_segments_must_be_recorded_alike(recorded_before: int, recorded_after: int, reason: str) -> None:
    x, n = shares((20, 0.4), (10, 0.87))
    eligible = [recorded_before] * 20 + [recorded_after] * 10
    assert judge_present(x, n, eligible=eligible).reason == reason
    assert judge_present(x, n, eligible=None).reason == ""


def test_a_higher_threshold_cuts_less() -> None:
    x, n = shares((20, 0.63), (9, 0.87), (8, 0.47))
    assert len(cut_series(x, n)) == 3
    assert len(cut_series(x, n, threshold=100)) == 1


def test_means_are_cut_like_shares() -> None:
    n = [12] * 30
    means = [5.0] * 20 + [3.0] * 10
    sums, squares = [12 * mean for mean in means], [12 * (mean**2 + 4) for mean in means]
    found = judge_present(sums, n, squares)
    assert (found.direction, edges(found)) == ("lower", [0, 20])
    assert [segment.level for segment in found.segments] == pytest.approx([5, 3])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 25), st.floats(0, 1)), max_size=48), st.floats(0.5, 4))
def test_segments_follow_each_other_and_hold_every_case(months: list[tuple[int, float]], threshold: float) -> None:
    n = [cases for cases, _ in months]
    x = [round(cases * share) for cases, share in months]
    found = judge_present(x, n, threshold=threshold)
    ends = [0, *(segment.end for segment in found.segments)]
    assert [segment.first for segment in found.segments] == ends[:-1]
    assert ends[-1] == len(months)
    assert (sum(s.sums for s in found.segments), sum(s.n for s in found.segments)) == (sum(x), sum(n))
    assert all(segment.end - segment.first >= 3 and segment.n >= 20 for segment in found.segments[1:])
    assert bool(found.direction) != bool(found.reason)
    if found.direction:
        before, last = (segment.level for segment in found.segments[-2:])
        assert (last > before) == (found.direction == "higher")
