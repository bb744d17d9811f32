"""The simulation draws what it says and looks as the page does; a small one holds the bounds."""

import numpy as np
import pytest

from queries.statistics.segments import judge_present
from tests.benchmarks.coloured import measure_coloured
from tests.benchmarks.monthly_looks import (
    measure_false_words,
    measure_power,
    measure_sites,
    measure_stale_words,
    share_taken_back,
)
from tests.benchmarks.simulated import KINDS, POINTS_5, SIGNS, Kind, Plan, look_monthly, make_share, send

FEW = 200


def test_a_plan_is_followed_and_drawn_alike_every_time() -> None:
    plan = Plan(20, steps=((24, 0.0), (12, 0.15)), months=36)
    sent, again = send(make_share(0.64), plan, FEW), send(make_share(0.64), plan, FEW)
    np.testing.assert_array_equal(sent.sums, again.sums)
    rates = [sent.sums[:, months].sum() / sent.n[:, months].sum() for months in (slice(0, 24), slice(24, 36))]
    assert rates == pytest.approx([0.64, 0.79], abs=0.01)
    assert sent.n.mean() == pytest.approx(20, abs=0.2)


@pytest.mark.parametrize("kind", KINDS[2:], ids=lambda kind: kind.name)
def test_a_look_says_what_the_page_would_say(kind: Kind) -> None:
    sent = send(kind, Plan(20, steps=((24, 0.0), (12, 0.2)), months=36), 20)
    said = look_monthly(sent, [30, 36])
    for row, (x, n) in enumerate(zip(sent.sums, sent.n, strict=True)):
        squares = None if sent.squares is None else sent.squares[row]
        assert said[row, 1] == SIGNS[judge_present(x, n, squares).direction]
    assert (said == 1).any()


@pytest.mark.parametrize("kind", KINDS[1:4:2], ids=lambda kind: kind.name)
def test_stable_charts_are_seldom_told_anything(kind: Kind) -> None:
    assert measure_false_words(kind, Plan(12), FEW)["any"] <= 0.07
    assert measure_false_words(kind, Plan(20, POINTS_5), FEW)["any"] <= 0.15
    assert measure_false_words(kind, Plan(20, 0, POINTS_5), FEW)["any"] <= 0.15


def test_a_gain_that_is_over_is_seldom_told() -> None:
    assert measure_stale_words(0.64, 40, (0.15, 9), FEW) <= 0.15
    assert measure_stale_words(0.64, 12, (0.15, 9), FEW) <= 0.15


def test_a_change_is_found_as_often_as_the_table_says() -> None:
    result = measure_power(make_share(0.64), 12, 0.15, FEW)
    assert result["found"] == pytest.approx(0.55, abs=0.08)
    assert result["false"] <= 0.04


def test_sites_that_do_not_differ_are_seldom_told_apart() -> None:
    result = measure_sites(3, 12, FEW)
    assert result["figure_one"] <= 0.01
    assert result["figure_any"] <= 0.07


def test_single_points_of_means_are_seldom_coloured() -> None:
    for kind in KINDS[3:5]:
        assert measure_coloured(kind, 20, FEW) <= 0.025


def test_only_what_is_no_longer_said_is_taken_back() -> None:
    said = np.array([[0, 1, 1], [0, 1, 0], [0, 0, 0]], bool)
    assert share_taken_back(said) == pytest.approx(1 / 3)
