"""What time it is for the call list: the only place where the clock of today counts."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, time

from dashboard.text import phrases
from data.errors import UsageProblem
from queries.warehouse import GenerationInfo

NOW_VARIABLE = "OUTCOMES_NOW"
SYNTHETIC_HOUR = time(15)


@dataclass(frozen=True)
class Clock:
    """A moment in UTC, and what the page says about it."""

    now: datetime
    says: str


def read_clock(info: GenerationInfo) -> Clock:
    """This moment; for the synthetic department the last day of its records, because nobody writes more of them.

    `OUTCOMES_NOW` (ISO 8601 in UTC) stands in for it, for tests and demonstrations.
    """
    chosen = os.environ.get(NOW_VARIABLE)
    if chosen:
        try:
            now = datetime.fromisoformat(chosen).replace(tzinfo=UTC)
        except ValueError:
            raise UsageProblem(NOW_VARIABLE, "not a time", "Write 2026-06-30T15:00:00Z") from None
        return Clock(now, f"The clock is set to {phrases.day_words(now.date())}, {now:%H:%M} UTC.")
    if info.is_synthetic and info.as_of is not None:
        now = datetime.combine(info.as_of, SYNTHETIC_HOUR, UTC)
        return Clock(
            now,
            f"The synthetic department's clock stands on the last day of its records, {phrases.day_words(info.as_of)}.",
        )
    now = datetime.now(UTC)
    if info.as_of is None:
        return Clock(now, "")
    behind = (now.date() - info.as_of).days
    if behind <= 1:
        return Clock(now, f"Records reach to {phrases.day_words(info.as_of)}.")
    return Clock(
        now,
        f"The oldest records reach only to {phrases.day_words(info.as_of)}, {behind} days ago: procedures since "
        "then are not "
        "here yet, and whoever is listed may have been asked already.",
    )
