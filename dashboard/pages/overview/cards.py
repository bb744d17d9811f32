"""The four headline cards: the period's number, what it was before, what is said of the present, and its yardstick."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from dashboard.charts.trends.card_chart import card_chart
from dashboard.charts.trends.marked_months import MarkedMonths
from dashboard.pages.overview.yardsticks import Yardstick, choose_yardstick
from dashboard.text import phrases
from dashboard.text.templates import render_html
from dashboard.text.theme import Theme, number_text
from dashboard.view.reader_view import View
from dashboard.view.safety_events import earlier_month
from dashboard.widgets.view_trends import NOT_LASTING, UNJUDGED, marked_months, period_words, trend_of
from queries.catalogue.metrics import read_catalogue
from queries.figures.gates import FIRM
from queries.figures.summarise import Row
from queries.trends.present import Stretch
from queries.trends.trend import Trend

# Page, metric and title of each card, and what its number says.
CARDS = (
    ("pain_relief", "responders_50_hours_24_72", "Pain relief", "halved their pain"),
    ("same_day_discharge", "day_case_completed", "Same-day discharge", "home that day"),
    ("recovery", "home_ready_within_6_hours", "Recovery", "ready within 6 hours"),
    ("levels_treated", "mean_levels", "Levels treated", "vertebrae a procedure"),
)
MARKS = {"higher": "▲", "lower": "▼", "": "○"}
# Apart from the period before, without a lasting change by month.
PERIOD_MARKS = {"higher": "△", "lower": "▽"}


@dataclass(frozen=True, kw_only=True)
class Card:
    """A headline. `counts`: n of N and what it was before; `verdict`: of the present, with its own dates.

    `note` says where the period went the other way than the present, or how far the number can be trusted; `aim` what
    the number is held against: the department's target, else peers, else what patients are told.
    """

    title: str
    page: str
    metric: str
    headline: str
    says: str
    counts: str
    verdict: str
    note: str
    aim: Yardstick
    trend: Trend
    marked: Sequence[MarkedMonths]


def headline_cards(view: View) -> tuple[Card, ...]:
    """Pain relief, same-day discharge, recovery, vertebrae treated."""
    return tuple(_make_card(view, *one) for one in CARDS)


def _make_card(view: View, page: str, metric: str, title: str, says: str) -> Card:
    row, trend = view.figure(metric), trend_of(view, metric).trend
    earlier = view.before(metric)
    before = earlier.figure(metric) if earlier else None
    apart = period_words(view, metric, trend)
    return Card(
        title=title,
        page=page,
        metric=metric,
        headline=_value_words(row),
        says=says,
        counts=" · ".join(part for part in (_dated_words(view, row), _before_words(before, view.span.against)) if part),
        verdict=verdict_words(trend, apart),
        note="; ".join(
            part
            for part in (apart if trend.direction else "", GATE_NOTES.get(row["gate"], ""), _registered_words(trend))
            if part
        ),
        aim=choose_yardstick(view, metric, row),
        trend=trend,
        marked=marked_months(view, metric),
    )


GATE_NOTES = {"caution": "read with caution", "bounds_only": "too much missing for a rate"}


def _value_words(row: Row) -> str:
    """The value when its gate allows one."""
    if pd.isna(row["value"]):
        return "not recorded"
    if row["gate"] not in FIRM:
        return "too few" if row["gate"] == "counts_only" else "too little known"
    return f"{row['value']:.1f}" if row["unit"] == "vertebrae" else phrases.value_words(row)


def _dated_words(view: View, row: Row) -> str:
    """The counts, and the month with which they end where that is before the page's."""
    return " ".join(part for part in (_count_words(view, row), earlier_month(view, row["metric"])) if part)


def _count_words(view: View, row: Row) -> str:
    """How many of how many; of vertebrae how many procedures were of more than one."""
    if not row["recorded"]:
        return ""
    if row["metric"] != "mean_levels":
        return phrases.count_of(row["numerator"], row["recorded"])
    several = view.figure("multi_level")
    return f"{phrases.count_of(several['numerator'], several['recorded'])} multi-level"


