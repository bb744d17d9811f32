"""Trends in plain words: a few for a card, a sentence for below a chart, the rule's own numbers for its source line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from queries.trends.lines import FROZEN_POINTS, TRIAL_POINTS, Phase
from queries.trends.signal_rules import COLOURED_POINTS, JUDGED_POINTS

if TYPE_CHECKING:
    from queries.trends.present import Judgement, Stretch

STEPS = {"month": ("month", "months"), "quarter": ("quarter", "quarters"), "block": ("block of ten", "blocks of ten")}
CHOSEN_BY_DATA = "The month was chosen by the data."
SILENT = {
    "missing": ("too much missing to judge", "Fewer than 60 % are recorded, so no change is judged."),
    "small": ("too few to judge", "Fewer than ten are recorded, so no change is judged."),
    "too_few": (
        "too few months to judge",
        "A judgement on change needs 12 months before a change, and 3 months and 20 cases after it.",
    ),
    "constant": ("the same throughout", "The same throughout."),
    "recording": ("recorded otherwise than before", "{} were recorded than before; a change cannot be judged."),
}


@dataclass(frozen=True)
class Said:
    """The same finding, short and whole."""

    short: str
    sentence: str


def choose_words(judgement: "Judgement", unit: str) -> Said:
    """What may be said of the present, and of changes that were registered; where nothing may, why not."""
    looks = [look.words for look in judgement.looks]
    told = " ".join(said.sentence for said in looks)
    if judgement.reason == "registered":
        short = [look.words.short for look in judgement.looks if look.is_silencing]
        return Said(short[-1], told)
    found = _judged_words(judgement, unit)
    return Said(found.short, f"{found.sentence} {told}".strip())


def _judged_words(judgement: "Judgement", unit: str) -> Said:
    named = f"{judgement.name}: " if judgement.name else ""
    if judgement.now is not None and judgement.before is not None and judgement.direction:
        now, before = stretch_words(judgement.now, unit), stretch_words(judgement.before, unit)
        since = f"{judgement.now.first:%B %Y}"
        sentence = (
            f"{named}{judgement.direction} since about {since}: {now}; in the {judgement.before.months} months before "
            f"{before}. {CHOSEN_BY_DATA}{_past_words(judgement.stretches[:-2], unit)}"
        )
        return Said(f"{named}{judgement.direction} than before: {now} since about {since}", _upper_first(sentence))
    if judgement.reason in SILENT:
        short, sentence = SILENT[judgement.reason]
        return Said(f"{named}{short}", sentence.format(_recorded_words(judgement)))
    past = judgement.stretches if judgement.reason == "over" else judgement.stretches[:-1]
    start = "No change seen now" if judgement.reason == "over" else "No change seen"
    return Said(f"{named}no change seen", f"{start}; {findable_words(judgement, unit)}.{_past_words(past[1:], unit)}")


def findable_words(judgement: "Judgement", unit: str) -> str:
    """What this chart would have seen: by the simulated table of power, at its level and number of cases."""
    if judgement.findable is None:
        return f"with about {judgement.volume:.0f} a month all but a large change would be missed"
    level, changed, found = judgement.findable
    is_share = judgement.stretches[-1].numerator is not None
    values = [f"{value:.0f} %" if is_share else _amount_words(value, unit) for value in (level, changed)]
    return f"a change from {' to '.join(values)} would be seen within a year in about {found} of 100 such departments"


def missed_words(judgement: "Judgement", unit: str) -> str:
    """The same in short: a change of this size is told of in about every second department."""
    if judgement.findable is None:
        return findable_words(judgement, unit)
    level, changed, _ = judgement.findable
    is_share = judgement.stretches[-1].numerator is not None
    size = abs(changed - level)
    return f"changes of up to {f'{size:.0f} points' if is_share else _amount_words(size, unit)} are easily missed"


def _recorded_words(judgement: "Judgement") -> str:
    """Whether more or fewer are recorded now than before."""
    now, before = judgement.now, judgement.before
    is_more = now is not None and before is not None and now.n * before.eligible > before.n * now.eligible
    return "More" if is_more else "Fewer"


def stretch_words(stretch: "Stretch", unit: str) -> str:
    """`56 of 120 (47 %)`; of a mean `1.5 vertebrae, 120 cases`."""
    if stretch.numerator is not None:
        return f"{stretch.numerator:,} of {stretch.n:,} ({stretch.value:.0f} %)"
    return f"{_amount_words(stretch.value, unit)} ({stretch.n:,} cases)"


def _past_words(stretches: Sequence["Stretch"], unit: str) -> str:
    """Earlier stretches in the past tense, for below the chart."""
    parts = [f"{stretch_words(one, unit)} from {_span_words(one.first, one.last)}" for one in stretches]
    return f" Earlier it was {', '.join(parts)}." if parts else ""


def change_sentence(judgement: "Judgement", unit: str) -> str:
    """What changed and since when, with n of N before and after: for a list of several figures."""
    assert judgement.now is not None
    assert judgement.before is not None
    return (
        f"{judgement.direction} since about {judgement.now.first:%B %Y}: {stretch_words(judgement.now, unit)}; in the "
        f"{judgement.before.months} months before {stretch_words(judgement.before, unit)}."
    )


def assurance_words(found: str, target: float | None, unit: str) -> str:
    """What the limits say about a target; empty without one."""
    if target is None or found == "none":
        return ""
    aim = f"the target of {target:g} {unit}"
    return {
        "consistent_pass": f"As things are, {aim} is met: the limits lie on its good side.",
        "consistent_fail": f"As things are, {aim} is not met: the limits lie on its other side.",
        "inconsistent": f"As things are, {aim} is met at some times and missed at others, by chance alone.",
    }[found]


def _amount_words(value: float, unit: str) -> str:
    return f"{value:.1f}" if unit == "points of 10" else f"{value:.1f} {unit}"


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _span_words(first: date, last: date) -> str:
    names = [f"{day:%B %Y}" for day in (first, last)]
    return names[0] if names[0] == names[1] else f"{names[0]} – {names[1]}"


def rule_line(rules: str, phase: Phase, step: str) -> str:
    """Which rules colour the points, over what: the source line of a chart. What they find is no verdict."""
    _, many = STEPS[step]
    if not phase.baseline.size:
        return f"No centre line: it needs {TRIAL_POINTS} complete {many}."
    base = f"first {TRIAL_POINTS} {many}, trial" if phase.is_trial else f"first {FROZEN_POINTS} {many}"
    coloured = {
        "limits": f"Points of the last {COLOURED_POINTS} {many} beyond the band are coloured",
        "anhoej": f"Anhøj rules colour the last {JUDGED_POINTS} {many}",
        "making_data_count": f"Making Data Count rules (2023) colour the last {JUDGED_POINTS} {many}",
    }[rules]
    return f"{coloured}, which alone is no change; centre line from the {base}."
