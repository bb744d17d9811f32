"""What we tell patients, and what happened: each sentence, whether it holds, and what was measured."""

from collections.abc import Sequence

import streamlit as st

from dashboard.charts.trends.leaflet_trend import happened_over_time
from dashboard.links import view_options
from dashboard.text.glossary import explain_terms
from dashboard.view import leaflet_sentences
from dashboard.view.leaflet_sentences import Told
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, panels
from dashboard.widgets.leaflet_row import sentence_table, unmeasured_table

PARTS = {
    leaflet_sentences.UNSAID: "Sentences of which it cannot be said",
    leaflet_sentences.YES: "Sentences that hold",
}


def main() -> None:
    """Compose the page."""
    view = current_view()
    sentences = leaflet_sentences.read_sentences(view)
    measured = [one for one in sentences if one.is_measured]
    unseen = [one for one in sentences if not one.is_measured]
    page_parts.answer_line(leaflet_sentences.answer_sentence(sentences))
    tables = {
        answer: (len(told), sentence_table(view, told))
        for answer in (leaflet_sentences.NO, leaflet_sentences.UNSAID, leaflet_sentences.YES)
        if (told := [one for one in measured if one.verdict[0] == answer])
    }
    reasons = unmeasured_table(view, unseen)
    shown = " ".join([*(table for _, table in tables.values()), reasons])
    st.markdown("What holds?", help=f"{leaflet_sentences.ABOUT_CHANGE}  \n{explain_terms(shown) or ''}")
    for answer, (count, table) in tables.items():
        if answer == leaflet_sentences.NO:
            st.html(table)
            continue
        with st.expander(f"{PARTS[answer]} ({count})", key=f"sentences_{PARTS[answer].split()[-1]}"):
            st.html(table)
    if unseen:
        with st.expander(f"Sentences that are not measured here, and why ({len(unseen)})", key="unseen_sentences"):
            st.html(reasons)
    if measured and (inside := panels.open_panel("Over time", "over_time")):
        with inside:
            show_over_time(view, measured)
    page_parts.rows_behind(view, "what_we_tell_patients", leaflet_sentences.sentence_figures(sentences))


def show_over_time(view: View, measured: Sequence[Told]) -> None:
    """One sentence, to be chosen: its figure by quarter, and what stands beside it."""
    by_name = {one.now.name: one for one in measured}
    name = st.selectbox(
        "Sentence",
        by_name,
        format_func=lambda name: f"{by_name[name].place}. {by_name[name].now.said}",
        **view_options.one_of("sentence", "told_sentence", by_name, next(iter(by_name))),
    )
    one = by_name[name]
    for text in leaflet_sentences.further_sentences(view, one):
        page_parts.write_sentence(text)
    table = leaflet_sentences.over_time(view, one)
    figure = happened_over_time(table, one.versions, page_parts.current_theme())
    page_parts.show_chart(view, f"told_{name}", figure=figure, table=table, shows=view.whole.filters)


if __name__ == "__main__":
    main()
