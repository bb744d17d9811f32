"""How the responder rate moves when the window in which a score counts is made narrower or wider.

Who counts stays as it is: only the score that is used changes. Near the first timepoint windows are elapsed hours
from the start (a date without a time counts as noon), later ones whole days.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.access.rights import requires
from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View, warehouse_of
from dashboard.widgets import tables
from dashboard.widgets.panels import open_panel
from data.settings import Timepoint, read_timepoints
from queries.explain.record_quality import answers_in_window
from queries.figures.cohort import read_cohort
from queries.figures.gates import FEWEST
from queries.statistics.intervals import wilson

HOURS_MOVED, DAYS_MOVED = 12, 3
FIRST_DAYS = 3
PERCENT = 100
ABOUT = (
    "Who counts stays the same, only which score is used changes. A rate that hangs on the window's ends says as much "
    "about when patients were asked as about their pain."
)


@dataclass(frozen=True)
class Moved:
    """The rate with other ends of the window: those who halved their pain, and all with a score in it."""

    label: str
    halved: int
    asked: int

    @property
    def share(self) -> float | None:
        """The rate, 0 to 1; None of fewer than ten."""
        return self.halved / self.asked if self.asked >= FEWEST else None


@requires("rows")
def move_windows(view: View, timepoint: str) -> tuple[Moved, ...]:
    """The rate as it is, then with each other pair of ends."""
    window = next(one for one in read_timepoints().after if one.name == timepoint)
    metric = f"responders_50_{timepoint}"
    now, chosen = view.figure(metric), read_cohort(warehouse_of(view)).chosen(view.filters_of(metric))
    moved = [Moved(f"as it is: day {window.first_day} to {window.last_day}", now["numerator"], now["recorded"])]
    for label, in_hours, low, high in _other_ends(window):
        rows = answers_in_window(warehouse_of(view), window, in_hours=in_hours, low=low, high=high)
        kept = chosen[rows["outcome_no"] - 1]
        moved.append(Moved(label, int(np.sum(rows["is_halved"][kept])), int(np.sum(kept))))
    return tuple(moved)


def _other_ends(window: Timepoint) -> Iterator[tuple[str, bool, int, int]]:
    if window.last_day <= FIRST_DAYS:
        first, last = 24 * window.first_day, 24 * window.last_day
        for step in (-HOURS_MOVED, 0, HOURS_MOVED):
            yield f"{first - step} to {last + step} hours after", True, first - step, last + step
        return
    for step in (-DAYS_MOVED, DAYS_MOVED):
        low, high = max(1, window.first_day - step), window.last_day + step
        yield f"day {low} to {high}", False, low, high


def moved_sentence(moved: tuple[Moved, ...]) -> str:
    """By how much the rate moves at most."""
    now, *others = (one.share for one in moved)
    known = [share for share in others if share is not None]
    if now is None or not known:
        return "Too few were asked to say how the rate would move."
    most = max(abs(share - now) for share in known)
    return f"With other ends of the window the rate moves by at most {PERCENT * most:.0f} points."


def moved_panel(view: View, timepoint: str) -> None:
    """The rate under each pair of ends, when opened."""
    if not view.reader.has("rows"):
        return
    if inside := open_panel("If the window were narrower or wider", "moved"):
        with inside:
            moved = move_windows(view, timepoint)
            st.write(f"{moved_sentence(moved)} {ABOUT}")
            tables.text_table(moved_table(moved))


def moved_table(moved: tuple[Moved, ...]) -> pd.DataFrame:
    """One row for each pair of ends."""
    rows = []
    for one in moved:
        low, high = wilson(one.halved, one.asked)
        rate = "" if one.share is None else f"{percent_text(PERCENT * one.share)}, {100 * low:.0f}–{100 * high:.0f} %"
        halved = phrases.count_of(one.halved, one.asked)
        rows.append({"window": one.label, "halved their pain, of those asked": halved, "rate, 95 % interval": rate})
    return pd.DataFrame(rows)
