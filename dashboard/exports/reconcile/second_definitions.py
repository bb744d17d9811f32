"""What each procedure answers to each metric, written a second time in pandas.

An answer is a number (1 = yes, 0 = no), NaN where it is not recorded. Category metrics give names, several joined by ;.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.exports.reconcile import populations as who
from dashboard.exports.reconcile.answer_rules import (
    QUESTIONNAIRES,
    Questionnaire,
    back_to_usual,
    compare_number,
    days_before,
    ends_of,
    home_ready,
    known_word,
    leaks_in_100,
    listed_values,
    nights_in_hospital,
    number_column,
    osteoporosis_care,
    readmitted_after_leaving,
    ready_within,
    relief_early,
    said_yes,
    serious_or_death,
    silent_leak,
    stayed_for_transport,
    took_place,
    was_called,
    was_visited,
    went_home,
    within_days,
    yes_no,
)
from dashboard.exports.reconcile.populations import Facts, is_observed


@dataclass(frozen=True)
class Told:
    """Why each procedure does not count (empty text = it counts), and what it answers."""

    exclusion: pd.Series
    answer: pd.Series


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
    "days_from_referral": (who.from_home, lambda facts: days_before(facts, "referred_day")),
    "days_from_imaging": (who.from_home, lambda facts: days_before(facts, "imaged_day")),
    "pain_during_procedure": (who.every_procedure, compare_number("pain_during", lambda pain: pain <= 3)),
    "bone_density_12_weeks": (who.twelve_weeks, lambda facts: osteoporosis_care(facts, is_decided=False)),
    "osteoporosis_closed_12_weeks": (who.twelve_weeks, lambda facts: osteoporosis_care(facts, is_decided=True)),
    "complication_kinds": (
        lambda facts: who.after_days(facts, 30),
        lambda facts: facts["event_kinds"].fillna("none").where(facts["sends_complications"]),
    ),
    "leak_without_symptoms": (lambda facts: who.after_days(facts, 30), silent_leak),
    "leaks_per_100_vertebrae": (lambda facts: who.after_days(facts, 30), leaks_in_100),
    "cement_per_vertebra": (
        who.every_procedure,
        lambda facts: facts["cement_ml"].astype(float) / facts["level_count"].astype(float),
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
    **dict.fromkeys(("complication_kinds", "leak_without_symptoms", "leaks_per_100_vertebrae"), ("complications",)),
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
    on_opioids, then = said_yes(facts["baseline_opioids"]), pain["opioids"]
    rated, happy = pain["change_rating"], pain["satisfaction"]
    in_window = {
        "much_improved": lambda: yes_no(rated.isin(["very_much_improved", "much_improved"]), known_word(rated)),
        "satisfied": lambda: yes_no(happy.isin(["very_satisfied", "satisfied"]), known_word(happy)),
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
    of_opioids = {
        "opioid_free": lambda: yes_no(~said_yes(then), then.notna()),
        "opioid_dose_change": lambda: pain["opioid_mme"].astype(float) - facts["baseline_opioid_mme"].astype(float),
    }
    if stem in of_opioids:
        return Told(who.closed_window(facts, pain).mask(~on_opioids, who.OUT), of_opioids[stem]())
    if (questionnaire := QUESTIONNAIRES.get(stem.rpartition("_")[0])) is not None:
        return _of_questionnaire(questionnaire, stem.endswith("_responders"), facts, pain)
    if stem == "relieved_alive":
        lost = pain["status"].isin(["died", "retreated"])
        return Told(who.all_responders(facts, pain), responding["responders_30"]().mask(lost, 0.0))
    return None


def _of_questionnaire(asked: Questionnaire, is_share: bool, facts: Facts, pain: pd.DataFrame) -> Told:
    """Change in a questionnaire, or whether it got better by enough; two forms of the RMDQ are never compared."""
    before, after = facts[f"baseline_{asked.field}"].astype(float), pain[asked.field].astype(float)
    counts = before.notna() & (asked.can_improve(before) if is_share else True)
    answer = yes_no(asked.is_better(before, after), after.notna()) if is_share else after - before
    if asked.field == "rmdq":
        forms = facts["baseline_rmdq_items"].astype(float), pain["rmdq_items"].astype(float)
        answer = answer.mask(forms[0].notna() & forms[1].notna() & (forms[0] != forms[1]))
    return Told(who.closed_window(facts, pain).mask(~counts, who.OUT), answer)


def strictly_within(facts: Facts, pain: pd.DataFrame) -> Told:
    """Of those asked within days 1 to 3, who was asked within 24 to 72 elapsed hours."""
    closed = pain["status"].isin(["recorded", "missing"])
    exclusion = pd.Series(np.where(closed, "", who.OUT), facts.index)
    return Told(exclusion, yes_no(pain["offset_hours"].between(24, 72), pain["offset_hours"].notna()))


__all__ = ["Told", "at_timepoint", "is_observed", "single_metric", "strictly_within"]
