"""Rare events: how many cases and days lie between them, and a sum that climbs when they come more often."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
Years = Sequence[tuple[float, int]]
FEWEST_GAPS, PLAIN_GAPS = 8, 12
# A gap that is shorter, of all cases, has no room for its number.
LABELLED_SHARE = 0.05
# Steps that differ by less are the same step.
EVEN = 1e-9
DAYS_KEPT = 10_000


@dataclass(frozen=True)
class Unit:
    """What lies between two events: its name, how wide an event is on the strip, and the limit that few gaps exceed."""

    name: str
    event_width: int
    limit: Callable[[Sequence[int]], float]
    axis: str


CASES = Unit("cases", 1, control_charts.geometric_limit, "cases in order of date, from the first event")
DAYS = Unit("days", 0, control_charts.exponential_limit, "days from the procedure of the first event")


def cases_between(
    gaps: Sequence[int], since: int, theme: Theme, cases: Sequence[Cases] = (), years: Years = ()
) -> go.Figure:
    """A strip of cases in order of time: a stroke at each event, the cases between, and hollow those since.

    `cases`: of each gap and of those since the last event the number of its first and of its last case, from 1.
    `years`: on the axis, how far from the first event each year begins; without them the axis counts.
    Coloured is a gap beyond the limit (from 8 gaps; a trial below 12): only 0.135 % of gaps are longer by chance.
    """
    return _strip_of_gaps(CASES, gaps, since, theme=theme, cases=cases, years=years)


def days_between(
    gaps: Sequence[int], since: int, theme: Theme, cases: Sequence[Cases] = (), years: Years = ()
) -> go.Figure:
    """The same in days from procedure to procedure. Days also grow where fewer patients are treated; cases do not."""
    return _strip_of_gaps(DAYS, gaps, since, theme=theme, cases=cases, years=years)


def _strip_of_gaps(
    unit: Unit, gaps: Sequence[int], since: int, *, theme: Theme, cases: Sequence[Cases], years: Years
) -> go.Figure:
    limit = unit.limit(gaps) if len(gaps) >= FEWEST_GAPS else float("inf")
    told = (
        f"half of the gaps are {control_charts.g(gaps).centre[0]:.0f} {unit.name} or fewer"
        if len(gaps)
        else "no gap between two events yet"
    )
    trial = " (trial)" if len(gaps) < PLAIN_GAPS else ""
    colours = [theme.main if gap > limit else theme.grid for gap in gaps]
    # A legend only of what is drawn.
    bound = f"; coloured: more than {limit:,.0f}, longer than chance explains{trial}" if theme.main in colours else ""
    has_events = bool(len(gaps) or (cases and cases[0][0] > 1))
    strokes = "; stroke: an event" if has_events else ""
    hollow_words = f"; hollow: {unit.name} since the last" if has_events and since else ""
    axis = {"tickvals": [place for place, _ in years], "ticktext": [str(year) for _, year in years]} if years else {}
    # The first event stands at 0; each gap begins half an event after the event before it.
    events = np.concatenate([[0], np.cumsum(np.asarray(gaps, int) + unit.event_width)]).tolist()
    whole = max(events[-1] + since, 1)
    drawing = Drawing(
        theme=theme,
        height=130,
        title=f"How many {unit.name} between two events?",
        finding=f"{told[:1].upper()}{told[1:]}",
        subtitle=f"{len(gaps):,} gap{'' if len(gaps) == 1 else 's'}{bound}{strokes}{hollow_words}",
        alt=f"{since:,} {unit.name} since the last event; {told}.",
        x={"showgrid": False, "title": unit.axis, "range": [-1, whole + 1], **axis},
        y={"visible": False, "range": [-0.6, 0.6]},
        layout={"barmode": "overlay"},
    )
    starts = [event + unit.event_width / 2 for event in events]
    hover = f"%{{customdata}} {unit.name}<extra></extra>"
    _draw_gaps(drawing, list(gaps), starts[:-1], {"color": colours}, _case_ranges(cases[: len(gaps)]), hover)
    hollow = {"color": "rgba(0,0,0,0)", "line": {"color": theme.faint, "width": 1.5}}
    _draw_gaps(drawing, [since], starts[-1:], hollow, _case_ranges(cases[len(gaps) :]), hover)
    for gap, first in zip([*gaps, since], starts, strict=True):
        if gap >= LABELLED_SHARE * whole:
            drawing.note(f"{gap:,}", x=first + gap / 2, y=0, font={"color": theme.ink, "size": 12})
    if has_events:
        drawing.add(
            "scatter", x=events, y=[0] * len(events), mode="markers",
            marker={"symbol": "line-ns-open", "color": theme.faint, "size": 30, "line": {"width": 2}},
        )  # fmt: skip
    return drawing.figure()


def _draw_gaps(
    drawing: Drawing,
    gaps: list[int],
    starts: list[float],
    marker: Mapping[str, object],
    rows: list[dict[str, object]] | None,
    hover: str,
) -> None:
    drawing.add(
        "bar", x=gaps, y=[0] * len(gaps), base=starts, orientation="h", width=0.5,
        marker=marker, customdata=gaps, hovertemplate=hover, rows=rows,
    )  # fmt: skip


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
    found: Cusum, days: Sequence[date], *, limit: float, subtitle: str, told: str, theme: Theme, has_lower: bool
) -> go.Figure:
    """Evidence for more events by case, against its limit; with `has_lower` also for fewer, drawn downwards.

    `subtitle` says what it is watched against, `told` what was found.
    """
    lowest = -1.25 * limit if has_lower else -0.05 * limit
    drawing = Drawing(
        theme=theme,
        height=320 if has_lower else 240,
        title="Do events come more often than expected?",
        finding=told.removesuffix("."),
        subtitle=subtitle,
        alt=told,
        x={"showgrid": False, "title": "case, in order of date"},
        y={"title": "evidence for more events", "range": [lowest, 1.25 * limit]},
    )
    upper = (found.up, found.signals_up, 1, theme.second, "diamond", "limit: more often than expected")
    lower = (found.down, found.signals_down, -1, theme.main, "triangle-down", "limit: less often than expected")
    for heights, signals, side, colour, symbol, words in (upper, lower) if has_lower else (upper,):
        drawing.line(colour, dash="dash", y=side * limit)
        drawing.note(words, xref="paper", x=0, y=side * limit, xanchor="left", yanchor="bottom" if side > 0 else "top")
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
