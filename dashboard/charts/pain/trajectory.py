"""Pain over the timepoints: the mean with its interval, and how many were asked."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing, interval_bars, row_cells
from dashboard.text.theme import Theme
from queries.figures.gates import FIRM

SCALE = (0, 10)


def pain_trajectory(points: pd.DataFrame, theme: Theme) -> go.Figure:
    """Mean pain at each timepoint.

    `points`: one row per timepoint in order of time with `label`, `value`, `lower`, `upper`, `recorded`, `eligible`,
    `gate`. Points whose gate is not plain or caution are drawn hollow, without interval.
    """
    shown = points[points["value"].notna() & (points["gate"] != "counts_only")]
    labels = shown["label"].to_list()
    drawing = Drawing(
        theme=theme,
        height=360,
        title="How much does it hurt, before and after?",
        finding=_fall_words(shown),
        subtitle="Mean pain, 0 to 10, with 95 % interval; hollow: fewer than 60 % asked",
        alt=_trajectory_finding(shown),
        x={"showgrid": False, "type": "category", "range": [-0.5, max(len(shown), 1) - 0.5]},
        y={"range": SCALE, "dtick": 2, "title": "pain, 0 to 10"},
    )
    drawing.add(
        "scatter",
        x=labels,
        y=shown["value"].to_numpy(),
        mode="lines",
        line={"color": theme.quiet, "width": 2, "dash": "dot"},
    )
    firm = shown["gate"].isin(FIRM)
    _add_points(drawing, shown[firm], theme.main, theme.main)
    _add_points(drawing, shown[~firm], "rgba(0,0,0,0)", theme.quiet)
    drawing.add(
        "scatter",
        x=labels,
        y=[SCALE[0] + 0.35] * len(shown),
        mode="text",
        text=[f"{recorded:,} of<br>{eligible:,}" for recorded, eligible in row_cells(shown, "recorded", "eligible")],
        textfont={"color": theme.faint, "size": 12},
        textposition="top center",
    )
    return drawing.figure()


def _add_points(drawing: Drawing, rows: pd.DataFrame, fill: str, edge: str) -> None:
    drawing.add(
        "scatter",
        x=rows["label"].to_list(),
        y=rows["value"].to_numpy(),
        mode="markers+text",
        text=[f"{value:.1f}" for value in rows["value"]],
        textposition="top right",
        textfont={"color": drawing.theme.ink, "size": 14},
        marker={"size": 11, "color": fill, "line": {"color": edge, "width": 2}},
        rows=rows.index,
        error_y={**interval_bars(rows, edge, 1.5, 5), "visible": fill == edge},
        customdata=rows[["recorded", "eligible", "lower", "upper"]].to_numpy(float),
        hovertemplate="%{x}: %{y:.1f} (%{customdata[2]:.1f}–%{customdata[3]:.1f})<br>"
        "asked and answered: %{customdata[0]:.0f} of %{customdata[1]:.0f}<extra></extra>",
    )


def _trajectory_finding(shown: pd.DataFrame) -> str:
    steps = [
        f"{label} {value:.1f} ({recorded} of {eligible})"
        for label, value, recorded, eligible in row_cells(shown, "label", "value", "recorded", "eligible")
    ]
    return f"Mean pain: {', '.join(steps)}." if steps else "No pain scores."


def _fall_words(shown: pd.DataFrame) -> str:
    """Mean pain before and at the first timepoint after."""
    if len(shown) < 2:
        return ""
    first, then = shown.iloc[0], shown.iloc[1]
    return f"{first['value']:.1f} {first['label'].lower()}, {then['value']:.1f} at {then['label']}"
