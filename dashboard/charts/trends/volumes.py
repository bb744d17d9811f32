"""How many records each month holds."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.drawing import Drawing
from dashboard.text.theme import Theme


def records_by_month(months: pd.DataFrame, noun: str, theme: Theme) -> go.Figure:
    """Bars of `recorded` by `period` (first day of the month); months without any record stay empty.

    Where the months are of a metric (`metric`), each bar leads to its procedures; where they say for how many
    procedures their records were weighed (`count`), to those.
    """
    total = int(months["recorded"].sum())
    told = "; ".join(f"{row.period:%B %Y} {row.recorded:,}" for row in months.itertuples())
    drawing = Drawing(
        theme=theme,
        height=230,
        title=f"How many {noun} does each month have?",
        finding=_usual_words(months),
        subtitle=f"{total:,} {noun} in use, by the month in which they happened",
        alt=f"{noun.capitalize()} by month: {told}." if told else f"No {noun}.",
        x={"showgrid": False},
        y={"rangemode": "tozero", "title": noun},
        layout={"bargap": 0.25},
    )
    drawing.add(
        "bar",
        x=months["period"].to_list(),
        y=months["recorded"].to_numpy(),
        rows=[{"row": place, "period": f"{month:%Y-%m}"} for place, month in enumerate(months["period"])]
        if "metric" in months
        else range(len(months)),
        marker={"color": theme.main},
        customdata=_hover_texts(months, noun),
        hovertemplate="%{customdata}<extra></extra>",
    )
    return drawing.figure()


def _usual_words(months: pd.DataFrame) -> str:
    """The latest month and the usual one, as on Levels treated; nothing below two months."""
    if len(months) < 2:
        return ""
    last = months.iloc[-1]
    return f"{last['recorded']:,} in {last['period']:%B %Y}, {months['recorded'].median():,.0f} in a typical month"


def _hover_texts(months: pd.DataFrame, noun: str) -> list[str]:
    of = [f", for {count:,} procedures" for count in months["count"]] if "count" in months else [""] * len(months)
    counts = zip(months["period"], months["recorded"], of, strict=True)
    return [f"{month:%B %Y}: {recorded:,} {noun}{procedures}" for month, recorded, procedures in counts]
