"""The small chart of a card: all closed months, centre line and band, target, and the last point with its month.

A stroke below stands under the months that the card's number is of, a paler one under those that it is compared with.

An SVG picture as text, because a card must appear before any chart library.
"""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from math import isnan, nan

from dashboard.charts.trends.marked_months import MarkedMonths
from dashboard.text.theme import Theme, number_text
from queries.trends.trend import Trend

WIDTH, HEIGHT = 280, 92
LEFT, RIGHT, TOP, FOOT = 4, 54, 8, 22
LINE, STROKE = 16, 73
FONT = "font-family='Source Sans, Segoe UI, Helvetica, Arial, sans-serif'"
# Beside another card on a phone the picture is half as wide: its text keeps its size.
NARROW = "@media (max-width: 200px) { text { font-size: 17px; } .month { display: none; } }"
Place = tuple[float, float] | None


def card_chart(trend: Trend, alt: str, theme: Theme, marked: Sequence[MarkedMonths] = ()) -> str:
    """The chart as an `<img>`; empty text below two points: one point is no course.

    `marked`: the months of the period first, then those that it is compared with.
    """
    values = [point.value if point.is_complete else nan for point in trend.points]
    known = [value for value in values if not isnan(value)]
    if len(known) < 2:
        return ""
    lines = [value for value in (*trend.lower, *trend.upper) if not isnan(value)]
    target = [] if trend.target is None else [trend.target]
    low, high = min(*known, *lines, *target), max(*known, *lines, *target)
    across = (WIDTH - LEFT - RIGHT) / (len(values) - 1)

    def place(number: int, value: float) -> Place:
        share = (value - low) / ((high - low) or 1.0)
        return None if isnan(value) else (LEFT + across * number, TOP + (HEIGHT - TOP - FOOT) * (1 - share))

    def places(row: Sequence[float]) -> list[Place]:
        return [place(number, value) for number, value in enumerate(row)]

    edge = [one for one in (*places(trend.upper), *reversed(places(trend.lower))) if one]
    band = " ".join(f"{x:.1f},{y:.1f}" for x, y in edge)
    parts = [f"<polygon points='{band}' fill='{theme.main}' fill-opacity='.10'/>" if band else ""]
    parts += [_line(run, theme.faint, 1, "2 3") for run in unbroken_runs(places(trend.centre))]
    parts += [_line(run, theme.main, 2) for run in unbroken_runs(places(values))]
    if trend.target is not None and (end := place(len(values) - 1, trend.target)):
        text = f"target {number_text(trend.target, trend.unit)}"
        parts.append(_line(f"{LEFT},{end[1]:.1f} {WIDTH - RIGHT},{end[1]:.1f}", theme.ink, 1, "6 3"))
        parts.append(_text(LEFT, end[1] - 3 if end[1] > TOP + 10 else end[1] + 11, text, theme.ink, "start"))
    last = max(number for number, value in enumerate(values) if not isnan(value))
    x, y = place(last, values[last]) or (0.0, 0.0)
    parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3.5' fill='{theme.main}'/>")
    parts.append(_text(x + 7, y + 4, number_text(values[last], trend.unit), theme.ink, "start", "600"))
    if trend.step == "month":
        month = _text(x + 7, y + 4 + LINE, f"{trend.points[last].start:%b}", theme.faint, "start")
        parts.append(f"<g class='month'>{month}</g>")
    for one, colour in zip(marked, (theme.ink, theme.quiet), strict=False):
        inside = [number for number, point in enumerate(trend.points) if one.first <= point.start <= one.last]
        if len(inside) > 1:
            start, stop = (LEFT + across * number for number in (inside[0], inside[-1]))
            parts.append(_line(f"{start:.1f},{STROKE} {stop:.1f},{STROKE}", colour, 2.5))
    first, end_month = trend.points[0].start, trend.points[-1].end
    parts.append(_text(LEFT, HEIGHT - 2, f"{first:%b %Y}", theme.faint, "start"))
    parts.append(_text(WIDTH - RIGHT, HEIGHT - 2, f"{end_month:%b %Y}", theme.faint, "end"))
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' height='{HEIGHT}'>"
        f"<style>{NARROW}</style>{''.join(parts)}</svg>"
    )
    picture = b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(alt)}">'


def unbroken_runs(places: Sequence[Place]) -> list[str]:
    """Point lists of the unbroken stretches."""
    runs: list[list[str]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(f"{place[0]:.1f},{place[1]:.1f}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _line(points: str, colour: str, width: float, dash: str = "") -> str:
    dashed = f" stroke-dasharray='{dash}'" if dash else ""
    style = f"fill='none' stroke='{colour}' stroke-width='{width}' stroke-linejoin='round'{dashed}"
    return f"<polyline points='{points}' {style}/>"


def _text(x: float, y: float, text: str, colour: str, anchor: str, weight: str = "400") -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' fill='{colour}' text-anchor='{anchor}' font-size='13' font-weight='{weight}' "
        f"{FONT}>{escape(text)}</text>"
    )
