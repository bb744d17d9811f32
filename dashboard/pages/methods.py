"""Methods: every figure's question, definition, source, caveat and SQL, generated from the catalogue."""

import streamlit as st

from dashboard import layout, looks, methods
from dashboard.session import current_view

view = current_view()
st.write(methods.INTRODUCTION)
st.header("Words used here", anchor=False)
st.markdown(methods.glossary_text())
st.header("Figures", anchor=False)
topic = st.segmented_control("Topic", list(methods.TOPIC_TITLES), format_func=methods.TOPIC_TITLES.get, required=True,
                             **looks.one_of("topic", "methods_topic", list(methods.TOPIC_TITLES), "pain"))  # fmt: skip
for entry in methods.entries(topic):
    panel = st.expander(entry.title, key=f"method_{entry.file}", on_change="rerun")
    if panel.open:
        with panel:
            st.markdown(entry.text)
            st.code(entry.sql, None, wrap_lines=True)
st.header("Settings in force", anchor=False)
layout.facts(methods.settings_in_force())
