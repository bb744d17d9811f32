"""Overview: are we doing well? No chart library here: it must be the fastest page."""

import streamlit as st

from dashboard import attention, cards, layout
from dashboard.session import current_view
from dashboard.trend import changes

view = current_view()
shown = cards.headline_cards(view)
for column, card in zip(st.columns(len(shown), gap="small"), shown, strict=True):
    with column, st.container(border=True, height="stretch", key=f"card_{card.page}"):
        st.html(cards.card_html(card, layout.theme()))
        layout.link(card.page, f"{card.title} →", explained=cards.words_of(card))
layout.sentence(cards.safety_line(view))
left, right = st.columns(2, gap="large")
with left:
    st.subheader("What changed", anchor=False)
    found = changes(view)
    for sentence in (*found.sentences, found.otherwise):
        layout.sentence(sentence)
with right:
    st.subheader("Needs attention", anchor=False)
    attention.show(attention.needs_attention(view))
layout.rows_behind(view, "overview", cards.figures_behind(view))
