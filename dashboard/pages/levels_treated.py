"""Levels treated: which vertebrae, how many in one session, and how relief, recovery and discharge go with them."""

import streamlit as st

from dashboard import layout, levels, panels, words
from dashboard.charts.counts import category_bars, counts_over_time
from dashboard.session import current_view

view = current_view()
theme = layout.theme()
vertebrae = view.figures("treated_vertebra")
per_session = view.figures("levels_per_procedure")
several = view.figure("multi_level")
layout.answer(levels.answer(vertebrae, several), several["gate"])

left, right = st.columns(2)
with left:
    layout.chart(view, "treated_vertebra", *levels.treated(view, theme, vertebrae))
with right:
    if per_session["category"].notna().any():
        labels = [words.label(value, "levels") for value in per_session["category"]]
        figure = category_bars(per_session, labels, levels.PER_SESSION, levels.readable(per_session), theme)
        layout.chart(view, "levels_per_procedure", figure, per_session)
    by_month = view.figures("procedures", period="month")
    layout.chart(view, "procedures_by_month", counts_over_time(by_month, theme), by_month)

levels.matrix_panel(view)
levels.trend_of_levels(view)
panels.how_counted(levels.DEFINED)
panels.what_we_tell(view, levels.TOLD)
