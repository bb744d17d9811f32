"""The table of sites, or of a registry's hospitals, on Overview; a mark stands at what differs beyond chance."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from dashboard.pages.overview.differences import UNITS, Difference
from dashboard.text import phrases
from dashboard.text.templates import render_html
from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View
from queries.catalogue.filters import NOT_RECORDED
from queries.explain.selections import Behind
from queries.figures.gates import FIRM
from queries.figures.summarise import Row

# Shares that are compared between sites, as columns.
COMPARED = {
    "responders_50_hours_24_72": "relief",
    "day_case_completed": "same day",
    "home_ready_within_6_hours": "ready 6 h",
}
EVENTS, ASKED = "serious_or_death_30_days", "recorded_hours_24_72"
FIGURES = (*COMPARED, EVENTS, ASKED)
HEADS = (*COMPARED.values(), "events", "answered")
MARK = "◆"


def site_table(
    view: View, differences: Sequence[Difference]
) -> tuple[tuple[str, ...], list[tuple[str, ...]], list[tuple[Behind | None, ...]]]:
    """Header, rows and where each cell leads, for `tables.grid_table`; one row a site, in alphabetical order."""
    by = view.unit
    mine = [one for one in differences if one.key == by]
    rows = [(site, *cells) for site, cells in unit_cells(view, mine, by)]
    leads = [tuple(_cell_lead(name, _row_of(view, name, by, site), by, site) for name in FIGURES) for site, *_ in rows]
    return (f"{UNITS[by]} ({MARK} differs)" if mine else UNITS[by], *HEADS), rows, leads


def unit_cells(view: View, differences: Sequence[Difference], by: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each site or operator in alphabetical order, with its cells below `HEADS`; `differences` are marked."""
    marked = {(one.metric, one.to_look_into) for one in differences}
    for unit in sorted({row["group"] for name in FIGURES for row in view.rows(name, by=by)} - {NOT_RECORDED}):
        shown = [_share_cell(_row_of(view, name, by, unit), (name, unit) in marked) for name in COMPARED]
        yield unit, (*shown, _event_cell(_row_of(view, EVENTS, by, unit)), _share_cell(_row_of(view, ASKED, by, unit)))


def _row_of(view: View, metric: str, by: str, unit: str) -> Row | None:
    return next((row for row in view.rows(metric, by=by) if row["group"] == unit), None)


def _share_cell(row: dict[str, Any] | None, is_marked: bool = False) -> str:
    if row is None or not row["recorded"]:
        return "–"
    if row["gate"] not in FIRM:
        return phrases.count_of(row["numerator"], row["recorded"])
    return f"{percent_text(row['value'])}{f' {MARK}' if is_marked else ''}"


def coloured_mark(cell: str) -> str:
    """A cell with its mark in the colour of what is to look into."""
    text, mark, _ = cell.partition(MARK)
    return render_html("cell_mark", text=text, mark=mark) if mark else cell


def _event_cell(row: dict[str, Any] | None) -> str:
    return "–" if row is None or pd.isna(row["numerator"]) or not row["recorded"] else f"{int(row['numerator']):,}"


def _cell_lead(name: str, row: dict[str, Any] | None, by: str, site: str) -> Behind | None:
    if row is None or not row["recorded"]:
        return None
    return Behind(metric=name, status="yes" if name == EVENTS else "recorded", by=by, group=site)
