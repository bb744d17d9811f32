"""The one style of tables: names of rows first, cells of text beside them; wide ones scroll within themselves."""

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from dashboard.links.procedure_links import Shows, cell_link
from dashboard.text import phrases
from dashboard.text.templates import render_html
from dashboard.view.reader_view import View
from queries.explain.selections import Behind

TABLE_COLUMNS = {
    "label": "",
    "group": "group",
    "category": "category",
    "period": "period",
    "threshold": "at",
    "count": "procedures",
    "eligible": "counted",
    "recorded": "recorded",
    "numerator": "yes",
    "value": "value",
    "lower": "95 % from",
    "upper": "95 % to",
    "p25": "quarter by",
    "p50": "half by",
    "p75": "three quarters by",
    "p90": "nine in ten by",
    "gate": "use",
    "followed_up": "followed up",
}

NUMBER_COLUMNS = ("value", "lower", "upper", "p25", "p50", "p75", "p90")
HIDDEN_COLUMNS = ("eligible", "recorded", "numerator", "value")


def data_table(table: pd.DataFrame, by: str | None = None) -> None:
    """A table of figures, for reading."""
    text_table(_readable_table(table, by))


def text_table(table: pd.DataFrame) -> None:
    """Any table of text, its first column the names of its rows; what the records hold is shown as it is written."""
    st.html(table_html(list(table.columns), table.itertuples(index=False)))


def _readable_table(table: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """The columns that say something, under plain names, rounded for reading; of fewer than ten counts only."""
    shown = {}
    if "gate" in table:
        counts_only = table["gate"].eq("counts_only")
        if "followed_up_of" in table:
            counts_only |= table["gate"].eq("bounds_only") & table["followed_up_of"].notna()
        table = table.assign(**{name: table[name].mask(counts_only) for name in NUMBER_COLUMNS if name in table})
    hidden = table["suppressed"].to_list() if "suppressed" in table else [False] * len(table)
    for name, title in TABLE_COLUMNS.items():
        if name in table and table[name].notna().any():
            absent = ["hidden" if one and name in HIDDEN_COLUMNS else "" for one in hidden]
            numbers = name in NUMBER_COLUMNS
            heading = phrases.filter_title(by).lower() if by and name == "group" else title or "figure"
            shown[heading] = [
                nothing if pd.isna(cell) else f"{cell:.1f}" if numbers else phrases.value_label(str(cell))
                for cell, nothing in zip(table[name], absent, strict=True)
            ]
    return pd.DataFrame(shown)


def facts_table(rows: Sequence[tuple[str, str]]) -> None:
    """A short list of counted facts, as a table without a header."""
    st.html(render_html("facts", rows=rows))


def grid_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    leads: Sequence[Sequence[Behind | str | None]],
    view: View,
    shows: Shows = None,
) -> None:
    """A table of words and figures, its first column the names of its rows; wide ones scroll within themselves.

    `leads`: for each cell after the first the procedures that it leads to, or the key of one; `shows` are the filters
    of a table that keeps to others than its page.
    """
    linked = [
        (first, *(cell_link(view, *pair, shows) for pair in zip(cells, places, strict=True)))
        for (first, *cells), places in zip(rows, leads, strict=True)
    ]
    st.html(table_html(header, linked))


def table_html(header: Sequence[str], rows: Iterable[Sequence[Any]], has_lines: bool = False) -> Markup:
    """The one table of pages: a name and its cells a row. `has_lines`: no row breaks into several."""
    named = [(first, [_cell_text(cell) for cell in cells]) for first, *cells in rows]
    return render_html("grid", header=header, rows=named, has_lines=has_lines)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, Integral):
        return f"{cell:,}"
    return cell if isinstance(cell, str) else "" if pd.isna(cell) else str(cell)
