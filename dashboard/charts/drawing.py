"""The one style of every chart, and the parts that charts share.

A drawing collects plain dictionaries and becomes a plotly figure once, at the end, without plotly's check of every
single property, which takes several times as long as all the rest: the tests check every chart instead.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.text.theme import Theme, percent_text
from queries.figures.gates import FIRM

FONT = '"Source Sans", "Source Sans 3", sans-serif'
SHARE_AXIS = {"ticksuffix": " %", "tick0": 0, "dtick": 20}
ROW_HEIGHT = 54
WRITTEN = ("x", "y", "text", "hovertext", "name", "labels", "customdata")
# What plotly calls the template "none": no colours or grids but ours.
PLAIN = {"data": {"scatter": [{"type": "scatter"}]}}
# A line cannot be clicked, its points can.
UNSEEN = {"size": 12, "color": "rgba(0,0,0,0)"}
# Where a mark leads: a row of the table, or that row with what the mark stands for besides.
Place = int | str | dict[str, Any]
FOREIGN_MARKUP = re.compile(r"<(?!/?(?:b|br)>)")


@dataclass(kw_only=True)
class Drawing:
    """A chart in the making.

    Title (a question), finding (the answer, where one can be said), subtitle (n of N) and alt text travel in
    `layout.meta`: the page sets them as text, where they wrap on a phone and can be read aloud. `marks` says how points
    and lines are to be read.
    """

    theme: Theme
    height: int
    title: str
    subtitle: str
    alt: str
    finding: str = ""
    marks: str = ""
    x: dict[str, Any] = field(default_factory=dict)
    y: dict[str, Any] = field(default_factory=dict)
    layout: dict[str, Any] = field(default_factory=dict)
    _traces: list[dict[str, Any]] = field(default_factory=list)
    _shapes: list[dict[str, Any]] = field(default_factory=list)
    _notes: list[dict[str, Any]] = field(default_factory=list)
    _rows: dict[int, list[Place]] = field(default_factory=dict)

    def add(self, kind: str, rows: Iterable[Place] | None = None, **trace: Any) -> None:
        """Add a trace; without a hover template it does not answer to the pointer.

        `rows`: for each point its place in the table that is shown with the chart, so that a click leads to the
        procedures behind it; or `not-recorded` for a mark that stands for those; or that place as `row` with what a
        mark stands for besides (parts of `queries.explain.selections.Behind`).
        """
        if "hovertemplate" not in trace and "hoverinfo" not in trace:
            trace["hoverinfo"] = "skip"
        if rows is not None:
            self._rows[len(self._traces)] = [row if isinstance(row, (str, dict)) else int(row) for row in rows]
        shown = {name: _plain_text(value) if name in WRITTEN else value for name, value in trace.items()}
        self._traces.append({"type": kind, "showlegend": False, **shown})

    def note(self, text: str, **place: Any) -> None:
        """Write small grey text somewhere."""
        font = {"color": self.theme.faint, "size": 12}
        self._notes.append({"text": _plain_text(text), "showarrow": False, "font": font, **place})

    def band(self, first: float, last: float) -> None:
        """Shade a stretch of the x axis."""
        self._shapes.append(
            {
                "type": "rect", "x0": first, "x1": last, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
                "fillcolor": self.theme.band, "line": {"width": 0},
            }
        )  # fmt: skip

    def block(self, x: tuple[Any, Any], y: tuple[float, float]) -> None:
        """Shade a stretch of both axes, in their units."""
        self._shapes.append(
            {
                "type": "rect", "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], "layer": "below",
                "fillcolor": self.theme.band, "line": {"width": 0},
            }
        )  # fmt: skip

    def line(self, colour: str, dash: str = "solid", x: float | date | None = None, y: float | None = None) -> None:
        """Draw a line across at one x or one y."""
        across: dict[str, Any] = (
            {"x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1}
            if x is not None
            else {"y0": y, "y1": y, "xref": "paper", "x0": 0, "x1": 1}
        )
        self._shapes.append({"type": "line", "line": {"color": colour, "width": 1.5, "dash": dash}, **across})

    def row_labels(
        self, names: Sequence[str], texts: Sequence[str], rows: Sequence[Place | None] = (), end: float = 100
    ) -> None:
        """Name and numbers of each row of a horizontal chart, first on top, above its mark.

        Above and not beside it, because a phone has no room beside. The rows are at 0, 1, 2, … on the y axis. `rows`:
        where the numbers themselves lead, as some rows have no other mark; they answer from 0 to `end` on the x axis.
        """
        leading = [place for place, row in enumerate(rows) if row is not None]
        if leading:
            self.layout["barmode"] = "overlay"
            self.add(
                "bar", y=[place - 0.35 for place in leading], x=[end] * len(leading), orientation="h", width=0.28,
                marker={"color": "rgba(0,0,0,0)"}, rows=[row for row in rows if row is not None],
                customdata=[f"{names[place]}: {texts[place]}" for place in leading],
                hovertemplate="%{customdata}<extra></extra>",
            )  # fmt: skip
        for place, (name, text) in enumerate(zip(names, texts, strict=True)):
            self.note(
                f"{name}  <b>{text}</b>", xref="paper", x=0, y=place, yshift=12, xanchor="left", yanchor="bottom",
                align="left", font={"color": self.theme.ink, "size": 13},
            )  # fmt: skip
        self.y |= {"visible": False, "range": [len(names) - 0.55, -0.75]}
        # Room for the first number of the axis, which plotly leaves out where it would be cut.
        self.layout.setdefault("margin", {"l": 18, "r": 28, "t": 12, "b": 8, "pad": 4})
        self.height = 44 + ROW_HEIGHT * max(len(names), 1)

    def figure(self) -> go.Figure:
        """The finished figure."""
        theme = self.theme
        hover = {"bgcolor": theme.paper, "font": {"color": theme.ink, "family": FONT}, "bordercolor": theme.grid}
        layout = {
            "height": self.height,
            "meta": {
                "title": self.title,
                "finding": self.finding,
                "subtitle": self.subtitle,
                "marks": self.marks,
                "alt": self.alt,
                "rows": self._rows,
            },
            "margin": {"l": 8, "r": 28, "t": 12, "b": 8, "pad": 4},
            "font": {"family": FONT, "size": 14, "color": theme.ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hoverlabel": hover,
            "dragmode": False,
            "template": PLAIN,
            "xaxis": self._axis(self.x),
            "yaxis": self._axis(self.y),
            **self.layout,
        }
        layout |= {name: drawn for name, drawn in (("shapes", self._shapes), ("annotations", self._notes)) if drawn}
        return go.Figure({"data": self._traces, "layout": layout}, _validate=False)

    def _axis(self, own: dict[str, Any]) -> dict[str, Any]:
        theme = self.theme
        title: dict[str, Any] = {"font": {"color": theme.faint, "size": 13}, "standoff": 8}
        if "title" in own:
            title["text"] = own.pop("title")
        return {
            "automargin": True,
            "fixedrange": True,
            "gridcolor": theme.grid,
            "linecolor": theme.grid,
            "zeroline": False,
            "tickfont": {"color": theme.faint},
            "title": title,
            **own,
        }


def _plain_text(value: Any) -> Any:
    """Text without markup but our own: plotly would turn a link in a site's name into a link."""
    if isinstance(value, str):
        return FOREIGN_MARKUP.sub("&lt;", value)
    if not isinstance(value, (list, tuple)):
        return value
    return [_plain_text(one) if isinstance(one, (str, list, tuple)) else one for one in value]


