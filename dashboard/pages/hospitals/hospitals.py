"""Hospitals: who is in a registry's pool, how far each one's records reach, and what those tell that ship counts."""

from datetime import date

import pandas as pd
import streamlit as st

from dashboard.text import phrases
from dashboard.text.theme import number_text
from dashboard.view.pool.pooled_hospitals import Hospital, late_words, pooled_hospitals, yearly_cells
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, tables
from queries.catalogue.metrics import read_catalogue

SHIPS = {"records": "records", "cells": "counts"}
TWO_HOSPITALS = "Whoever was treated in two hospitals counts as two people; linking them is the registry's own work."
# Headline figures of hospitals that ship counts, and the head of each column.
FIGURES = {
    "procedures": "procedures",
    "responders_50_hours_24_72": "halved pain",
    "day_case_completed": "same day",
    "home_ready_within_6_hours": "ready 6 h",
    "mean_levels": "vertebrae",
    "recovery_hours": "median hours to ready",
}
HIDDEN = "hidden"
PERCENT = 100


def main() -> None:
    """Compose the page."""
    view = current_view()
    hospitals = pooled_hospitals(view)
    page_parts.answer_line(answer_sentence(view, hospitals))
    tables.text_table(hospital_table(hospitals))
    st.caption(TWO_HOSPITALS)
    counts = cells_table(view)
    if not counts.empty:
        st.subheader("Hospitals that ship counts", anchor=False)
        st.write("No other page counts them. Small counts are hidden, others rounded; medians only where not hidden.")
        tables.text_table(counts)


def answer_sentence(view: View, hospitals: list[Hospital]) -> str:
    """The page's answer in one sentence."""
    late = late_words(view)
    return f"{late or 'No hospital is late'}; {len(hospitals)} hospitals are pooled."


def hospital_table(hospitals: list[Hospital]) -> pd.DataFrame:
    """One row a hospital, the late ones first."""
    return pd.DataFrame(
        {
            "": one["name"],
            "peer group": one["peer_group"] or "–",
            "records to": phrases.day_words(one["as_of"]) if one["as_of"] else "none",
            "days behind": f"{one['late_days']:,}",
            "procedures, 12 months": f"{one['procedures_last_year']:,}",
            "ships": SHIPS[one["what"]],
        }
        for one in hospitals
    )


def cells_table(view: View) -> pd.DataFrame:
    """Headline figures of the latest whole year, one row a hospital that ships counts, and one of all others."""
    cells = yearly_cells(view, list(FIGURES))
    if not cells:
        return pd.DataFrame()
    year = max(one["period"] for one in cells)
    found = {(one["name"], one["metric"]): one for one in cells if one["period"] == year}
    rows = [
        {"": f"{name}, {year}"}
        | {head: _cell_words(metric, found.get((name, metric))) for metric, head in FIGURES.items()}
        for name in sorted({name for name, _ in found})
    ]
    whole = view.within((date(int(year), 1, 1), date(int(year), 12, 31)))
    others = {metric: whole.figure(metric) for metric in FIGURES}
    if others["procedures"]["eligible"]:
        told = {head: phrases.value_words(others[metric]) for metric, head in FIGURES.items() if metric != "procedures"}
        procedures = {"procedures": f"{others['procedures']['eligible']:,}"}
        rows.append({"": f"All that ship records, {year}"} | procedures | told)
    return pd.DataFrame(rows)


def _cell_words(metric: str, cell: dict | None) -> str:
    """A figure as the hospital told it."""
    if cell is None:
        return "–"
    if metric == "procedures":
        return HIDDEN if cell["suppressed"] else f"{cell['eligible']:,}"
    known = read_catalogue()[metric]
    if known.kind == "median":
        value = cell["median"]
    elif known.kind == "mean":
        value = cell["total"] / cell["recorded"] if cell["recorded"] and cell["total"] is not None else None
    else:
        value = (
            PERCENT * cell["numerator"] / cell["recorded"]
            if cell["recorded"] and cell["numerator"] is not None
            else None
        )
    return HIDDEN if value is None else number_text(value, known.unit)


if __name__ == "__main__":
    main()
