"""Recovery: how long until ready to go home, against what patients are told."""

import pandas as pd
import streamlit as st

from dashboard.charts.hours import ready_by_hour, recovery_spread, time_spread
from dashboard.links import view_options
from dashboard.pages.overview.differences import differing_sentence
from dashboard.text.phrases import count_of, interval_words, range_words, value_label, value_words
from dashboard.view.lost_to_follow_up import tipping_facts
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, panels
from dashboard.widgets.trend_panel import trend_panel
from data.settings import promised_hours
from queries.figures.gates import FEWEST, FIRM
from queries.figures.summarise import Row

HOURS = tuple(step / 4 for step in range(49))
# Other times of the day, on demand: metric → question.
OTHER_TIMES = {
    "procedure_minutes": "How long does the procedure take?",
    "stay_hours": "How long do patients stay after the procedure?",
}
OTHER_TITLES = {"procedure_minutes": "the procedure", "stay_hours": "the stay"}
TOLD = ("recovery_hours", "procedure_minutes", "stay_hours")
WAITING = ("days_from_referral", "days_from_imaging", "pain_during_procedure")
HEADLINE = "home_ready_within_6_hours"
DEFINED = (HEADLINE, "recovery_hours", "recovered_within_6_hours", "ready_within_6_hours_recorded", "procedure_minutes")


def main() -> None:
    """Compose the page."""
    view = current_view()
    theme = page_parts.current_theme()
    promised = promised_hours("recovery_hours")
    median, ready = view.figure("recovery_hours"), view.figure(HEADLINE)
    page_parts.answer_line(answer_sentence(ready, view.day_case_noun()), ready)
    if differs := differing_sentence(view, HEADLINE):
        page_parts.write_sentence(differs)
        page_parts.page_link("compare", "Compare →")
    if ready["recorded"]:
        trend_panel(view, HEADLINE, "Are patients ready to go home within 6 hours?", "day cases")
    if median["recorded"] >= FEWEST:
        page_parts.write_sentence(median_sentence(median))
        rows, labels = by_levels(view, "recovery_hours")
        left, right = st.columns(2)
        with left:
            figure = recovery_spread(rows, labels, promised, theme)
            page_parts.show_chart(view, "recovery_by_levels", figure=figure, table=rows, by="levels")
        with right:
            curve = view.curve("hours_to_ready", HOURS)
            page_parts.show_chart(view, "ready_by_hour", figure=ready_by_hour(curve, promised, theme), table=curve)
    elif median["recorded"]:
        few = count_of(median["recorded"], median["eligible"])
        st.write(f"{few} have a time until ready to go home: too few for a median or a curve.")
    else:
        st.write("This department does not record when patients are ready to go home, or not for these procedures.")
    if inside := panels.open_panel("How long procedure and stay take", "other"):
        with inside:
            metric = other_choice()
            rows, labels = by_levels(view, metric)
            figure = time_spread(rows, labels, OTHER_TIMES[metric], theme)
            page_parts.show_chart(view, f"{metric}_by_levels", figure=figure, table=rows, by="levels")
    panels.figures_panel(view, "Waiting, imaging and pain during the procedure", "waiting", WAITING)
    panels.published_panel(view, DEFINED)
    panels.facts_panel(lambda: recovery_facts(median, view.figure("recovered_within_6_hours"), ready))
    panels.how_counted((*DEFINED, *WAITING))
    panels.what_we_tell(view, TOLD)


def answer_sentence(ready: Row, noun: str) -> str:
    """The answer of the page on recovery."""
    if not ready["eligible"]:
        return f"There are no {noun} among these procedures."
    if not ready["recorded"]:
        return f"When {noun} were ready to go home is not known."
    counts = count_of(ready["numerator"], ready["recorded"])
    share = f" ({value_words(ready)}; {interval_words(ready)})" if ready["gate"] in FIRM else ""
    return f"{counts} {noun} were ready to go home within 6 hours{share}; for {ready['missing']:,} it is not known."


def median_sentence(median: Row) -> str:
    """Who is in the charts below the headline, and what the recorded times say."""
    return (
        f"Below: all {int(median['eligible']):,} from home, planned overnight stays too. Of "
        f"{int(median['recorded']):,} with a recorded time half were ready within {median['value']:.1f} hours."
    )


def recovery_facts(median: Row, within: Row, ready: Row) -> list[tuple[str, str]]:
    """From all procedures to those with a time, and what the missing could change."""
    facts = [
        ("procedures", f"{median['procedures']:,}"),
        ("already inpatients or transferred in: not counted", f"{median['excluded_setting']:,}"),
        ("came from home", f"{median['eligible']:,}"),
        ("with a time until ready", f"{median['recorded']:,}"),
        ("of all who came from home ready within 6 hours", count_of(within["numerator"], within["recorded"])),
        ("day cases", f"{ready['eligible']:,}"),
        ("of them ready within 6 hours", count_of(ready["numerator"], ready["recorded"])),
        ("of them not known", f"{ready['missing']:,}"),
    ]
    if could := range_words(ready):
        facts.append(("ready within 6 hours, if every missing patient were not – were", could))
    return [*facts, *tipping_facts(ready)]


def other_choice() -> str:
    """Which other time is shown."""
    return view_options.pick_segment(
        "time", "recovery_other", usual="procedure_minutes", label="Time of", titles=OTHER_TITLES
    )


def by_levels(view: View, metric: str) -> tuple[pd.DataFrame, list[str]]:
    """Quantiles of a time by number of vertebrae, and their labels."""
    rows = view.quantiles(metric, by="levels")
    return rows, [value_label(group, "levels") for group in rows["group"]]


if __name__ == "__main__":
    main()
