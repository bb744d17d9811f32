"""Capture gates: what a figure may be used for, by the share of procedures that it knows about (METRICS.md)."""

PLAIN_FROM = 0.8
CAUTION_FROM = 0.6
FEWEST = 10
# Gates under which a figure may stand as a rate, be compared and be coloured.
FIRM = ("plain", "caution")


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
