"""Pain before and after by how much it hurt before: the guard against reading every fall as an effect."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing, counted_or_missing, row_cells
from dashboard.text.theme import Theme

BEFORE = "pain_score_baseline"
MIND = "Who began high has more room to fall, and would on average score lower the next time anyway."


def pain_by_band(rows: pd.DataFrame, labels: Sequence[str], after: str, theme: Theme) -> go.Figure:
    """Mean pain before and after for each band of pain before, in natural order.

    `rows`: `before`, `value` (after), `recorded`, `eligible`, `gate`. Bands below ten show their numbers only.
    """
    rows = rows.reset_index(drop=True)
    firm = rows[(rows["gate"] != "counts_only") & rows["value"].notna() & rows["before"].notna()]
    drawing = Drawing(
        theme=theme,
        height=100,
        title="Does it depend on how much it hurt before?",
        subtitle=f"Hollow: mean pain before; full: at {after}",
        alt=_bands_finding(firm, labels),
        x={"range": [0, 10], "dtick": 2, "title": "pain, 0 to 10"},
    )
    places = firm.index.to_numpy()
    for place, before, value in zip(places.tolist(), *_both_means(firm), strict=True):
        drawing.add(
            "scatter", x=[before, value], y=[place, place], mode="lines", line={"color": theme.quiet, "width": 3}
        )
    for column, fill in (("before", theme.paper), ("value", theme.main)):
        drawing.add(
            "scatter",
            x=firm[column].to_numpy(),
            y=places,
            mode="markers",
            rows=[
                {"row": place, "metric": BEFORE, "status": "recorded"} if column == "before" else place
                for place in places.tolist()
            ],
            marker={"size": 12, "color": fill, "line": {"color": theme.main, "width": 2}},
            hovertemplate=("before" if column == "before" else after) + ": %{x:.1f} of 10<extra></extra>",
        )
    texts = [
        f"{before:.1f} → {value:.1f} ({recorded:,} of {eligible:,} scored)"
        if place in firm.index
        else f"{recorded:,} of {eligible:,} scored: too few to describe"
        for place, (before, value, recorded, eligible) in enumerate(
            row_cells(rows, "before", "value", "recorded", "eligible")
        )
    ]
    names = [f"began at {label}" for label in labels]
    drawing.row_labels(names, texts, counted_or_missing(rows, range(len(rows))), end=10)
    return drawing.figure()


def _both_means(firm: pd.DataFrame) -> tuple[list[float], list[float]]:
    return firm["before"].to_list(), firm["value"].to_list()


def _bands_finding(firm: pd.DataFrame, labels: Sequence[str]) -> str:
    found = zip(firm.index.tolist(), *_both_means(firm), strict=True)
    parts = [f"began at {labels[place]}: from {before:.1f} to {value:.1f}" for place, before, value in found]
    return f"{'; '.join(parts)}." if parts else "Too few scores to describe."
