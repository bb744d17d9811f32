"""Recovery: how long until ready to go home, against what patients are told."""

import streamlit as st

from dashboard import recovery
from dashboard.charts.hours import ready_by_hour, recovery_spread, time_spread
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts, panels
from dashboard.widgets.trend_panel import trend_panel
from data.settings import promised_hours

HOURS = tuple(step / 4 for step in range(49))

view = current_view()
theme = page_parts.theme()
promised = promised_hours("recovery_hours")
median, within = view.figure("recovery_hours"), view.figure("recovered_within_6_hours")
page_parts.answer(recovery.answer(median, within), within["gate"])

if median["recorded"]:
    page_parts.sentence(recovery.beside(median, within, view.figure("ready_within_6_hours_recorded")))
    rows, labels = recovery.by_levels(view, "recovery_hours")
    left, right = st.columns(2)
    with left:
        figure = recovery_spread(rows, labels, promised, theme)
        page_parts.chart(view, "recovery_by_levels", figure, rows, by="levels")
    with right:
        curve = view.curve("hours_to_ready", HOURS)
        page_parts.chart(view, "ready_by_hour", ready_by_hour(curve, promised, theme), curve)
    trend_panel(view, "recovery_hours", "Does it take longer until ready to go home?", "with a time")
else:
    st.write("This department does not record when patients are ready to go home, or not for these procedures.")

if inside := panels.panel("How long procedure and stay take", "other"):
    with inside:
        metric = recovery.other_choice()
        rows, labels = recovery.by_levels(view, metric)
        figure = time_spread(rows, labels, recovery.OTHER_TIMES[metric], theme)
        page_parts.chart(view, f"{metric}_by_levels", figure, rows, by="levels")
panels.facts_panel(lambda: recovery.facts(median, within, view.figure("recovered_within_4_hours")))
panels.how_counted(recovery.DEFINED)
panels.what_we_tell(view, recovery.TOLD)
