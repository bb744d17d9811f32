"""The small chart of a card: all closed months, centre line and band, target, and the last point with its month.

A stroke below stands under the months that the card's number is of, a paler one under those that it is compared with.

Lines are an SVG picture that takes the shape of the card, because a card must appear before any chart library; words
stand over it as text of the page, in its typeface.
"""

from base64 import b64encode
from collections.abc import Sequence
from math import isnan, nan

from markupsafe import Markup

from dashboard.charts.trends.marked_months import MarkedMonths
from dashboard.text.templates import render_html
from dashboard.text.theme import Theme, number_text
from queries.trends.trend import Trend

# Of the picture, which is stretched to the card: lines end before its edge, as the last point is wide, and the strokes
# stand below them.
WIDTH, HEIGHT, TOP, LINES, STROKE = 97, 100, 5, 88, 98
Place = tuple[float, float] | None


def card_chart(trend: Trend, alt: str, theme: Theme, marked: Sequence[MarkedMonths] = ()) -> Markup:
    """The chart as HTML; empty below two points: one point is no course.

    `marked`: the months of the period first, then those that it is compared with.
    """
    values = [point.value if point.is_complete else nan for point in trend.points]
    known = [value for value in values if not isnan(value)]
    if len(known) < 2:
        return Markup("")
    lines = [value for value in (*trend.lower, *trend.upper) if not isnan(value)]
    target = [] if trend.target is None else [trend.target]
    low, high = min(*known, *lines, *target), max(*known, *lines, *target)
    across = WIDTH / (len(values) - 1)

    def place(number: int, value: float) -> Place:
        share = (value - low) / ((high - low) or 1.0)
        return None if isnan(value) else (across * number, TOP + (LINES - TOP) * (1 - share))

    def places(row: Sequence[float]) -> list[Place]:
        return [place(number, value) for number, value in enumerate(row)]

    edge = [one for one in (*places(trend.upper), *reversed(places(trend.lower))) if one]
    band = " ".join(f"{x:.1f},{y:.1f}" for x, y in edge)
    parts = [f"<polygon points='{band}' fill='{theme.main}' fill-opacity='.10'/>" if band else ""]
    parts += [_line(run, theme.faint, 1, "2 3") for run in unbroken_runs(places(trend.centre))]
    parts += [_line(run, theme.main, 2) for run in unbroken_runs(places(values))]
    aim = None if trend.target is None else place(0, trend.target)
    if aim:
        parts.append(_line(f"0,{aim[1]:.1f} {WIDTH},{aim[1]:.1f}", theme.ink, 1, "6 3"))
    last = max(number for number, value in enumerate(values) if not isnan(value))
    x, y = place(last, values[last]) or (0.0, 0.0)
    # A line without length and with round ends: a circle would be drawn out with the picture.
    parts.append(_line(f"{x:.1f},{y:.1f} {x:.1f},{y:.1f}", theme.main, 7))
    for one, colour in zip(marked, (theme.ink, theme.quiet), strict=False):
        inside = [number for number, point in enumerate(trend.points) if one.first <= point.start <= one.last]
        if len(inside) > 1:
            start, stop = (across * number for number in (inside[0], inside[-1]))
            parts.append(_line(f"{start:.1f},{STROKE} {stop:.1f},{STROKE}", colour, 2.5, ends="butt"))
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 {HEIGHT}' preserveAspectRatio='none'>"
        f"{''.join(parts)}</svg>"
    )
    return render_html(
        "card_chart",
        alt=alt,
        picture=b64encode(svg.encode()).decode(),
        last=(x, y, number_text(values[last], trend.unit), f"{trend.points[last].start:%b}" * (trend.step == "month")),
        target=(aim[1], f"target {number_text(trend.target, trend.unit)}")
        if aim and trend.target is not None
        else None,
        ends=[f"{day:%b %Y}" for day in (trend.points[0].start, trend.points[-1].end)],
    )


def unbroken_runs(places: Sequence[Place]) -> list[str]:
    """Point lists of the unbroken stretches."""
    runs: list[list[str]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(f"{place[0]:.1f},{place[1]:.1f}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _line(points: str, colour: str, width: float, dash: str = "", ends: str = "round") -> str:
    dashed = f" stroke-dasharray='{dash}'" if dash else f" stroke-linecap='{ends}'"
    style = f"fill='none' stroke='{colour}' stroke-width='{width}' stroke-linejoin='round'{dashed}"
    return f"<polyline points='{points}' {style} vector-effect='non-scaling-stroke'/>"
