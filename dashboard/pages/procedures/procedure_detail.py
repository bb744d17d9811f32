"""One procedure: its day, what came before and after, and why it counts for every figure."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from dashboard.access.openings import note_opening
from dashboard.charts.timeline import Mark, Moment, days_around, hours_of_the_day
from dashboard.pages.procedures.procedures import answer_words, own_address
from dashboard.text import phrases
from dashboard.text.definitions import TOPIC_TITLES
from dashboard.text.score_fates import NOT_USED
from dashboard.text.templates import render_html
from dashboard.view.procedure_rows import explain_procedure, numbers_of, one_procedure
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts, tables
from data.settings import read_timepoints
from queries.catalogue.metrics import TOPICS, read_catalogue
from queries.explain.procedures import Procedure, told_fields

OTHER_ANSWERS = "no pain score was given; the other answers are weighed by themselves"
FIRST_SHOWN = ("hours_24_72", "follow_up")
MOMENTS = (
    ("arrived_at", "arrived"), ("started_at", "start"), ("ended_at", "end"), ("recovery_ready_at", "ready"),
    ("discharged_at", "left"),
)  # fmt: skip


def show_procedure(view: View, procedure_id: str) -> None:
    """Everything about one procedure, for readers who may see single ones."""
    found = one_procedure(view, procedure_id)
    note_opening(view.reader, str(found.facts["procedure_id"]), "procedures")
    page_parts.page_link("procedures", "← Back to the list", own_address())
    st.header(_procedure_title(found), anchor=False)
    numbers = numbers_of(view, found)
    if numbers:
        st.caption(phrases.plain_text(numbers))
    recorded = " · ".join(f"{title}: {value}" for title, value in told_fields("procedures", found.facts))
    if recorded:
        st.caption(phrases.plain_text(f"Recorded: {recorded}"))
    theme = page_parts.current_theme()
    page_parts.show_picture("procedure_day", hours_of_the_day(_day_moments(found), theme))
    windows = [(one.label, one.first_day, one.last_day) for one in read_timepoints().after]
    page_parts.show_picture("procedure_days", days_around(_timeline_marks(found), windows, theme))
    st.subheader("Scores and what became of them", anchor=False)
    st.html(_scores_table(found))
    later = st.toggle("Show later timepoints", key="procedure_later")
    metrics = tuple(
        one for one in read_catalogue().values() if later or one.timepoint is None or one.timepoint in FIRST_SHOWN
    )
    told = explain_procedure(view, found, metrics)
    asked = st.query_params.get("metric", "")
    came_from = told[told["metric"] == asked]
    if len(came_from):
        st.subheader("Why it counts, or not, in the figure you came from", anchor=False)
        st.html(_why_table(came_from))
    for topic in TOPICS:
        rows = told[[read_catalogue()[name].header.topic == topic for name in told["metric"]]]
        if len(rows):
            with st.expander(TOPIC_TITLES[topic], key=f"why_{topic}"):
                st.html(_why_table(rows))


def _procedure_title(found: Procedure) -> str:
    facts = found.facts
    parts = [
        facts["site"] or "site not recorded",
        phrases.day_words(facts["performed_on"]),
        ", ".join(found.vertebrae) or "levels not recorded",
        phrases.value_label(facts["setting"] or "not_recorded"),
        facts["operator"] or "operator not recorded",
    ]
    return " · ".join(phrases.plain_text(part) for part in parts)


def _day_moments(found: Procedure) -> list[Moment]:
    """Times of the day in order; leaving on another day would squeeze the day, so it is left out."""
    day = found.facts["performed_on"]
    known = [Moment(found.facts[name], word) for name, word in MOMENTS if found.facts[name] is not None]
    return sorted((one for one in known if one.at.date() == day), key=lambda one: one.at)


def _timeline_marks(found: Procedure) -> list[Mark]:
    """Scores with a date, and everything else that happened, by day."""
    day0 = found.facts["performed_on"]
    marks = []
    for score in found.scores:
        if score["score"] is not None and score["measured_on"] is not None:
            day = (score["offset_hours"] or 0) / 24 if score["offset_days"] == 0 else float(score["offset_days"])
            told = (
                f"pain {float(score['score']):g} on {phrases.day_words(score['measured_on'])}, {_assigned_words(score)}"
            )
            marks.append(Mark(day, told, float(score["score"]), score["timepoint"] is not None))
    for one in found.happenings:
        name = phrases.value_label(one["kind"]).replace("_", " ")
        told = f"{name}{_event_detail(one)} on {phrases.day_words(one['happened_on'])}"
        marks.append(Mark((one["happened_on"] - day0).days, told, is_serious=one["sort"] == "event"))
    for when, name in (
        (found.facts["pre_call_on"], "call before"),
        (found.facts["discharged_on"], "left the hospital"),
        (found.facts["resumed_activity_on"], "back to usual activity"),
        (found.facts["readmitted_on"], "readmitted"),
        (found.facts["died_on"], "died"),
    ):
        if when is not None:
            marks.append(
                Mark(
                    (when - day0).days,
                    f"{name} on {phrases.day_words(when)}",
                    is_serious=name in ("readmitted", "died"),
                )
            )
    if found.facts["next_procedure_day"] is not None:
        marks.append(
            Mark(found.facts["next_procedure_day"], f"treated again on day {found.facts['next_procedure_day']}")
        )
    return sorted(marks, key=lambda mark: mark.day)


def _event_detail(one: dict[str, Any]) -> str:
    if one["sort"] == "contact":
        return f": {phrases.value_label(one['outcome'] or 'not_recorded').replace('_', ' ')}"
    grade = f"{one['scale'].upper()} {one['severity']}" if one["severity"] and one["scale"] else "not classified"
    felt = {True: ", with symptoms", False: ", without symptoms", None: ""}[one["symptomatic"]]
    return f" ({grade}{felt})"


def _assigned_words(score: dict[str, Any]) -> str:
    if score["timepoint"] is not None:
        return f"used for {read_timepoints().labels.get(score['timepoint'], score['timepoint'])}"
    return f"not used: {NOT_USED[score['reason']]}"


def _scores_table(found: Procedure) -> Markup:
    if not found.scores:
        return render_html("paragraphs", texts=["No score was loaded for this procedure."])
    rows = []
    for score in found.scores:
        when = _score_time(score, found.facts["performed_on"])
        value = "no value" if score["score"] is None else f"{float(score['score']):g}"
        how = [phrases.value_label(score["context"])]
        answers = told_fields("pain_scores", score)
        how += [f"{phrases.inside_sentence(title)}: {told}" for title, told in answers]
        became = OTHER_ANSWERS if answers and score["reason"] == "not_recorded" else _assigned_words(score)
        rows.append((when, value, ", ".join(how), became))
    return tables.table_html(("asked", "pain", "how", "what became of it"), rows)


def _score_time(score: dict[str, Any], day0: date) -> str:
    if score["measured_on"] is None:
        return "undated"
    clock = f" {score['measured_at']:%H:%M}" if score["time_known"] else ""
    day = (score["measured_on"] - day0).days
    return (
        f"{phrases.day_words(score['measured_on'])}{clock} (day {day:+d})"
        if day
        else f"{phrases.day_words(day0)}{clock} (day 0)"
    )


def _why_table(told: pd.DataFrame) -> Markup:
    rows = [
        (read_catalogue()[row.metric].title, answer_words(row, row.metric), row.reason) for row in told.itertuples()
    ]
    return tables.table_html(("figure", "this procedure", "because"), rows)
