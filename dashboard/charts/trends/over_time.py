"""A figure over time: its points, its centre line, the limits by which points are coloured, and what people noted.

Shapes stand beside colours: a triangle for better, a diamond for what to look into, a circle for common variation;
small for fewer than ten, hollow for what is not over.
"""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.drawing import SHARE_AXIS, Drawing
from dashboard.text.theme import Theme, number_text
from queries.figures.gates import FEWEST
from queries.statistics.run_rules import variation
from queries.trends.phrases import STEPS
from queries.trends.trend import Point, Trend

Note = tuple[date, str]
BEFORE_FIRST = timedelta(days=16)
SMALL_SHARES = 40
SAME = 1e-6
# The part of the axis that a line of text takes.
LABEL_ROOM = 0.07
LIMITS = {
    "proportion": "band: where all but 0.3 % of points lie by chance",
    "mean": "band: where means lie by chance, as few as the first ones are; wider for small months",
}


def over_time(
    trend: Trend,
    title: str,
    *,
    noun: str,
    theme: Theme,
    notes: Sequence[Note] = (),
    classic: bool = False,
    finding: str = "",
) -> go.Figure:
    """The chart of a trend. `noun` says what is counted; `classic` draws and colours by 3-sigma limits instead.

    `finding` stands as its heading where more is known than the months say.
    """
    is_share = trend.kind == "proportion"
    drawing = Drawing(
        theme=theme,
        height=360,
        title=title,
        finding=finding or _finding_words(trend),
        subtitle=_trend_subtitle(trend, noun),
        marks=_mark_words(trend, classic),
        alt=f"{_extent_words(trend)} {trend.sentence} {trend.assured}".strip(),
        x={"showgrid": False, **_month_range(trend)},
        layout={"margin": {"l": 8, "r": 84, "t": 12, "b": 8, "pad": 4}},
        y=_share_axis(trend) if is_share else {"title": trend.unit, **_value_range(trend)},
    )
    places = [point.start for point in trend.points]
    lower, upper = (trend.classic_lower, trend.classic_upper) if classic else (trend.lower, trend.upper)
    _draw_limits(drawing, places, lower, upper)
    dash = "dash" if trend.is_trial else "solid"
    drawing.add(
        "scatter", x=places, y=list(trend.centre), mode="lines", line={"color": theme.faint, "width": 1.5, "dash": dash}
    )
    drawing.add(
        "scatter", x=places, y=[point.value for point in trend.points], mode="lines", connectgaps=False,
        line={"color": theme.quiet, "width": 1.5},
    )  # fmt: skip
    if trend.target is not None:
        drawing.line(theme.main, dash="dash", y=trend.target)
        drawing.note(
            f"target {number_text(trend.target, trend.unit)}",
            xref="paper",
            x=1,
            y=trend.target,
            xanchor="right",
            yanchor="bottom",
        )
    _label_lines(drawing, trend, places)
    for kind in ("common", "small", "hollow", "better", "look_into", "neutral", "outside"):
        _draw_points(drawing, trend, places, kind, classic)
    for on, text in [*notes, *((one.on, f"new baseline: {one.reason}") for one in trend.rebases)]:
        _draw_pin(drawing, on, text)
    return drawing.figure()


def _label_lines(drawing: Drawing, trend: Trend, places: list[date]) -> None:
    """The last point that is over by its value and the centre line by its name, at the right; one above the other."""
    known = [place for place, point in enumerate(trend.points) if point.is_complete and not math.isnan(point.value)]
    centred = [place for place, value in enumerate(trend.centre) if not math.isnan(value)]
    labels: list[tuple[float, str, dict[str, Any]]] = []
    if known:
        value, ink = trend.points[known[-1]].value, {"color": drawing.theme.ink, "size": 13}
        shown = f"<b>{number_text(value, trend.unit)}</b>"
        if known[-1] + 1 < len(places):
            # At the right it would stand at a month that is not over.
            above = {"xanchor": "center", "yanchor": "bottom", "yshift": 8}
            drawing.note(shown, x=places[known[-1]], y=value, font=ink, **above)
        else:
            labels.append((value, shown, {"x": places[known[-1]], "font": ink}))
    if centred:
        centre = trend.centre[centred[-1]]
        labels.append((centre, f"centre {number_text(centre, trend.unit)}", {"x": places[centred[-1]]}))
    labels.sort(key=lambda label: label[0])
    close = len(labels) > 1 and labels[1][0] - labels[0][0] < LABEL_ROOM * _highest(trend)
    for side, (height, text, place) in zip(("top", "bottom"), labels, strict=False):
        anchor = side if close else "middle"
        drawing.note(text, y=height, xanchor="left", xshift=9, yanchor=anchor, **place)


