"""Facts of a procedure in words: what is known, or that it is not. Every field that a metric uses has its words here.

A fact's words are a plain function of a few columns, called once for each combination of values that occurs. A column
that is null arrives as None. Empty text means that there is nothing to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from data.settings import read_timepoints

PLAIN = {
    "admitted_for_procedure": "admitted for the procedure",
    "already_inpatient": "was already in hospital",
    "transferred": "was transferred in",
    "skilled_nursing_or_rehab": "a nursing home or rehabilitation",
    "other_hospital": "another hospital",
    "average_24h": "average of 24 hours",
    "unknown": "an unknown value",
}


@dataclass(frozen=True)
class Fact:
    """Columns of `queries/facts`, and what they say."""

    columns: tuple[str, ...]
    words: Callable[..., str]


def plain_value(value: str) -> str:
    """A stored value as people say it."""
    return PLAIN.get(value, value.replace("_", " "))


def on_day(day0: date, day: float) -> str:
    """A day counted from the procedure as a date; the year only when it is another one."""
    return short_date(day0 + timedelta(days=int(day)), day0)


def short_date(when: date, day0: date) -> str:
    """`15 January`, with the year when it is not the procedure's."""
    named = f"{when.day} {_month_words(when.month)}"
    return named if when.year == day0.year else f"{named} {when.year}"


@lru_cache
def _month_words(number: int) -> str:
    return f"{date(2000, number, 1):%B}"


def plain_amount(value: float) -> str:
    """A number without needless zeros: `8`, `5.2`."""
    return f"{float(value):.1f}".removesuffix(".0")


def days_between(day0: date, first: int, last: int) -> str:
    """`17–19 January`, `30 January – 2 February`."""
    begin, end = day0 + timedelta(days=first), day0 + timedelta(days=last)
    if (begin.year, begin.month) == (end.year, end.month):
        return f"{begin.day}–{short_date(end, day0)}" if begin != end else short_date(end, day0)
    first_words = short_date(begin, begin) if begin.year == end.year else short_date(begin, day0)
    return f"{first_words} – {short_date(end, day0)}"


def _came_from(setting: str | None) -> str:
    return "where the patient came from is not recorded" if setting in (None, "unknown") else plain_value(setting)


def _planned_stay(sends: bool, intended: str | None, setting: str | None) -> str:
    if not sends:
        return _came_from(setting)
    return "planned stay not recorded" if intended is None else f"planned stay: {plain_value(intended)}"


def _indication_words(indication: str | None) -> str:
    if indication is None:
        return "indication not recorded"
    review = "; for review" if indication in ("traumatic", "other", "unknown") else ""
    return f"indication {plain_value(indication)}{review}"


def _sedation_words(sedation: str | None) -> str:
    return "sedation not recorded" if sedation is None else f"sedation {plain_value(sedation)}"


def _level_words(count: float | None) -> str:
    if count is None:
        return "level text missing or not readable"
    return "1 vertebra" if count == 1 else f"{int(count)} vertebrae"


def _baseline_words(baseline: float | None, days_before: float | None, performed_on: date) -> str:
    if baseline is None:
        return f"no score in the {read_timepoints().baseline.lookback_days} days before"
    asked = "undated" if days_before is None else f"on {on_day(performed_on, -days_before)}"
    return f"pain {plain_amount(baseline)} before ({asked})"


def _change_words(score: float | None, baseline: float | None) -> str:
    if score is None or baseline is None:
        return ""
    if score == baseline:
        return "unchanged"
    share = f" ({100 * abs(baseline - score) / baseline:.0f} %)" if baseline else ""
    return f"{'fell' if score < baseline else 'rose'} by {plain_amount(abs(baseline - score))}{share}"


def _early_score(score: float | None) -> str:
    return "no score 1 to 6 hours after the end" if score is None else f"pain {plain_amount(score)} 1 to 6 hours after"


def _leaving_words(disposition: str | None, day: float | None, performed_on: date) -> str:
    if disposition == "died":
        return "died before leaving the hospital"
    if day is None:
        return "day of leaving the hospital not recorded"
    place = "" if disposition in (None, "unknown") else f", to {plain_value(disposition)}"
    when = "on the day" if day == 0 else f"on {on_day(performed_on, day)}"
    return f"left {when}{'' if disposition == 'home' and day == 0 else place}"


