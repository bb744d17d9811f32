"""A report as one HTML file that needs nothing else: no network, no server, readable in print."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
from markupsafe import Markup
from plotly import io
from plotly.offline import get_plotlyjs

from dashboard.text.templates import render_html

# The page may run what it holds itself and reach nothing at all.
POLICY = Markup(
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
)
CONFIG = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "responsive": True}


@dataclass(frozen=True)
class Section:
    """A heading and ready HTML below it."""

    title: str
    body: Markup


def document_html(title: str, lines: Sequence[str], sections: Sequence[Section], charts: int) -> str:
    """The whole file. `lines` stand below the title; the drawing library is put in once, if there is any chart."""
    library = Markup(get_plotlyjs()) if charts else ""
    return render_html("report", title=title, lines=lines, sections=sections, library=library, policy=POLICY)


def paragraphs_html(texts: Sequence[str]) -> Markup:
    """Plain text as paragraphs."""
    return render_html("paragraphs", texts=texts)


def table_html(rows: pd.DataFrame) -> Markup:
    """A table; a column without rows says so."""
    return render_html("report_table", header=list(rows), rows=list(rows.itertuples(index=False, name=None)))


def chart_html(figure: go.Figure, note: str, number: int) -> Markup:
    """A chart: question, numbers, picture with its words for those who cannot see it, sentence."""
    drawing = io.to_html(
        figure,
        include_plotlyjs=False,
        full_html=False,
        config=CONFIG,
        div_id=f"chart-{number}",
        default_height=f"{figure.layout.height or 360}px",
    )
    return render_html("report_chart", meta=figure.layout.meta, drawing=Markup(drawing), note=note)


def definitions_html(entries: Sequence[tuple[str, str]]) -> Markup:
    """Names and what they mean."""
    return render_html("report_definitions", entries=entries)
