"""How often each field that a department uses is filled, by site and month, against its own last year.

A field that is never filled is not used and not listed. Fields of which an empty cell may mean that nothing happened
are left out: their share says nothing about how well is recorded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.access.rights import requires
from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View, warehouse_of
from dashboard.widgets import page_parts, panels, tables
from data.field_dictionary import Field, field_of
from queries.explain.record_quality import count_filled
from queries.statistics.intervals import newcombe

MONTHS = 12
# A difference is told from ten points on, and where the 99 % interval leaves out 0: many fields are looked at.
POINTS, CONFIDENCE = 0.1, 0.99
TITLE = "How often each field is filled"
ABOUT = (
    "The last 12 months that are over against the 12 before, by site; among scores, of those that are used. A field "
    "is told where it is filled 10 points less often than a year before, more than chance explains (99 %)."
)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A field at a site: filled and all records of the last 12 months and of the 12 before, and the same by month."""

    field: Field
    site: str
    now: tuple[int, int]
    before: tuple[int, int]
    months: Mapping[date, tuple[int, int]]

    @property
    def fell(self) -> bool:
        """Whether it is filled less often than a year before, by more than chance explains."""
        (yes, n), (yes_before, n_before) = self.now, self.before
        if not n or not n_before or yes_before / n_before - yes / n < POINTS:
            return False
        return bool(newcombe(yes, n, yes_before, n_before, CONFIDENCE)[1] < 0)

    @property
    def words(self) -> str:
        """`Imaging at Northfield Clinic: 12 %, 88 % a year before`."""
        share, earlier = _share_words(*self.now), _share_words(*self.before)
        return f"{self.field.shown_title} at {self.site}: {share}, {earlier} a year before"


@requires("data_quality")
def read_completeness(view: View) -> tuple[Filled, ...]:
    """Every field that is used at the sites that the view shows, by field and site."""
    last = view.info.as_of
    if last is None:
        return ()
    end = (last + timedelta(days=1)).replace(day=1)
    first, second = _months_before(end, MONTHS), _months_before(end, 2 * MONTHS)
    found = []
    for table, rows in count_filled(warehouse_of(view)).items():
        chosen = [row for row in rows if not view.filters["site"] or row["site"] in view.filters["site"]]
        names = [name.removeprefix("filled_") for name in (rows[0] if rows else {}) if name.startswith("filled_")]
        for name in names:
            known = field_of(table, name)
            if known is not None and not known.is_event:
                found += list(_by_site(known, chosen, first=first, second=second, end=end))
    return tuple(found)


def _by_site(known: Field, rows: Sequence[dict], *, first: date, second: date, end: date) -> Iterator[Filled]:
    counts: dict[str, dict[date, tuple[int, int]]] = {}
    for row in rows:
        if second <= row["month"] < end:
            months = counts.setdefault(row["site"] or "site not recorded", {})
            months[row["month"]] = (int(row[f"filled_{known.name}"] or 0), int(row["records"]))
    for site, months in sorted(counts.items()):
        now = {month: count for month, count in months.items() if month >= first}
        before = [count for month, count in months.items() if month < first]
        if any(filled for filled, _ in months.values()):
            yield Filled(field=known, site=site, now=_added(now.values()), before=_added(before), months=now)


def _added(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    counted = list(counts)
    return sum(filled for filled, _ in counted), sum(records for _, records in counted)


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _share_words(filled: int, records: int) -> str:
    return percent_text(100 * filled / records) if records else "no records"


def show_completeness(view: View) -> None:
    """The section of the page: what fell, and every field when opened."""
    found = read_completeness(view)
    fell = [one for one in found if one.fell]
    page_parts.section_heading(TITLE, ABOUT)
    if fell:
        for one in fell:
            st.markdown(f"- {phrases.plain_text(one.words)}")
    elif found:
        st.write(
            f"None of the {len({one.field.name for one in found})} fields used is filled less often than a year before."
        )
    if found and (inside := panels.open_panel("Every field by site and month", "fields")):
        with inside:
            st.caption(ABOUT)
            tables.text_table(field_table(found))


def field_table(found: Sequence[Filled]) -> pd.DataFrame:
    """Every field and site: the share of the last 12 months, of the 12 before, and the month that is lowest."""
    rows = []
    for one in found:
        lowest = min(one.months.items(), key=lambda pair: (pair[1][0] / pair[1][1], pair[0]), default=None)
        rows.append(
            {
                "field": one.field.shown_title,
                "site": one.site,
                "last 12 months": f"{_share_words(*one.now)} ({phrases.count_of(*one.now)})",
                "12 before": _share_words(*one.before),
                "": "◆ less than a year before" if one.fell else "",
                "lowest month": f"{lowest[0]:%b %Y}: {phrases.count_of(*lowest[1])}" if lowest else "",
            }
        )
    return pd.DataFrame(rows)
