"""A figure over time on a page: the chart, how to look at it, and what it says."""

import streamlit as st

from dashboard.charts.trends.over_time import only_point, over_time
from dashboard.journal.notes import explanation_of
from dashboard.links import view_options
from dashboard.text import phrases
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts
from dashboard.widgets.view_trends import Shown, step_of, trend_of
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.periods import Step
from queries.trends.trend import RULES

STEPS: dict[Step, str] = {"month": "month", "quarter": "quarter", "block": "blocks of 10"}
ABOUT_RULES = (
    "Anhøj's rules look for runs that are too long and crossings of the centre line that are too few. A change is put "
    "into words only where it also holds against the uncertainty of the centre line itself. Making Data Count marks "
    "single points, trends and runs as NHS boards know them; it marks something in many stable series. One set at a "
    "time."
)


def trend_panel(view: View, metric: str, question: str, noun: str) -> None:
    """The chart of a figure over time with its choices; `question` is its title, `noun` says what is counted."""
    kind = read_catalogue()[metric].kind
    steps: dict[Step, str] = {"month": STEPS["month"]} if kind == "count" else STEPS
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"look_{metric}"):
        step = view_options.pick_segment(
            "step", f"step_{metric}", usual=step_of(view, metric), label="By", titles=steps
        )
        rules = view_options.pick_segment(
            "rules", f"rules_{metric}", usual="anhoej", label="Rules", titles=RULES, about=ABOUT_RULES
        )
        classic = kind == "proportion" and st.toggle(
            "3-sigma limits",
            **view_options.toggle_option("limits", f"classic_{metric}", "3-sigma"),
            help="The limits that most tools draw. With so few cases a month they are passed by chance in one of ten "
            "stable series or more; points are then marked by these limits only.",
        )
    shown = trend_of(view, metric, step, rules)
    told = f"{shown.trend.said} {explanation_words(view, shown)}".strip()
    key, alone = f"{metric}_by_{step}", only_point(shown.trend)
    if alone:
        with st.container(border=True, key=f"figure_{key}"):
            page_parts.section_heading(question, alone, told)
            page_parts.write_sentence(alone)
            st.caption(told)
            page_parts.data_behind(view, key, table=shown.figures)
        return
    figure = over_time(shown.trend, question, noun=noun, theme=page_parts.current_theme(), classic=classic)
    page_parts.show_chart(view, key, figure=figure, table=shown.figures, note=told)


def explanation_words(view: View, shown: Shown) -> str:
    """What somebody wrote about the cause of a change; empty where there is no change, or nobody did."""
    now = shown.trend.judgement.now if shown.trend.direction else None
    if now is None:
        return ""
    found = explanation_of(view, shown.trend.metric, now.first, now.last, shown.trend.direction)
    return phrases.plain_text(f"Explained by {found.author} on {found.at[:10]}: {found.words}.") if found else ""
