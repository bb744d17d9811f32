"""One procedure: the hours of its day, and pain over the days before and after it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing
from dashboard.text.theme import Theme

TICK_DAYS = (-30, -7, 0, 3, 10, 20, 60, 135, 270, 455)
STRIP = -1.4


@dataclass(frozen=True)
class Mark:
    """Something that happened: a score (`height` 0 to 10, filled when a figure uses it), or an event on the strip."""

    day: float
    words: str
    height: float | None = None
    is_used: bool = False
    is_serious: bool = False


@dataclass(frozen=True)
class Moment:
    """A time of the day of the procedure, or later."""

    at: datetime
    name: str


def hours_of_the_day(moments: Sequence[Moment], theme: Theme) -> go.Figure:
    """From arrival to leaving as one bar with a step at each known time, in the hours of the clock.

    `moments` in order of time; fewer than two make an empty drawing that says so.
    """
    stretches = list(pairwise(moments))
    told = "; ".join(f"{one.name} {one.at:%H:%M}" for one in moments)
    drawing = Drawing(
        theme=theme,
        height=180,
        title="What happened on the day?",
        subtitle="Local time; times that are not recorded are left out",
        alt=f"{told}." if told else "No times recorded.",
        x={"type": "date", "showgrid": False, "tickformat": "%H:%M"},
        y={"visible": False, "range": [-0.9, 1.9]},
    )
    for place, (first, last) in enumerate(stretches):
        minutes = round((last.at - first.at).total_seconds() / 60)
        is_procedure = first.name == "start"
        drawing.add(
            "scatter",
            x=[first.at, last.at],
            y=[0, 0],
            mode="lines",
            line={"color": theme.main if is_procedure else theme.quiet, "width": 16 if is_procedure else 7},
            text=[f"{first.name} to {last.name}: {_duration_words(minutes)}"] * 2,
            hovertemplate="%{text}<extra></extra>",
        )
        if place % 2 == 0 or is_procedure or minutes > 60:
            middle = first.at + (last.at - first.at) / 2
            drawing.note(_duration_words(minutes), x=middle, y=-0.35, yanchor="top")
    for place, one in enumerate(moments):
        drawing.note(f"{one.name}<br>{one.at:%H:%M}", x=one.at, y=0.25 if place % 2 == 0 else 0.95, yanchor="bottom",
                     font={"color": theme.ink, "size": 12})  # fmt: skip
    if moments:
        drawing.add(
            "scatter",
            x=[one.at for one in moments],
            y=[0] * len(moments),
            mode="markers",
            marker={"color": theme.paper, "size": 9, "line": {"color": theme.ink, "width": 2}},
        )
    return drawing.figure()


def _duration_words(minutes: int) -> str:
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h".replace(".0 h", " h")


def days_around(marks: Sequence[Mark], windows: Sequence[tuple[str, int, int]], theme: Theme) -> go.Figure:
    """Scores over the days from the procedure, with the windows in which they are looked for, and events below.

    `windows`: name, first and last day. The scale of the days is their square root, so that the first days have room.
    """
    scores = [mark for mark in marks if mark.height is not None]
    events = [mark for mark in marks if mark.height is None]
    last = max([20.0, *(mark.day for mark in marks)])
    first = min([-7.0, *(mark.day for mark in marks)])
    shown = [day for day in TICK_DAYS if first <= day <= last * 1.1]
    drawing = Drawing(
        theme=theme,
        height=330,
        title="What came before and after?",
        subtitle="Pain, 0 to 10, by days from the procedure; filled: a figure uses it; above: when it is asked; "
        "below: contacts and events",
        alt=f"{'; '.join(mark.words for mark in marks)}." if marks else "Nothing recorded before or after.",
        x={
            "tickvals": [_day_place(day) for day in shown],
            "ticktext": [f"{day:+d} d" if day else "day 0" for day in shown],
            "range": [_day_place(first) - 0.7, _day_place(last) + 1.2],
            "showgrid": False,
        },
        y={"range": [STRIP - 0.8, 10.8], "tickvals": [0, 2, 4, 6, 8, 10], "title": "pain"},
    )
    for place, (name, begin, end) in enumerate(windows):
        if begin <= last:
            # Every other window shaded, because they follow each other without a gap.
            if place % 2 == 0:
                drawing.band(_day_place(begin - 0.5), _day_place(end + 0.5))
            drawing.note(name, x=_day_place((begin + end) / 2), y=10.6, yanchor="bottom", textangle=0)
    drawing.line(theme.ink, x=0.0)
    _add_scores(drawing, [mark for mark in scores if mark.is_used], theme.main, theme.main)
    _add_scores(drawing, [mark for mark in scores if not mark.is_used], theme.paper, theme.quiet)
    drawing.add(
        "scatter",
        x=[_day_place(mark.day) for mark in events],
        y=[STRIP] * len(events),
        mode="markers",
        marker={
            "symbol": ["diamond" if mark.is_serious else "square" for mark in events],
            "color": [theme.second if mark.is_serious else theme.faint for mark in events],
            "size": 11,
        },
        text=[mark.words for mark in events],
        hovertemplate="%{text}<extra></extra>",
    )
    return drawing.figure()


def _add_scores(drawing: Drawing, marks: Sequence[Mark], fill: str, edge: str) -> None:
    drawing.add(
        "scatter",
        x=[_day_place(mark.day) for mark in marks],
        y=[mark.height for mark in marks],
        mode="markers+text",
        text=[f"{mark.height:g}" for mark in marks],
        textposition="top center",
        textfont={"color": drawing.theme.ink},
        marker={"size": 11, "color": fill, "line": {"color": edge, "width": 2}},
        customdata=[mark.words for mark in marks],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _day_place(day: float) -> float:
    return math.copysign(math.sqrt(abs(day)), day)
