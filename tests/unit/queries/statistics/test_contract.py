"""What every function takes and gives: lists, arrays, tables' columns, small integers, nothing, and what cannot be."""

import math
from collections.abc import Callable
from dataclasses import astuple
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.statistics import control_charts, cusum, funnel, intervals, missing, paired, run_rules, survival

SIGNATURES = {
    intervals.wilson: "(successes, n, confidence=0.95)",
    intervals.clopper_pearson: "(successes, n, confidence=0.95)",
    intervals.newcombe: "(x1, n1, x2, n2, confidence=0.95)",
    intervals.mean_t: "(values, confidence=0.95)",
    intervals.median_interval: "(values, confidence=0.95)",
    intervals.poisson_exact: "(count, confidence=0.95)",
    intervals.poisson_byar: "(count, confidence=0.95)",
    intervals.poisson: "(count, confidence=0.95)",
    control_charts.p: "(successes, n, baseline=None)",
    control_charts.p_prime: "(successes, n, baseline=None)",
    control_charts.u: "(events, exposure, baseline=None)",
    control_charts.u_prime: "(events, exposure, baseline=None)",
    control_charts.c: "(counts, baseline=None)",
    control_charts.xmr: "(values, baseline=None, screen=False)",
    control_charts.i_prime: "(means, n, baseline=None, screen=False)",
    control_charts.g: "(gaps)",
    control_charts.t: "(times)",
    control_charts.run: "(values)",
    control_charts.exact_tail: "(successes, n, centre)",
    run_rules.making_data_count: "(values, centre, lower, upper)",
    run_rules.anhoej: "(values, centre=None)",
    run_rules.variation: "(labels, better)",
    run_rules.assurance: "(lower, upper, target, better)",
    funnel.proportion: "(successes, n, centre=None)",
    funnel.overdispersion: "(successes, n, centre=None)",
    funnel.adjusted: "(successes, n, centre=None)",
    cusum.bernoulli: "(events, p0, odds_ratio=2, limit=3.5)",
    cusum.risk_adjusted: "(outcomes, risks, odds_ratio=2, limit=3.5)",
    cusum.vlad: "(outcomes, risks)",
    survival.kaplan_meier: "(times, observed)",
    missing.bounds: "(yes, recorded, possible)",
    missing.inverse_probability: "(yes, observed, covariates)",
    paired.change: "(before, after)",
}
# Each takes two columns of one length.
PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "wilson": intervals.wilson,
    "clopper_pearson": intervals.clopper_pearson,
    "newcombe": lambda x, n: intervals.newcombe(x, n, x, n),
    "p": control_charts.p,
    "p_prime": control_charts.p_prime,
    "u": control_charts.u,
    "u_prime": control_charts.u_prime,
    "i_prime": control_charts.i_prime,
    "exact_tail": lambda x, n: control_charts.exact_tail(x, n, 0.5),
    "funnel": funnel.proportion,
    "adjusted": funnel.adjusted,
    "overdispersion": funnel.overdispersion,
    "bounds": lambda x, n: missing.bounds(x, n, n),
    "vlad": cusum.vlad,
    "kaplan_meier": survival.kaplan_meier,
    "change": paired.change,
    "anhoej": run_rules.anhoej,
    "making_data_count": lambda x, n: run_rules.making_data_count(x, n, 0, 200),
}
X, N = [90, 100, 0, 81], [120, 110, 7, 100]


def numbers(found: Any) -> list[Any]:
    """A result as plain lists, so that results can be compared."""
    parts = astuple(found) if hasattr(found, "__dataclass_fields__") else found
    parts = parts if isinstance(parts, (tuple, list)) else [parts]
    return [part.tolist() if isinstance(part, np.ndarray) else part for part in parts]


def untouchable(values: list[int]) -> np.ndarray:
    column = np.array(values, np.int8)
    column.setflags(write=False)
    return column


def test_names_and_defaults_are_as_promised() -> None:
    for function, promised in SIGNATURES.items():
        given_ = [
            name if one.default is one.empty else f"{name}={one.default}"
            for name, one in signature(function).parameters.items()
        ]
        assert f"({', '.join(given_)})" == promised, function


@pytest.mark.parametrize("name", PAIRS)
def test_any_kind_of_column_gives_the_same(name: str) -> None:
    function = PAIRS[name]
    expected = numbers(function(X, N))
    kinds: list[Callable[[list[int]], Any]] = [
        tuple, np.array, untouchable, pd.Series, lambda values: pd.Series(values, index=[9, 8, 7, 6], dtype="Int64"),
    ]  # fmt: skip
    for kind in kinds:
        np.testing.assert_equal(numbers(function(kind(X), kind(N))), expected)


@pytest.mark.parametrize("name", PAIRS)
def test_columns_of_different_lengths_are_refused_in_words(name: str) -> None:
    with pytest.raises(ValueError, match="different lengths"):
        PAIRS[name]([1, 2, 3], [4, 5])


@pytest.mark.parametrize("name", PAIRS)
def test_nothing_and_nothing_known_are_no_error(name: str) -> None:
    for column in ([], [None, None], [math.nan] * 3):
        found = numbers(PAIRS[name](column, column))
        for part in found:
            if isinstance(part, list) and name not in ("kaplan_meier", "making_data_count", "vlad"):
                assert len(part) == len(column) and all(math.isnan(one) for one in part)


@pytest.mark.parametrize("name", ["wilson", "clopper_pearson", "newcombe", "exact_tail", "bounds"])
def test_scalars_give_scalars_and_arrays_arrays(name: str) -> None:
    assert all(type(bound) is float for bound in PAIRS[name](3, 10))
    assert all(bound.shape == (2,) for bound in PAIRS[name]([3, 4], [10, 10]))


