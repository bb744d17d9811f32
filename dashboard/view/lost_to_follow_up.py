"""Missing follow-up in words: who is missing, and what it could change."""

import math

import pandas as pd

from dashboard.access.rights import requires
from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View, warehouse_of
from data.settings import read_timepoints
from queries.catalogue.metrics import read_catalogue
from queries.figures.gates import FEWEST
from queries.figures.lost_to_follow_up import Beside, Lost, lost_to_follow_up
from queries.figures.summarise import Row
from queries.statistics.missing import find_tipping_point


@requires("exact_figures")
def find_lost(view: View, timepoint: str) -> Lost:
    """Those with and without a score at a timepoint, under the view's filters."""
    return lost_to_follow_up(warehouse_of(view), timepoint, view.filters_of(f"recorded_{timepoint}"))


def lost_sentence(found: Lost, timepoint: str) -> str:
    """How many have no score, who is counted apart, and whether those without differ in what is known of them."""
    could = found.with_score + found.without
    if not could:
        return "Nobody could be asked yet."
    text = (
        f"{found.without:,} of {could:,} who could be asked at {read_timepoints().labels[timepoint]} have no score. "
        f"Counted apart, never as failures: {found.died:,} died, {found.retreated:,} treated again, "
        f"{found.not_due:,} not due yet."
    )
    clear = [fact.fact for fact in found.facts if fact.lower > 0 or fact.upper < 0]
    if any(not math.isnan(fact.difference) for fact in found.facts):
        text += (
            f" Those without a score differ in: {', '.join(clear)}."
            if clear
            else f" Those without a score do not differ clearly in what is known of them; they need not be equal: "
            f"{_unseen_words(found)} could not be seen, nor what is not known."
        )
    return text


def _unseen_words(found: Lost) -> str:
    """The largest difference of each fact that its interval allows: `pain before by up to 0.8`."""
    return phrases.join_words(
        [
            f"{fact.fact} by up to {_scaled(max(abs(fact.lower), abs(fact.upper)), fact.kind)}"
            for fact in found.facts
            if not math.isnan(fact.difference)
        ]
    )


def _scaled(difference: float, kind: str) -> str:
    return f"{100 * difference:.0f} points" if kind == "share" else f"{difference:.1f}"


def weighted_sentence(found: Lost) -> str:
    """What weighting by who answers would make of the rate; or why it is not shown."""
    one = found.weighted
    if one.reason:
        return f"Weighting by who answers is not shown: {one.reason} (here {one.n:,}, {one.answered:,} with a score)."
    return (
        f"Halved their pain: {percent_text(100 * one.observed)} of those with a score, "
        f"{percent_text(100 * one.estimate)} when "
        f"each is weighted by how likely people like them are to answer (worth {one.effective_n:.0f} answers). This "
        "assumes that among people alike in pain before, age and vertebrae it is chance who answers."
    )


def tipping_facts(row: Row) -> list[tuple[str, str]]:
    """What those without an answer must have said for a share to cross a half; nothing where nobody is missing."""
    if row["recorded"] < FEWEST:
        return []
    has_pair = read_catalogue()[row["metric"]].needs_pair
    possible = row["eligible"] + (row["baseline_missing"] if has_pair else 0)
    found = find_tipping_point(int(row["numerator"]), int(row["recorded"]), int(possible))
    if found is None:
        return []
    crossing = "it would fall to half or less" if found.answer == "no" else "it would rise above half"
    if found.needed is None:
        return [(crossing, f"not even if all {found.missing:,} without an answer had been a {found.answer}")]
    return [
        (
            crossing,
            f"only if at least {found.needed:,} of the {found.missing:,} without an answer had been a {found.answer}",
        )
    ]


def lost_table(found: Lost) -> pd.DataFrame:
    """Facts in both groups, for people."""
    return pd.DataFrame(
        [
            {
                "": fact.fact,
                "with a score": _value_shown(fact.with_score, fact.n_with, fact.kind),
                "without": _value_shown(fact.without, fact.n_without, fact.kind),
                "difference (95 %)": _difference_words(fact),
            }
            for fact in found.facts
        ]
    )


def _value_shown(value: float, n: int, kind: str) -> str:
    if math.isnan(value):
        return f"too few (n = {n:,})"
    return f"{percent_text(100 * value) if kind == 'share' else f'{value:.1f}'} (n = {n:,})"


def _difference_words(fact: Beside) -> str:
    if math.isnan(fact.difference):
        return ""
    scale, digits, unit = (100, 0, " points") if fact.kind == "share" else (1, 1, "")
    numbers = [f"{scale * value:+.{digits}f}" for value in (fact.difference, fact.lower, fact.upper)]
    return f"{numbers[0]} ({numbers[1]} to {numbers[2]}){unit}".replace("-", "−")
