"""Sentences of the leaflets as a table: what was said, whether it holds, what was measured."""

from collections.abc import Sequence

from markupsafe import Markup

from dashboard.text.templates import render_html
from dashboard.view import leaflet_sentences
from dashboard.view.leaflet_sentences import Told
from dashboard.view.reader_view import View
from dashboard.widgets import tables

MEASURED = ("what we tell patients", "holds?", "what happened")
MARKS = {leaflet_sentences.YES: "✓", leaflet_sentences.NO: "✗"}
UNMEASURED = ("what we tell patients", "why it cannot be seen")


def sentence_table(view: View, sentences: Sequence[Told], is_whole: bool = False) -> Markup:
    """Sentences in their order, a row each; what one figure measures is told at the first of them.

    `is_whole`: with the figures beside it.
    """
    rows, first_of = [], dict[str | None, Told]()
    for one in sentences:
        first = first_of.setdefault(one.now.metric, one)
        rows.append((_said_cell(one), _verdict_cell(one), _what_happened(view, one, first, is_whole)))
    return tables.table_html(MEASURED, rows)


def unmeasured_table(view: View, sentences: Sequence[Told]) -> Markup:
    """Sentences that nothing measures, each with the reason."""
    rows = []
    for one in sentences:
        first, *others = leaflet_sentences.measured_sentences(one)
        rows.append((_said_cell(one), _cell(first, *others, *leaflet_sentences.further_sentences(view, one))))
    return tables.table_html(UNMEASURED, rows)


def _verdict_cell(one: Told) -> Markup:
    found, why = one.verdict
    return _cell(f"{MARKS[found]} {found}" if found in MARKS else found, why)


def _said_cell(one: Told) -> Markup:
    below = [f"leaflet {one.now.leaflet}", *leaflet_sentences.earlier_versions(one)]
    return render_html("leaflet_sentence", first=f"{one.place}. “{one.now.said}”", others=below)


def _cell(first: str, *others: str) -> Markup:
    return render_html("leaflet_sentence", first=first, others=[text for text in others if text])


def _what_happened(view: View, one: Told, first: Told, is_whole: bool) -> Markup:
    if first is not one:
        return _cell(f"The same figure as at {first.place}.")
    further = leaflet_sentences.further_sentences(view, one) if is_whole else []
    return _cell(*leaflet_sentences.measured_sentences(one), *further)