def _highest(trend: Trend) -> float:
    """The highest value that the axis shows."""
    known = [*(point.value for point in trend.points), *trend.upper]
    return max((value for value in known if not math.isnan(value)), default=1.0)


def only_point(trend: Trend) -> str:
    """What is known in words where there is no course to draw: nothing, fewer than ten, or a single point; else empty.

    Of fewer than ten only the counts are told.
    """
    known = [point for point in trend.points if not math.isnan(point.value)]
    if not known:
        return "Nothing recorded yet."
    n = sum(point.n for point in known)
    if trend.kind != "count" and n < FEWEST:
        counts = (
            f"{sum(point.numerator or 0 for point in known)} of {n}" if trend.kind == "proportion" else f"{n} recorded"
        )
        return f"{counts} so far: too few to tell how it goes over time."
    if len(known) > 1:
        return ""
    return f"One {STEPS[trend.step][0]} so far, {known[0].period}: {_hover_text(known[0], trend)}."


def _draw_limits(drawing: Drawing, places: list[date], lower: Sequence[float], upper: Sequence[float]) -> None:
    """Stepped limits as a band: each subgroup has its own."""
    style = {"mode": "lines", "line": {"color": drawing.theme.grid, "width": 1, "shape": "hvh"}}
    drawing.add("scatter", x=places, y=list(lower), **style)
    drawing.add("scatter", x=places, y=list(upper), fill="tonexty", fillcolor=drawing.theme.band, **style)


def _point_kind(point: Point, trend: Trend, classic: bool) -> str:
    """How a point is drawn."""
    if not point.is_complete:
        return "hollow"
    if point.is_small:
        return "small"
    if classic and point.is_outside_classic:
        return "outside"
    if classic or point.label == "common":
        return "common"
    found = variation([point.label], trend.better)
    return {"improvement": "better", "concern": "look_into"}.get(found, "neutral")