def _before_words(before: Row | None, against: str) -> str:
    """What the figure was in the period of comparison, without any arrow."""
    if before is None or not before["recorded"]:
        return ""
    when = "a year before" if against == "year-before" else "before"
    if before["gate"] not in FIRM:
        few = "too few" if before["gate"] == "counts_only" else "too little known"
        return f"{few} {when}"
    shown = f"{before['value']:.1f}" if before["unit"] == "vertebrae" else phrases.value_words(before)
    return f"{shown} {when}"


def verdict_words(trend: Trend, apart: str = "") -> str:
    """What may be said of the present, in a line, with its own dates; without a change, `apart` of the periods."""
    now = trend.judgement.now
    if trend.direction and now is not None:
        counted, earlier = (_stretch_words(one) for one in (now, trend.judgement.before) if one is not None)
        return f"{MARKS[trend.direction]} {counted} since {now.first:%B %Y}, {earlier} before"
    if trend.reason == "registered":
        return f"○ {trend.short}"
    if trend.reason in UNJUDGED:
        return "? change: cannot be said"
    return f"{PERIOD_MARKS.get(apart.partition(' ')[0], '○')} {apart or trend.short}"


def _stretch_words(one: Stretch) -> str:
    return f"{one.numerator:,} of {one.n:,}" if one.numerator is not None else f"{one.value:.1f}"


def _registered_words(trend: Trend) -> str:
    """The changes that somebody registered for this figure, where the verdict does not tell them."""
    if trend.reason == "registered":
        return ""
    return "; ".join(look.words.short for look in trend.judgement.looks if look.words.short)


def card_html(card: Card, theme: Theme) -> Markup:
    """A card without its title, which is the link: number, small chart, counts, and the two marks."""
    shown = card.trend
    return render_html(
        "card",
        card=card,
        chart=card_chart(shown, f"{card.title}: {_course_words(card)}", theme, card.marked),
        colour={"improvement": theme.main, "concern": theme.second}.get(shown.verdict, "inherit"),
    )


def words_of(card: Card) -> str:
    """Everything that a card says, for the meanings of its terms."""
    return " ".join((card.title, card.headline, card.says, card.counts, card.aim.words, card.trend.sentence))


def _course_words(card: Card) -> str:
    known = [point for point in card.trend.points if not pd.isna(point.value)]
    if len(known) < 2:
        return "no course yet"
    first, last = (f"{number_text(point.value, card.trend.unit)} in {point.period}" for point in (known[0], known[-1]))
    return f"from {first} to {last}; {card.trend.short}"


def answer_sentence(cards: tuple[Card, ...], differing: str) -> str:
    """Which figures differ now and since when, in how many no change is seen, and what differs between sites."""
    changed = [
        f"{card.title} is {card.trend.direction} since about {card.trend.judgement.now.first:%B %Y}."
        for card in cards
        if card.trend.direction and card.trend.judgement.now
    ]
    unjudged = sum(not card.trend.direction and card.trend.reason in UNJUDGED for card in cards)
    followed = [card.title for card in cards if card.trend.reason == "registered"]
    same, of_all = len(cards) - len(changed) - unjudged - len(followed), _number_word(len(cards))
    unseen = "No lasting change yet" if any(NOT_LASTING in card.verdict for card in cards) else "No change is seen"
    if unjudged == len(cards):
        rest = ["Too few months, or too much missing, to say whether anything changed."]
    else:
        among = "" if same == len(cards) else f" in {_number_word(same)} of {of_all}"
        rest = [f"{unseen}{among}."] if same else []
    rest += [f"Whether {_number_word(unjudged)} changed cannot be said."] if unjudged else []
    rest += [f"A registered change of {phrases.join_words(followed)} is followed."] if followed else []
    return " ".join(part for part in (*changed, *rest, differing) if part)


def _number_word(count: int) -> str:
    return ("none", "one", "two", "three", "four")[count]


BEHIND = (
    "responders_50_hours_24_72", "recorded_hours_24_72", "mean_levels", "multi_level", "home_ready_within_6_hours",
    "day_case_completed", "serious_or_death_30_days", "followed_up",
)  # fmt: skip


def figures_behind(view: View) -> list[Row]:
    """The figures behind the cards and the table of sites, one row each."""
    return [view.figure(name) | {"label": read_catalogue()[name].title} for name in BEHIND]
