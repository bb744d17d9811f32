"""Pain before and after by how much it hurt before: the guard against reading every fall as an effect."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing
from dashboard.theme import Theme


def pain_by_band(rows: pd.DataFrame, labels: Sequence[str], after: str, theme: Theme) -> go.Figure:
    """Mean pain before and after for each band of pain before, in natural order.

    `rows`: `before`, `value` (after), `recorded`, `eligible`, `gate`. Bands below ten show their numbers only.
    """
    rows = rows.reset_index(drop=True)
    firm = rows[(rows["gate"] != "counts_only") & rows["value"].notna() & rows["before"].notna()]
    drawing = Drawing(
        theme,
        height=100,
        title="Does it depend on how much it hurt before?",
        subtitle=f"Mean pain before (hollow) and at {after} (full). Who began high has more room to fall, and would "
        "on average score lower the next time anyway",
        alt=_finding(firm, labels),
        x={"range": [0, 10], "dtick": 2, "title": "pain, 0 to 10"},
    )
    places = firm.index.to_numpy()
    for row in firm.itertuples():
        drawing.add(
            "scatter", x=[row.before, row.value], y=[row.Index, row.Index], mode="lines",
            line={"color": theme.quiet, "width": 3},
        )  # fmt: skip
    for column, fill in (("before", theme.paper), ("value", theme.main)):
        drawing.add(
            "scatter",
            x=firm[column].to_numpy(),
            y=places,
            mode="markers",
            marker={"size": 12, "color": fill, "line": {"color": theme.main, "width": 2}},
            hovertemplate=("before" if column == "before" else after) + ": %{x:.1f} of 10<extra></extra>",
        )
    texts = [
        f"{row.before:.1f} → {row.value:.1f} ({row.recorded:,} of {row.eligible:,} scored)"
        if row.Index in firm.index
        else f"{row.recorded:,} of {row.eligible:,} scored: too few to describe"
        for row in rows.itertuples()
    ]
    drawing.row_labels([f"began at {label}" for label in labels], texts)
    return drawing.figure()


def _finding(firm: pd.DataFrame, labels: Sequence[str]) -> str:
    parts = [f"began at {labels[row.Index]}: from {row.before:.1f} to {row.value:.1f}" for row in firm.itertuples()]
    return f"{'; '.join(parts)}." if parts else "Too few scores to describe."
