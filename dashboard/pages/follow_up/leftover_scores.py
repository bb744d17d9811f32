"""Scores that are used at no timepoint, counted by reason, with their procedures and their rows."""

import pandas as pd
import streamlit as st

from dashboard.access.rights import requires
from dashboard.exports.figure_downloads import Offer, offer_file
from dashboard.exports.figures_csv import to_csv
from dashboard.text import phrases
from dashboard.text.score_fates import NOT_USED
from dashboard.view.reader_view import View, warehouse_of
from dashboard.widgets import tables
from dashboard.widgets.panels import open_panel
from queries.explain.selections import Behind
from queries.explain.weighed_scores import UNUSED, USED, Fates, count_fates, unused_scores

TITLE = "Scores that are not used, and why"
# Scores are of the procedures chosen, as in the list behind them.
CHOSEN_AS = "procedures"
FILE_COLUMNS = {
    "procedure_id": "procedure",
    "performed_on": "procedure_date",
    "site": "site",
    "measured_on": "asked_on",
    "days_after": "days_after_procedure",
    "score": "pain",
    "context": "asked_how",
    "because": "not_used_because",
}


@requires("rows")
def read_fates(view: View) -> Fates:
    """What became of the scores of the procedures chosen; what belongs to no procedure only with rights for all."""
    found = count_fates(warehouse_of(view), view.filters_of(CHOSEN_AS))
    return found if view.reader.sites is None else Fates(found.scores, found.procedures, {})


@requires("exports")
def leftover_file(view: View) -> pd.DataFrame:
    """Every score that is not used, with its procedure and the reason, as the table of a file."""
    view.require("rows")
    rows = unused_scores(warehouse_of(view), view.filters_of(CHOSEN_AS), with_nobody=view.reader.sites is None)
    rows = rows.assign(
        because=rows["reason"].map(NOT_USED), days_after=rows["days_after"].astype("Int64").astype(object)
    )
    return rows[list(FILE_COLUMNS)].rename(columns=FILE_COLUMNS)


def leftovers_panel(view: View) -> None:
    """The counts by reason, when opened; each leads to its procedures, and one file holds the rows."""
    if not view.reader.has("rows"):
        return
    if inside := open_panel(TITLE, "leftovers"):
        with inside:
            found = read_fates(view)
            st.write(leftover_sentence(found))
            kept = [reason for reason in UNUSED if found.scores[reason]]
            if kept:
                cells = [[NOT_USED[one], f"{found.scores[one]:,}", f"{found.procedures[one]:,}"] for one in kept]
                leads = [[None, Behind(unused=one)] for one in kept]
                tables.grid_table(["not used because", "scores", "of procedures"], cells, leads, view)
            if view.reader.has("exports") and (kept or any(found.of_nobody.values())):
                _offer_rows(view)


def leftover_sentence(found: Fates) -> str:
    """How many scores are used, and how many not; then those of nobody."""
    weighed = sum(found.scores.values())
    if not weighed:
        told = "No pain score was weighed for these procedures."
    else:
        told = (
            f"{phrases.count_of(found.scores[USED], weighed)} scores are used at a timepoint, {found.unused:,} are "
            "not, each for one reason. A score between two procedures of one patient is weighed for both."
        )
    nobody = sum(found.of_nobody.values())
    if not nobody:
        return told
    return f"{told} {nobody:,} more {'belongs' if nobody == 1 else 'belong'} to no procedure, whatever is chosen."


def _offer_rows(view: View) -> None:
    def write() -> tuple[bytes, int]:
        table = leftover_file(view)
        return to_csv(table).encode(), len(table)

    name = f"scores-not-used-{view.info.generation}.csv"
    filters = view.filters_of(CHOSEN_AS).to_text()
    offer = Offer(view=view, name=name, filters=filters, write=write, what="scores", rights=("exports", "rows"))
    st.link_button("These scores as CSV", offer_file(view, "leftovers", offer), key="leftovers_csv")
