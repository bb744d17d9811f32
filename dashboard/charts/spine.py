"""The spine: T1 to L5 seen from the side, shaded by how often each was treated, outlined by how it went on demand."""

import math
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing, row_cells
from dashboard.text.theme import Theme, percent_text
from queries.catalogue.vertebrae import TREATED_SPINE
from queries.figures.gates import FIRM

# Height and depth of the bodies in millimetres, from T1 to L5: rounded anatomical means, only to look right.
HEIGHTS = (16, 17, 17.5, 18, 18.5, 19, 19.5, 20, 20.5, 21.5, 22.5, 24, 25, 25.5, 26, 26, 26.5)
DEPTHS = (17, 18, 19, 20, 21.5, 23, 24.5, 26, 27, 28, 29, 30, 31, 32, 33, 33.5, 34)
DISC_SHARE = 0.26
KYPHOSIS, LORDOSIS = 15.0, 13.0
CORNERS = 7
PARTS_AT, NAMES_AT, BARS_FROM, BARS_LONG, RIGHT_EDGE = -66, -46, 62, 56, 152
# A share beside the count needs room.
SHARE_ROOM = 16
# Where the parts of the spine meet that procedures are grouped by.
PARTS = (("thoracic", "T1"), ("thoraco-lumbar", "T10"), ("lumbar", "L3"))
# Outline: from this share (per cent) on, this wide.
OUTLINES = ((75, 5.0), (50, 3.5), (0, 2.0))
# Corners of the arch, in depths behind the body and heights above its middle.
THORACIC_ARCH = ((0, 0.34), (0.3, 0.36), (0.95, -0.62), (0.86, -0.86), (0.24, -0.12), (0, 0.02))
LUMBAR_ARCH = ((0, 0.34), (0.3, 0.32), (0.92, 0.16), (0.98, -0.34), (0.36, -0.3), (0.22, -0.02), (0, 0.02))


