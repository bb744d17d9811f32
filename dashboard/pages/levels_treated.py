"""Levels treated: which vertebrae, how many in one session, how many sessions."""

import streamlit as st

from dashboard import layout, words
from dashboard.charts.counts import category_bars, counts_over_time
from dashboard.charts.spine import spine
from dashboard.session import current_view

view = current_view()
theme = layout.theme()
vertebrae = view.figures("treated_vertebra")
levels = view.figures("levels_per_procedure")
several = view.figure("multi_level")
layout.answer(words.levels_answer(vertebrae, several), several["gate"])

left, right = st.columns([3, 2])
with left:
    layout.chart(view, "treated_vertebra", spine(vertebrae, theme), vertebrae)
with right:
    if levels["category"].notna().any():
        labels = [words.label(value, "levels") for value in levels["category"]]
        subtitle = f"{words.of(levels['recorded'].iloc[0], levels['eligible'].iloc[0])} with readable levels"
        figure = category_bars(levels, labels, "How many vertebrae in one session?", subtitle, theme)
        layout.chart(view, "levels_per_procedure", figure, levels)
    by_month = view.figures("procedures", period="month")
    layout.chart(view, "procedures_by_month", counts_over_time(by_month, theme), by_month)
    many = view.figure("more_than_3_levels")
    st.caption(f"More than three vertebrae in one session: {words.of(many['numerator'], many['recorded'])}.")
