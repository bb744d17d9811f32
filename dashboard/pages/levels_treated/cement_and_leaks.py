"""Cement and leaks by level, apart for each way of looking for leaks: who looks harder sees more."""

import streamlit as st

from dashboard.links.drill_through import of_row
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.text.theme import number_text
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts, tables
from dashboard.widgets.panels import open_panel
from queries.explain.selections import Behind
from queries.figures.gates import FIRM
from queries.figures.summarise import Row

HOW_SOUGHT = "leak_detection"
CEMENT = "cement_per_vertebra"
TITLE = "Cement and leaks, by how leaks were looked for"
LEAKS = {
    "leaks_per_100_vertebrae": "leaks in 100 vertebrae",
    "leak_without_symptoms": "a leak without symptoms",
    "symptomatic_leak": "a leak with symptoms",
}
HEADER = ["looked for by", "procedures", "cement in each vertebra", *LEAKS.values()]
ABOUT = (
    "On CT most leaks are seen, on fluoroscopy few: read a row by itself. With symptoms, leaks should differ less. No "
    "volume is a target."
)
NOT_STATED = "how is not recorded"


def leaks_panel(view: View) -> None:
    """A row for each way of looking, when opened; nothing at all where neither cement nor the way is sent."""
    if not (view.figure(CEMENT)["recorded"] or set(view.values(HOW_SOUGHT)) - {"not_recorded"}):
        return
    if inside := open_panel(TITLE, "leaks"):
        with inside:
            rows, leads, behind = leak_table(view)
            st.markdown(ABOUT, help=explain_terms(f"{ABOUT} {' '.join(HEADER)}") or None)
            tables.grid_table(HEADER, rows, leads, view)
            if any(row["gate"] in phrases.NO_RATE for row in behind if row["metric"] in LEAKS):
                st.caption(phrases.plain_text(phrases.FEW_FOLLOWED))
            page_parts.rows_behind(view, "leaks", behind)


def leak_table(view: View) -> tuple[list[list[str]], list[list[Behind | None]], list[Row]]:
    """Cells in words, where each leads, and the figures behind them."""
    names = (CEMENT, *LEAKS)
    found = {name: {row["group"]: row for row in view.rows(name, by=HOW_SOUGHT)} for name in ("procedures", *names)}
    rows, leads = [], []
    for group, counted in found["procedures"].items():
        cells = [found[name].get(group) for name in names]
        title = NOT_STATED if group == "not_recorded" else _way_words(group)
        rows.append([title, f"{counted['eligible']:,}", *(_cell_words(row) for row in cells)])
        leads.append([of_row(counted, HOW_SOUGHT), *(_cell_lead(row) for row in cells)])
    behind = [{"grouped_by": HOW_SOUGHT, **row} for name in names for row in found[name].values()]
    return rows, leads, behind


def _way_words(group: str) -> str:
    return "CT" if group == "ct" else phrases.value_label(group, HOW_SOUGHT)


def _cell_words(row: Row | None) -> str:
    """A mean or a share with its numbers, as far as its gate allows."""
    if row is None or not row["recorded"]:
        return "not recorded"
    is_share = row["statistic"] == "proportion"
    counts = phrases.count_of(row["numerator"], row["recorded"]) if is_share else f"{row['recorded']:,} recorded"
    if row["gate"] not in FIRM:
        return counts
    value = (
        phrases.rate_interval_words(row)
        if is_share
        else number_text(row["value"], "ml" if row["metric"] == CEMENT else "")
    )
    return f"{value} ({counts})" if value else counts


def _cell_lead(row: Row | None) -> Behind | None:
    return of_row(row, HOW_SOUGHT) if row is not None and row["recorded"] else None
