"""Same-day discharge: how many intended day cases go home the same day, and why others stay."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.bar_charts import category_bars, reason_bars
from dashboard.charts.rates import rate_by_group
from dashboard.links import view_options
from dashboard.pages.overview.differences import UNITS, differing_sentence
from dashboard.text.phrases import count_of, interval_words, range_words, value_label, value_words
from dashboard.text.theme import Theme
from dashboard.view.lost_to_follow_up import tipping_facts
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, panels
from dashboard.widgets.trend_panel import trend_panel
from queries.figures.gates import FIRM
from queries.figures.summarise import Row

Charted = tuple[go.Figure, pd.DataFrame]
QUESTION = "Are more day cases going home the same day?"
# What same-day discharge can be split by: key → question.
SPLITS = {
    "levels": "Does the number of vertebrae matter?",
    "start_hour": "Does the hour of the start matter?",
    "weekday": "Does the weekday matter?",
    "site": "Does it differ between sites?",
    "hospital": "Does it differ between hospitals?",
}
BACK = "Did those who went home the same day come back more often?"
BACK_OF = "Back in hospital on the day of leaving or the 7 days after, of day cases discharged alive"
ALL = "All who came from home; planned overnight stays are in it"
TOLD = ("day_case_completed", "stay_hours")
SPLIT_TITLES = {
    "levels": "vertebrae",
    "start_hour": "hour of start",
    "weekday": "weekday",
    "site": "site",
    "hospital": "hospital",
}
DEFINED = ("day_case_completed", "same_day_discharge", "returned_within_7_days", "not_same_day_reason")


def main() -> None:
    """Compose the page."""
    view = current_view()
    theme = page_parts.current_theme()
    noun = view.day_case_noun()
    headline, back = view.figure("day_case_completed"), view.figure("returned_within_7_days")
    page_parts.answer_line(answer_sentence(headline, noun), headline)
    differs = differing_sentence(view, "day_case_completed")
    page_parts.write_sentence(" ".join(filter(None, (differs, answer_notes(headline, back)))))
    if differs:
        page_parts.page_link("compare", "Compare →")
    if headline["recorded"]:
        show_discharge(view, noun, theme, "site" if differs.startswith(UNITS["site"]) else "levels")
    panels.chart_panel(view, BACK, "came_back", lambda: came_back(view, theme))
    panels.chart_panel(view, "By where patients came from", "setting", lambda: by_setting(view, theme), "setting")
    panels.chart_panel(view, "Nights in hospital", "nights", lambda: nights_chart(view, theme))
    panels.published_panel(view, DEFINED)
    panels.facts_panel(lambda: missing_facts(headline, noun))
    panels.how_counted(DEFINED)
    panels.what_we_tell(view, TOLD)


def show_discharge(view: View, noun: str, theme: Theme, split: str) -> None:
    """Same-day discharge over time and by a key, at first `split`, and why patients stayed."""
    trend_panel(view, "day_case_completed", QUESTION, noun)
    left, right = st.columns(2)
    with left:
        key = split_choice(view, split)
        page_parts.show_chart(view, f"same_day_by_{key}", *split_chart(view, key, theme), by=key)
    with right:
        reasons = reasons_chart(view, noun, theme)
        if reasons:
            page_parts.show_chart(view, "reasons_for_staying", *reasons)


def answer_sentence(row: Row, noun: str) -> str:
    """The answer of the page on same-day discharge."""
    if not row["eligible"]:
        return f"There are no {noun} among these procedures."
    if not row["recorded"]:
        return f"When {noun} left the hospital is not recorded."
    counts = count_of(row["numerator"], row["recorded"])
    if row["gate"] not in FIRM:
        return f"{counts} {noun} with a recorded discharge went home the same day."
    return f"{counts} {noun} went home the same day ({value_words(row)}; 95 % interval {interval_words(row)})."


def answer_notes(row: Row, back: Row) -> str:
    """What must stand beside the headline: what is not known, what is not counted, who came back."""
    parts = []
    if row["missing"]:
        parts.append(f"For {row['missing']:,} the day of leaving is not recorded.")
    if row["excluded_setting"]:
        parts.append(f"{row['excluded_setting']:,} others are shown apart, by where they came from.")
    if back["recorded"]:
        parts.append(
            "Back in hospital within 7 days, of those discharged alive: "
            f"{count_of(back['numerator'], back['recorded'])}."
        )
    return " ".join(parts)


def split_choice(view: View, usual: str) -> str:
    """What same-day discharge is split by; `usual` until the reader chooses."""
    keys = [key for key in SPLITS if key not in ("site", "hospital") or len(view.values(key)) > 1]
    titles = {key: SPLIT_TITLES[key] for key in keys}
    return view_options.pick_segment("split", "discharge_split", usual=usual, label="Split by", titles=titles)


def split_chart(view: View, key: str, theme: Theme) -> Charted:
    """Day cases home the same day by a key; groups that hold nobody who counts are left out."""
    noun = view.day_case_noun()
    subtitle = f"{noun[:1].upper()}{noun[1:]}"
    return _by_group(view, "day_case_completed", key=key, title=SPLITS[key], subtitle=subtitle, theme=theme)


def by_setting(view: View, theme: Theme) -> Charted:
    """The same among all who came from home, by where they came from."""
    return _by_group(
        view,
        "same_day_discharge",
        key="setting",
        title="Does it differ by where patients came from?",
        subtitle=ALL,
        theme=theme,
    )


def _by_group(view: View, metric: str, *, key: str, title: str, subtitle: str, theme: Theme) -> Charted:
    rows = view.figures(metric, by=key)
    rows = rows[rows["eligible"] > 0].reset_index(drop=True)
    labels = [value_label(group, key) for group in rows["group"]]
    return rate_by_group(rows, labels, title, subtitle, theme), rows


def came_back(view: View, theme: Theme) -> Charted:
    """Back in hospital within 7 days, for those who went home the same day and those who stayed."""
    rows = view.by_answer("returned_within_7_days", "day_case_completed")
    labels = ["went home the same day", "stayed"]
    rows = rows.assign(among=[f"{answer}-day_case_completed" for answer in rows["group"]])
    return rate_by_group(rows, labels, BACK, BACK_OF, theme), rows


def missing_facts(row: Row, noun: str) -> list[tuple[str, str]]:
    """From all procedures to day cases with a recorded day of leaving, and what the missing could change."""
    facts = [
        ("procedures", f"{row['procedures']:,}"),
        ("others, shown apart", f"{row['excluded_setting']:,}"),
        (noun, f"{row['eligible']:,}"),
        ("day of leaving recorded", f"{row['recorded']:,}"),
        ("went home the same day", count_of(row["numerator"], row["recorded"])),
    ]
    if could := range_words(row):
        facts.append(("if every missing patient had stayed – had gone home", could))
    return [*facts, *tipping_facts(row)]


def nights_chart(view: View, theme: Theme) -> Charted | None:
    """Nights in hospital."""
    rows = view.figures("nights_in_hospital")
    rows = rows[rows["category"].notna()].reset_index(drop=True)
    labels = [f"{night} night{'' if night == '1' else 's'}" for night in rows["category"]]
    return (category_bars(rows, labels, "How many nights did patients stay?", ALL, theme), rows) if len(rows) else None


def reasons_chart(view: View, noun: str, theme: Theme) -> Charted | None:
    """Why patients stayed; None when nobody did. How many of them are day cases of the headline is said beside it."""
    rows, headline = view.figures("not_same_day_reason"), view.figure("day_case_completed")
    stayed = int(rows["eligible"].iloc[0])
    if not stayed:
        return None
    day_cases = headline["recorded"] - headline["numerator"]
    who = f"{day_cases:,} {noun} who stayed, {stayed - day_cases:,} others from home"
    return reason_bars(rows, [value_label(reason) for reason in rows["category"].dropna()], who, theme), rows


if __name__ == "__main__":
    main()
