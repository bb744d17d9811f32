"""Trends in plain words: a few for a card, a sentence for below a chart, the rule's own numbers for its source line."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from queries.trends.lines import FROZEN_POINTS, TRIAL_POINTS, Phase
from queries.trends.signal_rules import JUDGED_POINTS, VERDICT_POINTS

if TYPE_CHECKING:
    from queries.catalogue.metrics import Metric
    from queries.statistics.run_rules import Anhoej
    from queries.trends.trend import Change

STEPS = {"month": ("month", "months"), "quarter": ("quarter", "quarters"), "block": ("block of ten", "blocks of ten")}
NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
CHOSEN_BY_DATA = "The dates were chosen by the data, so the difference is likely overstated."
MORE_THAN_CHANCE = "more than chance explains"


@dataclass(frozen=True)
class Said:
    """The same finding, short and whole."""

    short: str
    sentence: str


def choose_words(
    metric: "Metric",
    step: str,
    rules: str,
    reason: str,
    direction: str,
    change: "Change | None",
    typical: float,
    points: int,
    baseline: tuple[date, date] | None,
    beyond: int = 0,
) -> Said:
    """What may be said; where nothing may, why not. `beyond`: how many single points are coloured."""
    one, many = STEPS[step]
    if change is not None and direction:
        short = f"{direction} than before, {MORE_THAN_CHANCE}"
        return Said(short, f"{change_sentence(change, direction, step, metric.unit)} {CHOSEN_BY_DATA}")
    if rules == "making_data_count" and not reason:
        if direction:
            return Said(
                f"latest {one} {direction} than chance explains", f"The latest {one} is a special cause: {direction}."
            )
        return Said("common cause variation", f"The latest {one} is common cause variation.")
    said = {
        "missing": Said("too much missing to judge", "Fewer than 60 % are recorded, so no trend is judged."),
        "small": Said("too few to judge", "Fewer than ten are recorded, so no trend is judged."),
        "too_few": Said(
            f"{points} of {VERDICT_POINTS} {many} needed to judge",
            f"{points} complete {one if points == 1 else many} so far; a judgement on change needs {VERDICT_POINTS}.",
        ),
        "constant": Said("the same throughout", "The same throughout: limits are not meaningful where nothing varies."),
        "unstable": Said(
            "not stable in its baseline period",
            f"Not stable in its baseline period{_month_words(baseline)}; choose the date of the change.",
        ),
    }
    return said.get(reason) or _no_change(step, typical, beyond)


def _no_change(step: str, typical: float, beyond: int) -> Said:
    one, many = STEPS[step]
    volume = "with blocks of ten" if step == "block" else f"with about {typical:.0f} a {one}"
    missed = f"{volume} a small change would be missed."
    if not beyond:
        return Said("no change detected", f"No change detected; {missed}")
    lie = f"one {one} lies" if beyond == 1 else f"{_count_words(beyond)} single {many} lie"
    return Said("no lasting change detected", f"No lasting change detected, though {lie} beyond the limits; {missed}")


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


def change_sentence(change: "Change", direction: str, step: str, unit: str) -> str:
    """What was seen, when, and n of N before and after."""
    one, many = STEPS[step]
    side = "above" if direction == "higher" else "below"
    span = _span_words(change.first, change.last)
    now = _amount_words(change.numerator, change.n, change.value, unit)
    before = _amount_words(change.before_numerator, change.before_n, change.before_value, unit)
    if change.kind == "run":
        other = "below" if side == "above" else "above"
        running = "running" if change.on_line == 0 else f"with none {other} it"
        return (
            f"{side.capitalize()} the centre line in {_count_words(change.steps)} {many} {running}, {span} "
            f"({now}; before {before})."
        )
    if change.kind == "later":
        return f"{direction.capitalize()} in the later {many}, {span} ({now}; before {before})."
    return f"One {one} far {side} the others, {span} ({now}; all others {before})."


def _count_words(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _amount_words(numerator: int | None, n: int, value: float, unit: str) -> str:
    if numerator is not None:
        return f"{numerator:,} of {n:,}"
    short = "" if unit == "points of 10" else f" {unit}"
    return f"{value:.1f}{short}"


def _month_words(dates: tuple[date, date] | None) -> str:
    return f", {_span_words(*dates)}" if dates else ""


def _span_words(first: date, last: date) -> str:
    names = [f"{day:%B %Y}" for day in (first, last)]
    return names[0] if names[0] == names[1] else f"{names[0]} – {names[1]}"


def rule_line(rule: "Anhoej", rules: str, phase: Phase, step: str) -> str:
    """Which rules ran on what, with their numbers: the source line of a chart."""
    _, many = STEPS[step]
    if not phase.baseline.size:
        return f"No centre line: it needs {TRIAL_POINTS} complete {many}."
    base = f"first {TRIAL_POINTS} {many}, trial" if phase.is_trial else f"first {FROZEN_POINTS} {many}"
    if rules == "making_data_count":
        return f"Making Data Count rules (2023), last {JUDGED_POINTS} {many}; centre line from the {base}."
    numbers: Any = ""
    if rule.longest_run is not None:
        numbers = (
            f" Longest run {rule.longest_run} (signal above {rule.longest_run_limit}), crossings {rule.crossings} "
            f"(signal below {rule.crossings_limit})."
        )
    return f"Anhøj rules, last {JUDGED_POINTS} {many}; centre line from the {base}.{numbers}"
