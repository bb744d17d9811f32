"""Overview: are we doing well? No chart library here: it must be the fastest page."""

import streamlit as st

from dashboard.pages.overview import attention, cards
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts
from dashboard.widgets.view_trends import view_changes


def main() -> None:
    """Compose the page."""
    view = current_view()
    shown = cards.headline_cards(view)
    for column, card in zip(st.columns(len(shown), gap="small"), shown, strict=True):
        with column, st.container(border=True, height="stretch", key=f"card_{card.page}"):
            st.html(cards.card_html(card, page_parts.current_theme()))
            page_parts.page_link(card.page, f"{card.title} →", explained=cards.words_of(card))
    page_parts.write_sentence(cards.safety_line(view))
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("What changed", anchor=False)
        found = view_changes(view)
        for sentence in (*found.sentences, found.otherwise):
            page_parts.write_sentence(sentence)
    with right:
        st.subheader("Needs attention", anchor=False)
        attention.show_attention(attention.needs_attention(view))
    page_parts.rows_behind(view, "overview", cards.figures_behind(view))


if __name__ == "__main__":
    main()
