"""Figures that a page shows, as files: each at an address of its own, for the reader who sees them, and in the log.

A button of Streamlit's would offer the bytes with every run, long before anyone wants them, and nothing would tell who
took them. Here a file is made, and put into the export log, when it is asked for.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

import pandas as pd
import streamlit as st

from dashboard.access.requests.paths import base_path
from dashboard.access.rights import AccessDenied, Right, Viewer, requires
from dashboard.exports.figures_csv import rows_to_csv, to_csv
from dashboard.view.reader_view import View, home_in_service
from data import export_log
from queries.figures.summarise import Row

OFFERS = "offers"
# Of one tab: more than any page has figures.
KEPT = 60


@dataclass(frozen=True, eq=False, kw_only=True)
class Offer:
    """The file of what a tab shows. `write` gives its bytes and its number of rows.

    `what` goes into the log; `rights` are asked again when the file is fetched.
    """

    view: View
    name: str
    filters: str
    write: Callable[[], tuple[bytes, int]]
    offer_id: str = ""
    what: str = "figures"
    rights: tuple[Right, ...] = ("figures",)


# A tab's own state holds what it offers, so that it goes when the tab goes.
_offered: WeakValueDictionary[str, Offer] = WeakValueDictionary()


def table_as_csv(view: View, key: str, table: pd.DataFrame) -> None:
    """A link to the table of a figure as CSV."""
    told = table["filters"].dropna() if "filters" in table else ()
    _download_link(view, key, told, lambda: (to_csv(table).encode(), len(table)))


def rows_as_csv(view: View, key: str, rows: Sequence[Row]) -> None:
    """A link to several figures together as CSV, given as rows."""
    _download_link(view, key, (row.get("filters", "") for row in rows), lambda: (rows_to_csv(rows).encode(), len(rows)))


def _download_link(view: View, key: str, told: Iterable[str], write: Callable[[], tuple[bytes, int]]) -> None:
    filters = "; ".join(dict.fromkeys(map(str, told))) or view.filters.to_text()
    name = f"{key}-{view.info.generation}.csv"
    st.link_button(
        "Download CSV",
        offer_file(view, key, Offer(view=view, name=name, filters=filters, write=write)),
        key=f"download_{key}",
    )


def offer_file(view: View, key: str, offer: Offer) -> str:
    """Where this reader can fetch what this tab now shows under `key`. The address stays while the figure changes."""
    mine: dict[str, Offer] = st.session_state.setdefault(OFFERS, {})
    before = mine.pop(key, None)
    is_same_reader = before is not None and before.view.reader == view.reader
    offer_id = before.offer_id if before is not None and is_same_reader else secrets.token_hex(16)
    mine[key] = _offered[offer_id] = replace(offer, offer_id=offer_id)
    while len(mine) > KEPT:
        mine.pop(next(iter(mine)))
    return f"{base_path()}/figures/{offer_id}"


@requires("figures")
def fetch_download(reader: Viewer, offer_id: str) -> tuple[str, bytes]:
    """Name and bytes of a figure's file, in the log before they are given. `AccessDenied` for anyone else's tab."""
    offer = _offered.get(offer_id)
    if offer is None or offer.view.reader != reader:
        raise AccessDenied("figures", "none of your open pages shows this file", "Reload the page and try again")
    view = offer.view
    for right in offer.rights:
        view.require(right)
    content, rows = offer.write()
    export_log.record_file(
        home_in_service(),
        offer.what,
        profile=view.audience,
        filters=offer.filters,
        content=content,
        rows=rows,
        generation=view.info.generation,
        file=offer.name,
        author=reader.name,
        sites=None if reader.sites is None else sorted(reader.sites),
    )
    return offer.name, content
