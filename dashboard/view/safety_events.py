"""Serious events and deaths one by one, with their review; how many wait for one is counted here and nowhere else."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.access.rights import requires
from dashboard.text import phrases
from dashboard.view.event_watch import watch_events
from dashboard.view.reader_view import View, home_in_service, warehouse_of
from data.journal import Journal
from queries.figures.summarise import Row
from queries.statistics.intervals import newcombe
from queries.trends.annotations import ERASED
from queries.trends.case_sequences import events_for_review

WAITING = "not yet reviewed"
EARLY_DAYS, LATE_DAYS = 30, 90
# Where the shares known to be followed up lie so far apart, two periods cannot be compared.
UNLIKE = 0.1
HEADLINES = {
    "serious_or_death_30_days": "had a serious event or death within 30 days",
    "died_30_days": "were followed by a death within 30 days (serious complications are not sent)",
    "serious_complication": "had a serious complication within 30 days (deaths are not sent)",
}
SHORT = {
    "serious_or_death_30_days": "Serious events, deaths",
    "died_30_days": "Deaths",
    "serious_complication": "Serious complications",
}
NOT_DUE = "No procedure has 30 days of records after it yet"
NOT_SENT = "Serious events and deaths cannot be counted: the systems of this department do not send them"


@dataclass(frozen=True)
class WaitingEvents:
    """How many events and deaths wait for a review, by days after the procedure; deaths after day 90 are apart.

    `first_year`: that of the oldest one; None where no date is known.
    """

    early: int
    later: int
    late_deaths: int
    first_year: int | None = None

    @property
    def words(self) -> str:
        """`43 events and deaths wait for a review`, for where the list is one click away."""
        count = self.early + self.later
        noun = (
            "1 event or death waits" if count == 1 else f"{count or 'No'} events {'and' if count else 'or'} deaths wait"
        )
        return f"{noun} for a review"

    @property
    def detailed_words(self) -> str:
        """The same, and `(since 2024: 22 within 30 days, 21 later; with 78 deaths after day 90 121 in all)`."""
        count = self.early + self.later
        since = f"since {self.first_year}: " if self.first_year else ""
        parts = f"{since}{self.early} within {EARLY_DAYS} days, {self.later} later" if count else ""
        deaths = "1 death" if self.late_deaths == 1 else f"{self.late_deaths} deaths"
        apart = f"with {deaths} after day {LATE_DAYS} {count + self.late_deaths} in all" if self.late_deaths else ""
        inside = "; ".join(filter(None, (parts, apart)))
        return f"{self.words}{f' ({inside})' if inside else ''}"


def headline_events(view: View) -> Row | None:
    """The widest figure of serious events that the records allow; None where they allow none."""
    found = (view.figure(name) for name in HEADLINES)
    return next((row for row in found if row["recorded"] or not row["eligible"]), None)


def events_sentence(view: View) -> str:
    """How many procedures had a serious event, without a full stop."""
    row = headline_events(view)
    if row is None:
        return NOT_SENT
    if not row["eligible"]:
        return NOT_DUE
    counts = phrases.count_of(row["numerator"], row["recorded"])
    before = f"{_events_before(view, row)}{_chance_words(view, row)}"
    return f"{counts} procedures {HEADLINES[row['metric']]}{phrases.event_rate_words(row)}{before}"


def events_line(view: View) -> str:
    """The same in few words and without a rate, with what the watch over all cases says.

    `Serious events, deaths: 11 of 440 procedures to May, 6 of 430 before; no warning signal`.
    """
    row = headline_events(view)
    if row is None or not row["eligible"]:
        return f"Safety: {events_sentence(view)}"
    counts = phrases.count_of(row["numerator"], row["recorded"])
    to = earlier_month(view, row["metric"])
    before = _events_before(view, row)
    return f"{SHORT[row['metric']]}: {counts} procedures{f' {to}' if to else ''}{before}; {_watch_words(view)}"


def _watch_words(view: View) -> str:
    """Whether they came more often than expected, by the same watch as on Safety."""
    watched = watch_events(view)
    if watched is None:
        return "too few followed up to tell"
    if watched.found is None:
        return "too few to tell"
    return "more often than expected" if watched.found.signals_up else "no warning signal"


def earlier_month(view: View, metric: str) -> str:
    """`to May` where a figure's months end before the page's, as its windows are over later; else empty."""
    mine, shown = view.filters_of(metric).date_to, view.filters.date_to
    return f"to {mine:%B}" if mine and shown and mine < shown else ""


def _events_before(view: View, row: Row) -> str:
    """`, 6 of 430 before`: counts only, as so few differ by chance; empty where nothing is compared or known."""
    before = _row_before(view, row)
    if before is None:
        return ""
    when = "a year before" if view.span.against == "year-before" else "before"
    return f", {phrases.count_of(before['numerator'], before['recorded'])} {when}"


def _row_before(view: View, row: Row) -> Row | None:
    """The same figure of the period compared with; None where there is none, or nothing recorded."""
    earlier = view.before(row["metric"])
    before = earlier.figure(row["metric"]) if earlier else None
    return before if before is not None and before["recorded"] else None


def _chance_words(view: View, row: Row) -> str:
    """That a difference may be chance; empty below 60 % followed up, and where it is larger: the charts judge that."""
    before = _row_before(view, row)
    if before is None or not {row["gate"], before["gate"]} <= {"plain", "caution"}:
        return ""
    shares = [one["followed_up"] / one["followed_up_of"] for one in (row, before)]
    if abs(shares[0] - shares[1]) >= UNLIKE:
        return " (followed up unlike: a change cannot be judged)"
    lower, upper = newcombe(row["numerator"], row["recorded"], before["numerator"], before["recorded"])
    return " (the difference may be chance)" if lower <= 0 <= upper else ""


def followed_sentence(view: View) -> str:
    """How many of them are known to be followed up; empty where nothing is counted."""
    row = headline_events(view)
    if row is None or not row["eligible"]:
        return ""
    return f"{phrases.count_of(row['followed_up'], row['followed_up_of'])} are known to be followed up"


@requires("rows")
def event_rows(view: View) -> pd.DataFrame:
    """Every serious event, event without a class and death, newest first: with `state` of review, and its `finding`.

    Of all months, whatever the period. Single procedures: the reader needs the right to rows. Someone's review in the
    app counts, and a sender's mark; `finding` is empty where nobody wrote one.
    """
    rows = events_for_review(warehouse_of(view), view.whole.filters)
    reviews = {
        (event.subject, event.payload.get("complication_id")): event
        for event in Journal(home_in_service().journal).events("review")
    }
    state = np.where(rows["is_reviewed_by_sender"], "reviewed, says the sender", WAITING).astype(object)
    finding = np.full(len(rows), "", object)
    for place in np.flatnonzero(rows["procedure_id"].isin([procedure for procedure, _ in reviews])):
        procedure, number = rows.at[place, "procedure_id"], rows.at[place, "complication_id"]
        review = reviews.get((procedure, None if pd.isna(number) else int(number)))
        if review is not None:
            state[place] = f"reviewed on {phrases.written_day(review.at)} by {review.author}"
            finding[place] = review.words or ERASED
    return rows.assign(state=state, finding=finding)


def split_waiting(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What waits for a review, oldest first; and what was reviewed, newest first."""
    waits = rows["state"] == WAITING
    return rows[waits][::-1], rows[~waits]


def split_late(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Events to look at first, and deaths later than 90 days after the procedure, which are listed below them."""
    late = (rows["grade"] == "death") & (rows["days_after"] > LATE_DAYS)
    return rows[~late], rows[late]


def count_waiting(rows: pd.DataFrame) -> WaitingEvents:
    """Of the rows of `event_rows`, those that nobody has reviewed."""
    soon, late = split_late(rows[rows["state"] == WAITING])
    early = int((soon["days_after"] <= EARLY_DAYS).sum())
    oldest = pd.to_datetime(soon["occurred_on"]).min()
    return WaitingEvents(early, len(soon) - early, len(late), None if pd.isna(oldest) else oldest.year)
