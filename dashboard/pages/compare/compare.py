"""Compare: operators, sites and periods beside each other; the own trend first, and no ranking."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.access.rights import may_see, requires
from dashboard.charts.funnel import funnel_chart
from dashboard.charts.rates import rate_by_group
from dashboard.charts.trends.over_time import only_point, over_time
from dashboard.links import view_options
from dashboard.pages.compare.case_mix_panel import NOT_ADJUSTED, case_mix_panel
from dashboard.pages.compare.compared_units import UNITS, peer_group_choice, units_of
from dashboard.pages.compare.comparison_tables import (
    LOOK_INTO_FIRST,
    Asked,
    case_mix,
    differences_table,
    leading_columns,
    name_units,
    share_words,
    span_filters,
    unit_names,
    with_headlines,
)
from dashboard.pages.overview.site_table import coloured_mark
from dashboard.text import phrases
from dashboard.text.glossary import explain_terms
from dashboard.text.theme import Theme
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, tables
from dashboard.widgets.filter_bar import choose_filter
from dashboard.widgets.trend_panel import below_words
from dashboard.widgets.view_trends import finding_words, trend_of
from queries.catalogue.filters import NOT_RECORDED, Filters
from queries.catalogue.spans import Days
from queries.trends.comparison import FUNNEL_UNITS, MONTHS, POOLED, Comparison, compare_units, with_courses

# No safety figure here: events are too rare to compare, and each is reviewed by itself.
METRICS = {
    "day_case_completed": "Same-day discharge of day cases",
    "responders_50_hours_24_72": "Halved their pain within 24–72 hours",
    "responders_30_hours_24_72": "Pain fell by 30 % within 24–72 hours",
    "home_ready_within_6_hours": "Day cases ready to go home within 6 hours",
    "recorded_hours_24_72": "Asked and answered at 24–72 hours",
}
ADJUSTED = tuple(name for name in METRICS if name not in NOT_ADJUSTED)
# Of two units each is the other's only peer.
FEWEST_TO_CHOOSE = 3


def main() -> None:
    """Compose the page."""
    view = current_view()
    theme = page_parts.current_theme()
    answer = st.container()
    asked = ask_choice(view)
    found = compare_choice(asked)
    with answer:
        page_parts.answer_line(answer_sentence(asked, found))
        caption = " ".join(comparison_notes(asked, found))
        st.caption(phrases.plain_text(caption), help=explain_terms(caption))
    if len(found.units) > 1:
        show_units(asked, found, theme)
    # One site alone has nothing beside it, but its own expected risks.
    case_mix_panel(asked, found)
    show_course(view, asked, theme)
    if len(found.units) > 1:
        show_causes(asked, found)


def show_units(asked: Asked, found: Comparison, theme: Theme) -> None:
    """The units beside each other, and how far each is from the others."""
    title = f"Do {UNITS[asked.by]} differ?"
    shown = name_units(leading_columns(asked, found), asked.by)
    if shown.found is not None:
        figure = funnel_chart(shown.units, shown.found, shown.is_adjusted, title, theme)
    else:
        figure = rate_by_group(shown.units, shown.units["label"], title, "95 % intervals; in alphabetical order", theme)
    by = None if asked.by == "period" else asked.by
    page_parts.show_chart(
        asked.view, "compare_units", figure=figure, table=shown.units, by=by, shows=unit_filters(asked, found)
    )
    tables.text_table(with_headlines(asked, differences_table(shown)).map(coloured_mark))


def show_course(view: View, asked: Asked, theme: Theme) -> None:
    """The figure over time for all units together: what is not stable by itself is compared with care."""
    own = trend_of(asked.around, asked.metric)
    if alone := only_point(own.trend):
        page_parts.write_sentence(f"Over time: {alone}")
        return
    found = finding_words(asked.around, asked.metric, own.trend)
    question = "How does it change over time, all together?"
    figure = over_time(own.trend, question, noun="recorded", theme=theme, finding=found)
    note, shows = below_words(own.trend), asked.around.whole.filters
    page_parts.show_chart(view, "compare_own_trend", figure=figure, table=own.figures, note=note, shows=shows)


def show_causes(asked: Asked, found: Comparison) -> None:
    """What to look into first, and who is treated by each unit."""
    st.markdown(LOOK_INTO_FIRST, help=explain_terms(LOOK_INTO_FIRST))
    if may_see(asked.view.reader, "data_quality"):
        page_parts.page_link("data_quality", "Data quality →")
    if asked.by != "period":
        mix = case_mix(asked, found.peers)
        page_parts.section_heading("Who is treated (not adjusted)", *mix.columns, mix.to_string())
        tables.text_table(mix)


def ask_choice(view: View) -> Asked:
    """The reader's choice: figure, units, and peers; the period is that of the bar."""
    with st.container(key="compare_choice"):
        left, right = st.columns(2)
    metric = left.selectbox(
        "Figure",
        list(METRICS),
        format_func=METRICS.__getitem__,
        **view_options.one_of("figure", "compare_metric", METRICS, next(iter(METRICS))),
    )
    with right:
        titles = {key: UNITS[key] for key in units_of(view)}
        by = view_options.pick_segment("between", "compare_by", usual=view.unit, label="Between", titles=titles)
    spanned = in_span(view, metric)
    if sites := sites_to_choose(view) if by == "operator" else []:
        _choose_site(sites)
    if sites or by == "period":
        other = other_range() if by == "period" else None
        return Asked(metric=metric, by=by, view=spanned, peers=(), around=view, other=other)
    known = [group for group in spanned.figures(metric, by=by)["group"] if group != NOT_RECORDED]
    if len(known) < FEWEST_TO_CHOOSE:
        return Asked(metric=metric, by=by, view=spanned, peers=(), around=view)
    if by == "hospital" and (among := peer_group_choice(view, known)):
        return Asked(metric=metric, by=by, view=spanned, peers=among, around=view)
    peers = st.multiselect(
        f"Peers: which {UNITS[by]} do similar work?",
        known,
        format_func=lambda one: phrases.value_label(one, by),
        placeholder="all",
        **view_options.some_of("peers", f"compare_peers_{by}", known),
    )
    return Asked(metric=metric, by=by, view=spanned, peers=tuple(peers), around=view)


