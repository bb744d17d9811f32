"""A figure over time beside the sentence that patients are told: where the text changed, the chart has a step."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import SHARE_AXIS, Drawing, interval_bars
from dashboard.text.theme import Theme, number_text
from data.settings import Promise
from queries.figures.gates import FEWEST


def happened_over_time(figures: pd.DataFrame, versions: Sequence[Promise], theme: Theme) -> go.Figure:
    """A figure by period with its interval, under the versions of a sentence, oldest first.

    `figures`: `period`, `period_start`, `period_end`, `value`, `lower`, `upper`, `recorded`, `eligible`, `unit`.
    Small periods are grey. Promised hours are a shaded band, which steps where they change.
    """
    known = figures[figures["recorded"] > 0]
    unit = str(figures["unit"].iloc[0]) if len(figures) else ""
    share = unit == "%"
    top = 104 if share else 1.15 * float(known["upper"].fillna(known["value"]).max()) if len(known) else 1
    drawing = Drawing(
        theme=theme,
        height=320,
        title=f"“{versions[-1].said}”: what happened over time?",
        subtitle=f"{int(known['recorded'].sum()):,} recorded of {int(figures['eligible'].sum()):,} who count, by "
        "quarter; bars are 95 % intervals; grey: fewer than ten",
        alt=_leaflet_finding(known, versions, unit),
        x={"showgrid": False},
        y={"range": [0, top], **(SHARE_AXIS if share else {"title": unit})},
    )
    if len(figures) and unit == "hours":
        _draw_bands(drawing, versions, figures["period_start"].min(), figures["period_end"].max())
    for version in versions[1:]:
        drawing.line(theme.second, "dash", x=version.since)
        drawing.note(f"since {version.since:%-d %b %Y}: {version.said}", x=version.since, yref="paper", y=1,
                     xanchor="left", yanchor="top", align="left")  # fmt: skip
    drawing.add(
        "scatter", x=figures["period_start"].to_list(), y=figures["value"].to_numpy(), mode="lines",
        line={"color": theme.quiet, "width": 1.5}, connectgaps=False,
    )  # fmt: skip
    small = known["recorded"] < FEWEST
    _add_points(drawing, known[~small], unit, theme.main)
    _add_points(drawing, known[small], unit, theme.quiet)
    return drawing.figure()


def _add_points(drawing: Drawing, rows: pd.DataFrame, unit: str, colour: str) -> None:
    if rows.empty:
        return
    texts = [f"{row.period}: {number_text(row.value, unit)}, {row.recorded:,} recorded" for row in rows.itertuples()]
    drawing.add(
        "scatter",
        x=rows["period_start"].to_list(),
        y=rows["value"].to_numpy(),
        rows=rows.index,
        mode="markers",
        marker={"size": 9, "color": colour},
        error_y=interval_bars(rows.fillna({"upper": rows["value"], "lower": rows["value"]}), colour, 1),
        text=texts,
        hovertemplate="%{text}<extra></extra>",
    )


def _draw_bands(drawing: Drawing, versions: Sequence[Promise], first: date, last: date) -> None:
    for version, after in zip(versions, [*versions[1:], None], strict=True):
        if version.from_hours is not None and version.to_hours is not None:
            begin = max(version.since or first, first)
            end = min(after.since if after and after.since else last, last)
            drawing.block((begin, end), (version.from_hours, version.to_hours))


def _leaflet_finding(known: pd.DataFrame, versions: Sequence[Promise], unit: str) -> str:
    if known.empty:
        return "Nothing recorded."
    first, last = known.iloc[0], known.iloc[-1]
    told = [f"{number_text(row['value'], unit)} in {row['period']}" for row in (first, last)]
    steps = "".join(f" The text changed on {version.since:%-d %B %Y}." for version in versions[1:] if version.since)
    return f"From {told[0]} to {told[1]}.{steps}"
