"""Rates over time and by group, each with its interval and its numbers."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import SHARE_AXIS, Drawing, interval_bars, share_findings, shares_in_rows
from dashboard.text.theme import Theme, percent_text
from queries.figures.gates import FEWEST, FIRM
from queries.statistics.funnel import FEWEST_CASES, find_differing_pairs

# As many figures as Overview compares: what one page calls a difference no other may deny.
TOLD_AT_ONCE = 3
MOST_NAMED = 2
UNGROUPED = "not recorded"

DatedBand = tuple[tuple[date, date], tuple[float, float]]


def rate_over_time(
    figures: pd.DataFrame, title: str, noun: str, theme: Theme, band: DatedBand | None = None
) -> go.Figure:
    """A share by period with its Wilson interval.

    `figures`: `period`, `period_start`, `value`, `lower`, `upper`, `numerator`, `recorded`, `period_complete`, `gate`.
    Small periods are grey, one that is not over is hollow, an empty one is a gap. The line is the share over all
    periods shown. `band`: the days and the shares (per cent) of an area behind the points.
    """
    known = figures[figures["recorded"] > 0]
    yes, total = int(known["numerator"].sum()), int(known["recorded"].sum())
    overall = 100 * yes / total if total else float("nan")
    drawing = Drawing(
        theme=theme,
        height=360,
        title=title,
        subtitle=f"{yes:,} of {total:,} {noun}; bars are 95 % intervals; grey: fewer than ten; hollow: period not "
        "over, or too much missing",
        alt=_rates_finding(known, overall),
        x={"showgrid": False},
        y={"range": [0, 104], **SHARE_AXIS},
    )
    if band is not None:
        drawing.block(*band)
        drawing.note("department", x=band[0][0], y=band[1][1], xanchor="left", yanchor="bottom")
    if total:
        drawing.line(theme.faint, y=overall)
        drawing.note(
            f"line: all together {percent_text(overall)}",
            xref="paper",
            x=0,
            yref="paper",
            y=0,
            xanchor="left",
            yanchor="bottom",
        )
    drawing.add(
        "scatter",
        x=figures["period_start"].to_list(),
        y=figures["value"].to_numpy(),
        mode="lines",
        line={"color": theme.quiet, "width": 1.5},
        connectgaps=False,
    )
    small = known["recorded"] < FEWEST
    hollow = ~known["period_complete"].fillna(False).astype(bool) | (known["gate"] == "bounds_only")
    _add_points(drawing, known[~small & ~hollow], theme.main, theme.main)
    _add_points(drawing, known[small & ~hollow], theme.quiet, theme.quiet)
    _add_points(drawing, known[hollow], theme.quiet, theme.paper)
    return drawing.figure()


def _add_points(drawing: Drawing, rows: pd.DataFrame, colour: str, fill: str) -> None:
    if rows.empty:
        return
    counts = rows[["numerator", "recorded", "lower", "upper"]].to_numpy(float)
    drawing.add(
        "scatter",
        x=rows["period_start"].to_list(),
        y=rows["value"].to_numpy(),
        mode="markers",
        marker={
            "size": np.where(rows["recorded"] < FEWEST, 6, 9),
            "color": fill,
            "line": {"color": colour, "width": 1.5},
            "opacity": 1,
        },
        error_y=interval_bars(rows, colour, 1),
        text=rows["period"].to_list(),
        rows=rows.index,
        customdata=counts,
        hovertemplate="%{text}: %{customdata[0]:.0f} of %{customdata[1]:.0f} (%{y:.0f} %, %{customdata[2]:.0f}–"
        "%{customdata[3]:.0f} %)<extra></extra>",
    )


def rate_by_group(figures: pd.DataFrame, labels: Sequence[str], title: str, subtitle: str, theme: Theme) -> go.Figure:
    """A share by group with its interval, in the natural order of the groups: no ranking.

    `figures`: `value`, `lower`, `upper`, `numerator`, `recorded`, `gate`. Groups below ten, or with too much missing,
    show their numbers only.
    """
    rows = figures.assign(label=list(labels)).reset_index(drop=True)
    firm = rows[rows["gate"].isin(FIRM)]
    alt = f"{share_findings(firm)}." if len(firm) else "Too few to compare."
    finding = _difference_words(rows[(rows["gate"] == "plain") & rows["numerator"].notna()], _small_groups(rows))
    drawing = Drawing(theme=theme, height=100, title=title, finding=finding, subtitle=subtitle, alt=alt)
    shares_in_rows(drawing, rows)
    return drawing.figure()


def _small_groups(rows: pd.DataFrame) -> list[str]:
    """The names of groups below twenty, which no comparison judges (METRICS); those without a group are none."""
    small = rows[(rows["recorded"] > 0) & (rows["recorded"] < FEWEST_CASES)]
    return [str(label) for label in small["label"] if label != UNGROUPED]


def _difference_words(rows: pd.DataFrame, small: Sequence[str]) -> str:
    """The two groups that lie furthest apart, where any two differ by more than chance; small ones are not judged."""
    judged = int((rows["recorded"] >= FEWEST_CASES).sum())
    if judged < 2:
        return "Too few to say" if small and judged + len(small) > 1 else ""
    pairs = find_differing_pairs(rows["numerator"], rows["recorded"], TOLD_AT_ONCE)
    if not pairs:
        names = " and ".join(small) if len(small) <= MOST_NAMED else f"{len(small)} small groups"
        return f"No difference seen{f'; too few to say of {names}' if small else ''}"
    widest = max(pairs, key=lambda pair: abs(pair.difference))
    return "They differ: " + ", ".join(
        f"{row['label']} {percent_text(row['value'])}" for _, row in rows.iloc[[widest.first, widest.second]].iterrows()
    )


def against_published(rows: pd.DataFrame, title: str, subtitle: str, theme: Theme) -> go.Figure:
    """A share of this department beside published ones, such as both arms of a trial, each with its interval.

    `rows`: `label`, `value`, `lower`, `upper`, `numerator`, `recorded`, `gate`; the department first.
    """
    rows = rows.reset_index(drop=True)
    drawing = Drawing(theme=theme, height=100, title=title, subtitle=subtitle, alt=f"{share_findings(rows)}.")
    shares_in_rows(drawing, rows)
    return drawing.figure()


def _rates_finding(known: pd.DataFrame, overall: float) -> str:
    if known.empty:
        return "Nothing recorded."
    first, last = known.iloc[0], known.iloc[-1]
    return (
        f"All together {percent_text(overall)}. First {first['period']}: {first['numerator']} of {first['recorded']}; "
        f"last {last['period']}: {last['numerator']} of {last['recorded']}."
    )
