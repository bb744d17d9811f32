"""Safety: what was reported, how rare it is, whether it becomes more frequent, and every serious event."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.charts.trends.rare_events import cases_between, cusum_chart, days_between
from dashboard.pages.compare.risk_course import course_panel
from dashboard.pages.safety.event_list import KINDS, show_events
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.text.theme import Theme
from dashboard.view.event_watch import HEADLINE, LIMIT, watch_events
from dashboard.view.reader_view import View, current_view
from dashboard.view.safety_events import (
    LATE_DAYS,
    count_waiting,
    event_rows,
    events_sentence,
    followed_sentence,
    headline_events,
    split_late,
    split_waiting,
)
from dashboard.widgets import page_parts, panels, tables
from queries.catalogue.metrics import read_catalogue
from queries.explain.selections import Behind
from queries.figures.gates import FIRM

FIGURES = (
    "serious_or_death_30_days", "serious_complication", "died_30_days", "any_complication", "symptomatic_leak",
    "leak_without_symptoms", "readmitted_30_days", "readmitted_30_days_of_discharge", "new_fracture_12_months",
    "new_fracture_cumulative_incidence_12_months", "repeat_procedure_cumulative_incidence_12_months",
)  # fmt: skip
ADJUSTED = (HEADLINE, "any_complication", "readmitted_30_days")
EXACT = "Intervals are exact; where none was reported, “up to” is what chance still allows."
LEAKS_SEEN = "How many leaks without symptoms are seen says how hard one looks: on CT most, on fluoroscopy few."
DAYS_GROW = "Days also grow where fewer patients are treated; cases do not."
CAN_MISS = "This watch can miss a doubling."
AT_FIRST = 10
# What a title alone leaves open.
LABELS = {
    "any_complication": "Any complication within 30 days (not leaks without symptoms, not new fractures)",
    "new_fracture_cumulative_incidence_12_months": "New fracture within 12 months, had all been followed up that long",
    "repeat_procedure_cumulative_incidence_12_months": "Treated again within 12 months, had all been followed up that "
    "long",
}
NEW_FRACTURES = "new_fracture_cumulative_incidence_12_months"
# Where no percentage is said: too few are followed up, or none was reported of too few.
RATE_UNSAID = {"bounds_only": phrases.TOO_FEW_FOLLOWED, "caution": "none reported", "counts_only": "fewer than ten"}
LIST = "every-event"
REPORTED = {
    "label": "",
    "events": "reported",
    "rate": "share",
    "followed": "known to be followed up",
}


def main() -> None:
    """Compose the page."""
    view = current_view()
    # Single events are not for readers of a registry's pool: they are reviewed in the hospitals.
    reported = event_rows(view) if view.reader.has("rows") else None
    page_parts.answer_line(f"{events_sentence(view)}.")
    if reported is not None:
        waiting = count_waiting(reported).words
        st.markdown(f"[{waiting} ↓](#{LIST})" if len(reported) else f"{waiting}.")
    if note := follow_up_note(view):
        page_parts.write_sentence(note)
    show_watch(view, page_parts.current_theme())
    rows = figure_rows(view)
    if not rows.empty:
        show_figures(view, rows)
    if inside := panels.open_panel("Every kind of event by itself", "kinds"):
        with inside:
            show_kinds(view)
    course_panel(view, ADJUSTED)
    panels.published_panel(view, FIGURES)
    if reported is not None:
        show_list(view, reported)


def show_list(view: View, reported: pd.DataFrame) -> None:
    """Every serious event and death, what waits for a review first."""
    about = explain_terms(" ".join(("Every serious event and death", *map(str, reported["type"]), "SIR class")))
    st.subheader("Every serious event and death", anchor=LIST, help=about)
    st.write(review_note(reported))
    first, *parts = event_parts(reported)
    if len(first.rows):
        show_events(view, first.rows)
    for part in parts:
        if inside := panels.open_panel(part.title, part.key):
            with inside:
                show_events(view, part.rows)


def show_watch(view: View, theme: Theme) -> None:
    """Whether events come more often, and the cases and days between; nothing where too little is followed up."""
    watch = watch_events(view)
    if watch is None or not watch.cases.events.size:
        return
    table, shows = view.whole.figures(HEADLINE), view.whole.filters
    if watch.found is None:
        page_parts.write_sentence(watch.told)
    else:
        figure = cusum_chart(
            watch.found, watch.cases.days, limit=LIMIT, subtitle=watch.subtitle, told=watch.told, theme=theme,
            has_lower=watch.has_lower,
        )  # fmt: skip
        page_parts.show_chart(
            view, "cusum_of_events", figure=figure, table=table, note=CAN_MISS, about=watch.chances, shows=shows
        )
    cases = watch.cases
    by_case, by_day = ([(year[unit], year[2]) for year in cases.years] for unit in (0, 1))
    between = cases_between(cases.gaps, cases.since_last, theme, cases.between, by_case)
    page_parts.show_chart(view, "cases_between_events", figure=between, table=table, shows=shows)
    if inside := panels.open_panel("How many days between two events?", "days"):
        with inside:
            days = days_between(cases.day_gaps, cases.days_since_last, theme, cases.between, by_day)
            page_parts.show_chart(view, "days_between_events", figure=days, table=table, note=DAYS_GROW, shows=shows)


def show_figures(view: View, rows: pd.DataFrame) -> None:
    """The table of what was reported, with its menu."""
    named = REPORTED | {"rate": share_heading(rows["rate"])}
    with st.container(border=True, key="figure_safety"):
        with st.container(horizontal=True, vertical_alignment="top", key="heading_safety"):
            page_parts.section_heading("Reported events", EXACT, *rows["label"], *rows["rate"], *named.values())
            page_parts.data_behind(view, "safety", table=rows)
        tables.text_table(rows[list(named)].rename(columns=named))
        few, plain = rows["gate"].isin(phrases.NO_RATE), rows["gate"] == "plain"
        if told := " ".join(words for words, is_told in ((EXACT, plain), (phrases.FEW_FOLLOWED, few)) if is_told.any()):
            st.caption(told)


def share_heading(shown: Iterable[str]) -> str:
    """The head of a column of shares, which promises intervals only where there are any."""
    return "share, 95 % interval" if any("–" in one for one in shown) else "share"


def show_kinds(view: View) -> None:
    """How many procedures had each kind of event within 30 days; a rate only as far as they are followed up."""
    rows = [row for row in view.rows("complication_kinds") if row["category"] not in (None, "none")]
    if not rows:
        known = any(row["recorded"] for row in view.rows("complication_kinds"))
        st.write("None was reported." if known else "Kinds of events are not recorded, or no 30 days are over.")
        return
    rows.sort(key=lambda row: (-row["numerator"], row["category"]))
    cells = [
        [KINDS.get(row["category"], phrases.value_label(row["category"])),
         phrases.count_of(row["numerator"], row["recorded"]), phrases.rate_interval_words(row)]
        for row in rows
    ]  # fmt: skip
    leads = [[Behind(metric="complication_kinds", category=row["category"]), None] for row in rows]
    header = ["", "reported within 30 days", share_heading(cell[2] for cell in cells)]
    tables.grid_table(header, cells, leads, view)
    st.caption(f"{LEAKS_SEEN} {phrases.FEW_FOLLOWED}" if rows[0]["gate"] in phrases.NO_RATE else LEAKS_SEEN)


def follow_up_note(view: View) -> str:
    """How far the figures can be trusted."""
    events = headline_events(view)
    if not (known := followed_sentence(view)) or events is None:
        return ""
    # Below 80 % the headline says itself that this is no rate.
    return f"{known}. {phrases.FOLLOWED_WORDS[events['gate']] if events['recorded'] else ''}".strip()


def figure_rows(view: View) -> pd.DataFrame:
    """The figures, one row each, with `label`, `events`, `rate` (as far as follow-up allows) and `followed`."""
    rows = []
    for name in FIGURES:
        row = view.figure(name)
        if row["eligible"]:
            if name == NEW_FRACTURES and row["gate"] not in FIRM:
                # Without its percentage this would be the row above once more.
                continue
            unknown = f"{row['missing']:,} not recorded" if row["missing"] else ""
            counts = phrases.count_of(row["numerator"], row["recorded"]) if row["recorded"] else ""
            counts = "; ".join(part for part in (counts, unknown) if part)
            known = phrases.count_of(row["followed_up"], row["followed_up_of"])
            # Of what nobody recorded there is no share to speak of.
            unsaid = RATE_UNSAID.get(row["gate"], "") if row["recorded"] else ""
            rate = phrases.rate_interval_words(row) or unsaid
            rows.append(
                row
                | {
                    "label": LABELS.get(name) or read_catalogue()[name].title,
                    "events": counts,
                    "rate": rate,
                    "followed": known,
                }
            )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Part:
    """A part of the list of events: rows of `event_rows`, and the panel in which they stand."""

    key: str
    title: str
    rows: pd.DataFrame


def event_parts(reported: pd.DataFrame) -> list[Part]:
    """What waits longest, which stands open; then in panels what waits besides, what was reviewed, and late deaths."""
    soon, late = split_late(reported)
    waiting, reviewed = split_waiting(soon)
    parts = (
        ("more_events", "More that wait", waiting[AT_FIRST:]),
        ("reviewed_events", "Reviewed", reviewed),
        ("late_deaths", f"Deaths more than {LATE_DAYS} days after the procedure", pd.concat(split_waiting(late))),
    )
    inside = [Part(key, f"{title} ({len(rows):,})", rows) for key, title, rows in parts if len(rows)]
    return [Part("waiting_events", "", waiting[:AT_FIRST]), *inside]


def review_note(rows: pd.DataFrame) -> str:
    """How many wait for review."""
    if rows.empty:
        return "No serious event, event without a class, or death is recorded."
    unclassified = int((rows["grade"] == "not_classified").sum())
    without = f"; {unclassified:,} without a class" if unclassified else ""
    return (
        f"{len(rows):,} listed, also those after 30 days{without}. {count_waiting(rows).detailed_words}; "
        "those that wait longest stand first."
    )


if __name__ == "__main__":
    main()
