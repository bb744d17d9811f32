"""What we tell patients, and what happened: each sentence beside what was measured."""

import streamlit as st

from dashboard import layout, panels, promised
from dashboard.charts.told import happened_over_time
from dashboard.glossary import explain
from dashboard.session import current_view

view = current_view()
theme = layout.theme()
sentences = promised.told(view)
layout.answer(promised.answer(sentences))
rows = [promised.row_html(view, one, theme) for one in sentences]
st.markdown(promised.INTRODUCTION, help=explain(" ".join((promised.INTRODUCTION, *rows))))
for one, row in zip(sentences, rows, strict=True):
    with st.container(border=True, key=f"said_{one.now.name}"):
        st.html(row)
        if one.is_measured and (inside := panels.panel("Over time", f"over_time_{one.now.name}")):
            with inside:
                table = promised.over_time(view, one)
                layout.chart(view, f"told_{one.now.name}", happened_over_time(table, one.versions, theme), table)
layout.rows_behind(view, "what_we_tell_patients", promised.figures(sentences))
