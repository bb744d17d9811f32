"""The four headline cards: value, numbers, capture, own trend. HTML text without any chart library."""

from dataclasses import dataclass
from html import escape

import pandas as pd

from dashboard import words
from dashboard.charts.sparkline import sparkline
from dashboard.session import View
from dashboard.theme import Theme, percent
from queries.catalog import catalogue
from queries.gates import FIRM
from queries.summarise import Row


@dataclass(frozen=True)
class Card:
    """A headline. `lines` are sentences below the value; `trend` the same figure by quarter, oldest first."""

    title: str
    page: str
    headline: str
    says: str
    lines: tuple[str, ...]
    gate: str
    trend: pd.DataFrame


def headline_cards(view: View) -> tuple[Card, ...]:
    """Pain relief, vertebrae treated, recovery, same-day discharge."""
    return _pain(view), _levels(view), _recovery(view), _discharge(view)


def _value(row: Row) -> str:
    """The value when its gate allows one."""
    if pd.isna(row["value"]):
        return "not recorded"
    return words.value(row) if row["gate"] in FIRM else "too little known"


def _counts(row: Row) -> str:
    within = words.interval(row)
    counts = words.of(row["numerator"], row["recorded"])
    return f"{counts} ({within})" if within and row["gate"] in FIRM else counts


def _pain(view: View) -> Card:
    row = view.figure("responders_50_hours_24_72")
    scored = view.figure("recorded_hours_24_72")
    return Card(
        "Pain relief",
        "pain_relief",
        _value(row),
        "halved their pain within 24–72 hours",
        (_counts(row), f"asked and answered: {words.of(scored['numerator'], scored['eligible'])}"),
        row["gate"],
        view.figures("responders_50_hours_24_72", period="quarter"),
    )


def _levels(view: View) -> Card:
    mean, several = view.figure("mean_levels"), view.figure("multi_level")
    vertebrae = view.figures("treated_vertebra")
    most = vertebrae.loc[vertebrae["numerator"].idxmax(), "category"] if vertebrae["numerator"].sum() else None
    headline = "not recorded" if pd.isna(mean["value"]) else f"{mean['value']:.1f} per procedure"
    return Card(
        "Vertebrae treated",
        "levels_treated",
        headline,
        f"most often {most}" if most else "no readable levels",
        (
            f"{words.of(several['numerator'], several['recorded'])} had more than one",
            f"readable: {words.of(mean['recorded'], mean['eligible'])}",
        ),
        mean["gate"],
        view.figures("mean_levels", period="quarter"),
    )


def _recovery(view: View) -> Card:
    median, within = view.figure("recovery_hours"), view.figure("ready_within_6_hours_recorded")
    stayed = int(view.figure("recovered_within_6_hours")["recorded"] - median["recorded"])
    share = percent(within["value"]) if within["recorded"] else "none"
    return Card(
        "Recovery",
        "recovery",
        "not recorded" if pd.isna(median["value"]) else f"{median['value']:.1f} h",
        "until ready to go home, in half of those with a time",
        (
            f"{share} of these within 6 hours",
            f"{words.of(median['recorded'], median['eligible'])} with a time recorded",
            f"{stayed:,} stayed without a time",
        ),
        median["gate"],
        view.figures("recovery_hours", period="quarter"),
    )


def _discharge(view: View) -> Card:
    row, back = view.figure("day_case_completed"), view.figure("returned_within_7_days")
    came_back = f"{int(back['numerator']):,} of {int(back['recorded']):,} came back within 7 days"
    return Card(
        "Same-day discharge",
        "same_day_discharge",
        _value(row),
        "of intended day cases went home the same day",
        (
            _counts(row),
            f"recorded: {words.of(row['recorded'], row['eligible'])}",
            came_back if back["recorded"] else "readmissions not recorded",
        ),
        row["gate"],
        view.figures("day_case_completed", period="quarter"),
    )


def card_html(card: Card, theme: Theme) -> str:
    """A card as HTML; the text is escaped."""
    known = card.trend[card.trend["recorded"] > 0]
    values = [
        float(row.value) if row.recorded and row.gate != "bounds_only" else None for row in card.trend.itertuples()
    ]
    alt = _trend_words(card.title, known)
    line = sparkline(values, alt, theme.main)
    lines = "".join(f"<div style='color:{theme.faint};font-size:.92rem'>{escape(text)}</div>" for text in card.lines)
    caution = words.GATE_WORDS[card.gate]
    warned = f"<div style='font-size:.92rem;margin-top:.25rem'>◆ {escape(caution)}</div>" if caution else ""
    quarters = "<div style='font-size:.8rem;opacity:.75'>by quarter</div>" if line else ""
    return (
        f"<div style='font-variant-numeric:tabular-nums;line-height:1.4'>"
        f"<div style='font-weight:600'>{escape(card.title)}</div>"
        f"<div style='font-size:2.1rem;font-weight:600;line-height:1.25' data-card='{escape(card.page)}'>"
        f"{escape(card.headline)}</div><div>{escape(card.says)}</div>{lines}{warned}"
        f"<div style='margin-top:.5rem'>{line}</div>{quarters}</div>"
    )


def _trend_words(title: str, known: pd.DataFrame) -> str:
    if known.empty:
        return f"{title}: no trend"
    first, last = known.iloc[0], known.iloc[-1]
    return (
        f"{title} by quarter, from {words.value(first)} in {first['period']} to {words.value(last)} in {last['period']}"
    )


def safety_line(view: View) -> str:
    """Serious events and deaths in one sentence, beside how many are known to be followed up."""
    events, followed = view.figure("serious_or_death_30_days"), view.figure("followed_up")
    if not events["eligible"]:
        return "Serious events: no procedure has 30 days of records after it yet."
    if not events["recorded"]:
        return "Serious events or deaths within 30 days: not recorded by this department."
    known = words.of(followed["numerator"], followed["eligible"])
    return (
        f"Serious events or deaths within 30 days: {int(events['numerator']):,} of {int(events['recorded']):,} "
        f"procedures; {known} are known to be followed up. {_as_rate(followed)}"
    )


def _as_rate(followed: Row) -> str:
    share = followed["value"]
    return "Read as reported events, not as a rate." if share < 80 else ""


BEHIND = (
    "responders_50_hours_24_72", "recorded_hours_24_72", "mean_levels", "multi_level", "recovery_hours",
    "ready_within_6_hours_recorded", "recovered_within_6_hours", "day_case_completed", "returned_within_7_days",
    "serious_or_death_30_days", "followed_up",
)  # fmt: skip


def figures_behind(view: View) -> pd.DataFrame:
    """The figures behind the cards and the safety line, one row each."""
    rows = pd.concat([view.figures(name) for name in BEHIND], ignore_index=True)
    return rows.assign(label=[catalogue()[name].title for name in BEHIND])
