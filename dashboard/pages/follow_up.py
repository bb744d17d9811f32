"""Follow-up: whom to call now, and how many could be asked, were reached, and answered."""

import streamlit as st

from dashboard import follow_up
from dashboard.charts.rates import rate_by_group
from dashboard.journal import call_list
from dashboard.text import phrases
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts
from dashboard.widgets.trend_panel import trend_panel
from data.settings import timepoints

view = current_view()
theme = page_parts.theme()
page_parts.answer(follow_up.answer(view))
if view.reader.has("call_list"):
    follow_up.call_section(view)

st.subheader("How complete is follow-up?", anchor=False)
timepoint = follow_up.timepoint_choice()
label, metric = timepoints().labels[timepoint], f"recorded_{timepoint}"
capture = call_list.capture_of(view, timepoint)
page_parts.chart(view, f"flow_{timepoint}", follow_up.flow_chart(capture, theme), follow_up.flow_table(capture))
follow_up.latest_without(view, metric)
trend_panel(view, metric, f"Are more patients answering at {label}?", "who could be asked")
sites = view.figures(metric, by="site")
sites = sites[sites["eligible"] > 0]
names = [phrases.label(group, "site") for group in sites["group"]]
figure = rate_by_group(sites, names, "Does it differ by site?", f"Asked and answered at {label}", theme)
page_parts.chart(view, f"{metric}_by_site", figure, sites, by="site")
