"""What each procedure answers to each metric, written a second time in pandas.

An answer is a number (1 = yes, 0 = no), NaN where it is not recorded. Category metrics give names, several joined by ;.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.exports.reconcile import populations as who
from dashboard.exports.reconcile.populations import Facts, is_observed

NAN = float("nan")


@dataclass(frozen=True)
class Told:
    """Why each procedure does not count (empty text = it counts), and what it answers."""

    exclusion: pd.Series
    answer: pd.Series


def yes_no(condition: pd.Series, known: pd.Series | bool = True) -> pd.Series:
    """1 and 0 where known, NaN elsewhere; a condition on a missing number is not known unless `known` says so."""
    answer = condition.fillna(False).astype(float)
    return answer.where(known, NAN) if isinstance(known, pd.Series) else answer


def within_days(days: pd.Series, last: int, sent: pd.Series) -> pd.Series:
    """An event by a day; no day = no event, where the sender sends such events."""
    return yes_no(days <= last, sent)


def ends_of(facts: Facts, event: pd.Series) -> pd.Series:
    """How the time until an event ended, and on which day: `event 120`, `competing 30`, `left 14`."""
    event, death = event.astype(float), facts["any_death_day"].astype(float)
    ended = pd.Series("left", facts.index).mask(death.notna(), "competing").mask(event <= death.fillna(np.inf), "event")
    day = facts["last_known_day"].astype(float).fillna(0).mask(death.notna(), death).mask(ended == "event", event)
    return ended + day.map(" {:g}".format)


def went_home(facts: Facts) -> pd.Series:
    died = facts["disposition"] == "died"
    home = (facts["discharge_day"] == 0) & ~died & (facts["disposition"] != "other_hospital")
    return yes_no(home, facts["discharge_day"].notna() | died)


def ready_within(facts: Facts, hours: int) -> pd.Series:
    time = facts["recovery_hours"].where(facts["sends_recovery"])
    stayed = (facts["discharge_day"] > 0) | (facts["disposition"] == "died")
    return yes_no(time <= hours, time.notna() | (facts["sends_recovery"] & stayed.fillna(False)))


def home_ready(facts: Facts) -> pd.Series:
    time = facts["recovery_hours"].where(facts["sends_recovery"])
    died, moved = facts["disposition"] == "died", facts["disposition"] == "other_hospital"
    quick = (facts["stay_hours"] <= 6).fillna(False) & ~moved
    may_have_been_ready = facts["delay_reason"].isin(["no_transport", "social", "late_finish"])
    stayed = (facts["discharge_day"] > 0).fillna(False) & ~moved & ~may_have_been_ready
    known = time.notna() | died | quick | stayed
    return yes_no((time <= 6) | (time.isna() & quick & ~died), known)


def back_to_usual(facts: Facts) -> pd.Series:
    day = facts["resumed_activity_day"]
    return yes_no(day.between(1, 14), (day >= 1) | (day.isna() & (facts["last_contact_day"] > 14)))


def was_visited(facts: Facts, first: int, last: int) -> pd.Series:
    """`visit_days` holds the days of visits attended; `visit_count` counts missed ones too."""
    came = facts["visit_days"].map(lambda days: any(first <= day <= last for day in days))
    return yes_no(came, facts["visit_count"] > 0)


def was_called(facts: Facts, name: str) -> pd.Series:
    return yes_no(facts[name], facts["call_count"] > 0)


def took_place(facts: Facts, name: str) -> pd.Series:
    """A kind of contact: whether one took place (`<name>_done`), where any is recorded (`<name>_count`)."""
    return yes_no(facts[f"{name}_done"], facts[f"{name}_count"] > 0)


def stayed_for_transport(facts: Facts) -> pd.Series:
    home, reason = went_home(facts), facts["delay_reason"]
    known = (home == 1) | ((home == 0) & reason.notna() & (reason != "unknown"))
    return yes_no((home == 0) & (reason == "no_transport"), known)


def serious_or_death(facts: Facts) -> pd.Series:
    happened = (facts["serious_complication_day"] <= 30) | (facts["death_day"] <= 30)
    return yes_no(happened, facts["sends_complications"] & facts["sends_deaths"])


def readmitted_after_leaving(facts: Facts, days: int) -> pd.Series:
    known = facts["sends_readmissions"] & facts["discharge_day"].notna()
    return yes_no(facts["readmission_day_after_discharge"].between(0, days), known)


def number_column(name: str) -> Callable[[Facts], pd.Series]:
    return lambda facts: facts[name].astype(float)


def compare_number(name: str, condition: Callable[[pd.Series], pd.Series]) -> Callable[[Facts], pd.Series]:
    """A condition on a number, known where the number is."""
    return lambda facts: yes_no(condition(facts[name]), facts[name].notna())


def listed_values(name: str, yes: tuple[str, ...], no: tuple[str, ...]) -> Callable[[Facts], pd.Series]:
    return lambda facts: yes_no(facts[name].isin(yes), facts[name].isin([*yes, *no]))


def nights_in_hospital(facts: Facts) -> pd.Series:
    day = facts["discharge_day"].where(facts["disposition"] != "died")
    return day.map(lambda one: None if pd.isna(one) else str(int(one)))


def relief_early(facts: Facts) -> pd.Series:
    before, after = facts["baseline"], facts["score_1_to_6_hours"]
    return yes_no(10 * (before - after) >= 3 * before, before.notna() & after.notna())


Rule = tuple[Callable[[Facts], pd.Series], Callable[[Facts], pd.Series]]
GOOD_REASONS = ("osteoporotic", "metastasis", "myeloma", "haemangioma")
SINGLE: dict[str, Rule] = {
    "procedures": (who.every_procedure, lambda facts: pd.Series(1.0, facts.index)),
    "levels_per_procedure": (who.every_procedure, lambda facts: facts["levels"]),
    "mean_levels": (who.every_procedure, number_column("level_count")),
    "multi_level": (who.every_procedure, compare_number("level_count", lambda count: count >= 2)),
    "more_than_3_levels": (who.every_procedure, compare_number("level_count", lambda count: count > 3)),
    "treated_vertebra": (who.every_procedure, lambda facts: facts["vertebrae"]),
    "accepted_indication": (who.every_procedure, listed_values("indication", GOOD_REASONS, ("disc_disease",))),
    "light_sedation": (who.every_procedure, listed_values("sedation", ("local", "moderate"), ("deep", "general"))),
    "baseline_5_or_more": (who.every_procedure, compare_number("baseline", lambda pain: pain >= 5)),
    "baseline_older_than_7_days": (who.every_procedure, compare_number("baseline_days_before", lambda days: days > 7)),
    "pain_score_baseline": (who.every_procedure, number_column("baseline")),
    "recorded_baseline": (who.every_procedure, lambda facts: yes_no(facts["baseline"].notna())),
    "registration_delay_days": (who.after_first_delivery, number_column("registration_delay_days")),
    "arrive_2_to_4_hours_before": (
        who.from_home,
        compare_number("arrival_hours_before", lambda hours: hours.between(2, 4)),
    ),
    "procedure_minutes": (who.from_home, number_column("procedure_minutes")),
    "procedure_within_60_minutes": (
        who.single_level,
        compare_number("procedure_minutes", lambda minutes: minutes <= 60),
    ),
    "procedure_45_to_75_minutes": (
        who.single_level,
        compare_number("procedure_minutes", lambda minutes: minutes.between(45, 75)),
    ),
    "recovery_hours": (who.from_home, number_column("recovery_hours")),
    "stay_hours": (who.from_home, number_column("stay_hours")),
    "ready_within_6_hours_recorded": (who.from_home, compare_number("recovery_hours", lambda hours: hours <= 6)),
    "home_ready_within_6_hours": (who.day_cases, home_ready),
    "recovered_within_6_hours": (who.from_home, lambda facts: ready_within(facts, 6)),
    "recovered_within_4_hours": (who.from_home, lambda facts: ready_within(facts, 4)),
    "relief_within_6_hours": (who.early_relief, relief_early),
    "back_to_usual_activity_14_days": (who.from_home, back_to_usual),
    "days_to_usual_activity": (
        who.from_home,
        lambda facts: facts["resumed_activity_day"].where(facts["resumed_activity_day"] >= 0),
    ),
    "day_case_completed": (who.day_cases, went_home),
    "same_day_discharge": (who.from_home, went_home),
    "nights_in_hospital": (who.from_home, nights_in_hospital),
    "returned_within_7_days": (
        lambda facts: who.left_alive(facts, 7, who.day_cases(facts)),
        lambda facts: readmitted_after_leaving(facts, 7),
    ),
    "readmitted_30_days_of_discharge": (
        lambda facts: who.left_alive(facts, 30, who.from_home(facts)),
        lambda facts: readmitted_after_leaving(facts, 30),
    ),
    "pre_call_24_48_hours": (who.from_home, lambda facts: was_called(facts, "called_24_48_hours")),
    "pre_call_one_or_two_days_before": (who.from_home, lambda facts: was_called(facts, "called_one_or_two_days")),
    "consultation_before": (who.from_home, lambda facts: took_place(facts, "consultation")),
    "advice_given": (who.from_home, lambda facts: took_place(facts, "advice_given")),
    "stayed_for_no_transport": (who.day_cases, stayed_for_transport),
    "follow_up_visit_within_14_days": (
        lambda facts: who.visit_due(facts, home_only=False),
        lambda facts: was_visited(facts, 1, 14),
    ),
    "follow_up_visit_week_1_to_2": (
        lambda facts: who.visit_due(facts, home_only=True),
        lambda facts: was_visited(facts, 7, 14),
    ),
    "repeat_procedure_90_days": (
        lambda facts: who.alive_after_days(facts, 90),
        lambda facts: yes_no(facts["next_procedure_day"] <= 90),
    ),
    "repeat_procedure_12_months": (
        lambda facts: who.alive_after_days(facts, 365),
        lambda facts: yes_no(facts["next_procedure_day"] <= 365),
    ),
}
# Safety: an event within so many days, where the sender sends such events.
EVENTS = {
    "any_complication": ("complication_day", 30, "sends_complications"),
    "serious_complication": ("serious_complication_day", 30, "sends_complications"),
    "symptomatic_leak": ("symptomatic_leak_day", 30, "sends_leaks"),
    "died_30_days": ("death_day", 30, "sends_deaths"),
    "readmitted_30_days": ("readmission_day", 30, "sends_readmissions"),
    "new_fracture_12_months": ("new_fracture_day", 365, "sends_complications"),
}
# The kinds of record that a figure of events counts: where all are linked to a register, everyone would be heard of.
HEARD_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("any_complication", "serious_complication", "symptomatic_leak"), ("complications",)),
    "died_30_days": ("deaths",),
    "serious_or_death_30_days": ("complications", "deaths"),
    **dict.fromkeys(("readmitted_30_days", "readmitted_30_days_of_discharge"), ("readmissions",)),
    "new_fracture_12_months": ("new_fractures",),
    "new_fracture_cumulative_incidence_12_months": ("new_fractures",),
    "repeat_procedure_cumulative_incidence_12_months": (),
}
FOLLOWED = {"followed_up": (21, 30), "followed_up_12_months": (300, 365)}


def heard_of(name: str, facts: Facts) -> Told | None:
    """Of whom an event would be heard; None for a metric that is not about events."""
    if name not in HEARD_BY:
        return None
    told = single_metric("followed_up_12_months" if name.endswith("_12_months") else "followed_up", facts)
    linked = facts[[f"linked_{kind}" for kind in HEARD_BY[name]]].all(axis=1) & bool(HEARD_BY[name])
    return told and Told(told.exclusion, told.answer.mask(linked, 1.0))


def single_metric(name: str, facts: Facts) -> Told | None:
    """A metric that is not made per timepoint; None when it has no second definition here."""
    if name in SINGLE:
        counts, answers = SINGLE[name]
        return Told(counts(facts), answers(facts))
    if name in EVENTS:
        day, last, sent = EVENTS[name]
        return Told(who.after_days(facts, last), within_days(facts[day], last, facts[sent]))
    if name in FOLLOWED:
        first, days = FOLLOWED[name]
        return Told(
            who.after_days(facts, days), yes_no(facts["last_known_day"].ge(first) | facts["any_death_day"].ge(0))
        )
    if name == "new_fracture_cumulative_incidence_12_months":
        # A register knows of everyone for as long as records reach: 365 days for all who count.
        known = facts.assign(
            last_known_day=facts["last_known_day"].astype(float).mask(facts["linked_new_fractures"], 365)
        )
        ends = ends_of(known, facts["new_fracture_day"]).where(facts["sends_complications"])
        return Told(who.after_days(facts, 365), ends)
    if name == "repeat_procedure_cumulative_incidence_12_months":
        return Told(who.after_days(facts, 365), ends_of(facts, facts["next_procedure_day"]))
    if name == "serious_or_death_30_days":
        return Told(who.after_days(facts, 30), serious_or_death(facts))
    if name == "not_same_day_reason":
        home = went_home(facts)
        stayed = who.from_home(facts).mask(who.from_home(facts).eq("") & (home != 0), who.OUT)
        return Told(stayed, facts["delay_reason"])
    return None


def at_timepoint(stem: str, facts: Facts, pain: pd.DataFrame) -> Told | None:
    """A metric of one timepoint; `pain` are its rows of pain_outcomes, by procedure."""
    before, after = pain["baseline"].astype(float), pain["score"].astype(float)
    paired = before.notna() & after.notna()
    in_window = {
        "pain_score": lambda: after,
        "pain_change": lambda: after - before,
        "mild_pain": lambda: yes_no(after <= 3, after.notna()),
        "comfortable_or_improving": lambda: yes_no(((after <= 3) & (after <= before)) | (before - after >= 2), paired),
        "worse": lambda: yes_no(after - before >= 2, paired),
        "no_better": lambda: yes_no(before - after < 1, paired),
        "recorded": lambda: yes_no(after.notna()),
        "paired": lambda: yes_no(paired),
    }
    responding = {
        "responders_30": lambda: yes_no(10 * (before - after) >= 3 * before, paired),
        "responders_50": lambda: yes_no(2 * (before - after) >= before, paired),
        "responders_2_points": lambda: yes_no(before - after >= 2, paired),
    }
    if stem in in_window:
        return Told(who.closed_window(facts, pain), in_window[stem]())
    if stem in responding:
        return Told(who.possible_responders(facts, pain), responding[stem]())
    if stem == "relieved_alive":
        lost = pain["status"].isin(["died", "retreated"])
        return Told(who.all_responders(facts, pain), responding["responders_30"]().mask(lost, 0.0))
    return None


def strictly_within(facts: Facts, pain: pd.DataFrame) -> Told:
    """Of those asked within days 1 to 3, who was asked within 24 to 72 elapsed hours."""
    closed = pain["status"].isin(["recorded", "missing"])
    exclusion = pd.Series(np.where(closed, "", who.OUT), facts.index)
    return Told(exclusion, yes_no(pain["offset_hours"].between(24, 72), pain["offset_hours"].notna()))


__all__ = ["Told", "at_timepoint", "is_observed", "single_metric", "strictly_within"]
