"""The months of the chosen period, and those that it is compared with, as named strokes above a chart over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go

from dashboard.text.theme import Theme

# Above the numbers of notes, in pixels.
ABOVE = 20
ROOM = 46
# A stroke reaches a little beyond its first and last point, and two strokes do not touch.
BEYOND = timedelta(days=11)


@dataclass(frozen=True)
class MarkedMonths:
    """Days from `first` to `last`, and what is written at them."""

    first: date
    last: date
    words: str


def mark_months(figure: go.Figure, days: Sequence[date], marked: Sequence[MarkedMonths], theme: Theme) -> go.Figure:
    """The chart with a stroke for each stretch, the chosen one first; `days` are where its points stand, in order.

    The chosen one is named to the right of its start and the other to the left of its end, so that neither name reaches
    into the other however short they are. Nothing where every point is of the chosen period.
    """
    stretches = [(one, [day for day in days if one.first <= day <= one.last]) for one in marked]
    if not stretches or len(stretches[0][1]) == len(days):
        return figure
    for (one, inside), colour, is_chosen in zip(stretches, (theme.ink, theme.faint), (True, False), strict=False):
        if inside:
            start, end = inside[0] - BEYOND, inside[-1] + BEYOND
            figure.add_shape(
                type="line", x0=start, x1=end, yref="paper", ysizemode="pixel", yanchor=1, y0=ABOVE, y1=ABOVE,
                line={"color": colour, "width": 3},
            )  # fmt: skip
            figure.add_annotation(
                x=start if is_chosen else end, xanchor="left" if is_chosen else "right", yref="paper", y=1,
                yanchor="bottom", yshift=ABOVE, text=one.words, showarrow=False, font={"color": colour, "size": 13},
            )  # fmt: skip
    figure.layout.margin.t = max(figure.layout.margin.t or 0, ROOM)
    figure.layout.height = (figure.layout.height or 0) + ROOM - 12
    told = "; ".join(one.words for one, inside in stretches if inside)
    figure.layout.meta = {**figure.layout.meta, "alt": f"{figure.layout.meta['alt']} Marked: {told}."}
    return figure
