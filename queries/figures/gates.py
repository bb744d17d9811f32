"""Capture gates: what a figure may be used for, by the share of procedures that it knows about (METRICS.md)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

PLAIN_FROM = 0.8
CAUTION_FROM = 0.6
FEWEST = 10
# Gates under which a figure may stand as a rate, be compared and be coloured.
FIRM = ("plain", "caution")
TargetState = Literal["met", "missed", "unsaid", ""]


def choose_gate(recorded: int, share: float, stands_alone: bool) -> str:
    """plain, caution, bounds_only or counts_only.

    `share` is 0 to 1. `stands_alone` = a total or a group; a point in time may be small, among others.
    """
    if stands_alone and recorded < FEWEST:
        return "counts_only"
    if share >= PLAIN_FROM:
        return "plain"
    return "caution" if share >= CAUTION_FROM else "bounds_only"


def share_of(part: int, whole: int) -> float:
    """Part of whole, 0 to 1; nothing of nothing is 0."""
    return part / whole if whole else 0.0


def first_judged_month(since: date) -> date:
    """The first day of the first whole month of a target that was set from a day on: months are judged whole."""
    return since if since.day == 1 else (since.replace(day=1) + timedelta(days=31)).replace(day=1)


def judge_target(row: Mapping[str, Any], target: float, better: str) -> TargetState:
    """A figure against a target in its own unit, by the whole 95 % interval: met, missed, or it cannot be said.

    Empty where the gate allows no judgement (below 60 % recorded, fewer than ten) or no side is the good one.
    """
    if row["gate"] not in FIRM or better == "neutral" or row["lower"] != row["lower"]:
        return ""
    above, below = row["lower"] >= target, row["upper"] <= target
    good, bad = (above, below) if better == "higher" else (below, above)
    return "met" if good else "missed" if bad else "unsaid"