def _draw_points(drawing: Drawing, trend: Trend, places: list[date], kind: str, classic: bool) -> None:
    rows = [place for place, point in enumerate(trend.points) if _point_kind(point, trend, classic) == kind]
    rows = [place for place in rows if trend.points[place].n or trend.kind == "count"]
    if not rows:
        return
    theme = drawing.theme
    colour, symbol, size = {
        "common": (theme.faint, "circle", 8),
        "small": (theme.quiet, "circle", 5),
        "hollow": (theme.quiet, "circle-open", 8),
        "better": (theme.main, "triangle-up", 12),
        "look_into": (theme.second, "diamond", 11),
        "neutral": (theme.ink, "square", 9),
        "outside": (theme.ink, "x", 9),
    }[kind]
    chosen, grey = [trend.points[place] for place in rows], kind == "common" and not classic
    drawing.add(
        "scatter",
        rows=rows,
        x=[places[place] for place in rows],
        y=[point.value for point in chosen],
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": size, "line": {"color": colour, "width": 1.5}},
        text=[
            f"{point_words(point, trend)}{_beyond_words(point, trend, place) if grey else ''}"
            for place, point in zip(rows, chosen, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )


def point_words(point: Point, trend: Trend) -> str:
    """`July 2025: 18 of 22 (82 %)`; quarters and blocks by their own names."""
    period = f"{point.start:%B %Y}" if trend.step == "month" else point.period
    return f"{period}: {_hover_text(point, trend)}"


def _hover_text(point: Point, trend: Trend) -> str:
    state = "" if point.is_complete else ", not over"
    value = number_text(point.value, trend.unit)
    if point.numerator is not None and trend.kind == "proportion":
        return f"{point.numerator:,} of {point.n:,} ({value}){state}"
    return f"{value}{state}" if trend.kind == "count" else f"{value} (n = {point.n:,}){state}"


def _beyond_words(point: Point, trend: Trend, place: int) -> str:
    """Why a share outside the band is not coloured."""
    lower, upper = trend.lower[place], trend.upper[place]
    if trend.kind != "proportion" or math.isnan(lower) or lower - SAME <= point.value <= upper + SAME:
        return ""
    return "; beyond the band, as among so many points one may be by chance"


def _draw_pin(drawing: Drawing, on: date, text: str) -> None:
    drawing.line(drawing.theme.faint, dash="dot", x=on)
    drawing.note(text, x=on, y=1, yref="paper", xanchor="left", yanchor="top", xshift=4)


def _share_axis(trend: Trend) -> dict[str, Any]:
    """From 0 to 100 %, or nearer where all of it is small; a little room below, so that points at 0 are whole."""
    known = [point.value for point in trend.points] + [*trend.upper, *trend.classic_upper]
    highest = max((value for value in known if not math.isnan(value)), default=100.0)
    if highest > SMALL_SHARES:
        return {"range": [-2, 104], **SHARE_AXIS}
    top = max(10.0, 1.2 * highest)
    return {"range": [-0.02 * top, top], "ticksuffix": " %"}


def _month_range(trend: Trend) -> dict[str, Any]:
    """From the first point to the end of the last: labels beside it stand in the margin and stretch no axis."""
    if not trend.points:
        return {}
    first, last = trend.points[0].start, trend.points[-1]
    return {"range": [first - BEFORE_FIRST, max(last.end, last.start + BEFORE_FIRST)]}


def _value_range(trend: Trend) -> dict[str, Any]:
    """From 0 where nothing is below it; changes in pain are."""
    known = [point.value for point in trend.points if not math.isnan(point.value)]
    return {"rangemode": "tozero"} if known and min(known) >= 0 else {}


def _finding_words(trend: Trend) -> str:
    """What is found, as a heading: `Lower since about June 2025: 56 of 120 (47 %)`."""
    return f"{trend.short[:1].upper()}{trend.short[1:]}"


def _trend_subtitle(trend: Trend, noun: str) -> str:
    """Over which months, and of how many."""
    counted = f"{_counted_words(trend, is_complete=True)} {noun}"
    if any(point.n and not point.is_complete for point in trend.points):
        counted += f", and {_counted_words(trend, is_complete=False)} in hollow points"
    return f"{trend.points[0].start:%B %Y} – {trend.points[-1].end:%B %Y}: {counted}" if trend.points else counted


def _mark_words(trend: Trend, classic: bool) -> str:
    """How lines and points are to be read."""
    limits = "band: three sigma" if classic and trend.kind == "proportion" else LIMITS.get(trend.kind, "")
    has_centre = any(not math.isnan(value) for value in trend.centre)
    centre = f"Line: centre{' (trial)' if trend.is_trial else ''}; {limits}; small" if has_centre else "Small"
    return f"{centre} grey: fewer than ten; hollow: not over, or too much missing."


def _counted_words(trend: Trend, is_complete: bool) -> str:
    """The numbers of the points that are over, or of the others; together they are those of the page's headline."""
    points = [point for point in trend.points if point.is_complete == is_complete]
    n = sum(point.n for point in points)
    return f"{sum(point.numerator or 0 for point in points):,} of {n:,}" if trend.kind == "proportion" else f"{n:,}"


def _extent_words(trend: Trend) -> str:
    known = [point for point in trend.points if not math.isnan(point.value)]
    if not known:
        return "Nothing recorded."
    first, last = known[0], known[-1]
    return f"First {first.period}: {_hover_text(first, trend)}; last {last.period}: {_hover_text(last, trend)}."
