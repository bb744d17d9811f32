"""What changed: the sentences under the headline figures, and nothing when nothing did."""

from collections.abc import Sequence
from dataclasses import dataclass

from queries.trends.phrases import CHOSEN_BY_DATA, change_sentence
from queries.trends.signal_rules import WORDS_ALPHA
from queries.trends.trend import Trend

JUDGED = ("", "no_change", "constant")


@dataclass(frozen=True)
class WhatChanged:
    """`sentences`: one for each figure that changed. `otherwise`: what is to be said of the others, or of all."""

    sentences: tuple[str, ...]
    otherwise: str


def what_changed(figures: Sequence[tuple[str, Trend]]) -> WhatChanged:
    """Sentences about several figures that are looked at together; names as at the start of a sentence.

    The level of proof is shared between them, so that among four figures of a stable department any sentence comes up
    in fewer than one of ten.
    """
    changed = [
        (name, trend, trend.change)
        for name, trend in figures
        if trend.change is not None and trend.direction and trend.change.chance <= WORDS_ALPHA / len(figures)
    ]
    sentences = [
        _finding_sentence(name, change_sentence(change, trend.direction, trend.step, trend.unit))
        for name, trend, change in changed
    ]
    sentences = [f"{sentence} {CHOSEN_BY_DATA}" for sentence in sentences]
    others = [
        trend for _, trend in figures if trend.reason in JUDGED and not any(trend is one for _, one, _ in changed)
    ]
    return WhatChanged(tuple(sentences), _otherwise_sentence(others, len(figures), bool(sentences)))


def _finding_sentence(name: str, said: str) -> str:
    """Name and finding as one sentence: `Same-day discharge was above the centre line …`."""
    verb = "was " if said.startswith(("Above", "Below", "Higher", "Lower")) else "had "
    return f"{name} {verb}{_lower_first(said)}"


def _otherwise_sentence(others: Sequence[Trend], asked: int, something: bool) -> str:
    if not others:
        return "" if something else "Too few complete months, or too much missing, to say whether anything changed."
    volume = min(trend.typical_n for trend in others)
    start = "Elsewhere no change detected" if something else "No change detected"
    rest = (
        ""
        if something or len(others) == asked
        else f" in {len(others)} of {asked} figures; the others cannot be judged"
    )
    steps = {trend.step for trend in others}
    rate = f"about {volume:.0f} a {steps.pop()}" if len(steps) == 1 and "block" not in steps else "so few cases"
    return f"{start}{rest}; with {rate} a small change would be missed."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
