"""Same-day discharge: how many intended day cases go home the same day, and why others stay."""

import streamlit as st

from dashboard import discharge, layout, words
from dashboard.charts.counts import reasons
from dashboard.charts.rates import rate_by_group, rate_over_time
from dashboard.session import current_view

view = current_view()
theme = layout.theme()
headline, back = view.figure("day_case_completed"), view.figure("returned_within_7_days")
layout.answer(discharge.answer(headline), headline["gate"])
st.write(discharge.beside(headline, back))

period = st.segmented_control("By", ["month", "quarter"], default="month", required=True, key="discharge_period")
over_time = view.figures("day_case_completed", period=period)
figure = rate_over_time(over_time, "Are more day cases going home the same day?", "intended day cases", theme)
layout.chart(view, f"day_case_by_{period}", figure, over_time)

left, right = st.columns(2)
for column, key, title in (
    (left, "levels", "Does the number of vertebrae matter?"),
    (right, "setting", "Does it differ by where patients came from?"),
):
    metric = "day_case_completed" if key == "levels" else "same_day_discharge"
    rows = view.figures(metric, by=key)
    rows = rows[rows["eligible"] > 0]
    subtitle = (
        "Intended day cases" if key == "levels" else "All who came from home: planned overnight stays shown apart"
    )
    with column:
        labels = [words.label(group, key) for group in rows["group"]]
        layout.chart(view, f"same_day_by_{key}", rate_by_group(rows, labels, title, subtitle, theme), rows, by=key)

stayed = view.figures("not_same_day_reason")
if stayed["eligible"].iloc[0]:
    labels = [words.label(value) for value in stayed["category"].dropna()]
    layout.chart(view, "reasons_for_staying", reasons(stayed, labels, theme), stayed)
