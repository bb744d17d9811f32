"""What keeps a fall in pain from being read as an effect: by pain before, and beside both arms of published trials."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.pain.pain_bands import pain_by_band
from dashboard.charts.rates import against_published
from dashboard.pages.pain_relief import pain_relief
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.text.theme import Theme, number_text
from dashboard.view import lost_to_follow_up
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts, tables
from dashboard.widgets.panels import open_panel, published_share
from data.settings import read_timepoints
from queries.catalogue.published_trials import Comparison, published_for
from queries.explain.selections import Behind
from queries.figures.gates import FIRM
from queries.figures.summarise import Row, figures_table

QUARTILES = ("p25", "p50", "p75")
CHANGE_HEADER = ("", "mean, 95 % interval", "median, quartiles", "of those who count")
ABOUT_CHANGES = (
    "Points of 10, score after less score before: below zero is relief. Half of the patients lie between the quartiles."
)
TITLE = "How does pain of 3 or less compare with both arms of a trial?"


def by_band(view: View, timepoint: str) -> pd.DataFrame:
    """Mean pain at a timepoint by band of pain before (rows of `pain_score_…`), with the mean before as `before`.

    Who had no score before is in no band.
    """
    before = {row["group"]: row["value"] for row in view.rows("pain_score_baseline", by="baseline_band")}
    after = [row for row in view.rows(f"pain_score_{timepoint}", by="baseline_band") if row["group"] != "not_recorded"]
    return figures_table(after).assign(before=[before[row["group"]] for row in after])


def bands_chart(view: View, timepoint: str, theme: Theme) -> tuple[go.Figure, pd.DataFrame]:
    """The chart by pain before, and its table."""
    rows = by_band(view, timepoint)
    labels = [phrases.value_label(group) for group in rows["group"]]
    return pain_by_band(rows, labels, read_timepoints().labels[timepoint], theme), rows


def published_panel(view: View, theme: Theme) -> None:
    """Beside published trials, always with both arms, when opened."""
    if inside := open_panel("Beside published trials, both arms", "published"):
        with inside:
            rows = mild_pain_shares(view)
            if rows is not None:
                page_parts.show_chart(
                    view, "published", figure=against_published(rows, TITLE, shares_subtitle(), theme), table=rows
                )
            tables.facts_table(trial_differences(view))
            st.caption(trial_sources())


def change_panel(view: View) -> None:
    """By how much pain changed at each timepoint, as mean and as median, when opened."""
    if inside := open_panel("By how much pain changed", "change"):
        with inside:
            rows = change_rows(view)
            with st.container(horizontal=True, vertical_alignment="top", key="rows_change"):
                cells = [[row["label"], *change_cells(row)] for row in rows]
                leads = [[Behind(metric=row["metric"], status="counted"), None, None] for row in rows]
                tables.grid_table(CHANGE_HEADER, cells, leads, view)
                page_parts.rows_behind(view, "pain_change", rows)
            st.caption(ABOUT_CHANGES, help=explain_terms(ABOUT_CHANGES))


def change_rows(view: View) -> list[Row]:
    """The figure of each timepoint whose window is over for anybody, with its `label` and its quartiles."""
    found = []
    for window in read_timepoints().after:
        row = view.figure(f"pain_change_{window.name}")
        if row["eligible"]:
            quartiles = view.quantiles(row["metric"]).iloc[0]
            found.append(row | {"label": window.label} | {name: quartiles[name] for name in QUARTILES})
    return found


def change_cells(row: Row) -> tuple[str, str, str]:
    """Mean with its interval, median with quartiles, as far as the gate allows; and of how many."""
    if not row["recorded"]:
        return "not recorded", "", phrases.capture_words(row)
    if row["gate"] not in FIRM:
        return "too little known", "", phrases.capture_words(row)
    low, middle, high = (number_text(row[name], row["unit"]) for name in QUARTILES)
    return (
        f"{phrases.value_words(row)} ({phrases.interval_words(row)})",
        f"{middle} ({low} to {high})",
        phrases.capture_words(row),
    )


def missing_panel(view: View, timepoint: str) -> None:
    """Who is missing, whether they differ from the others, and what they could change, when opened."""
    if inside := open_panel("Missing data, and what it could change", "missing"):
        with inside:
            found = lost_to_follow_up.find_lost(view, timepoint)
            st.write(lost_to_follow_up.lost_sentence(found, timepoint))
            tables.facts_table(pain_relief.missing_facts(view, timepoint))
            tables.text_table(lost_to_follow_up.lost_table(found))
            st.caption(lost_to_follow_up.weighted_sentence(found))


def mild_pain_shares(view: View) -> pd.DataFrame | None:
    """`mild_pain` of this department (first row) and of both arms of the trials that give counts, or None.

    Rows of `summarise` with `label`, `trial` and `source`; what a trial does not give is empty.
    """
    for timepoint in read_timepoints().labels:
        trials = [one for one in published_for("mild_pain", timepoint) if one.has_counts]
        if trials and view.figure(f"mild_pain_{timepoint}")["gate"] in FIRM:
            here = view.figures(f"mild_pain_{timepoint}").assign(label="this department", trial="", source="")
            arms = pd.DataFrame([arm for one in trials for arm in _trial_arms(one)])
            return pd.concat([here, arms], ignore_index=True)
    return None


def shares_subtitle() -> str:
    """What the shares are of, and what to mind."""
    note = published_for("mild_pain")[0].note
    return f"Share with 95 % interval; trial: {note}. Here: all who were asked, so not the same patients"


def _trial_arms(one: Comparison) -> list[dict[str, object]]:
    return [
        _trial_arm(one, "vertebroplasty", one.treated_numerator or 0, one.treated_denominator or 0),
        _trial_arm(one, one.comparison_name, one.comparison_numerator or 0, one.comparison_denominator or 0),
    ]


def _trial_arm(one: Comparison, name: str, yes: int, of: int) -> dict[str, object]:
    return {**published_share(yes, of), "label": f"{one.study}, {name}", "trial": one.study, "source": one.source}


def trial_differences(view: View) -> list[tuple[str, str]]:
    """For each timepoint with a trial: the mean here, and how far apart the trial's two arms were."""
    rows = []
    for name, label in read_timepoints().labels.items():
        for one in published_for("pain_score", name):
            if one.difference is not None:
                here = view.figure(f"pain_score_{name}")
                mean = f"{phrases.value_words(here)} of 10" if here["gate"] in FIRM else "too little known"
                apart = f"{one.difference:.2f} ({one.lower:.2f} to {one.upper:.2f})".replace("-", "−")
                rows.append((f"{label}: mean pain here {mean}", f"arms of {one.study} apart by {apart}, as printed"))
    return rows


def trial_sources() -> str:
    """Where the published numbers come from."""
    named = dict.fromkeys(one.source for one in (*published_for("mild_pain"), *published_for("pain_score")))
    return f"Published: {'; '.join(named)}. Their patients were others: reference points, no targets."
