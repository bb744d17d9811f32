"""The spine: T1 to L5 as vertebral bodies seen from the side, shaded by how often each was treated."""

import math
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing
from dashboard.theme import Theme, percent
from queries.vertebrae import TREATED_SPINE

# Height and depth of the bodies in millimetres, from T1 to L5: rounded anatomical means, only to look right.
HEIGHTS = (16, 17, 17.5, 18, 18.5, 19, 19.5, 20, 20.5, 21.5, 22.5, 24, 25, 25.5, 26, 26, 26.5)
DEPTHS = (17, 18, 19, 20, 21.5, 23, 24.5, 26, 27, 28, 29, 30, 31, 32, 33, 33.5, 34)
DISC_SHARE = 0.26
KYPHOSIS, LORDOSIS = 15.0, 13.0
CORNERS = 7
BARS_FROM, BARS_LONG = 68, 110


@dataclass(frozen=True)
class Body:
    """One vertebral body: its middle, its tilt, its size."""

    name: str
    x: float
    y: float
    tilt: float
    height: float
    depth: float

    def outline(self) -> tuple[list[float], list[float]]:
        """Corner points of the body: upper and lower end plates, waisted front and back."""
        half_height, half_depth = self.height / 2, self.depth / 2
        waist = 0.08 * self.depth
        side = [half_height * (1 - 2 * step / (CORNERS - 1)) for step in range(CORNERS)]
        front = [(-half_depth + waist * (1 - (y / half_height) ** 2), y) for y in side]
        back = [(half_depth - waist * 0.7 * (1 - (y / half_height) ** 2), y) for y in reversed(side)]
        return self._placed([*front, *back, front[0]])

    def process(self) -> tuple[list[float], list[float]]:
        """Corner points of the spinous process, behind the body and pointing down."""
        half = self.depth / 2
        lumbar = self.name.startswith("L")
        length, drop, thick = (0.75, 0.12, 0.5) if lumbar else (0.85, 0.75, 0.26)
        reach, fall, width = length * self.depth, drop * self.height, thick * self.height
        start = half + 0.2 * self.depth
        return self._placed(
            [
                (start, width / 2),
                (start + reach, width / 2 - fall),
                (start + reach, -width / 2 - fall),
                (start, -width / 2),
                (start, width / 2),
            ]
        )

    def _placed(self, points: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
        cosine, sine = math.cos(self.tilt), math.sin(self.tilt)
        return (
            [self.x + x * cosine - y * sine for x, y in points],
            [self.y + x * sine + y * cosine for x, y in points],
        )


def bodies() -> list[Body]:
    """The vertebrae from T1 down: kyphosis bends the chest part backwards, lordosis the lumbar part forwards."""
    discs = [DISC_SHARE * height for height in HEIGHTS]
    total = sum(HEIGHTS) + sum(discs)
    chest = sum(HEIGHTS[:12]) + sum(discs[:12])
    made, depth_below = [], 0.0
    for name, height, depth, disc in zip(TREATED_SPINE, HEIGHTS, DEPTHS, discs, strict=True):
        middle = depth_below + height / 2
        slope = (_bend(middle + 1, chest, total) - _bend(middle - 1, chest, total)) / 2
        made.append(Body(name, _bend(middle, chest, total), -middle, math.atan(slope), height, depth))
        depth_below += height + disc
    return made


def _bend(down: float, chest: float, total: float) -> float:
    """How far backwards (positive) the spine lies at this distance below the top."""
    if down <= chest:
        return KYPHOSIS * math.sin(math.pi * down / chest)
    return -LORDOSIS * math.sin(math.pi * (down - chest) / (total - chest))


def spine(figures: pd.DataFrame, theme: Theme) -> go.Figure:
    """The treated vertebrae as a picture; `figures` has `category`, `numerator`, `recorded` of `treated_vertebra`."""
    counts = {row.category: int(row.numerator) for row in figures.itertuples() if row.category is not None}
    recorded = int(figures["recorded"].iloc[0]) if len(figures) else 0
    shapes = bodies()
    drawing = Drawing(
        theme,
        height=700,
        title="Which vertebrae were treated?",
        subtitle=f"{sum(counts.values()):,} vertebrae in {recorded:,} procedures with readable levels; stronger "
        "colour = more often",
        alt=_finding(counts, recorded),
        x={"visible": False, "range": [-62, BARS_FROM + BARS_LONG + 34], "constrain": "domain"},
        y={"visible": False, "range": [shapes[-1].y - 22, 16], "scaleanchor": "x", "scaleratio": 1},
    )
    most = max([counts.get(name, 0) for name in TREATED_SPINE] + [1])
    _add_processes(drawing, shapes)
    for body in shapes:
        _add_body(drawing, body, counts.get(body.name, 0), most)
    _add_labels(drawing, shapes, counts, most)
    _add_places(drawing, shapes, figures)
    return drawing.figure()


def _add_processes(drawing: Drawing, shapes: list[Body]) -> None:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for body in shapes:
        x, y = body.process()
        xs += [*x, None]
        ys += [*y, None]
    grey = drawing.theme.grid
    drawing.add("scatter", x=xs, y=ys, mode="lines", fill="toself", fillcolor=grey, line={"color": grey, "width": 3})


def _add_body(drawing: Drawing, body: Body, count: int, most: int) -> None:
    x, y = body.outline()
    drawing.add(
        "scatter",
        x=x,
        y=y,
        mode="lines",
        fill="toself",
        fillcolor=_shade(count, most, drawing.theme),
        line={"color": drawing.theme.faint, "width": 1.2, "shape": "spline", "smoothing": 0.6},
    )


def _shade(count: int, most: int, theme: Theme) -> str:
    return theme.shades[1 + round((len(theme.shades) - 2) * count / most)] if count else theme.paper


def _add_labels(drawing: Drawing, shapes: list[Body], counts: dict[str, int], most: int) -> None:
    """Names in front, counts as bars behind: shading shows the picture, bars and numbers the amounts."""
    ink = drawing.theme.ink
    heights = [body.y for body in shapes]
    ends = [BARS_FROM + BARS_LONG * counts.get(body.name, 0) / most for body in shapes]
    names = [body.name for body in shapes]
    drawing.add(
        "scatter", x=[-44] * len(shapes), y=heights, mode="text", text=names, textfont={"color": ink, "size": 14}
    )
    xs = [x for end in ends for x in (BARS_FROM, end, None)]
    ys = [y for height in heights for y in (height, height, None)]
    drawing.add("scatter", x=xs, y=ys, mode="lines", line={"color": drawing.theme.main, "width": 9})
    drawing.add(
        "scatter",
        x=[end + 4 for end in ends],
        y=heights,
        mode="text",
        text=[f"{counts.get(name, 0):,}" for name in names],
        textposition="middle right",
        textfont={"color": ink, "size": 13},
    )


def _add_places(drawing: Drawing, shapes: list[Body], figures: pd.DataFrame) -> None:
    """A mark without colour on each treated body, because an outline cannot be clicked."""
    places = {name: place for place, name in enumerate(figures["category"]) if name is not None}
    treated = [body for body in shapes if body.name in places]
    drawing.add(
        "scatter",
        x=[body.x for body in treated],
        y=[body.y for body in treated],
        mode="markers",
        marker={"size": 24, "color": "rgba(0,0,0,0)", "symbol": "square"},
        text=[_told(figures.iloc[places[body.name]]) for body in treated],
        hovertemplate="%{text}<extra></extra>",
        rows=[places[body.name] for body in treated],
    )


def _told(row: pd.Series) -> str:
    return f"{row['category']}: {row['numerator']:,} procedures, {percent(row['value'])} of those with readable levels"


def _finding(counts: dict[str, int], recorded: int) -> str:
    if not counts:
        return "No treated vertebrae."
    often = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]
    words = ", ".join(f"{name} {count}" for name, count in often)
    return f"{sum(counts.values())} vertebrae in {recorded} procedures; most often {words}."