def row_cells(rows: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The cells of these columns, row by row: much quicker than `itertuples`, which takes every column of a table."""
    return zip(*(rows[name].to_list() for name in columns), strict=True)


def interval_bars(rows: pd.DataFrame, colour: str, thickness: float = 2.5, width: float = 0) -> dict[str, Any]:
    """Error bars from `lower` to `upper` around `value`."""
    return {
        "type": "data",
        "symmetric": False,
        "array": (rows["upper"] - rows["value"]).to_numpy(),
        "arrayminus": (rows["value"] - rows["lower"]).to_numpy(),
        "color": colour,
        "thickness": thickness,
        "width": width,
    }


def shares_in_rows(drawing: Drawing, rows: pd.DataFrame, places: Sequence[int] | None = None) -> None:
    """Marks with intervals at the rows' places, for those whose gate allows a rate; names and numbers above each.

    `rows`: `label`, `value`, `lower`, `upper`, `numerator`, `recorded`, `gate`, indexed 0, 1, 2, …; `places` of these
    rows in the table shown with the chart, where it has others.
    """
    in_table = list(range(len(rows)) if places is None else places)
    firm = rows[rows["gate"].isin(FIRM)]
    drawing.add(
        "scatter",
        y=firm.index.to_numpy(),
        x=firm["value"].to_numpy(),
        mode="markers",
        marker={"color": drawing.theme.main, "size": 11},
        rows=[in_table[place] for place in firm.index],
        error_x=interval_bars(firm, drawing.theme.main),
        customdata=firm[["numerator", "recorded", "lower", "upper"]].to_numpy(float),
        hovertemplate="%{x:.0f} % (%{customdata[2]:.0f}–%{customdata[3]:.0f} %), %{customdata[0]:.0f} of "
        "%{customdata[1]:.0f}<extra></extra>",
    )
    texts = [_share_words(*cells) for cells in row_cells(rows, "value", "numerator", "recorded", "gate")]
    drawing.row_labels(list(rows["label"]), texts, counted_or_missing(rows, in_table))
    drawing.x |= {"range": [-1, 101], **SHARE_AXIS}


def _share_words(value: float, numerator: int, recorded: int, gate: str) -> str:
    """A share with its counts, the counts alone where the gate allows no rate, or that nothing is recorded."""
    if not recorded:
        return "not recorded"
    counts = f"{numerator:,} of {recorded:,}"
    return f"{percent_text(value)} ({counts})" if gate in FIRM else counts


def counted_or_missing(rows: pd.DataFrame, places: Sequence[int]) -> list[Place | None]:
    """Where the numbers of each row lead: to those recorded, or where nobody is, to those who are missing."""
    counts = row_cells(rows.assign(eligible=rows.get("eligible", 0)), "recorded", "eligible")
    return [
        place if recorded else {"row": place, "status": "not-recorded"} if eligible else None
        for place, (recorded, eligible) in zip(places, counts, strict=True)
    ]


def share_findings(rows: pd.DataFrame) -> str:
    """Rates in words, for the alt text; counts alone where the gate allows no rate."""
    return "; ".join(
        f"{label} {_share_words(*cells)}"
        for label, *cells in row_cells(rows, "label", "value", "numerator", "recorded", "gate")
    )
