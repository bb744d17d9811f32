"""A report as one HTML file that needs nothing else: no network, no server, readable in print."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
from markupsafe import Markup
from plotly import io
from plotly.offline import get_plotlyjs

from dashboard.text.department import read_department
from dashboard.text.templates import render_html
from dashboard.text.theme import LIGHT

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


def document_html(title: str, lines: Sequence[str], sections: Sequence[Section], charts: int, logo: str = "") -> str:
    """The whole file. `lines` stand below the title; the drawing library is put in once, if there is any chart.

    `logo`: a `data:` address, or empty.
    """
    library = Markup(get_plotlyjs()) if charts else ""
    department = read_department()
    return render_html(
        "report", title=title, name=department.name, logo=logo, accent=department.accent or LIGHT.main, lines=lines,
        sections=sections, library=library, policy=POLICY,
    )  # fmt: skip


def cards_html(cards: Sequence[tuple[str, str, Sequence[str]]]) -> Markup:
    """Cards side by side: title, number, and small lines below it."""
    return render_html("report_cards", cards=cards)


def figures_html(rows: pd.DataFrame) -> Markup:
    """A table of figures: the number large, what stands in brackets small below it."""
    cells = [(row[0], row[1:]) for row in rows.itertuples(index=False, name=None)]
    return render_html("report_figures", header=list(rows), rows=cells)


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
