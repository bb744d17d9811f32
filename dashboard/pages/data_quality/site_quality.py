"""Data quality for readers of some sites: what of the files is theirs. Counts of whole files hold other sites' rows."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
import streamlit as st

from dashboard.access.rights import requires
from dashboard.charts.trends.volumes import records_by_month
from dashboard.pages.data_quality import arrival_delays, ascertainment, data_quality, field_completeness
from dashboard.text import phrases
from dashboard.view.reader_view import View, warehouse_of
from dashboard.widgets import page_parts, tables
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.explain.record_quality import records_by_site
from queries.explain.weighed_scores import procedures_scored

CHARTED = ("procedures", "pain_scores")
CLOSED = (
    "Rows that were rejected, checks and loads are about whole files, which hold other sites' records too: they are "
    "shown to readers with rights for all sites. A row that was rejected may have no site that could be trusted."
)


@requires("data_quality")
def site_records(view: View) -> pd.DataFrame:
    """Records in use at the sites that the view shows, of `queries.explain.record_quality.records_by_site`."""
    found = records_by_site(warehouse_of(view))
    return found[found["site"].isin(view.filters["site"])]


@requires("data_quality")
def scored_by_month(view: View) -> dict[date, int]:
    """How many procedures at the sites that the view shows have a score in each month."""
    return procedures_scored(warehouse_of(view), _at_sites(view))


def _at_sites(view: View) -> Filters:
    """Whole files are meant, so that no filter applies but the sites."""
    return Filters.of({"site": view.filters["site"]})


def show_site_quality(view: View) -> None:
    """The page."""
    found = site_records(view)
    files = found["source_file_id"].nunique()
    of = "1 file" if files == 1 else f"{files:,} files"
    page_parts.answer_line(f"{found['records'].sum():,} records of {of} are in use at the sites shown.")
    st.write(CLOSED)
    scored_here = scored_by_month(view)
    for column, kind in zip(st.columns(2), CHARTED, strict=True):
        with column:
            shown = by_month(found, kind, scored_here)
            figure = records_by_month(shown, data_quality.KIND_TITLES[kind], page_parts.current_theme())
            page_parts.show_chart(view, f"{kind}_by_month", figure=figure, table=shown, shows=_at_sites(view))
    ascertainment.show_ascertainment(view)
    field_completeness.show_completeness(view)
    st.subheader("Files that hold them", anchor=False)
    tables.text_table(file_table(found))
    arrival_delays.show_delays(view)


def by_month(found: pd.DataFrame, kind: str, scored_here: Mapping[date, int]) -> pd.DataFrame:
    """Records of a kind by month as `quality.months` gives them, at the sites shown. Undated ones are left out."""
    counts = found[found["kind"] == kind].groupby("month")["records"].sum()
    table = pd.DataFrame({"period": pd.to_datetime(counts.index).date, "recorded": counts.to_numpy(dtype=int)})
    if kind in read_catalogue():
        return table.assign(metric=kind)
    return data_quality.with_scored(table, scored_here)


def file_table(found: pd.DataFrame) -> pd.DataFrame:
    """The newest files that hold records of these sites, and how many are in use."""
    counts = found.groupby(["source_file_id", "name", "received_on", "kind"])["records"].sum().reset_index()
    newest = counts.iloc[: -data_quality.FILES_SHOWN - 1 : -1]
    return pd.DataFrame(
        {
            "file": list(newest["name"]),
            "received": [phrases.day_words(when) for when in pd.to_datetime(newest["received_on"]).dt.date],
            "holds": [data_quality.KIND_TITLES.get(kind, kind) for kind in newest["kind"]],
            "in use at these sites": [f"{int(count):,}" for count in newest["records"]],
        }
    )
