"""A report as one HTML file that needs nothing else: no network, no server, readable in print."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd
import plotly.graph_objects as go
from plotly import io
from plotly.offline import get_plotlyjs

# The page may run what it holds itself and reach nothing at all.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
)
CONFIG = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "responsive": True}
STYLE = """
@page { size: A4; margin: 16mm 14mm; }
body { font: 15px/1.5 "Source Sans", "Source Sans 3", system-ui, sans-serif; color: #1c2733; background: #fff;
  max-width: 186mm; margin: 2rem auto; padding: 0 1rem; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.7rem; margin: 0 0 .2rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .4rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 0; } .faint { color: #5a6775; } .note { margin: .2rem 0 .8rem; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid #e3e8ed; }
figure { margin: 0; break-inside: avoid; } tr, dt { break-inside: avoid; } h2, h3, dt { break-after: avoid; }
dt { font-weight: 600; margin-top: .6rem; } dd { margin: 0; }
@media print { body { margin: 0 auto; padding: 0; font-size: 11pt; } a { color: inherit; } }
"""


@dataclass(frozen=True)
class Section:
    """A heading and ready HTML below it."""

    title: str
    body: str


def document_html(title: str, lines: Sequence[str], sections: Sequence[Section], charts: int) -> str:
    """The whole file. `lines` stand below the title; the drawing library is put in once, if there is any chart."""
    library = f"<script>{get_plotlyjs()}</script>" if charts else ""
    head = "".join(f"<div class='faint'>{escape(line)}</div>" for line in lines)
    body = "".join(f"<section><h2>{escape(one.title)}</h2>{one.body}</section>" for one in sections)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style>{library}</head>'
        f"<body><main><h1>{escape(title)}</h1>{head}{body}</main></body></html>\n"
    )


def paragraphs_html(texts: Sequence[str]) -> str:
    """Plain text as paragraphs."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def table_html(rows: pd.DataFrame) -> str:
    """A table; a column without rows says so."""
    if rows.empty:
        return "<p>None.</p>"
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in rows)
    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows.itertuples(index=False, name=None)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"


def chart_html(figure: go.Figure, note: str, number: int) -> str:
    """A chart: question, numbers, picture with its words for those who cannot see it, sentence."""
    meta = figure.layout.meta
    drawn = io.to_html(
        figure, include_plotlyjs=False, full_html=False, config=CONFIG, div_id=f"chart-{number}",
        default_height=f"{figure.layout.height or 360}px",
    )  # fmt: skip
    below = f"<p class='faint note'>{escape(note)}</p>" if note else ""
    return (
        f"<figure><h3>{escape(meta['title'])}</h3><div class='faint'>{escape(meta['subtitle'])}</div>"
        f'<div role="img" aria-label="{escape(meta["alt"], quote=True)}">{drawn}</div>{below}</figure>'
    )


def definitions_html(entries: Sequence[tuple[str, str]]) -> str:
    """Names and what they mean."""
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in entries)
    return f"<dl>{told}</dl>"