def _ready_words(
    sends: bool, hours: float | None, out_of_range: bool, day: float | None, disposition: str | None
) -> str:
    if not sends:
        return "this sender does not record when patients are ready to go home"
    if hours is not None:
        return f"ready to go home {plain_amount(hours)} hours after the end"
    if out_of_range:
        return "the time until ready was zero, negative or above 24 hours and is not used"
    stayed = (day or 0) > 0 or disposition == "died"
    return f"no time of being ready{', and stayed' if stayed else ''}"


def _call_words(count: float | None, last: float | None, first: float | None, days: float | None) -> str:
    if count is None:
        return "no call before the procedure recorded"
    if days is None:
        return "called before the procedure, not reached"
    if last is None or first is None:
        return f"reached {int(days)} days before"
    hours = f"{last:.0f}" if round(last) == round(first) else f"{last:.0f} to {first:.0f}"
    return f"reached {hours} hours before"


def _visit_words(count: float | None, first: float | None, last: float | None) -> str:
    if count is None:
        return "no follow-up visit recorded"
    if first is None or last is None:
        return "did not attend a follow-up visit"
    return f"visit on day {int(first)}" if first == last else f"visits from day {int(first)} to day {int(last)}"


def _last_contact(when: date | None, performed_on: date) -> str:
    return "no later contact" if when is None else f"last reached on {short_date(when, performed_on)}"


def _activity_words(day: float | None, performed_on: date) -> str:
    if day is None:
        return "return to usual activity not recorded"
    return f"back to usual activity on {on_day(performed_on, day)} (day {int(day)})"


def _arrival_words(hours: float | None) -> str:
    return "arrival or start not recorded" if hours is None else f"arrived {plain_amount(hours)} hours before the start"


def _minutes_words(minutes: float | None) -> str:
    return "start or end not recorded" if minutes is None else f"{minutes:.0f} minutes from start to end"


def _stay_words(hours: float | None) -> str:
    return "end or time of leaving not recorded" if hours is None else f"left {plain_amount(hours)} hours after the end"


def _why_stayed(reason: str | None, day: float | None) -> str:
    if day == 0 and reason is None:
        return ""
    return "why the patient stayed is not recorded" if reason is None else f"reason for staying: {plain_value(reason)}"


def _delay_words(days: float | None) -> str:
    return (
        "came with the first delivery" if days is None else f"received {int(days)} day{'' if days == 1 else 's'} after"
    )


def _event_words(sends: bool, events: str | None) -> str:
    if not sends:
        return "this sender does not report complications" + (f"; reported all the same: {events}" if events else "")
    return events or "no event reported"


def _leak_words(sends: bool, events: str | None) -> str:
    return events or "no event reported" if sends else "this sender does not say whether leaks caused symptoms"


def _death_words(sends: bool, unknown: bool, died_on: date | None, day: float | None, performed_on: date) -> str:
    if unknown:
        return "died; the day is not known"
    if died_on is not None:
        later = "" if day is not None else ", counted for a later procedure"
        return f"died on {short_date(died_on, performed_on)}{later}"
    return "not known to have died" if sends else "this sender does not record deaths"


def _readmission_words(sends: bool, day: float | None, performed_on: date) -> str:
    if day is not None:
        return f"readmitted on {on_day(performed_on, day)} (day {int(day)})"
    return "no readmission recorded" if sends else "this sender does not record readmissions"


def _next_procedure_words(day: float | None, performed_on: date) -> str:
    return "not treated again" if day is None else f"treated again on {on_day(performed_on, day)}"


def _last_known(day: float | None) -> str:
    return "nothing known after the procedure" if day is None else f"last known on day {int(day)}"


def _linked_words(linked: bool) -> str:
    return "new fractures are linked to a register" if linked else ""


def _observed_words(days: float, as_of: date, performed_on: date) -> str:
    return f"records reach {int(days)} day{'' if days == 1 else 's'} after it, to {short_date(as_of, performed_on)}"


