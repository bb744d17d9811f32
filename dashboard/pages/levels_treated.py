"""Levels treated: which vertebrae, how many in one session, and how relief, recovery and discharge go with them."""

import streamlit as st

from dashboard import levels
from dashboard.charts.bar_charts import category_bars, counts_over_time
from dashboard.text import phrases
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts, panels

view = current_view()
theme = page_parts.theme()
vertebrae = view.figures("treated_vertebra")
per_session = view.figures("levels_per_procedure")
several = view.figure("multi_level")
page_parts.answer(levels.answer(vertebrae, several), several["gate"])

left, right = st.columns(2)
with left:
    page_parts.chart(view, "treated_vertebra", *levels.treated(view, theme, vertebrae))
with right:
    if per_session["category"].notna().any():
        labels = [phrases.label(value, "levels") for value in per_session["category"]]
        figure = category_bars(per_session, labels, levels.PER_SESSION, levels.readable(per_session), theme)
        page_parts.chart(view, "levels_per_procedure", figure, per_session)
    by_month = view.figures("procedures", period="month")
    page_parts.chart(view, "procedures_by_month", counts_over_time(by_month, theme), by_month)

levels.matrix_panel(view)
levels.trend_of_levels(view)
panels.how_counted(levels.DEFINED)
panels.what_we_tell(view, levels.TOLD)
