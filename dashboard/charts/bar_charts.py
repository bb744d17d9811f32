"""Plain bars: how many of each."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing, row_cells
from dashboard.text.theme import Theme, percent_text


def category_bars(figures: pd.DataFrame, labels: Sequence[str], title: str, subtitle: str, theme: Theme) -> go.Figure:
    """One horizontal bar per row of a category metric (`numerator`, `value`, `gate`), in the order given.

    `labels` in words. Of fewer than ten the counts alone.
    """
    amounts = figures["numerator"].astype(int).to_list()
    texts = [
        f"{yes:,}" if gate == "counts_only" else f"{yes:,}  ({percent_text(value)})"
        for yes, value, gate in row_cells(figures, "numerator", "value", "gate")
    ]
    alt = "; ".join(f"{label} {amount}" for label, amount in zip(labels, amounts, strict=True))
    colours = [theme.main] * len(amounts)
    told = f"{alt}." if alt else "Nothing recorded."
    return _draw_bars(
        labels,
        amounts,
        texts=texts,
        colours=colours,
        rows=range(len(amounts)),
        title=title,
        finding=_most_words(labels, amounts, int(figures["recorded"].iloc[0])),
        subtitle=subtitle,
        alt=told,
        theme=theme,
    )


def reason_bars(figures: pd.DataFrame, labels: Sequence[str], who: str, theme: Theme) -> go.Figure:
    """Why patients stayed: largest first, `not recorded` last and grey.

    `figures`: rows of `not_same_day_reason`; `labels` of its categories in the order of the rows; `who` stayed.
    """
    amounts = figures.loc[figures["category"].notna(), "numerator"].astype(int)
    places = figures["category"].notna().to_numpy().nonzero()[0].tolist()
    rows = sorted(zip(labels, amounts, places, strict=True), key=lambda row: (-row[1], row[0]))
    stayed, recorded = int(figures["eligible"].iloc[0]), int(figures["recorded"].iloc[0])
    rows.append(("not recorded", stayed - recorded, "not-recorded"))
    names, counts = [name for name, _, _ in rows], [count for _, count, _ in rows]
    return _draw_bars(
        names,
        counts,
        texts=[f"{count:,}" for count in counts],
        colours=[theme.main] * (len(rows) - 1) + [theme.quiet],
        rows=[place for _, _, place in rows],
        title="Why did patients stay?",
        finding=_most_words(names[:-1], counts[:-1], recorded),
        subtitle=f"{recorded:,} of {stayed:,} reasons recorded: {who}",
        alt=f"Reasons for staying: {', '.join(f'{name} {count}' for name, count, _ in rows)}.",
        theme=theme,
    )


def _most_words(labels: Sequence[str], amounts: Sequence[int], recorded: int) -> str:
    """The longest bar in words; empty where two are as long, or none is."""
    most = max(amounts, default=0)
    if not most or list(amounts).count(most) > 1:
        return ""
    return f"Most often {labels[list(amounts).index(most)]}: {most:,} of {recorded:,}"


def _draw_bars(
    names: Sequence[str],
    amounts: Sequence[int],
    *,
    texts: Sequence[str],
    colours: Sequence[str],
    rows: Sequence[int | str],
    title: str,
    finding: str,
    subtitle: str,
    alt: str,
    theme: Theme,
) -> go.Figure:
    drawing = Drawing(
        theme=theme,
        height=60 + 37 * max(len(names), 1),
        title=title,
        finding=finding,
        subtitle=subtitle,
        alt=alt,
        x={"visible": False, "range": [0, max([*amounts, 1]) * 1.45]},
        y={"showgrid": False, "autorange": "reversed", "type": "category", "tickfont": {"color": theme.ink}},
    )
    drawing.add(
        "bar",
        y=list(names),
        x=list(amounts),
        rows=rows,
        hovertemplate="%{y}: %{x:,}<extra></extra>",
        orientation="h",
        width=0.62,
        marker={"color": list(colours)},
        text=list(texts),
        textposition="outside",
        textfont={"color": theme.ink},
        cliponaxis=False,
    )
    return drawing.figure()


def counts_over_time(figures: pd.DataFrame, theme: Theme) -> go.Figure:
    """Procedures by period: rows of `procedures` with `period`, `period_start`, `value`, `period_complete`."""
    complete = figures["period_complete"].fillna(False).astype(bool)
    told = "; ".join(f"{period} {value:.0f}" for period, value in row_cells(figures, "period", "value"))
    drawing = Drawing(
        theme=theme,
        height=260,
        title="How many procedures?",
        finding=_count_finding(figures),
        subtitle=f"{int(figures['value'].sum()):,} procedures; a hollow bar is a period that is not over",
        alt=f"Procedures by period: {told}." if told else "No procedures.",
        x={"showgrid": False},
        y={"rangemode": "tozero", "title": "procedures"},
        layout={"barmode": "overlay", "bargap": 0.25},
    )
    for rows, fill, edge in (
        (figures[complete], theme.main, 0.0),
        (figures[~complete], "rgba(0,0,0,0)", 1.5),
    ):
        drawing.add(
            "bar",
            x=rows["period_start"].to_list(),
            y=rows["value"].to_numpy(),
            rows=rows.index,
            marker={"color": fill, "line": {"color": theme.main, "width": edge}},
            customdata=rows["period"].to_list(),
            hovertemplate="%{customdata}: %{y:.0f} procedures<extra></extra>",
        )
    return drawing.figure()


def _count_finding(figures: pd.DataFrame) -> str:
    """The usual number a month and the latest, of periods that are over."""
    over = figures[figures["period_complete"].fillna(False).astype(bool)]
    if len(over) < 2:
        return ""
    last = over.iloc[-1]
    return f"{int(last['value']):,} in {last['period_start']:%B %Y}, {over['value'].median():.0f} in a typical month"
