"""Levels treated: which vertebrae, how many in one session, how many sessions."""

import streamlit as st

from dashboard import layout, levels, words
from dashboard.charts.counts import category_bars, counts_over_time
from dashboard.charts.spine import spine
from dashboard.session import current_view

view = current_view()
theme = layout.theme()
vertebrae = view.figures("treated_vertebra")
per_session = view.figures("levels_per_procedure")
several = view.figure("multi_level")
layout.answer(levels.answer(vertebrae, several), several["gate"])

left, right = st.columns([3, 2])
with left:
    layout.chart(view, "treated_vertebra", spine(vertebrae, theme), vertebrae)
with right:
    if per_session["category"].notna().any():
        labels = [words.label(value, "levels") for value in per_session["category"]]
        subtitle = f"{words.of(per_session['recorded'].iloc[0], per_session['eligible'].iloc[0])} with readable levels"
        figure = category_bars(per_session, labels, "How many vertebrae in one session?", subtitle, theme)
        layout.chart(view, "levels_per_procedure", figure, per_session)
    by_month = view.figures("procedures", period="month")
    layout.chart(view, "procedures_by_month", counts_over_time(by_month, theme), by_month)
    many = view.figure("more_than_3_levels")
    st.caption(f"More than three vertebrae in one session: {words.of(many['numerator'], many['recorded'])}.")
