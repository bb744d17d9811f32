"""Figures for readers outside the department: small numbers hidden, the others rounded."""

import streamlit as st

from dashboard import layout, published
from dashboard.charts.published import shares_with_gaps
from dashboard.session import current_view

view = current_view()
st.write(published.about(view))
st.write(published.signature(view))
for topic, table in published.headlines(view).items():
    st.subheader(topic, anchor=False)
    layout.data_table(table)

metric, split = published.choice(view)
if metric:
    rows = published.split(view, metric, split)
    layout.chart(view, f"published_{metric}_{split}", shares_with_gaps(rows, layout.theme()), rows)
