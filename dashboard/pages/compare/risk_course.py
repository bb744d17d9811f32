"""Cases one by one against their own expected risk, from the end of the fit period on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import streamlit as st

from dashboard.access.rights import requires
from dashboard.charts.trends.vlad_chart import RiskCourse, vlad_chart
from dashboard.pages.compare.risk_model_words import find_risks, show_model, too_few_sentence
from dashboard.text import phrases
from dashboard.view.event_watch import FOUND_WITHIN, ODDS
from dashboard.view.reader_view import View, warehouse_of
from dashboard.widgets import page_parts
from dashboard.widgets.panels import open_panel
from queries.case_mix.risk_models import RiskModel, TooFew
from queries.case_mix.unit_ratios import cases_at_risk
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.figures.gates import FIRM
from queries.statistics import cusum
from queries.statistics.risk.ratios import observed_to_expected
from queries.statistics.risk.risk_signals import FALSE, WITHIN, simulate_heights

FEWEST_CASES = 20
QUESTION = "What came beyond the expected, case by case?"


@dataclass(frozen=True, kw_only=True)
class Followed:
    """The course of all cases after the fit period, the filters that choose them, and what is said of it."""

    model: RiskModel
    course: RiskCourse
    filters: Filters
    finding: str
    subtitle: str

    @property
    def chances(self) -> str:
        """How often a signal would be false, and a doubling found: simulated, so only where it is shown."""
        return _chances_words(self.model)


@dataclass(frozen=True)
class Passed:
    """The latest case of a metric at which its CUSUM passed the limit, within the days shown: `more` or `less`."""

    metric: str
    side: str
    day: date

    @property
    def sentence(self) -> str:
        """In plain words, without a full stop."""
        return (
            f"{read_catalogue()[self.metric].title}: {self.side} often than these patients let expect, case by case "
            f"(limit passed in {phrases.month_words(self.day)})"
        )

    @property
    def short(self) -> str:
        """`Same-day discharge: look case by case`, where the sentence is on hover: no verdict apart from its basis."""
        return f"{read_catalogue()[self.metric].title}: look case by case"


@requires("exact_figures")
def follow_course(view: View, model: RiskModel) -> Followed | None:
    """All cases of the view's choice after the fit period; None where they are few, or too little is recorded."""
    after = replace(view.whole.filters, date_from=model.last + timedelta(days=1))
    # Overview asks at every click.
    key = ("risk course", *fit_key(model), after.to_text())
    return warehouse_of(view).remember(key, lambda: _follow_course(view, model, after))


def fit_key(model: RiskModel) -> tuple[str, ...]:
    """What tells one fit from another, to remember what was computed with it."""
    days = (model.first.isoformat(), model.last.isoformat())
    return (model.metric.name, model.filters.to_text(), *days, model.settings.model_dump_json())


def _follow_course(view: View, model: RiskModel, after: Filters) -> Followed | None:
    if replace(view, filters=after).figure(model.metric.name)["gate"] not in FIRM:
        return None
    cases = cases_at_risk(warehouse_of(view), model, after)
    if cases.yes.size < FEWEST_CASES:
        return None
    sums = cusum.risk_adjusted(cases.yes, cases.risks, ODDS, model.signal_limit)
    course = RiskCourse(
        beyond=-cusum.vlad(cases.yes, cases.risks), days=cases.days, numbers=cases.numbers.tolist(),
        more=sums.signals_up, fewer=sums.signals_down, better=model.metric.header.better,
    )  # fmt: skip
    ratio = observed_to_expected(int(cases.yes.sum()), cases.risks)
    yes, expected = int(cases.yes.sum()), float(cases.risks.sum())
    against = f"{ratio.ratio:.2f} ({ratio.lower:.2f}–{ratio.upper:.2f})"
    left = f"; {cases.left_out:,} left out, because a fact is missing" if cases.left_out else ""
    return Followed(
        model=model,
        course=course,
        filters=after,
        finding=_finding(course),
        subtitle=(
            f"Since {phrases.month_words(cases.days[0])} {yes:,} yes, {expected:.1f} expected: {against}{left}. "
            "Marks: limit passed, for odds twice or half as high"
        ),
    )


def passed_limits(view: View, metrics: Sequence[str]) -> Iterator[Passed]:
    """Of each metric that can be adjusted, the latest limit that was passed in the days that the view shows."""
    for metric in metrics:
        risks = find_risks(view, metric)
        followed = None if isinstance(risks, TooFew) else follow_course(view, risks)
        if followed is None:
            continue
        course, first = followed.course, view.filters_of(metric).date_from or date.min
        places = [(place, side) for side, ones in (("more", course.more), ("less", course.fewer)) for place in ones]
        latest, side = max(places, default=(None, ""))
        if latest is not None and course.days[latest] >= first:
            yield Passed(metric, side, course.days[latest])


def _finding(course: RiskCourse) -> str:
    parts = []
    for places, words in ((course.more, "more"), (course.fewer, "less")):
        if places:
            months = dict.fromkeys(phrases.month_words(course.days[place]) for place in places)
            parts.append(f"{words} often than expected: limit passed in {phrases.join_words(list(months))}")
    found = "; ".join(parts) or "within its limit"
    return f"{found[:1].upper()}{found[1:]}"


def _chances_words(model: RiskModel) -> str:
    """How often a signal would be false, and a doubling found, the risks as uncertain as their fit."""
    more, _ = simulate_heights(model.fit, model.columns, FOUND_WITHIN, ODDS, odds_ratio=ODDS)
    found = 100 * float((more >= model.signal_limit).mean())
    return (
        "Held against the fit period, so it may speak where the chart over time sees no change. Where nothing changed, "
        f"at most {100 * FALSE:.0f} of 100 such departments would pass the limit of more within {WITHIN} cases, and as "
        f"few that of fewer; doubled odds would be found within {FOUND_WITHIN} in {found:.0f} of 100."
    )


def show_course(view: View, model: RiskModel) -> None:
    """The chart, with how often it errs; nothing where there are too few cases."""
    followed = follow_course(view, model)
    if followed is None:
        st.write("Too few cases, or too little recorded, since the fit period to follow them one by one.")
        return
    after = replace(view.whole, filters=followed.filters)
    figure = vlad_chart(followed.course, QUESTION, followed.finding, followed.subtitle, page_parts.current_theme())
    page_parts.show_chart(
        view, f"case_mix_course_{model.metric.name}", figure=figure, table=after.figures(model.metric.name),
        note=followed.chances, shows=followed.filters,
    )  # fmt: skip


def course_panel(view: View, metrics: Sequence[str]) -> None:
    """The course of some figures, and the model behind each, when opened; or why there is none."""
    if inside := open_panel("Adjusted for who is treated, case by case", "case_mix"):
        with inside:
            for metric in metrics:
                risks = find_risks(view, metric)
                if isinstance(risks, TooFew):
                    st.write(f"{read_catalogue()[metric].title}: {too_few_sentence(risks)}")
                else:
                    st.write(f"**{read_catalogue()[metric].title}**")
                    show_course(view, risks)
                    show_model(view, risks)
