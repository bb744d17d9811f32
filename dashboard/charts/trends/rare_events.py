"""Rare events: how many cases lie between them, and a sum that climbs when they come more often."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.drawing import Drawing
from dashboard.text.theme import Theme
from queries.statistics import control_charts
from queries.statistics.cusum import Cusum

Cases = tuple[int, int]
FEWEST_GAPS, PLAIN_GAPS = 8, 12
# Steps that differ by less are the same step.
EVEN = 1e-9
DAYS_KEPT = 10_000


def cases_between(gaps: Sequence[int], since: int, theme: Theme, cases: Sequence[Cases] = ()) -> go.Figure:
    """Cases between events in order of time, and the cases since the last one, hollow because it is not over.

    `cases`: of each gap and of those since the last event the number of its first and of its last case, from 1.
    The limit (from 8 gaps; a trial below 12) is the number of cases that only 0.135 % of gaps exceed by chance.
    """
    limit = control_charts.geometric_limit(gaps) if len(gaps) >= FEWEST_GAPS else float("nan")
    middle = control_charts.g(gaps).centre[0] if len(gaps) else float("nan")
    trial = " (trial)" if len(gaps) < PLAIN_GAPS else ""
    told = f"half of the gaps are {middle:.0f} cases or fewer" if len(gaps) else "no gap between two events yet"
    bound = (
        f"; line: more than {limit:,.0f} cases would be better than chance explains{trial}"
        if len(gaps) >= FEWEST_GAPS
        else ""
    )
    highest = max([*gaps, since, 10, *([limit] if len(gaps) >= FEWEST_GAPS else [])])
    drawing = Drawing(
        theme=theme,
        height=260,
        title="How many cases between two events?",
        subtitle=f"{len(gaps):,} gaps; {told}{bound}; hollow: cases since the last event",
        alt=f"{since:,} cases since the last event; {told}.",
        x={"showgrid": False, "title": "gap", "dtick": max(1, (len(gaps) + 1) // 10)},
        y={"range": [-0.03 * highest, 1.1 * highest], "title": "cases"},
    )
    if len(gaps) >= FEWEST_GAPS:
        drawing.line(theme.faint, y=float(middle))
        drawing.line(theme.main, dash="dash", y=limit)
    places = list(range(1, len(gaps) + 1))
    drawing.add(
        "scatter", x=places, y=list(gaps), mode="lines+markers", line={"color": theme.quiet, "width": 1.5},
        marker={"color": theme.faint, "size": 8}, hovertemplate="gap %{x}: %{y} cases<extra></extra>",
        rows=_case_ranges(cases[: len(gaps)]),
    )  # fmt: skip
    drawing.add(
        "scatter", x=[len(gaps) + 1], y=[since], mode="markers",
        marker={"symbol": "circle-open", "color": theme.faint, "size": 9, "line": {"color": theme.faint, "width": 1.5}},
        hovertemplate="%{y} cases since the last event<extra></extra>", rows=_case_ranges(cases[len(gaps) :]),
    )  # fmt: skip
    return drawing.figure()


def _draw_events(drawing: Drawing, heights: NDArray[np.float64], days: Sequence[date]) -> None:
    """A small mark at each event, where the upper arm climbs; it leads to that one procedure."""
    places = np.flatnonzero(np.diff(heights, prepend=0) > 0).tolist()
    drawing.add(
        "scatter", x=[place + 1 for place in places], y=[float(heights[place]) for place in places], mode="markers",
        marker={"color": drawing.theme.faint, "size": 5}, text=_day_words(days, places),
        hovertemplate="event at case %{x}, %{text}<extra></extra>",
        rows=_case_ranges([(place + 1, place + 1) for place in places]),
    )  # fmt: skip


def _case_ranges(cases: Sequence[Cases]) -> list[dict[str, object]] | None:
    """Where each mark leads: the recorded cases from one number to another."""
    return [{"row": 0, "status": "recorded", "cases": f"{first}-{last}"} for first, last in cases] or None


def cusum_chart(
    found: Cusum, days: Sequence[date], *, limit: float, subtitle: str, told: str, theme: Theme
) -> go.Figure:
    """Both arms of a CUSUM by case; the lower arm is drawn downwards.

    `subtitle` says what it is watched against and how many cases it takes; `told` is the finding.
    """
    drawing = Drawing(
        theme=theme,
        height=320,
        title="Do events come more often than expected?",
        subtitle=subtitle,
        alt=told,
        x={"showgrid": False, "title": "case, in order of date"},
        y={"title": "evidence", "range": [-1.25 * limit, 1.25 * limit]},
    )
    for side, colour in ((1, theme.second), (-1, theme.main)):
        drawing.line(colour, dash="dash", y=side * limit)
    drawing.note("signal: more often", xref="paper", x=0, y=limit, xanchor="left", yanchor="bottom")
    drawing.note("signal: less often", xref="paper", x=0, y=-limit, xanchor="left", yanchor="top")
    for heights, signals, side, colour, symbol in (
        (found.up, found.signals_up, 1, theme.second, "diamond"),
        (found.down, found.signals_down, -1, theme.main, "triangle-down"),
    ):
        turns = line_corners(heights)
        drawing.add(
            "scatter", x=turns + 1, y=side * heights[turns], mode="lines", line={"color": theme.faint, "width": 1.5},
            text=_day_words(days, turns), hovertemplate="case %{x}, %{text}<extra></extra>",
        )  # fmt: skip
        if side > 0:
            _draw_events(drawing, heights, days)
        if signals:
            drawing.add(
                "scatter", x=[place + 1 for place in signals], y=[side * float(heights[place]) for place in signals],
                mode="markers", marker={"color": colour, "symbol": symbol, "size": 11},
                text=_day_words(days, signals), hovertemplate="signal at case %{x}, %{text}<extra></extra>",
                rows=_case_ranges([(place + 1, place + 1) for place in signals]),
            )  # fmt: skip
    return drawing.figure()


def line_corners(heights: NDArray[np.float64]) -> NDArray[np.int64]:
    """The places where a line through the heights turns, and its ends: all that is needed to draw it whole.

    Between two events a CUSUM falls evenly, so that of tens of thousands of cases few are corners.
    """
    turns = np.flatnonzero(np.abs(np.diff(heights, 2)) > EVEN) + 1
    return np.unique(np.concatenate([[0], turns, [heights.size - 1]])) if heights.size else turns


def _day_words(days: Sequence[date], places: Iterable[int]) -> list[str]:
    return [_name_day(days[place]) for place in places]


@lru_cache(DAYS_KEPT)
def _name_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
