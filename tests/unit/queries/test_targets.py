"""Whether a target is met: by whole intervals, never by values alone."""

from typing import Any

import pytest

from queries.figures.gates import judge_target
from queries.statistics.intervals import wilson


def row(group: str, yes: int, n: int, gate: str = "plain") -> dict[str, Any]:
    low, high = wilson(yes, n)
    return {
        "group": group, "numerator": yes, "recorded": n, "value": 100 * yes / n, "gate": gate,
        "lower": 100 * low, "upper": 100 * high,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("yes", "target", "better", "state"),
    [
        (90, 75.0, "higher", "met"), (50, 75.0, "higher", "missed"), (76, 75.0, "higher", "unsaid"),
        (5, 20.0, "lower", "met"), (50, 20.0, "lower", "missed"), (50, 20.0, "neutral", ""),
    ],
)  # fmt: skip
def test_a_target_is_judged_by_the_whole_interval(yes: int, target: float, better: str, state: str) -> None:
    assert judge_target(row("", yes, 100), target, better) == state


@pytest.mark.parametrize("gate", ["bounds_only", "counts_only"])
def test_no_target_is_judged_where_too_little_is_known(gate: str) -> None:
    assert judge_target(row("", 90, 100, gate), 75.0, "higher") == ""
