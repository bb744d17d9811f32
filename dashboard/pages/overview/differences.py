"""Sites, or operators of one site, that differ on the overview's figures of the last twelve closed months."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View
from queries.catalogue.filters import NOT_RECORDED, Filters
from queries.statistics.funnel import find_differing_pairs
from queries.trends.annotations import add_months

FIGURES = {
    "responders_50_hours_24_72": "Halved pain",
    "home_ready_within_6_hours": "Ready within 6 hours",
    "day_case_completed": "Same day",
}
MONTHS = 12
PERCENT = 100


def differing_sites(view: View) -> Iterator[tuple[str, str]]:
    """A metric and a sentence, for each figure on which two units differ by more than chance; the widest pair.

    Every unit has 20 cases and a plain gate; what is found is shared between all pairs and figures. Not adjusted.
    """
    view.require("exact_figures")
    keys = ["site"] if len(view.values("site")) > 1 else []
    if view.reader.has("operator_names") and len(view.filters["site"] or view.values("site")) == 1:
        keys.append("operator")
    for key in keys:
        for metric, name in FIGURES.items():
            sentence = _compare_figure(view, metric, key, len(FIGURES) * len(keys))
            if sentence:
                yield metric, f"{name}: {sentence}, not adjusted; look into"


def _compare_figure(view: View, metric: str, key: str, figures: int) -> str:
    span = _closed_year(view, metric)
    if span is None:
        return ""
    dated = replace(view, filters=Filters.of(dict(view.filters.values), *span))
    rows = [row for row in dated.rows(metric, by=key) if row["gate"] == "plain" and row["group"] != NOT_RECORDED]
    pairs = find_differing_pairs([row["numerator"] for row in rows], [row["recorded"] for row in rows], figures)
    if not pairs:
        return ""
    widest = max(pairs, key=lambda pair: abs(pair.difference))
    units = sorted((rows[widest.first], rows[widest.second]), key=lambda row: str(row["group"]))
    return ", ".join(f"{row['group']} {percent_text(PERCENT * row['numerator'] / row['recorded'])}" for row in units)


def _closed_year(view: View, metric: str) -> tuple[date, date] | None:
    """The last twelve months whose windows are closed, within the dates chosen; None without any."""
    closed = [
        row["period_end"]
        for row in view.rows(metric, period="month")
        if row["period_complete"] and not row["excluded_not_due"]
    ]
    if not closed:
        return None
    first = add_months(closed[-1] + timedelta(days=1), -MONTHS)
    return max(first, view.filters.date_from or first), closed[-1]
