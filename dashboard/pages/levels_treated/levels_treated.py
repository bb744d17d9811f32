"""Levels treated: which vertebrae, how many in one session; relief, recovery, discharge and harm beside them."""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.bar_charts import category_bars, counts_over_time
from dashboard.charts.spine import spine_picture
from dashboard.links import view_options
from dashboard.links.drill_through import of_row
from dashboard.pages.levels_treated.cement_and_leaks import leaks_panel
from dashboard.pages.levels_treated.selection_snapshot import selection_panel
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.text.phrases import count_of
from dashboard.text.templates import render_html
from dashboard.text.theme import Theme, number_text
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, panels, tables
from dashboard.widgets.panels import open_panel
from dashboard.widgets.trend_panel import trend_panel
from queries.catalogue.spans import Days
from queries.explain.selections import Behind
from queries.figures.gates import FIRM
from queries.figures.summarise import Row

# What the matrix shows in each column, beside how many procedures a row holds.
MEASURES = {
    "responders_50_hours_24_72": "halved their pain at 24–72 h",
    "recovery_hours": "half ready to go home within",
    "ready_within_6_hours_recorded": "ready within 6 h, of those with a time",
    "day_case_completed": "day cases home the same day",
    "any_complication": "a complication within 30 days",
}
DEFINED = (
    "treated_vertebra",
    "levels_per_procedure",
    "multi_level",
    "more_than_3_levels",
    "procedures",
    "any_complication",
)
TOLD = ("procedure_minutes", "stay_hours", "accepted_indication")
PER_SESSION = "How many vertebrae in one session?"
MATRIX_SUBTITLE = (
    "Procedures on one part of the spine only, or on several. Not adjusted for who is treated where: a difference is a "
    "reason to look"
)
# Why numbers stand alone: of events, and of other figures.
ALONE_OF_EVENTS = dict.fromkeys(phrases.NO_RATE, phrases.TOO_FEW_FOLLOWED)
ALONE = {"counts_only": "too few", "bounds_only": "too much missing"}
# What the outline of the spine can show on demand: metric → in words.
OUTLINES = {"": "", "day_case_completed": "went home the same day", "responders_50_hours_24_72": "halved their pain"}
REGIONS = {
    "thoracic": "thoracic only (T1–T9)",
    "thoraco-lumbar": "thoraco-lumbar only (T10–L2)",
    "lumbar": "lumbar only (L3–L5)",
    "several": "several parts",
    "other": "other parts",
}


