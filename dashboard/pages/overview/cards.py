"""The four headline cards: value, numbers, capture, own trend and what it says. HTML text without any chart library."""

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from dashboard.charts.trends.sparkline import sparkline_image
from dashboard.text import phrases
from dashboard.text.templates import render_html
from dashboard.text.theme import Theme, number_text
from dashboard.view.reader_view import View
from dashboard.view.safety_events import events_sentence, followed_sentence
from dashboard.widgets.view_trends import trend_of
from data.settings import read_targets
from queries.catalogue.metrics import read_catalogue
from queries.figures.gates import FEWEST, FIRM
from queries.figures.summarise import Row
from queries.trends.trend import Trend

# How full the circle is tells how much is known; the shape before a verdict, which way it points.
CAPTURE_MARKS = {"plain": "●", "caution": "◐", "bounds_only": "○", "counts_only": "○"}
VERDICT_MARKS = {"improvement": "▲", "concern": "◆"}


@dataclass(frozen=True, kw_only=True)
class Card:
    """A headline. `lines` are sentences below the value; `captured` says how much is known; `trend` its own trend."""

    title: str
    page: str
    metric: str
    headline: str
    says: str
    lines: tuple[str, ...]
    captured: str
    gate: str
    trend: Trend


def headline_cards(view: View) -> tuple[Card, ...]:
    """Pain relief, vertebrae treated, recovery, same-day discharge."""
    return _pain_card(view), _levels_card(view), _recovery_card(view), _discharge_card(view)


def _value_words(row: Row) -> str:
    """The value when its gate allows one."""
    if pd.isna(row["value"]):
        return "not recorded"
    return phrases.value_words(row) if row["gate"] in FIRM else "too little known"


def _count_words(row: Row) -> str:
    within = phrases.interval_words(row)
    counts = phrases.count_of(row["numerator"], row["recorded"])
    return f"{counts} ({within})" if within and row["gate"] in FIRM else counts


def _pain_card(view: View) -> Card:
    metric = "responders_50_hours_24_72"
    row, scored = view.figure(metric), view.figure("recorded_hours_24_72")
    return Card(
        title="Pain relief",
        page="pain_relief",
        metric=metric,
        headline=_value_words(row),
        says="halved their pain within 24–72 hours",
        lines=(_count_words(row),),
        captured=f"asked and answered: {phrases.count_of(scored['numerator'], scored['eligible'])}",
        gate=row["gate"],
        trend=trend_of(view, metric).trend,
    )


def _levels_card(view: View) -> Card:
    mean, several = view.figure("mean_levels"), view.figure("multi_level")
    vertebrae = view.figures("treated_vertebra")
    most = vertebrae.loc[vertebrae["numerator"].idxmax(), "category"] if vertebrae["numerator"].sum() else None
    headline = f"{mean['value']:.1f}" if mean["gate"] in FIRM else _value_words(mean)
    return Card(
        title="Levels treated",
        page="levels_treated",
        metric="mean_levels",
        headline=headline,
        says=f"per procedure, most often {most}" if most else "no readable levels",
        lines=(f"{phrases.count_of(several['numerator'], several['recorded'])} had more than one",),
        captured=f"readable: {phrases.count_of(mean['recorded'], mean['eligible'])}",
        gate=mean["gate"],
        trend=trend_of(view, "mean_levels").trend,
    )


def _recovery_card(view: View) -> Card:
    metric = "home_ready_within_6_hours"
    row, median = view.figure(metric), view.figure("recovery_hours")
    lines = [_count_words(row)] if row["recorded"] else []
    if median["recorded"] >= FEWEST:
        lines.append(f"half of those with a time within {median['value']:.1f} h")
    return Card(
        title="Recovery",
        page="recovery",
        metric=metric,
        headline=_value_words(row),
        says=f"of {view.day_case_noun()} were ready to go home within 6 hours",
        lines=tuple(lines),
        captured=f"recorded: {phrases.count_of(row['recorded'], row['eligible'])}",
        gate=row["gate"],
        trend=trend_of(view, metric).trend,
    )


def _discharge_card(view: View) -> Card:
    row, back = view.figure("day_case_completed"), view.figure("returned_within_7_days")
    came_back = f"{int(back['numerator']):,} of {int(back['recorded']):,} came back within 7 days"
    return Card(
        title="Same-day discharge",
        page="same_day_discharge",
        metric="day_case_completed",
        headline=_value_words(row),
        says=f"of {view.day_case_noun()} went home the same day",
        lines=(_count_words(row), came_back if back["recorded"] else "readmissions not recorded"),
        captured=f"recorded: {phrases.count_of(row['recorded'], row['eligible'])}",
        gate=row["gate"],
        trend=trend_of(view, "day_case_completed").trend,
    )


def card_html(card: Card, theme: Theme) -> Markup:
    """A card: name, value, what it counts, its own small line, and what may be said about that."""
    shown = card.trend
    values = [None if pd.isna(point.value) else float(point.value) for point in shown.points]
    captured = f"{CAPTURE_MARKS[card.gate]} {card.captured}"
    caution = phrases.GATE_WORDS[card.gate]
    return render_html(
        "card",
        card=card,
        lines=[text for text in (*card.lines, *_target_words(card), captured, caution) if text],
        line=Markup(sparkline_image(values, _trend_words(card), theme.main)),
        step={"month": "by month", "quarter": "by quarter", "block": "by tens of procedures"}[shown.step],
        verdict=f"{VERDICT_MARKS.get(shown.verdict, '')} {shown.short}".strip(),
        colour={"improvement": theme.main, "concern": theme.second}.get(shown.verdict, "inherit"),
    )


def words_of(card: Card) -> str:
    """Everything that a card says."""
    return " ".join((card.title, card.headline, card.says, *card.lines, card.captured, card.trend.short))


def _target_words(card: Card) -> tuple[str, ...]:
    """The department's own target, with who set it; nothing when it has none."""
    target = read_targets().targets.get(card.metric)
    if target is None:
        return ()
    value = number_text(target.value, read_catalogue()[card.metric].unit)
    return (f"own target {value}, set by {target.set_by} on {phrases.day_words(target.since)}",)


def _trend_words(card: Card) -> str:
    known = [point for point in card.trend.points if not pd.isna(point.value)]
    if not known:
        return f"{card.title}: no trend"
    unit = read_catalogue()[card.metric].unit
    first, last = (f"{number_text(point.value, unit)} in {point.period}" for point in (known[0], known[-1]))
    return f"{card.title} from {first} to {last}: {card.trend.short}"


def safety_line(view: View) -> str:
    """Serious events and deaths in one sentence, beside how many are known to be followed up."""
    return f"{'; '.join(filter(None, (events_sentence(view), followed_sentence(view))))}."


BEHIND = (
    "responders_50_hours_24_72", "recorded_hours_24_72", "mean_levels", "multi_level", "recovery_hours",
    "ready_within_6_hours_recorded", "recovered_within_6_hours", "day_case_completed", "returned_within_7_days",
    "serious_or_death_30_days", "followed_up",
)  # fmt: skip


def figures_behind(view: View) -> list[Row]:
    """The figures behind the cards and the safety line, one row each."""
    return [view.figure(name) | {"label": read_catalogue()[name].title} for name in BEHIND]
