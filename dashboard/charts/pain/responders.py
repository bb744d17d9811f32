"""Relief of single patients: the whole curve of falls in pain, and the usual marks with their missing bounds."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import SHARE_AXIS, UNSEEN, Drawing, row_cells, share_findings, shares_in_rows
from dashboard.text.theme import Theme, percent_text
from queries.figures.gates import FIRM

MARKS = (30, 50)


def relief_curve(curves: Mapping[str, pd.DataFrame], theme: Theme) -> go.Figure:
    """Share of patients whose pain fell by at least each per cent.

    `curves`: label → rows with `threshold`, `value`, `recorded`, `eligible`, of
    `queries.figures.distributions.cumulative_shares`, thresholds rising;
    the table shown with the chart holds them one after the other.
    """
    counts = "; ".join(
        f"{label}: {rows['recorded'].iloc[0]:,} of {rows['eligible'].iloc[0]:,}" for label, rows in curves.items()
    )
    drawing = Drawing(
        theme=theme,
        height=380,
        title="How far did each patient's pain fall?",
        subtitle=f"Share of patients whose pain fell by at least this much, of those who began at 4 or more ({counts})",
        alt=_curve_finding(curves),
        x={"title": "pain fell by at least, % of pain before", "range": [0, 101], "dtick": 10, "showgrid": False},
        y={"range": [0, 112], **SHARE_AXIS},
        layout={"legend": {"orientation": "h", "y": -0.28, "x": 0, "font": {"color": theme.ink}}},
    )
    for mark in MARKS:
        drawing.line(theme.quiet, "dash", x=mark)
        drawing.note(f"{mark} %", x=mark, y=102, yanchor="bottom")
    styles = ((theme.main, "solid", "circle", "bottom left"), (theme.second, "dash", "diamond", "top right"))
    shown = 0
    for (label, rows), (colour, dash, symbol, beside) in zip(curves.items(), styles, strict=False):
        drawing.add(
            "scatter",
            x=rows["threshold"].to_numpy(),
            y=rows["value"].to_numpy(),
            mode="lines+markers",
            marker=UNSEEN,
            name=label,
            showlegend=len(curves) > 1,
            line={"color": colour, "width": 3, "dash": dash},
            rows=range(shown, shown + len(rows)),
            hovertemplate=f"{label}: %{{y:.0f}} % fell by %{{x}} % or more<extra></extra>",
        )
        marked = rows[rows["threshold"].isin(MARKS)]
        drawing.add(
            "scatter",
            x=marked["threshold"].to_numpy(),
            y=marked["value"].to_numpy(),
            mode="markers+text",
            text=[percent_text(value) for value in marked["value"].dropna()],
            textposition=beside,
            textfont={"color": colour},
            marker={"color": colour, "size": 9, "symbol": symbol},
        )
        shown += len(rows)
    return drawing.figure()


def responder_bars(figures: pd.DataFrame, theme: Theme) -> go.Figure:
    """Rates with their interval, and how far the missing could move them.

    `figures`: rows of proportions with `label`, `value`, `lower`, `upper`, `lower_if_missing_no`,
    `upper_if_missing_yes`, `numerator`, `recorded`, `gate`. Where too much is missing only the range is drawn,
    and of fewer than ten the counts only.
    """
    places = (figures["recorded"] > 0).to_numpy().nonzero()[0].tolist()
    shown = figures.iloc[places].reset_index(drop=True)
    enough = shown[shown["gate"] != "counts_only"]
    low, high = enough["lower_if_missing_no"].to_numpy(), enough["upper_if_missing_yes"].to_numpy()
    drawing = Drawing(
        theme=theme,
        height=100,
        title="How many got relief, and what could the missing change?",
        finding=_relief_words(shown),
        subtitle="Share with 95 % interval (dark); pale bar: if every missing patient had said no, or yes",
        alt=f"{share_findings(shown)}." if len(shown) else "No pairs of scores.",
        layout={"barmode": "overlay"},
    )
    drawing.add(
        "bar",
        y=enough.index.to_numpy(),
        x=high - low,
        base=low,
        orientation="h",
        width=0.3,
        marker={"color": theme.band, "line": {"color": theme.quiet, "width": 1}},
        customdata=enough[["missing", "lower_if_missing_no", "upper_if_missing_yes"]].to_numpy(float),
        hovertemplate="%{customdata[0]:.0f} missing; if every one had said no: %{customdata[1]:.0f} %, yes: "
        "%{customdata[2]:.0f} %<extra></extra>",
        rows=[{"row": places[place], "status": "not-recorded"} for place in enough.index],
    )
    shares_in_rows(drawing, shown, places)
    return drawing.figure()


def _curve_finding(curves: Mapping[str, pd.DataFrame]) -> str:
    parts = []
    for label, rows in curves.items():
        if not rows["recorded"].iloc[0]:
            continue
        at = dict(row_cells(rows, "threshold", "value"))
        parts.append(f"{label}: {percent_text(at[30])} fell by 30 % or more, {percent_text(at[50])} by half or more")
    return f"{'; '.join(parts)}." if parts else "No pairs of scores."


def _relief_words(shown: pd.DataFrame) -> str:
    """The share who halved their pain, where its gate allows a rate."""
    halved = shown[shown["metric"].str.startswith("responders_50") & shown["gate"].isin(FIRM)] if len(shown) else shown
    if halved.empty:
        return ""
    row = halved.iloc[0]
    return f"{percent_text(row['value'])} halved their pain: {row['numerator']:,} of {row['recorded']:,}"
