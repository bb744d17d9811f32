"""A figure over time on a page: the chart, how to look at it, and what it says."""

import streamlit as st

from dashboard.charts.trends.over_time import only_point, over_time
from dashboard.journal.notes import explanation_of
from dashboard.journal.targets import set_target, target_of
from dashboard.links import view_options
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts
from dashboard.widgets.view_trends import Shown, finding_words, step_of, trend_of
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.periods import Step
from queries.figures.gates import first_judged_month
from queries.trends.phrases import findable_words, missed_words
from queries.trends.trend import RULES, Trend

STEPS: dict[Step, str] = {"month": "month", "quarter": "quarter", "block": "blocks of 10"}
ABOUT_RULES = (
    "Usually single points beyond the band are coloured. Anhøj's rules look for runs that are too long and crossings "
    "of the centre line that are too few. Making Data Count marks single points, trends and runs as NHS boards know "
    "them. Both mark something in many stable series, so the words about a change come from neither."
)

CLASSIC = "3-sigma"
ABOUT_LIMITS = (
    "The limits that most tools draw. With so few cases a month they are passed by chance in one of ten stable series "
    "or more; points are then marked by these limits only."
)


def trend_panel(view: View, metric: str, question: str, noun: str) -> None:
    """The chart of a figure over all months, headed by what it found; `noun` says what is counted.

    Its options stand in its menu: months, quarters or blocks, which rules, which limits.
    """
    kind = read_catalogue()[metric].kind
    steps: dict[Step, str] = {"month": STEPS["month"]} if kind == "count" else STEPS
    step = view_options.asked_for("step", f"step_{metric}", steps, step_of(view, metric))
    rules = view_options.asked_for("rules", f"rules_{metric}", RULES, "limits")
    classic = kind == "proportion" and view_options.is_asked("limits", f"classic_{metric}", CLASSIC)
    shown = trend_of(view, metric, step, rules)
    explained = explanation_words(view, shown)
    key, alone, whole = f"{metric}_by_{step}", only_point(shown.trend), view.whole.filters
    if alone:
        with st.container(border=True, key=f"figure_{key}"):
            page_parts.section_heading(question, alone)
            page_parts.write_sentence(alone)
            page_parts.data_behind(view, key, table=shown.figures, shows=whole)
        return
    found, theme = finding_words(view, metric, shown.trend), page_parts.current_theme()
    figure = over_time(shown.trend, question, noun=noun, theme=theme, classic=classic, finding=found)
    note = f"{below_words(shown.trend)} {explained}".strip()

    def options() -> None:
        with st.expander("Chart options", key=f"look_{metric}"):
            view_options.pick_segment("step", f"step_{metric}", usual=step_of(view, metric), label="By", titles=steps)
            view_options.pick_segment(
                "rules", f"rules_{metric}", usual="limits", label="Rules", titles=RULES, about=ABOUT_RULES
            )
            if kind == "proportion":
                st.toggle(
                    "3-sigma limits",
                    **view_options.toggle_option("limits", f"classic_{metric}", CLASSIC),
                    help=ABOUT_LIMITS,
                )
            read_by = f"{shown.trend.sentence} {shown.trend.said} {figure.layout.meta['marks']}"
            st.caption(read_by, help=explain_terms(read_by))
        if view.reader.has("sign_off") and read_catalogue()[metric].header.better != "neutral":
            target_menu(view, metric)

    page_parts.show_chart(view, key, figure=figure, table=shown.figures, note=note, shows=whole, options=options)


def below_words(trend: Trend) -> str:
    """The sentence below a chart, whose heading says already that no change is seen; whole in its options."""
    told = trend.sentence.removeprefix("No change seen; ")
    if trend.judgement.stretches:
        whole, short = (words(trend.judgement, trend.unit) for words in (findable_words, missed_words))
        told = told.replace(whole, short)
    return f"{told[:1].upper()}{told[1:]}"


def target_menu(view: View, metric: str) -> None:
    """Set the department's own target, from which day on, or take it away."""
    now, unit = target_of(metric), read_catalogue()[metric].unit
    with st.expander("Target", key=f"target_{metric}"), st.form(f"target_form_{metric}", border=False):
        value = st.number_input(f"Target in {unit}", value=now.value if now else None, key=f"target_value_{metric}")
        since = st.date_input("Since", now.since if now else view.info.as_of, key=f"target_since_{metric}")
        if now:
            begins = phrases.month_words(first_judged_month(now.since))
            set_words = f"Set by {now.set_by}, since {phrases.day_words(now.since)}"
            st.caption(phrases.plain_text(f"{set_words}; judged from {begins}, once it is closed."))
        if st.form_submit_button("Save") and since is not None:
            set_target(view, metric, value, since)
            st.rerun()


def explanation_words(view: View, shown: Shown) -> str:
    """What somebody wrote about the cause of a change; empty where there is no change, or nobody did."""
    now = shown.trend.judgement.now if shown.trend.direction else None
    if now is None:
        return ""
    found = explanation_of(view, shown.trend.metric, now.first, now.last, shown.trend.direction)
    return (
        phrases.plain_text(f"Explained by {found.author} on {phrases.written_day(found.at)}: {found.words}.")
        if found
        else ""
    )