@dataclass(frozen=True)
class Matrix:
    """Rows of cells in words for reading, the figures behind them, and which procedures each cell leads to."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[Row, ...]
    leads: tuple[tuple[Behind | None, ...], ...]


def main() -> None:
    """Compose the page."""
    view = current_view()
    theme = page_parts.current_theme()
    vertebrae = view.figures("treated_vertebra")
    per_session = view.figures("levels_per_procedure")
    several = view.figure("multi_level")
    page_parts.answer_line(answer_sentence(vertebrae, several), several)
    left, right = st.columns(2)
    with left:
        page_parts.show_chart(view, "treated_vertebra", *treated_picture(view, theme, vertebrae))
    with right:
        if per_session["category"].notna().any():
            labels = [phrases.value_label(value, "levels") for value in per_session["category"]]
            figure = category_bars(per_session, labels, PER_SESSION, readable_words(per_session), theme)
            page_parts.show_chart(view, "levels_per_procedure", figure=figure, table=per_session)
        by_month = view.whole.figures("procedures", period="month")
        page_parts.show_chart(
            view,
            "procedures_by_month",
            figure=counts_over_time(by_month, theme),
            table=by_month,
            shows=view.whole.filters,
        )
    matrix_panel(view)
    trend_of_levels(view)
    leaks_panel(view)
    selection_panel(view)
    panels.how_counted(DEFINED)
    panels.what_we_tell(view, TOLD)


def answer_sentence(vertebrae: pd.DataFrame, several: Row) -> str:
    """The answer of the page on levels."""
    total = int(vertebrae["numerator"].sum())
    if not total:
        return "No treated vertebrae could be read."
    most = vertebrae.loc[vertebrae["numerator"].idxmax()]
    return (
        f"{total:,} vertebrae in {int(several['recorded']):,} procedures; most often {most['category']} "
        f"({int(most['numerator']):,}); {count_of(several['numerator'], several['recorded'])} had more than one."
    )


def readable_words(per_session: pd.DataFrame) -> str:
    """How many procedures have readable levels."""
    row = per_session.iloc[0]
    return f"{count_of(row['recorded'], row['eligible'])} with readable levels"


def outline_choice() -> str:
    """What the outline of the spine shows: a metric, or nothing."""
    titles = {name: title or "nothing" for name, title in OUTLINES.items()}
    return view_options.pick_segment("outline", "spine_outline", usual="", label="Outline by", titles=titles)


def treated_picture(view: View, theme: Theme, vertebrae: pd.DataFrame) -> tuple[go.Figure, pd.DataFrame]:
    """The spine, outlined as the reader chose, and its table; what the outline shows stands below the counts."""
    metric = outline_choice()
    if not metric:
        return spine_picture(vertebrae, theme), vertebrae
    shares = view.by_vertebra(metric)
    return spine_picture(vertebrae, theme, shares, OUTLINES[metric]), pd.concat([vertebrae, shares], ignore_index=True)


def matrix_panel(view: View) -> None:
    """The matrix with its table and file."""
    mine = view_of_matrix(view)
    found = levels_matrix(mine)
    subtitle = f"{_months_words(view, mine)}{MATRIX_SUBTITLE}"
    shown = " ".join((subtitle, *found.header, *(cell for row in found.rows for cell in row)))
    with st.container(border=True, key="figure_levels_matrix"):
        st.subheader(
            "Do relief, recovery, discharge and harm differ by what was treated?",
            anchor=False,
            help=explain_terms(shown),
        )
        st.caption(subtitle)
        tables.grid_table(found.header, found.rows, found.leads, view, mine.filters)
        page_parts.rows_behind(view, "levels_matrix", found.figures)


def view_of_matrix(view: View) -> View:
    """The same within the months that are over for every figure of the matrix: its cells count the same procedures."""
    return view.within(min((_days_of(view, name) for name in MEASURES), key=lambda days: days[1] or date.max))


def _days_of(view: View, metric: str) -> Days:
    filters = view.filters_of(metric)
    return filters.date_from, filters.date_to


def _months_words(view: View, mine: View) -> str:
    """The months of the matrix, where they are not those of the bar."""
    first, last = mine.filters.date_from, mine.filters.date_to
    if first is None or last is None or last == view.filters.date_to:
        return ""
    return f"{phrases.month_words(first)} – {phrases.month_words(last)}, whose windows are over for every figure. "


def trend_of_levels(view: View) -> None:
    """Vertebrae in one session over time, when opened."""
    if inside := open_panel("Vertebrae in one session, over time", "over_time"):
        with inside:
            trend_panel(view, "mean_levels", "Are more vertebrae treated in one session?", "with readable levels")


def levels_matrix(view: View) -> Matrix:
    """Relief, recovery, same-day discharge and complications by how many vertebrae and by which part of the spine."""
    rows: list[tuple[str, ...]] = []
    behind: list[Row] = []
    leads: list[tuple[Behind | None, ...]] = []
    for key in ("levels", "region"):
        cells = {name: {row["group"]: row for row in view.rows(name, by=key)} for name in ("procedures", *MEASURES)}
        behind += [{"grouped_by": key, **row} for groups in cells.values() for row in groups.values()]
        for group, counted in cells["procedures"].items():
            if group != "not_recorded":
                shown = (figure_cell(cells[name].get(group)) for name in MEASURES)
                rows.append((_group_name(group, key), f"{counted['eligible']:,}", *shown))
                leads.append((of_row(counted, key), *(_cell_lead(cells[name].get(group), key) for name in MEASURES)))
    heads = (
        render_html("cell_head", title=title, below=f"of {view.figure(name)['eligible']:,}")
        for name, title in MEASURES.items()
    )
    return Matrix(("treated", "procedures", *heads), tuple(rows), tuple(behind), tuple(leads))


def _cell_lead(row: Row | None, key: str) -> Behind | None:
    if row is None or not row["eligible"]:
        return None
    lead = of_row(row, key)
    return lead if lead is None or row["recorded"] else replace(lead, status="not-recorded")


def _group_name(group: str, key: str) -> str:
    if key == "region":
        return REGIONS.get(group, group)
    return "more than 3 vertebrae" if group == "4+" else phrases.value_label(group, key)


def figure_cell(row: Row | None) -> str:
    """A figure with its numbers; where its gate allows no rate the numbers, and why they stand alone."""
    if row is None or not row["recorded"]:
        return "not recorded"
    counts = count_of(row["numerator"], row["recorded"]) if row["unit"] == "%" else f"{row['recorded']:,} with a time"
    is_event = not pd.isna(row["followed_up_of"])
    may_say = row["gate"] == "plain" and row["numerator"] > 0 if is_event else row["gate"] in FIRM
    if may_say:
        return f"{number_text(row['value'], row['unit'])} ({counts})"
    why = (ALONE | ALONE_OF_EVENTS if is_event else ALONE).get(row["gate"])
    return f"{counts}, {why}" if why else counts


if __name__ == "__main__":
    main()
