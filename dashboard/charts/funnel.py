"""Units beside each other: a funnel where there are enough of them, else intervals. Never in order of their rates."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import SHARE_AXIS, Drawing
from dashboard.text.theme import Theme, percent_text
from queries.statistics import funnel
from queries.statistics.funnel import Funnel

LOOK_INTO = 0.001
NOTABLE = 0.025
PERCENT = 100


def funnel_chart(units: pd.DataFrame, found: Funnel, is_adjusted: bool, title: str, theme: Theme) -> go.Figure:
    """A funnel of shares by number of cases.

    `units`: `label`, `numerator`, `recorded`, with the limits and tails of `found` in the same order. Units whose tail
    is at most 0.1 % are diamonds with their name; all others are grey circles.
    """
    n, x = units["recorded"].to_numpy(float), units["numerator"].to_numpy(float)
    far = found.tail <= LOOK_INTO
    wide = "widened because units differ by more than chance as a whole; " if is_adjusted else ""
    counted = f"{int(x.sum()):,} of {int(n.sum()):,}, {percent_text(PERCENT * found.centre)} all together"
    drawing = Drawing(
        theme=theme,
        height=400,
        title=title,
        subtitle=f"{counted}; limits 95 % and 99.8 %; {wide}not adjusted for age, ASA class, vertebrae or indication",
        alt=_funnel_finding(units, far, found.centre),
        x={"title": "cases", "range": [0, float(n.max()) * 1.12], "showgrid": False},
        y={"range": [0, 104], **SHARE_AXIS},
    )
    sizes = np.unique(np.round(np.linspace(max(n.min() * 0.8, 2), n.max() * 1.1, 60)))
    lines = found if is_adjusted else funnel.proportion(np.zeros(sizes.size), sizes, found.centre)
    along = np.sort(n) if is_adjusted else sizes
    order = np.argsort(n, kind="stable") if is_adjusted else slice(None)
    for name, dash in (("lower_998", "solid"), ("upper_998", "solid"), ("lower_95", "dot"), ("upper_95", "dot")):
        drawing.add(
            "scatter", x=along, y=PERCENT * getattr(lines, name)[order], mode="lines",
            line={"color": theme.quiet, "width": 1.2, "dash": dash},
        )  # fmt: skip
    drawing.line(theme.faint, y=PERCENT * found.centre)
    for which, colour, symbol, mode in (
        (~far, theme.faint, "circle", "markers"),
        (far, theme.second, "diamond", "markers+text"),
    ):
        rows = units[which]
        drawing.add(
            "scatter", x=n[which], y=PERCENT * x[which] / n[which], mode=mode, text=rows["label"].to_list(),
            textposition="top center", textfont={"color": theme.ink},
            marker={"color": colour, "symbol": symbol, "size": 11}, rows=np.flatnonzero(which),
            customdata=rows[["numerator", "recorded"]].to_numpy(float),
            hovertemplate="%{text}: %{customdata[0]:.0f} of %{customdata[1]:.0f} (%{y:.0f} %)<extra></extra>",
        )  # fmt: skip
    return drawing.figure()


def _funnel_finding(units: pd.DataFrame, far: np.ndarray, centre: float) -> str:
    if not far.any():
        return f"All {len(units)} units lie where chance around {percent_text(PERCENT * centre)} would put them."
    names = ", ".join(units.loc[far, "label"])
    return f"{len(units)} units around {percent_text(PERCENT * centre)}; look into {names}."
