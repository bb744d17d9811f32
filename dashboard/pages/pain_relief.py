"""Pain relief: how much it hurts before and after, and how many patients got relief."""

import streamlit as st

from dashboard import pain
from dashboard.charts.pain.responders import responder_bars
from dashboard.charts.pain.trajectory import pain_trajectory
from dashboard.links import view_options
from dashboard.pages.pain_relief import pain_comparisons
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts, panels
from dashboard.widgets.trend_panel import trend_panel

view = current_view()
theme = page_parts.theme()
headline = view.figure("responders_50_hours_24_72")
page_parts.answer(pain.answer(view), headline["gate"])
page_parts.sentence(pain.ABOUT_CHANGE)
pain.indication_note(view)

later = st.toggle("Show later timepoints", **view_options.switched("later", "pain_later"))
points = pain.trajectory_points(view, later)
page_parts.chart(view, "pain_trajectory", pain_trajectory(points, theme), points, pain.context_note(view))

timepoint = pain.timepoint_choice()
left, right = st.columns(2)
with left:
    rows = pain.responder_rows(view, timepoint)
    page_parts.chart(
        view, f"responders_{timepoint}", responder_bars(rows, theme), rows, pain.beside_note(view, timepoint)
    )
with right:
    figure, rows = pain_comparisons.bands(view, timepoint, theme)
    page_parts.chart(view, f"by_band_{timepoint}", figure, rows, by="baseline_band")

trend_panel(view, "responders_50_hours_24_72", "Do more patients halve their pain?", "with a score before and after")
panels.chart_panel(view, pain.CURVE, "relief_curve", lambda: pain.curve(view, theme))
pain_comparisons.published_panel(view, theme)
pain_comparisons.missing_panel(view, timepoint)
panels.how_counted([f"{name}_{timepoint}" for name in pain.DEFINED])
panels.what_we_tell(view, pain.TOLD)