@dataclass(frozen=True, kw_only=True)
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

    def arch(self) -> tuple[list[float], list[float]]:
        """Corner points of arch and spinous process behind the body: slender and hanging in the chest, broad below."""
        back, height, depth = self.depth / 2, self.height, self.depth
        shape = LUMBAR_ARCH if self.name.startswith("L") else THORACIC_ARCH
        return self._placed([(back + x * depth, y * height) for x, y in (*shape, shape[0])])

    def plate(self, side: int) -> list[tuple[float, float]]:
        """Front and back corner of the upper (1) or lower (-1) end plate."""
        x, y = self._placed([(-self.depth / 2, side * self.height / 2), (self.depth / 2, side * self.height / 2)])
        return list(zip(x, y, strict=True))

    def _placed(self, points: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
        cosine, sine = math.cos(self.tilt), math.sin(self.tilt)
        return (
            [self.x + x * cosine - y * sine for x, y in points],
            [self.y + x * sine + y * cosine for x, y in points],
        )


def vertebral_bodies() -> list[Body]:
    """The vertebrae from T1 down: kyphosis bends the chest part backwards, lordosis the lumbar part forwards."""
    discs = [DISC_SHARE * height for height in HEIGHTS]
    total = sum(HEIGHTS) + sum(discs)
    chest = sum(HEIGHTS[:12]) + sum(discs[:12])
    made, depth_below = [], 0.0
    for name, height, depth, disc in zip(TREATED_SPINE, HEIGHTS, DEPTHS, discs, strict=True):
        middle = depth_below + height / 2
        slope = (_bend_backwards(middle + 1, chest, total) - _bend_backwards(middle - 1, chest, total)) / 2
        made.append(
            Body(
                name=name,
                x=_bend_backwards(middle, chest, total),
                y=-middle,
                tilt=math.atan(slope),
                height=height,
                depth=depth,
            )
        )
        depth_below += height + disc
    return made


def _bend_backwards(down: float, chest: float, total: float) -> float:
    """How far backwards (positive) the spine lies at this distance below the top."""
    if down <= chest:
        return KYPHOSIS * math.sin(math.pi * down / chest)
    return -LORDOSIS * math.sin(math.pi * (down - chest) / (total - chest))


def spine_picture(
    figures: pd.DataFrame, theme: Theme, outlined: pd.DataFrame | None = None, outlined_by: str = ""
) -> go.Figure:
    """The treated vertebrae as a picture.

    `figures` has `category`, `numerator`, `recorded` of `treated_vertebra`. `outlined`, on demand, has one row per
    vertebra with `group`, `value` (per cent), `recorded`, `gate`: the outline is thicker where the share is higher, and
    `outlined_by` says of what.
    """
    counts = {name: int(count) for name, count in row_cells(figures, "category", "numerator") if name is not None}
    recorded = int(figures["recorded"].iloc[0]) if len(figures) else 0
    shares = _outline_shares(outlined)
    shapes = vertebral_bodies()
    by = f"; outline: thicker where more {outlined_by} (share beside the count, none below ten)" if shares else ""
    drawing = Drawing(
        theme=theme,
        height=660,
        title="Which vertebrae were treated?",
        finding=f"Most often {max(counts, key=lambda name: counts[name])}" if counts else "",
        subtitle=f"{sum(counts.values()):,} vertebrae in {recorded:,} procedures with readable levels; stronger "
        f"colour = more often{by}",
        alt=_spine_finding(counts, recorded, shares, outlined_by),
        x={
            "visible": False,
            "range": [PARTS_AT - 8, RIGHT_EDGE + (SHARE_ROOM if shares else 0)],
            "constrain": "domain",
        },
        y={
            "visible": False,
            "range": [shapes[-1].y - 24, 20],
            "scaleanchor": "x",
            "scaleratio": 1,
            "constrain": "domain",
            "constraintoward": "top",
        },
    )
    most = max([counts.get(name, 0) for name in TREATED_SPINE] + [1])
    _add_parts(drawing, shapes)
    _add_behind(drawing, shapes)
    for body in shapes:
        _add_body(drawing, body, counts.get(body.name, 0), most, shares.get(body.name))
    _add_labels(drawing, shapes, counts, most, shares)
    _add_places(drawing, shapes, figures)
    return drawing.figure()


def _outline_shares(outlined: pd.DataFrame | None) -> dict[str, float]:
    if outlined is None:
        return {}
    return {name: float(value) for name, value, gate in row_cells(outlined, "group", "value", "gate") if gate in FIRM}


def _add_parts(drawing: Drawing, shapes: list[Body]) -> None:
    """Faint lines where the parts of the spine meet, each part named along its edge."""
    firsts = [next(place for place, body in enumerate(shapes) if body.name == first) for _, first in PARTS]
    for (name, _), first, after in zip(PARTS, firsts, [*firsts[1:], len(shapes)], strict=True):
        top = shapes[first].y + shapes[first].height / 2 + 3
        if first:
            drawing.add(
                "scatter", x=[PARTS_AT, RIGHT_EDGE], y=[top, top], mode="lines",
                line={"color": drawing.theme.grid, "width": 1, "dash": "dot"},
            )  # fmt: skip
        drawing.note(name, x=PARTS_AT, y=(shapes[first].y + shapes[after - 1].y) / 2, textangle=-90, xanchor="center")


def _add_behind(drawing: Drawing, shapes: list[Body]) -> None:
    """Arches behind the bodies, and the discs between them."""
    arches: tuple[list[float | None], list[float | None]] = ([], [])
    discs: tuple[list[float | None], list[float | None]] = ([], [])
    for body in shapes:
        for line, points in zip(arches, body.arch(), strict=True):
            line += [*points, None]
    for upper, lower in pairwise(shapes):
        front, back = upper.plate(-1)
        top_front, top_back = lower.plate(1)
        for place, line in enumerate(discs):
            line += [front[place], back[place], top_back[place], top_front[place], front[place], None]
    grey = drawing.theme.grid
    for x, y in (arches, discs):
        drawing.add(
            "scatter", x=x, y=y, mode="lines", fill="toself", fillcolor=grey,
            line={"color": grey, "width": 2, "shape": "linear"},
        )  # fmt: skip


def _add_body(drawing: Drawing, body: Body, count: int, most: int, outline: float | None) -> None:
    x, y = body.outline()
    edge = {"color": drawing.theme.faint, "width": 1.2}
    if outline is not None:
        edge = {"color": drawing.theme.second, "width": next(width for low, width in OUTLINES if outline >= low)}
    drawing.add(
        "scatter",
        x=x,
        y=y,
        mode="lines",
        fill="toself",
        fillcolor=_shade_by_count(count, most, drawing.theme),
        line={**edge, "shape": "spline", "smoothing": 0.6},
    )


def _shade_by_count(count: int, most: int, theme: Theme) -> str:
    return theme.shades[1 + round((len(theme.shades) - 2) * count / most)] if count else theme.paper


def _add_labels(
    drawing: Drawing, shapes: list[Body], counts: dict[str, int], most: int, shares: dict[str, float]
) -> None:
    """Names in front, counts as bars behind: shading shows the picture, bars and numbers the amounts."""
    ink = drawing.theme.ink
    heights = [body.y for body in shapes]
    ends = [BARS_FROM + BARS_LONG * counts.get(body.name, 0) / most for body in shapes]
    names = [body.name for body in shapes]
    drawing.add(
        "scatter", x=[NAMES_AT] * len(shapes), y=heights, mode="text", text=names, textfont={"color": ink, "size": 14}
    )
    xs = [x for end in ends for x in (BARS_FROM, end, None)]
    ys = [y for height in heights for y in (height, height, None)]
    drawing.add("scatter", x=xs, y=ys, mode="lines", line={"color": drawing.theme.main, "width": 9})
    drawing.add(
        "scatter",
        x=[end + 3 for end in ends],
        y=heights,
        mode="text",
        text=[
            f"{counts.get(name, 0):,}" + (f" · {percent_text(shares[name])}" if name in shares else "")
            for name in names
        ],
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
        text=[_hover_text(figures.iloc[places[body.name]]) for body in treated],
        hovertemplate="%{text}<extra></extra>",
        rows=[places[body.name] for body in treated],
    )


def _hover_text(row: pd.Series) -> str:
    share = (
        f" of {row['recorded']:,}" if row.get("gate") == "counts_only" else f", {percent_text(row['value'])} of those"
    )
    return f"{row['category']}: {row['numerator']:,} procedures{share} with readable levels"


def _spine_finding(counts: dict[str, int], recorded: int, shares: dict[str, float], outlined_by: str) -> str:
    if not counts:
        return "No treated vertebrae."
    often = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]
    words = ", ".join(f"{name} {count}" for name, count in often)
    told = ", ".join(f"{name} {percent_text(shares[name])}" for name, _ in often if name in shares)
    outline = f" Of these {outlined_by}: {told}." if told else ""
    return f"{sum(counts.values())} vertebrae in {recorded} procedures; most often {words}.{outline}"