def sites_to_choose(view: View) -> list[str]:
    """The sites of which one must be chosen before operators are compared; empty when there is one only.

    Operators of different sites share neither patients nor pathway.
    """
    sites = [one for one in view.values("site") if one in (view.filters["site"] or view.values("site"))]
    return sites if len(sites) > 1 else []


def _choose_site(sites: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="compare_site"):
        st.write("Operators are compared within one site. Choose one:")
        for place, site in enumerate(sites):
            st.button(
                phrases.plain_text(site), on_click=choose_filter, args=("site", [site]), key=f"compare_site_{place}"
            )


@requires("exact_figures")
def in_span(view: View, metric: str) -> View:
    """The view, narrowed to its period, of which at most the last twelve months: units change."""
    mine = view.filters_of(metric)
    last = min(day for day in (mine.date_to, view.info.as_of) if day is not None)
    first = (pd.Timestamp(last) - pd.DateOffset(months=MONTHS)).date() + timedelta(days=1)
    return view.within((max(first, mine.date_from or date.min), last))


def compare_choice(asked: Asked) -> Comparison:
    """The comparison of units, or of the span with the one before it."""
    if asked.by != "period":
        figures = asked.view.figures(asked.metric, by=asked.by)
        if asked.by == "operator" and sites_to_choose(asked.view):
            figures = figures.iloc[:0]
        found = compare_units(figures, asked.peers or None)
        return found if found.found is None else _after_courses(asked, found)
    rows = [
        replace(asked.view, filters=filters).figure(asked.metric) | {"group": label}
        for label, filters in span_filters(asked).items()
    ]
    return compare_units(pd.DataFrame(rows))


