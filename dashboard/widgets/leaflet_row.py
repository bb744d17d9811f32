"""A sentence of the leaflets beside what was measured, with its own small trend."""

from markupsafe import Markup

from dashboard.charts.trends.sparkline import sparkline_image
from dashboard.text.templates import render_html
from dashboard.text.theme import Theme
from dashboard.view import leaflet_sentences
from dashboard.view.leaflet_sentences import Told
from dashboard.view.reader_view import View


def row_html(view: View, one: Told, theme: Theme, is_whole: bool = True) -> Markup:
    """A sentence, what happened, and its own small trend, side by side; below each other on a phone.

    `is_whole`: with the figures beside it.
    """
    first, *others = leaflet_sentences.measured_sentences(one)
    further = leaflet_sentences.further_sentences(view, one) if is_whole else []
    return render_html(
        "leaflet_sentence",
        said=one.now.said,
        leaflet=one.now.leaflet,
        earlier=leaflet_sentences.earlier_versions(one),
        first=first,
        others=[*others, *further],
        trend=Markup(_sentence_trend(view, one, theme)),
    )


def _sentence_trend(view: View, one: Told, theme: Theme) -> str:
    if not one.is_measured:
        return ""
    rows = view.rows(str(one.now.metric), period="quarter")
    values = [float(row["value"]) if row["recorded"] else None for row in rows]
    changes = [
        sum(row["period_start"] < version.since for row in rows)
        for version in one.versions[1:]
        if version.since is not None
    ]
    return sparkline_image(
        values, f"{leaflet_sentences.metric_title(str(one.now.metric))} by quarter", theme.main, changes
    )
