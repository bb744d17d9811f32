"""What share of all cases the records hold, by a count that another system made: part of Data quality.

An analysis of half the cases may say something else than one of all. Months that are over for the records are
compared, by site where sites were counted apart. What the records hold beyond the count is no case found, and does not
make up for one that is missing elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.access.rights import requires
from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.open_generations import open_warehouse
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts, tables
from queries.explain.record_quality import count_cases

# Below this share every page says it beside its headline.
COMPLETE = 0.95
TITLE = "Share of all cases that the records hold"
ABOUT = (
    "Counted apart, by the patient administration or imaging system, every technique. Months that are over; what the "
    "records hold beyond the count does not make up for what they lack."
)
NOT_COUNTED = (
    "Nobody has sent an independent count: what share of all cases these records hold is not known. counts.csv "
    "(month, site, n) says it; its columns stand in the column guide."
)


@dataclass(frozen=True)
class MonthCount:
    """Procedures of a month and site (None = all together) by the count, and in the records."""

    month: date
    site: str | None
    counted: int
    held: int

    @property
    def found(self) -> int:
        """Counted cases that the records may hold: no more than were counted."""
        return min(self.counted, self.held)


@dataclass(frozen=True)
class Ascertainment:
    """The months compared; none where nothing was counted."""

    months: tuple[MonthCount, ...]

    @property
    def counted(self) -> int:
        """Procedures by the count."""
        return sum(one.counted for one in self.months)

    @property
    def found(self) -> int:
        """Of those, how many the records hold."""
        return sum(one.found for one in self.months)

    @property
    def share(self) -> float | None:
        """Found of counted; None where nothing was counted."""
        return self.found / self.counted if self.counted else None

    @property
    def sentence(self) -> str:
        """The share in words; empty where nothing was counted."""
        if self.share is None:
            return ""
        counts = phrases.count_of(self.found, self.counted)
        span = phrases.month_words(min(one.month for one in self.months))
        last = phrases.month_words(max(one.month for one in self.months))
        when = span if span == last else f"{span} to {last}"
        return f"The records hold {percent_text(100 * self.share)} of all cases ({counts} counted, {when})"


@requires("exact_figures")
def read_ascertainment(view: View) -> Ascertainment:
    """What the sites and days that the view shows had by the count, and in the records."""
    rows = [MonthCount(**one) for one in count_cases(open_warehouse(view.path))]
    sites, filters = view.filters["site"], view.filters
    over = [one for one in rows if view.info.as_of and _last_day(one.month) <= view.info.as_of]
    within = [
        one
        for one in over
        if (filters.date_from is None or one.month >= filters.date_from)
        and (filters.date_to is None or _last_day(one.month) <= filters.date_to)
    ]
    by_site = {one.month for one in within if one.site is not None}
    kept = [one for one in within if (one.site in sites if sites else (one.site is not None) == (one.month in by_site))]
    return Ascertainment(tuple(sorted(kept, key=lambda one: (one.month, one.site or ""))))


def incomplete_sentence(view: View) -> str:
    """What stands beside headlines: the share, where it is below 95 %; else nothing."""
    known = read_ascertainment(view)
    return known.sentence if known.share is not None and known.share < COMPLETE else ""


def show_ascertainment(view: View) -> None:
    """The section of the page: whole files are meant, so every month."""
    known = read_ascertainment(view.whole)
    page_parts.section_heading(TITLE, ABOUT)
    page_parts.write_sentence(f"{known.sentence}." if known.sentence else NOT_COUNTED)
    if known.months and (panel := st.expander("By site and month", key="counted_months", on_change="rerun")).open:
        with panel:
            page_parts.write_sentence(ABOUT)
            tables.text_table(site_table(known.months))


def site_table(months: Sequence[MonthCount]) -> pd.DataFrame:
    """By site, and for each of its latest twelve months: counted, held, the share, and what may be wrong."""
    rows = []
    for site in sorted({one.site for one in months}, key=lambda name: name or ""):
        mine = [one for one in months if one.site == site]
        rows.append(_row_words(site, "all months", mine))
        rows += [_row_words(site, phrases.month_words(one.month), [one]) for one in mine[:-13:-1]]
    return pd.DataFrame(rows)


def _row_words(site: str | None, when: str, months: Sequence[MonthCount]) -> dict[str, str]:
    counted, held = sum(one.counted for one in months), sum(one.held for one in months)
    found = sum(one.found for one in months)
    if site is not None and not held and counted:
        remark = "no record of this site: is its name written as in the records?"
    elif held > counted:
        remark = "more in the records than were counted: does the count hold every technique?"
    else:
        remark = ""
    return {
        "site": site or "all together",
        "when": when,
        "counted": f"{counted:,}",
        "in the records": f"{held:,}",
        "share held": percent_text(100 * found / counted) if counted else "",
        "remark": remark,
    }


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
