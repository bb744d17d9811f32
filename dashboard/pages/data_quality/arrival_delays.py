"""How long until records arrive: by site, the last 12 months that are over against the 12 before."""

import pandas as pd
import streamlit as st

from dashboard.text import phrases
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts, tables
from queries.catalogue.spans import USUAL_AGAINST, USUAL_SPAN, Span, days_before
from queries.figures.gates import FEWEST

METRIC = "registration_delay_days"
TITLE = "How long until records arrive"
ABOUT = (
    "Days from the procedure to the first file that held it, of those that came after the first delivery of their "
    "source: half, and nine in ten, had arrived after so many."
)
NONE_YET = "Nothing has come yet after the first delivery of a source."
COLUMNS = ["", "half", "nine in ten", "procedures", "12 before: half", "nine in ten ", "procedures "]


def show_delays(view: View) -> None:
    """The section of the page."""
    found = read_delays(view)
    with st.container(horizontal=True, vertical_alignment="top", key="heading_delays"):
        page_parts.section_heading(TITLE, ABOUT)
        if len(found):
            page_parts.file_behind(view, "arrival_delays", found)
    if found.empty:
        st.write(NONE_YET)
        return
    tables.text_table(delay_table(found))
    st.caption(ABOUT)


def read_delays(view: View) -> pd.DataFrame:
    """Quantiles of both years, by site and of all sites together, as `View.quantiles` gives them.

    With `year`: `last 12 months` or `12 before`; empty where nothing came after a first delivery.
    """
    now = view.days_of(Span(USUAL_SPAN, USUAL_AGAINST))
    before = days_before(now, USUAL_AGAINST)
    several = len(view.values("site")) > 1
    parts = [
        view.within(days).quantiles(METRIC, by=by).assign(year=year)
        for year, days in (("last 12 months", now), ("12 before", before))
        if days is not None
        for by in (("site", None) if several else (None,))
    ]
    found = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else parts[0]
    return found if found["recorded"].sum() else found.iloc[:0]


def delay_table(found: pd.DataFrame) -> pd.DataFrame:
    """The same for people, a site a row, all together last."""
    told = {year: rows.set_index("group") for year, rows in found.groupby("year", sort=False)}
    groups = [group for group in dict.fromkeys(found["group"]) if isinstance(group, str)]
    rows = []
    for group in (*groups, None):
        cells = [cell for rows_of_year in told.values() for cell in _year_cells(rows_of_year, group)]
        name = "all together" if group is None else phrases.value_label(group, "site")
        rows.append([name, *cells, *[""] * (len(COLUMNS) - 1 - len(cells))])
    return pd.DataFrame(rows, columns=COLUMNS)


def _year_cells(rows: pd.DataFrame, group: str | None) -> list[str]:
    """Half, nine in ten, and how many; of fewer than ten the number alone."""
    found = rows[rows.index.isna()] if group is None else rows[rows.index == group]
    if found.empty:
        return ["", "", "0"]
    row = found.iloc[0]
    count = f"{int(row['recorded']):,}"
    return [*([f"{row[name]:.0f} days" for name in ("p50", "p90")] if row["recorded"] >= FEWEST else ["", ""]), count]
