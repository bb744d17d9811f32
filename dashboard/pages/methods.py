"""Methods: every figure's question, definition, source, caveat and SQL, generated from the catalogue."""

import streamlit as st

from dashboard.links import view_options
from dashboard.text import definitions
from dashboard.widgets import tables

CONTENTS = "On this page: [Words used here](#words) · [Figures, by topic](#figures) · [Settings in force](#settings)"


def main() -> None:
    """Compose the page."""
    st.markdown(f"{CONTENTS}\n\n{definitions.INTRODUCTION}")
    st.header("Words used here", anchor="words")
    st.markdown(definitions.glossary_text())
    st.header("Figures", anchor="figures")
    topic = view_options.pick_segment(
        "topic", "methods_topic", usual="pain", label="Topic", titles=definitions.TOPIC_TITLES
    )
    for entry in definitions.topic_entries(topic):
        panel = st.expander(entry.title, key=f"method_{entry.file}", on_change="rerun")
        if panel.open:
            with panel:
                st.markdown(entry.text)
                st.code(entry.sql, None, wrap_lines=True)
                for earlier in entry.history:
                    st.markdown(earlier.text)
                    st.code(earlier.sql, None, wrap_lines=True)
    st.header("Settings in force", anchor="settings")
    tables.facts_table(definitions.settings_in_force())


if __name__ == "__main__":
    main()
