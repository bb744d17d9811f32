"""From a figure to exactly the procedures behind it, and back: by a click on a mark, or by a link below the figure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.access.requests.paths import base_path
from dashboard.links import drill_through, view_options
from dashboard.links.filters import KEYS, Choice, address_value, to_address
from dashboard.links.page_files import page_files
from dashboard.text.glossary import explain_terms
from dashboard.text.templates import render_html
from dashboard.view.reader_view import View
from queries.catalogue.filters import Filters
from queries.catalogue.spans import EVERYTHING
from queries.explain.selections import Behind

# Where the filter bar keeps the filters as an address, and the name of the page shown.
ADDRESS_WRITTEN, PAGE_SHOWN = "filters_written", "filters_page"
# The filters of a figure that keeps to others than its page: of all of it, or of each row of its table.
Shows = Filters | tuple[Filters, ...] | None


def follow_mark(
    view: View, table: pd.DataFrame, *, rows: Mapping[str, Any], point: Mapping[str, Any], by: str | None, shows: Shows
) -> None:
    """Go to the procedures behind a mark that was clicked."""
    row = drill_through.of_point(table, rows, point, by)
    if row is not None:
        place = drill_through.row_of(drill_through.place_of(rows, point))
        one = shows[place] if isinstance(shows, tuple) and place is not None else shows
        st.switch_page(page_files()["procedures"], query_params=address_of(view, row, one))


def behind_link(view: View, row: Behind, shows: Shows = None, label: str = "Procedures behind this →") -> None:
    """The same for the keyboard, of everybody in a figure; nothing where its rows keep to filters of their own.

    Without the right to rows the label alone.
    """
    if not view.reader.has("rows"):
        st.write(label.removesuffix(" →"))
    elif not isinstance(shows, tuple):
        address = address_of(view, row, shows)
        st.page_link(page_files()["procedures"], label=label, query_params=address, help=explain_terms(label))


def view_of_figure(view: View, shows: Shows) -> View:
    """The view that a figure was made from."""
    return replace(view, filters=shows, span=EVERYTHING) if isinstance(shows, Filters) else view


def cell_link(view: View, text: str, row: Behind | str | None, shows: Shows = None) -> str:
    """A cell of a table: a link to the procedures behind it, or to the one of a key, where there are any."""
    if row is None or not view.reader.has("rows"):
        return text
    address = {**address_of(view, Behind()), "procedure": row} if isinstance(row, str) else address_of(view, row, shows)
    query = urlencode(address, doseq=True)
    return render_html("cell_link", address=f"{base_path()}/procedures?{query}", text=text)


def filter_link(page: str, key: str, value: str, text: str) -> str:
    """A link to a page with one filter set to one value, the others as they are."""
    address = {**st.session_state.get(ADDRESS_WRITTEN, {}), key: address_value(value)}
    query = urlencode(address, doseq=True)
    return render_html("cell_link", address=f"{base_path()}/{page}?{query}", text=text)


def address_of(view: View, row: Behind, shows: Shows = None) -> dict[str, Any]:
    """The address of the procedures behind a row of a figure, with the way back to the figure as it is shown."""
    page = st.session_state.get(ADDRESS_WRITTEN, {})
    if isinstance(shows, Filters):
        known = {key: view.values(key) for key in KEYS}
        filters = to_address(Choice.of_filters(shows), known)
    else:
        filters = page
    return {
        **filters,
        **view_options.put_aside(page, filters),
        **view_options.options_shown(),
        **drill_through.to_address(row),
        "back": page_name(),
    }


def page_name() -> str:
    """The name of the page shown."""
    return st.session_state.get(PAGE_SHOWN) or "overview"
