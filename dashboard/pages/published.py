"""Figures for readers outside the department: small numbers hidden, the others rounded."""

import pandas as pd
import streamlit as st

from dashboard.access.rights import requires
from dashboard.charts.hidden_shares import shares_with_gaps
from dashboard.links import view_options
from dashboard.pages.sign_off import month_words
from dashboard.text import phrases
from dashboard.view import readers_outside
from dashboard.view.reader_view import View, current_view, home_in_service
from dashboard.widgets import page_parts, tables
from data.settings import read_disclosure
from queries.catalogue.metrics import read_catalogue

TOPICS: dict[str, tuple[str, ...]] = {
    "Pain relief": ("responders_50_hours_24_72", "recorded_hours_24_72"),
    "Levels treated": ("multi_level",),
    "Recovery": ("ready_within_6_hours_recorded", "recovered_within_6_hours"),
    "Same-day discharge": ("day_case_completed", "returned_within_7_days"),
    "Safety": ("serious_or_death_30_days", "followed_up"),
}
PERIODS = {"year": "year", "quarter": "quarter"}
SPLITS = (*PERIODS, "site", "technique", "age_band", "sex")


def main() -> None:
    """Compose the page."""
    view = current_view()
    st.write(about_figures(view))
    st.write(signature_sentence(view))
    for topic, table in headline_tables(view).items():
        st.subheader(topic, anchor=False)
        tables.data_table(table)
    metric, key = choose_figure(view)
    if metric:
        rows = split_figures(view, metric, key)
        page_parts.show_chart(
            view, f"published_{metric}_{key}", figure=shares_with_gaps(rows, page_parts.current_theme()), table=rows
        )


def about_figures(view: View) -> str:
    """Whose figures, and how small numbers are treated."""
    rule = read_disclosure().in_force
    whose = "readers outside the department"
    if view.reader.is_kept_outside:
        whose += " and, as this department has set it (own_department), for its own quality role"
    return (
        f"Figures for {whose}. Counts up to {rule.hide_up_to} are hidden, {rule.zeros_words}, others rounded to the "
        f"nearest {rule.round_to}, rates computed from the rounded counts ({rule.title})."
    )


@requires("figures")
def signature_sentence(view: View) -> str:
    """Which month was signed off, and when; and that figures may differ from those seen before then."""
    now, before = readers_outside.told_apart(home_in_service())
    text = (
        f"The department signed off {month_words(now.month)} last, on {_day_words(now.at)}. Shown are the closed "
        "months of "
        f"the records of that day, generation {view.info.generation}."
    )
    if before is None:
        return text
    return (
        f"{text} Until then the records signed on {_day_words(before.at)} with {month_words(before.month)} were shown: "
        "figures of the same months may differ, because records came late or were corrected, or a definition changed."
    )


def _day_words(at: str) -> str:
    return phrases.written_day(at)


def headline_tables(view: View) -> dict[str, pd.DataFrame]:
    """The main figures by topic, one row each, with `label`."""
    return {topic: pd.concat([_headline_row(view, name) for name in names]) for topic, names in TOPICS.items()}


def _headline_row(view: View, name: str) -> pd.DataFrame:
    return view.figures(name).assign(label=read_catalogue()[name].title)


def choose_figure(view: View) -> tuple[str, str]:
    """The figure and the split that the reader chooses."""
    names = [name for names in TOPICS.values() for name in names]
    left, right = st.columns(2)
    metric = left.selectbox("Figure", names, format_func=lambda name: read_catalogue()[name].title,
                            **view_options.one_of("figure", "published_metric", names, names[0]))  # fmt: skip
    splits = [key for key in SPLITS if key in PERIODS or (key in readers_outside.KEYS and not view.filters[key])]
    split = right.selectbox("By", splits, format_func=lambda key: phrases.filter_title(key).lower(),
                            **view_options.one_of("split", "published_by", splits, splits[0]))  # fmt: skip
    return metric, split


def split_figures(view: View, metric: str, split: str) -> pd.DataFrame:
    """A figure by period or group, with `label` in words."""
    rows = view.figures(metric, period=split) if split in PERIODS else view.figures(metric, by=split)
    labels = rows["period"] if split in PERIODS else [phrases.value_label(str(group), split) for group in rows["group"]]
    return rows.assign(label=labels, title=read_catalogue()[metric].title)


if __name__ == "__main__":
    main()