@pytest.mark.parametrize("name", ["wilson", "clopper_pearson", "newcombe", "p", "funnel", "adjusted", "bounds"])
@pytest.mark.parametrize("yes", [11, -1])
def test_more_yes_than_answers_is_never_a_figure(name: str, yes: int) -> None:
    found = PAIRS[name]([yes, 4], [10, 10])
    line = found[0] if isinstance(found, tuple) else getattr(found, "lower", getattr(found, "lower_95", None))
    assert list(np.isnan(line)) == [True, False]


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_a_confidence_in_per_cent_is_refused(confidence: float) -> None:
    for call in (
        lambda: intervals.wilson(3, 10, confidence), lambda: intervals.clopper_pearson(3, 10, confidence),
        lambda: intervals.newcombe(3, 10, 4, 10, confidence), lambda: intervals.mean_t([1, 2], confidence),
        lambda: intervals.median_interval(range(9), confidence), lambda: intervals.poisson(3, confidence),
        lambda: intervals.poisson_exact(3, confidence), lambda: intervals.poisson_byar(3, confidence),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="between 0 and 1"):
            call()


@pytest.mark.parametrize("chart", [control_charts.p, control_charts.u, control_charts.p_prime, control_charts.u_prime])
def test_a_baseline_is_a_number_of_points_or_a_mask_and_may_be_longer_than_the_series(chart: Callable) -> None:
    x, n = [3, 4, 9, 9], [10, 10, 10, 10]
    expected = numbers(chart(x, n, 2))
    for baseline in (np.int64(2), [True, True, False, False], np.array([1, 1, 0, 0], bool),
                     pd.Series([True, True, False, False])):  # fmt: skip
        np.testing.assert_equal(numbers(chart(x, n, baseline)), expected)
    np.testing.assert_equal(numbers(chart(x, n, 100)), numbers(chart(x, n)))
    assert np.isnan(chart(x, n, 0).centre).all()


def test_an_interval_of_the_median_does_not_depend_on_the_shape_of_its_values() -> None:
    assert intervals.median_interval([[4, 5, 6], [1, 2, 3]]) == intervals.median_interval([1, 2, 3, 4, 5, 6])


def test_whether_it_happened_must_be_known() -> None:
    curve = survival.kaplan_meier([1, 2, None, 3], [1, None, 1, 0])
    assert (list(curve.times), list(curve.at_risk)) == ([1, 3], [2, 1])


def test_a_limit_of_nothing_and_risks_beyond_certainty_are_refused() -> None:
    with pytest.raises(ValueError, match="limit"):
        cusum.bernoulli([1, 0], 0.1, limit=0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        cusum.risk_adjusted([1, 0], [0.1, 5])


@given(st.integers(1, 40), st.integers(0, 40), st.floats(0, 1))
def test_the_lines_of_a_funnel_contain_its_centre_at_any_size(n: int, x: int, centre: float) -> None:
    for chosen in (None, centre):
        found = funnel.proportion([min(x, n)], [n], chosen)
        for lower, upper in ((found.lower_95, found.upper_95), (found.lower_998, found.upper_998)):
            assert lower[0] <= found.centre <= upper[0]


@given(
    st.tuples(st.integers(1, 60), st.floats(0, 1)), st.tuples(st.integers(1, 60), st.floats(0, 1)),
    st.sampled_from([0.8, 0.95, 0.998]),
)  # fmt: skip
def test_the_interval_of_a_difference_contains_it_and_turns_with_it(one, other, confidence: float) -> None:
    (n1, share1), (n2, share2) = one, other
    x1, x2 = round(n1 * share1), round(n2 * share2)
    lower, upper = intervals.newcombe(x1, n1, x2, n2, confidence)
    assert -1 - 1e-12 <= lower <= x1 / n1 - x2 / n2 + 1e-12
    assert x1 / n1 - x2 / n2 - 1e-12 <= upper <= 1 + 1e-12
    assert intervals.newcombe(x2, n2, x1, n1, confidence) == pytest.approx((-upper, -lower))


@given(st.integers(0, 5000), st.sampled_from([0.8, 0.95, 0.998]))
def test_intervals_of_counts_contain_the_count(count: int, confidence: float) -> None:
    for function in (intervals.poisson, intervals.poisson_exact, intervals.poisson_byar):
        lower, upper = function(count, confidence)
        assert 0 <= lower <= count <= upper


@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=60), st.randoms())
def test_intervals_of_values_contain_the_estimate_and_order_does_not_matter(values: list[float], random) -> None:
    lower, upper = intervals.median_interval(values)
    assert lower <= np.median(values) <= upper
    low, high = intervals.mean_t(values)
    assert low - 1e-6 <= np.mean(values) <= high + 1e-6
    mixed = values[:]
    random.shuffle(mixed)
    assert intervals.median_interval(mixed) == (lower, upper)
    assert intervals.mean_t(mixed) == pytest.approx((low, high), rel=1e-9, abs=1e-6)


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 0.6)), max_size=80))
def test_the_risk_adjusted_arms_and_the_vlad_follow_their_definitions(cases: list[tuple[bool, float]]) -> None:
    outcomes, risks = [one for one, _ in cases], [risk for _, risk in cases]
    found = cusum.risk_adjusted(outcomes, risks, 2, 3)
    height, heights = 0.0, []
    for outcome, risk in cases:
        height = max(0.0, height + outcome * math.log(2) - math.log(1 + risk))
        heights.append(height)
        height = 0.0 if height >= 3 else height
    np.testing.assert_allclose(found.up, heights, atol=1e-9)
    assert cusum.vlad(outcomes, risks).tolist() == pytest.approx(np.cumsum(np.array(risks) - outcomes).tolist())
