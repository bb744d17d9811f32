"""Observed against expected case by case, so far, and where the risk-adjusted sum behind it passes its limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing
from dashboard.text.theme import Theme


@dataclass(frozen=True, kw_only=True)
class RiskCourse:
    """`beyond`: yes beyond what was expected so far, after each case; `numbers` of cases as they are counted, from 1.

    `more` and `fewer` are the places where a limit is passed; `better` says which of them is to be welcomed.
    """

    beyond: np.ndarray
    days: Sequence[date]
    numbers: Sequence[int]
    more: Sequence[int]
    fewer: Sequence[int]
    better: str


def vlad_chart(course: RiskCourse, title: str, finding: str, subtitle: str, theme: Theme) -> go.Figure:
    """The line has no limits of its own: only a mark says that chance hardly explains its slope."""
    drawing = Drawing(
        theme=theme, height=300, title=title, finding=finding, subtitle=subtitle,
        alt=f"{course.beyond[-1]:+.1f} after {course.beyond.size:,} cases. {finding}.",
        x={"showgrid": False, "title": "case, in order of date"},
        y={"title": "yes beyond expected, so far", "zeroline": True, "zerolinecolor": theme.faint},
    )  # fmt: skip
    drawing.add(
        "scatter", x=np.arange(1, course.beyond.size + 1), y=course.beyond, mode="lines",
        line={"color": theme.main, "width": 2}, text=[f"{day.day} {day:%B %Y}" for day in course.days],
        hovertemplate="case %{x}, %{text}: %{y:+.1f}<extra></extra>",
    )  # fmt: skip
    for places, words, is_good in (
        (course.more, "more often than expected", course.better == "higher"),
        (course.fewer, "less often than expected", course.better == "lower"),
    ):
        if len(places):
            drawing.add(
                "scatter", x=[place + 1 for place in places], y=course.beyond[list(places)], mode="markers",
                marker={
                    "color": theme.main if is_good else theme.second, "symbol": "triangle-up" if is_good else "diamond",
                    "size": 12,
                },
                text=[f"{course.days[place].day} {course.days[place]:%B %Y}" for place in places],
                hovertemplate=f"limit passed: {words}, %{{text}}<extra></extra>",
                rows=[
                    {"row": 0, "status": "recorded", "cases": f"{course.numbers[place]}-{course.numbers[place]}"}
                    for place in places
                ],
            )  # fmt: skip
    return drawing.figure()
