"""A small line for a card: the own trend, without axes.

An SVG picture as text, because a card must appear before any chart library.
"""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, EDGE = 240, 40, 5


def sparkline_image(values: Sequence[float | None], alt: str, colour: str, changes: Sequence[int] = ()) -> str:
    """Values in order of time as an `<img>` of a line with its last point marked; gaps where a value is None.

    `changes` are places before which something changed: a dashed line stands there. Empty text below two values: one
    point is no trend.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    places = [
        None if value is None else (EDGE + step * place, EDGE + (HEIGHT - 2 * EDGE) * (1 - (value - low) / span))
        for place, value in enumerate(values)
    ]
    lines = "".join(
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round"/>'
        for points in unbroken_runs(places)
    )
    last = next(place for place in reversed(places) if place is not None)
    steps = "".join(
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}" stroke="{colour}" stroke-dasharray="3 3"/>'
        for x in (EDGE + step * (place - 0.5) for place in changes if 0 < place < len(values))
    )
    dot = f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="3.5" fill="{colour}"/>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{steps}{lines}{dot}</svg>"
    )
    picture = b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(alt)}" style="width:100%;max-width:{WIDTH}px">'


def unbroken_runs(places: Sequence[tuple[float, float] | None]) -> list[str]:
    """Point lists of the unbroken stretches."""
    runs: list[list[str]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(f"{place[0]:.1f},{place[1]:.1f}")
    return [" ".join(run) for run in runs if len(run) > 1]
