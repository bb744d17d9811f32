"""Recovery: how long until ready to go home, against what patients are told."""

import streamlit as st

from dashboard import layout, recovery, words
from dashboard.charts.recovery import ready_by_hour, recovery_spread
from dashboard.session import current_view
from queries.settings import promised_hours

HOURS = tuple(step / 4 for step in range(49))

view = current_view()
theme = layout.theme()
promised = promised_hours("recovery_hours")
median, within = view.figure("recovery_hours"), view.figure("recovered_within_6_hours")
layout.answer(recovery.answer(median, within), within["gate"])

if median["recorded"]:
    by_levels = view.quantiles("recovery_hours", by="levels")
    labels = [words.label(group, "levels") for group in by_levels["group"]]
    left, right = st.columns(2)
    with left:
        layout.chart(
            view, "recovery_by_levels", recovery_spread(by_levels, labels, promised, theme), by_levels, by="levels"
        )
    with right:
        curve = view.curve("hours_to_ready", HOURS)
        layout.chart(view, "ready_by_hour", ready_by_hour(curve, promised, theme), curve)
    with st.expander("Missing data, and what it could change"):
        layout.facts(recovery.facts(median, within, view.figure("recovered_within_4_hours")))
else:
    st.write("This department does not record when patients are ready to go home, or not for these procedures.")
