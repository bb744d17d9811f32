"""Changes that people registered before their outcomes: what is compared, at which two looks, and what is then said.

The months before are counted at registration and stand in the journal, in a chain of hashes. The months after are
looked at twice, after 6 and after 12 of them, each look once: later months change nothing. No right is asked for here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.statistics.changes import RegisteredChange, registered
from queries.statistics.segments import RECORDED, RECORDED_APART
from queries.trends.annotations import Counts, Registration, add_months
from queries.trends.phrases import Said

# Months after the change, and the confidence of the look then: together falsely told in about 3 of 100.
LOOKS = ((6, 0.995), (12, 0.973))
LAST_LOOK = 12
MONTHS_BEFORE, FEWEST_BEFORE = 24, 12
SILENT_BEFORE = 3
PERCENT = 100
State = Literal["waiting", "looked", "recording", "note", "redefined", "altered", "elsewhere"]


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is known of a registered change. `months`: those of the latest look, 0 before the first.

    `found` and `after` are those of that look. `is_silencing`: until the last look no other change is told.
    """

    registration: Registration
    state: State
    months: int
    after: Counts | None
    found: RegisteredChange | None
    is_silencing: bool

    @property
    def direction(self) -> Literal["higher", "lower", ""]:
        """Where the share went, by an interval that leaves out 0."""
        if self.found is None or self.state != "looked":
            return ""
        return "higher" if self.found.lower > 0 else "lower" if self.found.upper < 0 else ""

    @property
    def words(self) -> Said:
        """A few words for a card, and whole sentences."""
        return describe_look(self)


def count_before(figures: pd.DataFrame, on: date) -> Counts:
    """The last 24 closed months with cases that end before a day, of the rows of a share by month."""
    rows = figures[_is_closed(figures) & (figures["eligible"] > 0) & (figures["period_end"] < on)]
    return _count_months(rows.tail(MONTHS_BEFORE))


def choice_text(filters: Filters) -> str:
    """The choice that a registration holds for: the filters without dates."""
    return Filters.of(dict(filters.values)).to_text()


def looks_at(
    registrations: Sequence[Registration], metric: str, filters: Filters, figures: pd.DataFrame
) -> tuple[Look, ...]:
    """What is known of the changes registered for a figure. `figures`: its rows by month under `filters`.

    One that was registered on another choice that shares a site is there without numbers.
    """
    sites = filters["site"]
    return tuple(
        _look_once(one, figures, is_own=one.choice == choice_text(filters))
        for one in registrations
        if one.metric == metric and (not sites or not one.sites or set(sites) & set(one.sites))
    )


def describe_look(look: Look) -> Said:
    """What may be said of a registered change now."""
    one = look.registration
    since = f"{one.on.day} {one.on:%B %Y}"
    named = f"“{one.what}”, registered from {since}"
    if look.state == "elsewhere":
        text = f"A change registered from {since} is looked at on the choice that it was registered for"
        rest = "; until its last look no other change is told" if look.is_silencing else ""
        return Said(f"a change from {since} is registered", f"{text}{rest}.")
    if look.state == "note":
        return Said("", f"{named} after its first outcomes were known: a note, it is not tested.")
    if look.state == "altered":
        return Said("", f"{named}: its entry in the journal is not as it was written, so it is not tested.")
    if look.state == "redefined":
        return Said("", f"{named}: the figure is counted otherwise since, so it is not tested. Register it anew.")
    if look.state == "waiting":
        return Said(f"a change from {since} is registered: {_next_look(look)}", f"{named}: {_next_look(look)}.")
    more = look.after is not None and look.after.recorded > one.before.recorded
    if look.state == "recording" or look.found is None or look.after is None:
        text = f"{'more' if more else 'fewer'} were recorded than before; a change cannot be judged"
        return Said(f"from {since} {text}", f"{named}: {text}. {_next_look(look, alone=True)}".strip())
    return _describe_found(look, look.found, look.after, named)


