"""Pain relief: how much it hurts before and after, and how many patients got relief."""

import pandas as pd
import streamlit as st

from dashboard import layout, pain
from dashboard.charts.responders import relief_curve, responder_bars
from dashboard.charts.trajectory import pain_trajectory
from dashboard.session import current_view

view = current_view()
theme = layout.theme()
headline = view.figure("responders_50_hours_24_72")
layout.answer(pain.answer(view), headline["gate"])
st.write(pain.ABOUT_CHANGE)
pain.indication_note(view)

later = st.toggle("Show later timepoints", key="pain_later")
points = pain.trajectory_points(view, later)
layout.chart(view, "pain_trajectory", pain_trajectory(points, theme), points, pain.context_note(view))

left, right = st.columns(2)
with left:
    curves = pain.relief_curves(view)
    if curves:
        layout.chart(view, "relief_curve", relief_curve(curves, theme), pd.concat(curves.values()))
    else:
        st.write("No procedure has a score both before and after yet.")
with right:
    timepoint = pain.timepoint_choice()
    rows = pain.responder_rows(view, timepoint)
    layout.chart(view, f"responders_{timepoint}", responder_bars(rows, theme), rows, pain.beside_note(view, timepoint))

with st.expander("Missing data, and what it could change"):
    layout.facts(pain.missing_facts(view, timepoint))
