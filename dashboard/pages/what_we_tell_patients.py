"""What we tell patients, and what happened: each sentence beside what was measured."""

import streamlit as st

from dashboard.charts.trends.leaflet_trend import happened_over_time
from dashboard.text.glossary import explain_terms
from dashboard.view import leaflet_sentences
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts, panels
from dashboard.widgets.leaflet_row import row_html


def main() -> None:
    """Compose the page."""
    view = current_view()
    theme = page_parts.current_theme()
    sentences = leaflet_sentences.read_sentences(view)
    page_parts.answer_line(leaflet_sentences.answer_sentence(sentences))
    rows = {one.now.name: row_html(view, one, theme, is_whole=not one.is_measured) for one in sentences}
    about = f"{leaflet_sentences.ABOUT_CHANGE}  \n{explain_terms(' '.join(rows.values()))}"
    st.markdown(leaflet_sentences.INTRODUCTION, help=about)
    for one in sentences:
        if not one.is_measured:
            continue
        with st.container(border=True, key=f"said_{one.now.name}"):
            st.html(rows[one.now.name])
            further = leaflet_sentences.further_sentences(view, one)
            if inside := panels.open_panel("Over time", f"over_time_{one.now.name}"):
                with inside:
                    for text in further:
                        page_parts.write_sentence(text)
                    table = leaflet_sentences.over_time(view, one)
                    figure = happened_over_time(table, one.versions, theme)
                    page_parts.show_chart(
                        view, f"told_{one.now.name}", figure=figure, table=table, shows=view.whole.filters
                    )
    if unseen := [one.now.name for one in sentences if not one.is_measured]:
        with st.expander(f"{len(unseen)} sentences that cannot be seen here, and why", key="unseen_sentences"):
            for name in unseen:
                st.html(rows[name])
    page_parts.rows_behind(view, "what_we_tell_patients", leaflet_sentences.sentence_figures(sentences))


if __name__ == "__main__":
    main()
