"""My results: how large a difference so many cases can show, then the own course, then the department as a band."""

import math

import pandas as pd
import streamlit as st

from dashboard.charts.rates import rate_over_time
from dashboard.links import view_options
from dashboard.pages.own_results.own_figures import MEASURES, POINTS, OwnFigure, count_own, read_own
from dashboard.text import definitions, phrases
from dashboard.text.glossary import explain_terms
from dashboard.view.reader_view import reader_now
from dashboard.widgets import page_parts, tables
from queries.catalogue.metrics import read_catalogue
from queries.figures.gates import FEWEST, FIRM

TITLES = {
    "responders_50_hours_24_72": "Pain halved",
    "day_case_completed": "Home the same day",
    "home_ready_within_6_hours": "Ready within 6 hours",
    "symptomatic_leak": "Leak with symptoms",
    "serious_or_death_30_days": "Serious event or death",
}
NOBODY = (
    "No procedure of yours is in the records. Whoever looks after accounts can check which operator yours is bound to: "
    "`python -m dashboard user list`."
)
HOW = (
    "The smallest change for the worse that so many cases show in 80 of 100 such series: exact binomial test, 2.5 % on "
    "that side, against {against}. A smaller difference cannot be told from chance (Walker and others, Lancet 2013)."
)
NOT_SHOWN = (
    "The department is not shown beside it: with so few colleagues or cases the band could give away the figures of "
    "one of them."
)
NOT_ADJUSTED = (
    "Patients differ between operators and nothing here is adjusted for that. Own results are for learning, not for "
    "judging, and nobody else sees this page of yours."
)


def main() -> None:
    """Compose the page."""
    reader = reader_now()
    records = count_own(reader)
    invented = " · synthetic data: nobody's" if records.info.is_synthetic else ""
    st.caption(f"Data to {phrases.day_words(records.info.as_of)} · generation {records.info.generation}{invented}")
    found = [one for name in MEASURES if (one := read_own(reader, name)) is not None]
    if not found:
        st.header("Nothing of yours yet", anchor=False)
        st.write(NOBODY)
        return
    page_parts.answer_line(answer_sentence(found[0]))
    page_parts.section_heading("Are these cases enough?", "95 % interval")
    tables.text_table(enough_table(found))
    st.caption(how_sentence(found), help=explain_terms("exact"))
    show_course(next(one for one in found if one.metric.name == measure_choice()))
    st.caption(NOT_ADJUSTED)
    with st.expander("How this is counted"):
        for one in found:
            st.markdown(f"**{one.metric.title}** {definitions.definition_line(one.metric)}")


def answer_sentence(one: OwnFigure) -> str:
    """What the own cases of the last year can show at all, in the page's first measure."""
    when, cases = days_words(one), one.row["recorded"]
    counted = "1 case" if cases == 1 else f"{cases:,} cases"
    if math.isnan(one.smallest) or cases < FEWEST:
        return f"{counted} in {when}: too few to show any difference in pain relief."
    return (
        f"{counted} in {when} can show a fall of {math.ceil(one.smallest)} points or more in pain relief; a smaller "
        "one may be chance."
    )


def enough_table(found: list[OwnFigure]) -> pd.DataFrame:
    """One row a measure: the own figure, the smallest difference it can show, and how many cases ten points need."""
    return pd.DataFrame(
        [
            {
                "figure": TITLES[one.metric.name],
                "yours": own_words(one),
                "can show": smallest_words(one),
                f"cases to show {100 * POINTS:.0f} points": f"{one.needed:,}" if one.needed else "more than 2,000",
            }
            for one in found
        ]
    )


def own_words(one: OwnFigure) -> str:
    """`21 of 34 (62 %; 45–76 %)`, as far as its gate allows."""
    row = one.row
    if not row["recorded"]:
        return "not recorded" if row["eligible"] else "nobody to count yet"
    counts = phrases.count_of(row["numerator"], row["recorded"])
    return f"{counts} ({phrases.value_words(row)}; {phrases.interval_words(row)})" if row["gate"] in FIRM else counts


def smallest_words(one: OwnFigure) -> str:
    """`a fall from 68 to 45 %`; that nothing can be shown where no difference could."""
    if math.isnan(one.smallest):
        return "nothing yet"
    word, sign = ("fall", -1) if one.side == "lower" else ("rise", 1)
    end = one.compared_with + sign * one.smallest
    end = math.floor(end) if one.side == "lower" else math.ceil(end)
    return f"a {word} from {one.compared_with:.0f} to {end:.0f} %"


def how_sentence(found: list[OwnFigure]) -> str:
    """By which method, and against which rate."""
    has_band = {one.band is not None for one in found}
    against = {
        frozenset({True}): "the department's rate",
        frozenset({False}): "the middle of your own interval",
    }.get(frozenset(has_band), "the department's rate, or the middle of your own interval where that is not shown")
    return HOW.format(against=against)


def measure_choice() -> str:
    """Which measure is drawn."""
    titles = {name: TITLES[name] for name in MEASURES}
    return view_options.pick_segment("figure", "own_figure", usual=MEASURES[0], label="Figure", titles=titles)


def show_course(one: OwnFigure) -> None:
    """The own figure by quarter, with the department behind the last four quarters where it may be shown."""
    band = (one.days, (one.band.lower, one.band.upper)) if one.band else None
    title = f"{read_catalogue()[one.metric.name].title}: your own, by quarter"
    figure = rate_over_time(one.quarters, title, "of yours", page_parts.current_theme(), band)
    page_parts.show_picture(f"own_{one.metric.name}", figure)
    st.write(beside_sentence(one))


def beside_sentence(one: OwnFigure) -> str:
    """How the own interval lies to the band, for a reader who is told of no order."""
    if one.band is None:
        return NOT_SHOWN
    row, band = one.row, one.band
    told = f"Band: the department's 95 % interval in {days_words(one)}, {band.lower}–{band.upper} %."
    if row["gate"] not in FIRM:
        return f"{told} Of yours too little is known to say more."
    if row["lower"] <= band.upper and row["upper"] >= band.lower:
        return f"{told} Yours reaches into it: no difference can be told."
    return f"{told} Yours lies outside it: look at which patients these were before you conclude anything."


def days_words(one: OwnFigure) -> str:
    """`the year to June 2026`."""
    return f"the year to {phrases.month_words(one.days[1])}"


if __name__ == "__main__":
    main()