def _care_words(drug: str | None, performed_on: date, *days: float | None) -> str:
    told = ["not recorded" if day is None else on_day(performed_on, day) for day in days]
    steps = (f"{name} {when}" for name, when in zip(("bone density", "drug started", "referral"), told, strict=True))
    return "; ".join((*steps, f"osteoporosis drug {plain_value(drug or 'not recorded')}"))


LEAVING = Fact(("disposition", "discharge_day", "performed_on"), _leaving_words)
READY = Fact(
    ("sends_recovery", "recovery_hours", "recovery_out_of_range", "discharge_day", "disposition"), _ready_words
)
BASELINE = Fact(("baseline", "baseline_days_before", "performed_on"), _baseline_words)
CHANGE = Fact(("score", "baseline", "window_status"), lambda score, baseline, _: _change_words(score, baseline))
EVENTS = Fact(("sends_complications", "events"), _event_words)
LEAKS = Fact(("sends_leaks", "events"), _leak_words)
DEATH = Fact(("sends_deaths", "death_day_unknown", "died_on", "death_day", "performed_on"), _death_words)
READMISSION = Fact(("sends_readmissions", "readmission_day", "performed_on"), _readmission_words)
LEVELS = Fact(("level_count",), _level_words)
PLANNED = Fact(("sends_intended_stay", "intended_stay", "setting"), _planned_stay)
VISITS = Fact(("visit_count", "first_visit_day", "last_visit_day"), _visit_words)
CALLS = Fact(
    ("call_count", "reached_last_hours_before", "reached_first_hours_before", "reached_days_before"), _call_words
)
CARE_DAYS = ("bone_density_day", "osteoporosis_drug_day", "osteoporosis_referred_day")
CARE = Fact(("osteoporosis_drug", "performed_on", *CARE_DAYS), _care_words)
NOTHING = Fact((), lambda: "")

# What each field of a metric's SQL, or each view it draws on, says about a procedure.
FACTS: dict[str, Fact] = {
    **dict.fromkeys(("same_day_answers", "discharge_day", "disposition"), LEAVING),
    **dict.fromkeys(("intended_stay", "sends_intended_stay"), PLANNED),
    **dict.fromkeys(("baseline", "baseline_days_before"), BASELINE),
    **dict.fromkeys(("sends_leaks", "symptomatic_leak_day"), LEAKS),
    **dict.fromkeys(
        (
            "events_30_days",
            "complications",
            "sends_complications",
            "complication_day",
            "serious_complication_day",
            "new_fracture_day",
        ),
        EVENTS,
    ),
    **dict.fromkeys(("procedures", "weekday", "performed_on"), NOTHING),
    **dict.fromkeys(("ready_answers", "recovery_hours", "sends_recovery"), READY),
    **dict.fromkeys(("sends_readmissions", "readmission_day", "readmission_day_after_discharge"), READMISSION),
    **dict.fromkeys(("treated_levels", "level_count", "levels"), LEVELS),
    **dict.fromkeys(("sends_deaths", "death_day", "any_death_day"), DEATH),
    "pre_calls": CALLS,
    "follow_up_visits": VISITS,
    "osteoporosis_care": CARE,
    "contacts": Fact(("last_contact_on", "performed_on"), _last_contact),
    "setting": Fact(("setting",), _came_from),
    "indication": Fact(("indication",), _indication_words),
    "sedation": Fact(("sedation",), _sedation_words),
    "score_1_to_6_hours": Fact(("score_1_to_6_hours",), _early_score),
    "resumed_activity_day": Fact(("resumed_activity_day", "performed_on"), _activity_words),
    "arrival_hours_before": Fact(("arrival_hours_before",), _arrival_words),
    "procedure_minutes": Fact(("procedure_minutes",), _minutes_words),
    "stay_hours": Fact(("stay_hours",), _stay_words),
    "delay_reason": Fact(("delay_reason", "discharge_day"), _why_stayed),
    "registration_delay_days": Fact(("registration_delay_days",), _delay_words),
    "next_procedure_day": Fact(("next_procedure_day", "performed_on"), _next_procedure_words),
    "last_known_day": Fact(("last_known_day",), _last_known),
    "observed_days": Fact(("observed_days", "as_of", "performed_on"), _observed_words),
    "linked_new_fractures": Fact(("linked_new_fractures",), _linked_words),
}
