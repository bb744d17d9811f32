"""Observed against expected, by unit: a funnel where there are enough of them, else intervals. No ranking."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing
from dashboard.charts.funnel import LOOK_INTO
from dashboard.text.theme import Theme

TITLE = "Do they differ for the patients they treat?"
AXIS = "observed ÷ expected"


def expected_ratios(units: pd.DataFrame, subtitle: str, theme: Theme) -> go.Figure:
    """Each unit's ratio with its exact interval, in the order given, beside the ratio of all together.

    `units`: `label`, `observed`, `expected`, `ratio`, `ratio_lower`, `ratio_upper`, indexed 0, 1, 2, …
    """
    together = float(units["observed"].sum() / units["expected"].sum())
    words = "; ".join(_ratio_words(units))
    drawing = Drawing(
        theme=theme, height=100, title=TITLE, subtitle=subtitle,
        alt=f"{AXIS}: {words}; all together {together:.2f}.",
    )  # fmt: skip
    end = max(1.5, 1.05 * float(units["ratio_upper"].max()))
    drawing.line(theme.quiet, x=1)
    drawing.line(theme.faint, dash="dash", x=together)
    drawing.note(
        f"all together {together:.2f}", x=together, yref="paper", y=1, yanchor="bottom",
        xanchor="right" if together > end / 2 else "left",
    )  # fmt: skip
    drawing.add(
        "scatter", x=units["ratio"].to_numpy(), y=units.index.to_numpy(), mode="markers",
        marker={"color": theme.main, "size": 11}, rows=units.index,
        error_x={
            "type": "data", "symmetric": False, "color": theme.main, "thickness": 2.5, "width": 0,
            "array": (units["ratio_upper"] - units["ratio"]).to_numpy(),
            "arrayminus": (units["ratio"] - units["ratio_lower"]).to_numpy(),
        },
        customdata=units[["observed", "expected", "ratio_lower", "ratio_upper"]].to_numpy(float),
        hovertemplate="%{x:.2f} (%{customdata[2]:.2f}–%{customdata[3]:.2f}): %{customdata[0]:.0f} observed, "
        "%{customdata[1]:.1f} expected<extra></extra>",
    )  # fmt: skip
    texts = [f"{one.ratio:.2f} ({one.observed:,} of {one.expected:.1f})" for one in units.itertuples()]
    drawing.row_labels(list(units["label"]), texts, list(range(len(units))), end=end)
    drawing.x |= {"range": [0, end], "title": AXIS}
    # Room for the title of the axis, and for the name of the line.
    drawing.height += 50
    drawing.layout |= {"margin": {"l": 8, "r": 28, "t": 32, "b": 8, "pad": 4}}
    return drawing.figure()


def expected_funnel(units: pd.DataFrame, centre: float, subtitle: str, theme: Theme) -> go.Figure:
    """Each unit's ratio by how many were expected of it, within limits around all together.

    `units` as above, with `ratio_lower_95`, `ratio_upper_95`, `ratio_lower_998`, `ratio_upper_998`, `ratio_tail`.
    """
    far = (units["ratio_tail"] <= LOOK_INTO).to_numpy()
    found = "; ".join(_ratio_words(units[far]))
    drawing = Drawing(
        theme=theme, height=400, title=TITLE, subtitle=subtitle,
        finding=f"Look into {found}" if found else "No unit lies where chance would not put it",
        alt=f"{len(units)} units around {centre:.2f}. {f'Look into {found}.' if found else 'All within the limits.'}",
        x={"title": "expected", "range": [0, float(units["expected"].max()) * 1.12], "showgrid": False},
        y={"title": AXIS, "rangemode": "tozero"},
    )  # fmt: skip
    along = units.sort_values("expected")
    for name, dash in (("lower_998", "solid"), ("upper_998", "solid"), ("lower_95", "dot"), ("upper_95", "dot")):
        drawing.add(
            "scatter", x=along["expected"].to_numpy(), y=along[f"ratio_{name}"].to_numpy(), mode="lines",
            line={"color": theme.quiet, "width": 1.2, "dash": dash},
        )  # fmt: skip
    drawing.line(theme.faint, y=centre)
    for which, colour, symbol, mode in (
        (~far, theme.faint, "circle", "markers"),
        (far, theme.second, "diamond", "markers+text"),
    ):
        rows = units[which]
        drawing.add(
            "scatter", x=rows["expected"].to_numpy(), y=rows["ratio"].to_numpy(), mode=mode,
            text=rows["label"].to_list(), textposition="top center", textfont={"color": theme.ink},
            marker={"color": colour, "symbol": symbol, "size": 11}, rows=np.flatnonzero(which),
            customdata=rows[["observed", "expected"]].to_numpy(float),
            hovertemplate="%{text}: %{customdata[0]:.0f} of %{customdata[1]:.1f} expected (%{y:.2f})<extra></extra>",
        )  # fmt: skip
    return drawing.figure()


def _ratio_words(units: pd.DataFrame) -> list[str]:
    return [f"{one.label} {one.ratio:.2f}" for one in units.itertuples()]
