"""Overview: are we doing well? No chart library here: it must be the fastest page."""

from collections.abc import Sequence

import streamlit as st

from dashboard.journal.looks import changes_since, last_look
from dashboard.links.procedure_links import filter_link
from dashboard.pages.overview import attention, cards, site_table
from dashboard.pages.overview.attention_item import Item
from dashboard.pages.overview.differences import differing_sites, differing_words
from dashboard.text import phrases
from dashboard.view.reader_view import View, current_view
from dashboard.view.safety_events import events_line
from dashboard.widgets import page_parts, tables
from dashboard.widgets.view_trends import view_changes

FIRST_STEPS = """
1. **Read a card**: the large number is of the period in the bar; the line below it says whether anything changed. Click
   it for the whole story.
2. **Work through what needs attention**: each line leads to the page where it is dealt with.
3. **Ask your own question**: choose period and filters in the bar, then *Share* the link. Every number leads to its
   procedures.
"""


def main() -> None:
    """Compose the page."""
    view = current_view()
    shown = cards.headline_cards(view)
    differences = list(differing_sites(view))
    found = attention.find_items(view)
    page_parts.answer_line(cards.answer_sentence(shown, differing_words(differences)))
    with st.container(key="cards"):
        for column, card in zip(st.columns(len(shown), gap="small"), shown, strict=True):
            with column, st.container(border=True, height="stretch", key=f"card_{card.page}"):
                page_parts.page_link(card.page, card.title, explained=cards.words_of(card))
                st.html(cards.card_html(card, page_parts.current_theme()))
    with st.container(key="safety_line"):
        page_parts.page_link("safety", phrases.plain_text(events_line(view)))
    with st.container(key="below"):
        left, right = st.columns(2, gap="large")
    with left, st.container(key="attention"):
        attention.show_attention(found.waiting)
    with right:
        header, rows, leads = site_table.site_table(view, differences)
        # The name leads to the same page of that site alone, where its cards say since when it differs.
        named = [
            (filter_link("overview", view.unit, site, site), *(site_table.coloured_mark(cell) for cell in cells))
            for site, *cells in rows
        ]
        tables.grid_table(header, named if len(rows) > 1 else rows, leads, view)
        page_parts.rows_behind(view, "overview", cards.figures_behind(view))
    what_changed(view, found.favourable)


def what_changed(view: View, favourable: Sequence[Item]) -> None:
    """What changed for the better, and what the records brought since this reader looked last.

    At the first visit three steps, once.
    """
    if favourable:
        with st.expander(f"Better ({len(favourable)})", key="favourable"):
            attention.show_items(favourable, in_full=True)
    if not view.reader.has("rows"):
        return
    look = last_look(view)
    if look is None:
        with st.expander("New here?", key="first_visit"):
            st.markdown(FIRST_STEPS)
        return
    came = changes_since(view, look)
    if came is None:
        words = "the records of that day are not here any more"
    else:
        words = ", ".join(f"{count:,} {name}" for name, count in came.items()) or "nothing new"
    with st.expander(f"New since {phrases.day_words(look.on)}", key="changed"):
        st.write(f"{words[:1].upper()}{words[1:]}.")
        found = view_changes(view)
        for sentence in (*found.sentences, found.otherwise):
            page_parts.write_sentence(sentence)


if __name__ == "__main__":
    main()
