"""Notes pinned to a chart over time: a numbered line at each date; the words stand below the chart."""

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from dashboard.text.theme import Theme


def pin_notes(figure: go.Figure, days: Sequence[date], theme: Theme) -> go.Figure:
    """The figure with a numbered line at each day, in the order given. The axis must be one of dates."""
    for number, day in enumerate(days, start=1):
        figure.add_shape(
            type="line", x0=day, x1=day, yref="paper", y0=0, y1=1,
            line={"color": theme.second, "width": 1.5, "dash": "dot"},
        )  # fmt: skip
        figure.add_annotation(
            x=day, yref="paper", y=1, yanchor="bottom", text=f"<b>{number}</b>", showarrow=False,
            font={"color": theme.second, "size": 13},
        )  # fmt: skip
    if days:
        figure.layout.margin.t = max(figure.layout.margin.t or 0, 26)
        figure.layout.meta = {**figure.layout.meta, "pinned": len(days)}
    return figure
