"""Follow-up: whom to call now, and how many could be asked, were reached, and answered."""

import streamlit as st

from dashboard import calls, follow_up, layout, words
from dashboard.charts.rates import rate_by_group
from dashboard.session import current_view
from dashboard.trend_panel import trend_panel
from queries.settings import timepoints

view = current_view()
theme = layout.theme()
layout.answer(follow_up.answer(view))
if view.reader.has("call_list"):
    follow_up.call_section(view)

st.subheader("How complete is follow-up?", anchor=False)
timepoint = follow_up.timepoint_choice()
label, metric = timepoints().labels[timepoint], f"recorded_{timepoint}"
capture = calls.capture_of(view, timepoint)
layout.chart(view, f"flow_{timepoint}", follow_up.flow_chart(capture, theme), follow_up.flow_table(capture))
follow_up.latest_without(view, metric)
trend_panel(view, metric, f"Are more patients answering at {label}?", "who could be asked")
sites = view.figures(metric, by="site")
sites = sites[sites["eligible"] > 0]
names = [words.label(group, "site") for group in sites["group"]]
figure = rate_by_group(sites, names, "Does it differ by site?", f"Asked and answered at {label}", theme)
layout.chart(view, f"{metric}_by_site", figure, sites, by="site")
