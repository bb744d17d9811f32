"""Pain relief: how much it hurts before and after, and how many patients got relief."""

import pandas as pd
import streamlit as st

from dashboard import layout, pain, pain_compared, panels, words
from dashboard.charts.bands import pain_by_band
from dashboard.charts.responders import against_published, relief_curve, responder_bars
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

timepoint = pain.timepoint_choice()
label = pain.label_of(timepoint)
left, right = st.columns(2)
with left:
    rows = pain.responder_rows(view, timepoint)
    layout.chart(view, f"responders_{timepoint}", responder_bars(rows, theme), rows, pain.beside_note(view, timepoint))
with right:
    bands = pain_compared.by_band(view, timepoint)
    labels = [words.label(group) for group in bands["group"]]
    layout.chart(view, f"by_band_{timepoint}", pain_by_band(bands, labels, label, theme), bands)

if inside := panels.panel("How far did each patient's pain fall?", "curve"):
    with inside:
        curves = pain.relief_curves(view)
        if curves:
            layout.chart(view, "relief_curve", relief_curve(curves, theme), pd.concat(curves.values()))
        else:
            st.write("Too few procedures have a score both before and after yet.")
if inside := panels.panel("Beside published trials, both arms", "published"):
    with inside:
        shares = pain_compared.shares(view)
        if shares is not None:
            figure = against_published(shares, pain_compared.TITLE, pain_compared.shares_subtitle(), theme)
            layout.chart(view, "published", figure, shares)
        layout.facts(pain_compared.differences(view))
        st.caption(pain_compared.sources())
if inside := panels.panel("Missing data, and what it could change", "missing"):
    with inside:
        layout.facts(pain.missing_facts(view, timepoint))
panels.how_counted(
    [f"{name}_{timepoint}" for name in ("responders_50", "pain_score", "mild_pain", "worse", "recorded")]
)
panels.what_we_tell(view, ("responders_50_hours_24_72", "responders_50_follow_up", "relief_within_6_hours"))
