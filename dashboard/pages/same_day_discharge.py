"""Same-day discharge: how many intended day cases go home the same day, and why others stay."""

import streamlit as st

from dashboard import discharge
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts, panels
from dashboard.widgets.trend_panel import trend_panel

view = current_view()
theme = page_parts.theme()
headline, back = view.figure("day_case_completed"), view.figure("returned_within_7_days")
page_parts.answer(discharge.answer(headline), headline["gate"])
page_parts.sentence(discharge.beside(headline, back))

trend_panel(view, "day_case_completed", discharge.QUESTION, "intended day cases")
left, right = st.columns(2)
with left:
    key = discharge.split_choice(view)
    page_parts.chart(view, f"same_day_by_{key}", *discharge.split(view, key, theme), by=key)
with right:
    stayed = discharge.stayed(view, theme)
    if stayed:
        page_parts.chart(view, "reasons_for_staying", *stayed)

panels.chart_panel(view, discharge.BACK, "came_back", lambda: discharge.came_back(view, theme))
panels.chart_panel(view, "By where patients came from", "setting", lambda: discharge.by_setting(view, theme), "setting")
panels.chart_panel(view, "Nights in hospital", "nights", lambda: discharge.nights(view, theme))
panels.facts_panel(lambda: discharge.missing_facts(headline))
panels.how_counted(discharge.DEFINED)
panels.what_we_tell(view, discharge.TOLD)
