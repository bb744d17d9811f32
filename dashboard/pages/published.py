"""Figures for readers outside the department: small numbers hidden, the others rounded."""

import streamlit as st

from dashboard import published
from dashboard.charts.hidden_shares import shares_with_gaps
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts

view = current_view()
st.write(published.about(view))
st.write(published.signature(view))
for topic, table in published.headlines(view).items():
    st.subheader(topic, anchor=False)
    page_parts.data_table(table)

metric, split = published.choice(view)
if metric:
    rows = published.split(view, metric, split)
    page_parts.chart(view, f"published_{metric}_{split}", shares_with_gaps(rows, page_parts.theme()), rows)
