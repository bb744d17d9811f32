"""Whether a load by the clock has missed its turn: then what is shown is older than people expect."""

from datetime import UTC, datetime

from data.home import Home
from data.journal import Journal
from data.settings import read_operations

# So far back a load by the clock is looked for; where there is none, loads are a person's doing and none is missed.
LOOKED_AT = 200
SECONDS_AN_HOUR = 3600


def missed_load(home: Home, now: datetime | None = None) -> str | None:
    """A sentence when the last load by the clock ended longer ago than it should have; None while all is well.

    `now` is UTC, by default this moment.
    """
    expected = read_operations().loads.expected_hours
    if not expected:
        return None
    by_clock = [event for event in Journal(home.journal).events("load", LOOKED_AT) if event.payload.get("scheduled")]
    if not by_clock:
        return None
    last = datetime.fromisoformat(by_clock[-1].at)
    hours = ((now or datetime.now(UTC)) - last).total_seconds() / SECONDS_AN_HOUR
    if hours <= expected:
        return None
    return (
        f"The regular load has not run since {last:%A, %-d %B, %H:%M} UTC, {hours:.0f} hours ago: newer records are "
        "missing. Tell whoever looks after this program."
    )
