"""What changed: the sentences under the headline figures, and nothing when nothing did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from queries.trends.phrases import CHOSEN_BY_DATA, change_sentence, findable_words
from queries.trends.trend import Trend

# The headline figures, in the order in which they are told, by their names at the start of a sentence.
WATCHED = {
    "responders_50_hours_24_72": "The share who halved their pain within 24–72 hours",
    "mean_levels": "The number of vertebrae treated in one session",
    "home_ready_within_6_hours": "The share ready to go home within 6 hours",
    "day_case_completed": "Same-day discharge",
}
JUDGED = ("no_change", "constant", "over", "season")


@dataclass(frozen=True)
class WhatChanged:
    """`sentences`: of each figure that changed, and of each change that was registered. `otherwise`: of the others."""

    sentences: tuple[str, ...]
    otherwise: str


def what_changed(figures: Mapping[str, Trend], apart: Mapping[str, str] | None = None) -> WhatChanged:
    """Sentences about the figures of `WATCHED`, which are looked at together.

    `apart`: of a figure without a change, what two periods alone say; it is told, so that "no change" denies nothing.
    """
    changed = [(WATCHED[name], trend) for name, trend in figures.items() if trend.direction]
    sentences = [f"{name}: {change_sentence(trend.judgement, trend.unit)} {CHOSEN_BY_DATA}" for name, trend in changed]
    sentences += [
        f"{WATCHED[name]}: {look.words.sentence}" for name, trend in figures.items() for look in trend.judgement.looks
    ]
    told = {name: words for name, words in (apart or {}).items() if words and not figures[name].direction}
    sentences += [f"{WATCHED[name]}: {words}." for name, words in told.items()]
    others = [trend for name, trend in figures.items() if trend.reason in JUDGED and name not in told]
    return WhatChanged(tuple(sentences), _otherwise_sentence(others, len(figures), bool(sentences)))


def _otherwise_sentence(others: Sequence[Trend], asked: int, something: bool) -> str:
    if not others:
        return "" if something else "Too few complete months, or too much missing, to say whether anything changed."
    start = "Elsewhere no change seen" if something else "No change seen"
    rest = (
        ""
        if something or len(others) == asked
        else f" in {len(others)} of {asked} figures; the others cannot be judged"
    )
    fewest = min(others, key=lambda trend: trend.judgement.volume)
    return f"{start}{rest}; in the figure with the fewest cases {findable_words(fewest.judgement, fewest.unit)}."
