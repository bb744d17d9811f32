"""The rules on timepoints once more, as boring loops: the second implementation that tests compare with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

LOOKBACK = 30
CONTEXTS = ("rest", "average_24h", "activity", "worst", "unspecified")
WINDOWS = {
    "hours_24_72": (1, 3, 48),
    "follow_up": (4, 20, 240),
    "month_1": (21, 60, 720),
    "month_3": (61, 135, 2184),
    "month_6": (136, 270, 4368),
    "month_12": (271, 455, 8760),
}


@dataclass(frozen=True)
class Treatment:
    """A procedure of one patient. `start` None = time not recorded."""

    number: str
    day: date
    start: time | None

    @property
    def anchor(self) -> datetime:
        return datetime.combine(self.day, self.start or time(12))


@dataclass(frozen=True)
class Score:
    """A pain entry with a date. `at` None = only the date is known."""

    number: str
    day: date
    at: time | None
    value: int
    context: str
    label: str | None

    @property
    def instant(self) -> datetime:
        return datetime.combine(self.day, self.at or time(12))


def side(score: Score, treatment: Treatment) -> str:
    """before, after or unclear."""
    if score.day != treatment.day:
        return "before" if score.day < treatment.day else "after"
    if score.at is not None and treatment.start is not None:
        return "before" if score.instant < treatment.anchor else "after"
    if score.label is None:
        return "unclear"
    return "before" if score.label == "baseline" else "after"


def windows_of_patient(
    treatments: Sequence[Treatment], scores: Sequence[Score], as_of: date, died_on: date | None
) -> dict[tuple[str, str], tuple[str, int | None]]:
    """(procedure number, timepoint) → (status, score used)."""
    ordered = sorted(treatments, key=lambda one: (one.day, one.anchor, one.number))
    found = {}
    for place, treatment in enumerate(ordered):
        later = ordered[place + 1 :]
        own_before = [
            score
            for score in scores
            if side(score, treatment) == "before"
            and (treatment.day - score.day).days <= LOOKBACK
            and (place == 0 or side(score, ordered[place - 1]) != "before")
        ]
        baseline = min(
            own_before,
            key=lambda one: (-one.instant.timestamp(), CONTEXTS.index(one.context), one.number),
            default=None,
        )
        found[treatment.number, "baseline"] = ("recorded", baseline.value) if baseline else ("missing", None)
        own_after = [
            score
            for score in scores
            if side(score, treatment) == "after" and all(side(score, one) == "before" for one in later)
        ]
        for name, (first, last, target) in WINDOWS.items():
            ends = treatment.day + timedelta(days=last)
            usable = [
                score
                for score in own_after
                if first <= (score.day - treatment.day).days <= last
                and (baseline is None or score.context == baseline.context)
            ]
            goal = treatment.anchor + timedelta(hours=target)
            used = min(
                usable,
                key=lambda one: (abs(one.instant - goal), one.instant, CONTEXTS.index(one.context), one.number),
                default=None,
            )
            if used is not None:
                found[treatment.number, name] = ("recorded", used.value) if as_of > ends else ("not_due", None)
            elif died_on is not None and died_on <= ends:
                found[treatment.number, name] = ("died", None)
            elif later and later[0].day <= ends:
                found[treatment.number, name] = ("retreated", None)
            else:
                found[treatment.number, name] = ("missing", None) if as_of > ends else ("not_due", None)
    return found


__all__ = ["Score", "Treatment", "replace", "windows_of_patient"]