def _describe_found(look: Look, found: RegisteredChange, after: Counts, named: str) -> Said:
    one = look.registration
    counts = f"{_count_words(after)} since"
    confidence = PERCENT * dict(LOOKS)[look.months]
    ends = " to ".join(_points(end) for end in (found.lower, found.upper))
    result = (
        f"{look.direction} than before, more than chance explains"
        if look.direction
        else "no difference that chance does not explain"
    )
    sentence = (
        f"{named}: {counts}, {_count_words(one.before)} in the {len(one.before.n)} months before: "
        f"{_points(found.difference)} points ({confidence:g} % interval {ends}), {result}. The date was fixed in "
        "advance. Other changes at that time, or recovery from an unusually bad spell, cannot be ruled out."
    )
    short = f"{look.direction or 'no difference seen'}: {counts} {one.on.day} {one.on:%B %Y}, a date fixed in advance"
    return Said(short, f"{sentence} {_next_look(look, alone=True)}".strip())


def _next_look(look: Look, alone: bool = False) -> str:
    """When the next look is; nothing after the last."""
    due = next((months for months, _ in LOOKS if months > look.months), None)
    if due is None:
        return ""
    last = add_months(look.registration.first_month, due - 1)
    which = "last" if due == LAST_LOOK else "first"
    text = f"the {which} look, after {due} months, is when the records of {last:%B %Y} are complete"
    return f"{text[:1].upper()}{text[1:]}." if alone else text


def _count_words(counts: Counts) -> str:
    return f"{sum(counts.successes):,} of {sum(counts.n):,}"


def _points(share: float) -> str:
    return f"{PERCENT * share:+.0f}".replace("-", "−")


def _look_once(one: Registration, figures: pd.DataFrame, is_own: bool) -> Look:
    """The latest look that the closed months after the change allow."""
    reached = _months_reached(one, figures)
    months = max((months for months, _ in LOOKS if months <= reached), default=0)
    is_tested = one.is_in_advance and one.is_intact
    state = _find_state(one, months, is_own)
    closed = figures.loc[_is_closed(figures), "period_end"]
    # A month that is closed is looked at on the day after it.
    has_begun = len(closed) > 0 and closed.max() + timedelta(days=1) >= add_months(one.on, -SILENT_BEFORE)
    after, found = None, None
    if state == "looked":
        after = _count_months(_months_after(one, figures).head(months))
        found = registered(one.before.successes, one.before.n, after.successes, after.n, dict(LOOKS)[months])
        apart = abs(after.recorded - one.before.recorded)
        if min(after.recorded, one.before.recorded) < RECORDED or apart >= RECORDED_APART:
            state = "recording"
    return Look(
        registration=one,
        state=state,
        months=months,
        after=after,
        found=found,
        is_silencing=bool(is_tested and has_begun and months < LAST_LOOK and state != "redefined"),
    )


def _find_state(one: Registration, months: int, is_own: bool) -> State:
    if not one.is_in_advance:
        return "note"
    if not one.is_intact:
        return "altered"
    if not is_own:
        return "elsewhere"
    if one.version != read_catalogue()[one.metric].header.version:
        return "redefined"
    return "looked" if months else "waiting"


def _months_after(one: Registration, figures: pd.DataFrame) -> pd.DataFrame:
    return figures[figures["period_start"] >= one.first_month]


def _months_reached(one: Registration, figures: pd.DataFrame) -> int:
    """How many months after the change are closed without a gap."""
    closed = _is_closed(_months_after(one, figures)).to_numpy()
    return int(np.argmin(closed)) if not closed.all() else len(closed)


def _is_closed(figures: pd.DataFrame) -> pd.Series:
    """Months that are over, with all their windows closed; a month without cases is one."""
    is_over = figures["period_complete"].fillna(False).astype(bool)
    return is_over & (figures["excluded_not_due"].fillna(0) == 0)


def _count_months(rows: pd.DataFrame) -> Counts:
    successes = rows["numerator"].to_numpy(float, na_value=0)
    return Counts(
        successes=tuple(int(count) for count in np.nan_to_num(successes)),
        n=tuple(int(count) for count in rows["recorded"].fillna(0)),
        eligible=int(rows["eligible"].sum()),
    )