def other_range() -> Days | None:
    """Any other range of days, from the address; None where the usual one is meant."""
    found = []
    with st.container(horizontal=True, key="compare_other"):
        for name, label in (("other-from", "Compared with, from"), ("other-to", "to")):
            key = f"compare_{name}"
            if key not in st.session_state:
                st.session_state[key] = _read_day(st.query_params.get(name, ""))
            found.append(st.date_input(label, value=None, key=key, format="YYYY-MM-DD"))
            st.query_params.pop(name, None)
            if found[-1]:
                st.query_params[name] = found[-1].isoformat()
    first, last = found
    return (first, last) if first and last and first <= last else None


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def unit_filters(asked: Asked, found: Comparison) -> Filters | tuple[Filters, ...]:
    """The filters behind the units: one span for all; each its own where periods are compared or units pooled."""
    if asked.by != "period":
        span = asked.view.filters
        pooled = span.with_values(asked.by, found.pooled)
        return (
            tuple(pooled if label.startswith(POOLED) else span for label in found.units["label"])
            if found.pooled
            else span
        )
    known = span_filters(asked)
    return tuple(known[label] for label in found.units["label"])


def _after_courses(asked: Asked, found: Comparison) -> Comparison:
    """The funnel, unless the own chart of a unit is unstable; each is judged over all its months."""
    span = asked.view.filters
    courses = {
        unit: trend_of(replace(asked.view, filters=span.with_values(asked.by, (unit,))), asked.metric).trend
        for unit in found.peers
    }
    return with_courses(found, courses, span.date_from or date.min)


def answer_sentence(asked: Asked, found: Comparison) -> str:
    """The answer of the page."""
    name = METRICS[asked.metric]
    if asked.by == "operator" and sites_to_choose(asked.view):
        return f"{name}: choose a site."
    if len(found.units) < 2:
        return f"{name}: fewer than two {UNITS[asked.by]} with ten cases and enough recorded."
    if found.unsteady:
        return (
            f"{name}: first look into the course of {unit_names(found.unsteady, asked.by)}; it is not stable by itself."
        )
    if found.found is not None:
        far = found.units["label"][found.found.tail <= 0.001]
        if len(far):
            return f"{name}: look into {unit_names(far, asked.by)}; the others are within chance."
        return (
            f"{name}: the {len(found.units)} {UNITS[asked.by]} differ by no more than chance; equal they need not be."
        )
    clear = found.units[(found.units["difference_lower"] > 0) | (found.units["difference_upper"] < 0)]
    if clear.empty:
        unseen = found.units[["difference_lower", "difference_upper"]].abs().max(axis=None)
        return (
            f"{name}: no difference between these {UNITS[asked.by]} that chance could not explain; equal they need not "
            f"be: one of up to {unseen:.0f} points could not be seen."
        )
    return f"{name}: {share_words(found.units, asked.by)}, more than chance explains."


def comparison_notes(asked: Asked, found: Comparison) -> list[str]:
    """What must be said beside the comparison."""
    mine = asked.view.filters
    said = [f"{phrases.day_words(mine.date_from)} to {phrases.day_words(mine.date_to)}. Not adjusted."]
    if asked.metric.startswith("responders"):
        said.append("Change after treatment, not its effect (see Pain relief).")
    if asked.by == "operator" and sites_to_choose(asked.view):
        return said
    if found.unsteady:
        said.append(
            f"No funnel: that compares what is stable; the own chart of {unit_names(found.unsteady, asked.by)} is not."
        )
    elif found.way == "intervals" and asked.by != "period":
        said.append(f"A funnel needs {FUNNEL_UNITS} {UNITS[asked.by]} with ten cases.")
    if found.unjudged:
        units = "1 unit has" if found.unjudged == 1 else f"{found.unjudged} units have"
        said.append(f"{units} too few cases to tell whether their own course is stable.")
    if found.is_adjusted:
        said.append("These units differ by more than chance as a whole, so the limits are widened (overdispersion).")
    if found.left_out:
        said.append(f"Not compared, because too much is missing: {unit_names(found.left_out, asked.by)}.")
    if any(label.startswith(POOLED) for label in found.units["label"]):
        said.append("Units with fewer than ten cases are pooled.")
    return said


if __name__ == "__main__":
    main()
