"""Shares of which some are hidden: a hidden one is named, never drawn as nothing."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import SHARE_AXIS, Drawing
from dashboard.text.theme import Theme, percent_text

ROW = 37


def shares_with_gaps(figures: pd.DataFrame, theme: Theme) -> go.Figure:
    """One horizontal bar per row, `hidden` where the row is suppressed.

    `figures`: `label`, `title`, `value` in per cent, `numerator`, `recorded` (null when hidden), `suppressed`.
    """
    texts = [_share_text(row) for row in figures.itertuples()]
    hidden = int(figures["suppressed"].sum())
    title = str(figures["title"].iloc[0]) if len(figures) else "Nothing to show"
    drawing = Drawing(
        theme=theme,
        height=70 + ROW * max(len(figures), 1),
        title=title,
        subtitle=f"{hidden} of {len(figures)} hidden because few people are behind them",
        alt="; ".join(f"{label}: {text}" for label, text in zip(figures["label"], texts, strict=True)) or title,
        x={"range": [0, 130], **SHARE_AXIS},
        y={"showgrid": False, "autorange": "reversed", "type": "category", "tickfont": {"color": theme.ink}},
    )
    drawing.add(
        "bar",
        orientation="h",
        y=[str(label) for label in figures["label"]],
        x=figures["value"].fillna(0).to_numpy(dtype=float),
        text=texts,
        textposition="outside",
        marker={"color": theme.main},
        cliponaxis=False,
    )
    return drawing.figure()


def _share_text(row: object) -> str:
    if row.suppressed:  # type: ignore[attr-defined]
        return "hidden"
    if pd.isna(row.value):  # type: ignore[attr-defined]
        counts = f"{row.numerator:,} of {row.recorded:,}: too little known for a rate"  # type: ignore[attr-defined]
        return counts if row.recorded else "not recorded"  # type: ignore[attr-defined]
    return f"{percent_text(row.value)}  ({row.numerator:,} of {row.recorded:,})"  # type: ignore[attr-defined]
