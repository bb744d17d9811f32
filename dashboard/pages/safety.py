"""Safety: what was reported, how rare it is, whether it becomes more frequent, and every serious event."""

import streamlit as st

from dashboard import safety
from dashboard.charts.trends.rare_events import cases_between, cusum_chart
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts, panels
from dashboard.widgets.review_menu import review_menu

view = current_view()
theme = page_parts.theme()
page_parts.answer(safety.answer(view))
page_parts.sentence(safety.follow_up_note(view))

rows = safety.figure_rows(view)
if not rows.empty:
    page_parts.section("Reported events", safety.EXACT, *rows["label"], *rows["shown"], *safety.REPORTED.values())
    page_parts.text_table(rows[["label", "shown", "followed"]].rename(columns=safety.REPORTED))
    st.caption(safety.EXACT)
    page_parts.data_behind(view, "safety", rows)

watched = safety.watched(view)
if watched is not None and watched.cases.events.size:
    table = view.figures(safety.HEADLINE)
    left, right = st.columns(2)
    with left:
        between = cases_between(watched.cases.gaps, watched.cases.since_last, theme, watched.cases.between)
        page_parts.chart(view, "cases_between_events", between, table)
    with right:
        if watched.found is None:
            page_parts.sentence(watched.told)
        else:
            figure = cusum_chart(watched.found, watched.cases.days, safety.LIMIT, watched.subtitle, watched.told, theme)
            page_parts.chart(view, "cusum_of_events", figure, table, watched.told)

events = safety.events(view)
page_parts.section("Every serious event and death", " ".join(map(str, events["type"])), "SIR class")
st.write(safety.review_note(events))
soon, late = safety.split_late(events)
review_menu(view, [soon, late])
if len(soon):
    page_parts.grid(*safety.event_grid(soon[: safety.NEWEST]), view)
for key, (title, rows) in safety.further(soon, late).items():
    if inside := panels.panel(title, key):
        with inside:
            page_parts.grid(*safety.event_grid(rows), view)
