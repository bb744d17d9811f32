"""Recovery: how the hours spread, and what share is ready by each hour, against what patients are told."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import SHARE_AXIS, UNSEEN, Drawing, counted_or_missing, row_cells
from dashboard.text.theme import Theme, percent_text

LAST_HOUR = 12
HOUR_AXIS = {"range": [0, LAST_HOUR], "dtick": 2, "ticksuffix": " h"}
UNITS = {"minutes": "min", "hours": "h"}


def recovery_spread(
    rows: pd.DataFrame, labels: Sequence[str], promised: tuple[float, float], theme: Theme
) -> go.Figure:
    """Quartiles, median and ninth decile of hours until ready by number of vertebrae, beside what patients are told.

    `rows`: `recorded`, `p25`, `p50`, `p75`, `p90`, `gate`, of `queries.figures.distributions.metric_quantiles`. Groups
    below ten show their number only.
    """
    told = f"; shaded: {promised[0]:.0f} to {promised[1]:.0f} hours, as patients are told"
    return _draw_spread(
        rows, labels, title="How long until ready to go home?", told=told, promised=promised, theme=theme
    )


def time_spread(rows: pd.DataFrame, labels: Sequence[str], title: str, theme: Theme) -> go.Figure:
    """The same for another time of the day, in the unit of the rows (`unit`: minutes or hours)."""
    return _draw_spread(rows, labels, title=title, told="", promised=None, theme=theme)


def _draw_spread(
    rows: pd.DataFrame,
    labels: Sequence[str],
    *,
    title: str,
    told: str,
    promised: tuple[float, float] | None,
    theme: Theme,
) -> go.Figure:
    rows = rows.reset_index(drop=True)
    firm = rows[(rows["gate"] != "counts_only") & rows["p50"].notna()]
    unit = UNITS[str(rows["unit"].iloc[0])] if len(rows) else "h"
    drawing = Drawing(
        theme=theme,
        height=100,
        title=title,
        finding=_middle_words(firm, unit),
        subtitle=f"{int(rows['recorded'].sum()):,} with a time: half by the mark, the middle half in the bar, nine in "
        f"ten by the line{told}",
        alt=_spread_finding(firm, labels, unit),
        x=dict(HOUR_AXIS) if promised else {"rangemode": "tozero", "ticksuffix": f" {unit}"},
    )
    if promised:
        drawing.band(*promised)
    _add_marks(drawing, firm, unit)
    texts = [
        f"{row.p50:.{_unit_digits(unit)}f} {unit} ({row.recorded:,} with a time)"
        if row.gate != "counts_only" and row.recorded
        else f"{row.recorded:,} with a time: too few"
        for row in rows.itertuples()
    ]
    end = LAST_HOUR if promised else float(firm["p90"].max()) if len(firm) else 1
    drawing.row_labels(list(labels), texts, counted_or_missing(rows, range(len(rows))), end)
    return drawing.figure()


def _unit_digits(unit: str) -> int:
    return 0 if unit == "min" else 1


def _add_marks(drawing: Drawing, firm: pd.DataFrame, unit: str) -> None:
    theme, places = drawing.theme, firm.index.to_numpy()
    drawing.add(
        "scatter",
        x=firm["p75"].to_numpy(),
        y=places,
        mode="markers",
        marker={"size": 1, "color": theme.main},
        error_x={
            "type": "data", "symmetric": False, "array": (firm["p90"] - firm["p75"]).to_numpy(),
            "arrayminus": [0.0] * len(firm), "color": theme.main, "thickness": 2, "width": 6,
        },
    )  # fmt: skip
    drawing.add(
        "bar",
        x=(firm["p75"] - firm["p25"]).to_numpy(),
        base=firm["p25"].to_numpy(),
        y=places,
        rows=places,
        orientation="h",
        width=0.3,
        marker={"color": theme.main, "opacity": 0.45},
        customdata=firm[["p25", "p50", "p75", "p90", "recorded"]].to_numpy(float),
        hovertemplate=f"half by %{{customdata[1]:.1f}} {unit}, middle half %{{customdata[0]:.1f}}–"
        f"%{{customdata[2]:.1f}} {unit}, nine in ten by %{{customdata[3]:.1f}} {unit}; %{{customdata[4]:.0f}} with a "
        "time<extra></extra>",
    )
    drawing.add(
        "scatter",
        x=firm["p50"].to_numpy(),
        y=places,
        mode="markers",
        marker={"size": 15, "symbol": "line-ns", "line": {"color": theme.ink, "width": 3}},
    )


def _middle_words(firm: pd.DataFrame, unit: str) -> str:
    """From the shortest to the longest middle of the rows."""
    if firm.empty:
        return ""
    low, high = (f"{firm['p50'].agg(end):.1f}" for end in ("min", "max"))
    return f"Half within {low} {unit}" if low == high else f"Half within {low} to {high} {unit}, by vertebrae"


def ready_by_hour(rows: pd.DataFrame, promised: tuple[float, float], theme: Theme) -> go.Figure:
    """Share ready by each hour after the end.

    `rows` of `cumulative(hours_to_ready)`: `threshold`, `value`, `lower`, `upper`, `recorded`, `eligible`.
    """
    recorded, eligible = int(rows["recorded"].iloc[0]), int(rows["eligible"].iloc[0])
    at = dict(row_cells(rows, "threshold", "value"))
    drawing = Drawing(
        theme=theme,
        height=340,
        title="What share is ready to go home, hour by hour?",
        finding=f"{percent_text(at[6])} of all from home within 6 hours" if recorded else "",
        subtitle=f"{recorded:,} of {eligible:,} known; overnight without a time: not ready",
        alt=f"Ready within 4 hours {percent_text(at[4])}, 6 hours {percent_text(at[6])}, 8 hours {percent_text(at[8])}."
        if recorded
        else "No times recorded.",
        x={**HOUR_AXIS, "title": "hours after the end of the procedure"},
        y={"range": [0, 112], **SHARE_AXIS},
    )
    drawing.band(*promised)
    drawing.note("as told", x=sum(promised) / 2, y=106)
    hours = rows["threshold"].to_numpy()
    drawing.add("scatter", x=hours, y=rows["upper"].to_numpy(), mode="lines", line={"width": 0})
    drawing.add(
        "scatter", x=hours, y=rows["lower"].to_numpy(), mode="lines", line={"width": 0}, fill="tonexty",
        fillcolor=theme.band,
    )  # fmt: skip
    drawing.add(
        "scatter",
        x=hours,
        y=rows["value"].to_numpy(),
        mode="lines+markers",
        line={"color": theme.main, "width": 3},
        marker=UNSEEN,
        rows=range(len(rows)),
        hovertemplate="within %{x} h: %{y:.0f} %<extra></extra>",
    )
    marked = rows[rows["threshold"].isin(promised)]
    drawing.add(
        "scatter",
        x=marked["threshold"].to_numpy(),
        y=marked["value"].to_numpy(),
        mode="markers+text",
        marker={"color": theme.main, "size": 10},
        text=[percent_text(value) if recorded else "" for value in marked["value"]],
        textposition="bottom right",
        textfont={"color": theme.ink},
    )
    return drawing.figure()


def _spread_finding(firm: pd.DataFrame, labels: Sequence[str], unit: str) -> str:
    digits, name = _unit_digits(unit), "minutes" if unit == "min" else "hours"
    parts = [
        f"{labels[row.Index]}: median {row.p50:.{digits}f} {name}, nine in ten by {row.p90:.{digits}f}"
        for row in firm.itertuples()
    ]
    return f"{'; '.join(parts)}." if parts else "Too few times recorded to describe."
