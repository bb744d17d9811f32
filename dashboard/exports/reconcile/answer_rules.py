"""What procedures answer, in pandas: the small rules of which the second definitions are made.

An answer is a number (1 = yes, 0 = no), NaN where it is not recorded.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.exports.reconcile.populations import Facts

NAN = float("nan")


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
    """Left for home on the day of the procedure."""
    died = facts["disposition"] == "died"
    home = (facts["discharge_day"] == 0) & ~died & (facts["disposition"] != "other_hospital")
    return yes_no(home, facts["discharge_day"].notna() | died)


def ready_within(facts: Facts, hours: int) -> pd.Series:
    """Ready to go home within so many hours; who stayed without a time was not."""
    time = facts["recovery_hours"].where(facts["sends_recovery"])
    stayed = (facts["discharge_day"] > 0) | (facts["disposition"] == "died")
    return yes_no(time <= hours, time.notna() | (facts["sends_recovery"] & stayed.fillna(False)))


def home_ready(facts: Facts) -> pd.Series:
    """Ready to go home within 6 hours, by the recorded time, else by when the patient left."""
    time = facts["recovery_hours"].where(facts["sends_recovery"])
    died, moved = facts["disposition"] == "died", facts["disposition"] == "other_hospital"
    quick = (facts["stay_hours"] <= 6).fillna(False) & ~moved
    may_have_been_ready = facts["delay_reason"].isin(["no_transport", "social", "late_finish"])
    stayed = (facts["discharge_day"] > 0).fillna(False) & ~moved & ~may_have_been_ready
    known = time.notna() | died | quick | stayed
    return yes_no((time <= 6) | (time.isna() & quick & ~died), known)


def back_to_usual(facts: Facts) -> pd.Series:
    """Back to usual activity on day 1 to 14."""
    day = facts["resumed_activity_day"]
    return yes_no(day.between(1, 14), (day >= 1) | (day.isna() & (facts["last_contact_day"] > 14)))


def was_visited(facts: Facts, first: int, last: int) -> pd.Series:
    """`visit_days` holds the days of visits attended; `visit_count` counts missed ones too."""
    came = facts["visit_days"].map(lambda days: any(first <= day <= last for day in days))
    return yes_no(came, facts["visit_count"] > 0)


def was_called(facts: Facts, name: str) -> pd.Series:
    """A call of this kind reached the patient, where any call is recorded."""
    return yes_no(facts[name], facts["call_count"] > 0)


def took_place(facts: Facts, name: str) -> pd.Series:
    """A kind of contact: whether one took place (`<name>_done`), where any is recorded (`<name>_count`)."""
    return yes_no(facts[f"{name}_done"], facts[f"{name}_count"] > 0)


def stayed_for_transport(facts: Facts) -> pd.Series:
    """Stayed for want of transport, where it is known why."""
    home, reason = went_home(facts), facts["delay_reason"]
    known = (home == 1) | ((home == 0) & reason.notna() & (reason != "unknown"))
    return yes_no((home == 0) & (reason == "no_transport"), known)


def serious_or_death(facts: Facts) -> pd.Series:
    """A serious event or death by day 30, where both are sent."""
    happened = (facts["serious_complication_day"] <= 30) | (facts["death_day"] <= 30)
    return yes_no(happened, facts["sends_complications"] & facts["sends_deaths"])


def readmitted_after_leaving(facts: Facts, days: int) -> pd.Series:
    """Readmitted within so many days of leaving."""
    known = facts["sends_readmissions"] & facts["discharge_day"].notna()
    return yes_no(facts["readmission_day_after_discharge"].between(0, days), known)


def number_column(name: str) -> Callable[[Facts], pd.Series]:
    """A column as it stands."""
    return lambda facts: facts[name].astype(float)


def compare_number(name: str, condition: Callable[[pd.Series], pd.Series]) -> Callable[[Facts], pd.Series]:
    """A condition on a number, known where the number is."""
    return lambda facts: yes_no(condition(facts[name]), facts[name].notna())


def known_word(words: pd.Series) -> pd.Series:
    """Where a word of the list is said."""
    return words.notna() & (words != "unknown")


def said_yes(flags: pd.Series) -> pd.Series:
    """Where a flag says yes, as text or as a value."""
    return flags.isin([True, "true", "True"])


def days_before(facts: Facts, name: str) -> pd.Series:
    """How many days before the procedure; a day after it is not known."""
    day = facts[name].astype(float)
    return -day.where(day <= 0)


def osteoporosis_care(facts: Facts, is_decided: bool) -> pd.Series:
    """Bone density of the year before to day 84; with `is_decided` also a decision on treatment by then."""
    density, drug = facts["bone_density_day"].astype(float), facts["osteoporosis_drug"]
    started, referred = facts["osteoporosis_drug_day"].astype(float), facts["osteoporosis_referred_day"].astype(float)
    known = density.notna() | (drug.notna() & (drug != "unknown")) | started.notna() | referred.notna()
    decided = drug.isin(["already_taken", "declined", "not_indicated"]) | (started <= 84) | (referred <= 84)
    decided |= (drug == "started") & started.isna()
    return yes_no(density.between(-365, 84) & (decided | (not is_decided)), known)


def silent_leak(facts: Facts) -> pd.Series:
    """A leak that caused no symptoms; not known where only leaks are reported of which nothing is said."""
    kinds = facts["event_kinds"].fillna("").str.split(";")
    silent = kinds.map(lambda names: "leak_without_symptoms" in names)
    unsaid = kinds.map(lambda names: "leak_symptoms_not_said" in names)
    return yes_no(silent, facts["sends_leaks"] & (silent | ~unsaid))


def leaks_in_100(facts: Facts) -> pd.Series:
    """Vertebrae with a leak, of 100 treated in the procedure; never more than were treated."""
    treated = facts["level_count"].astype(float)
    return (100 * facts["leaked_vertebrae"].clip(upper=treated) / treated).where(facts["sends_leaks"])


def listed_values(name: str, yes: tuple[str, ...], no: tuple[str, ...]) -> Callable[[Facts], pd.Series]:
    """Yes for some values, no for others; not known for the rest."""
    return lambda facts: yes_no(facts[name].isin(yes), facts[name].isin([*yes, *no]))


def nights_in_hospital(facts: Facts) -> pd.Series:
    """Nights until leaving, as text; not of those who died before."""
    day = facts["discharge_day"].where(facts["disposition"] != "died")
    return day.map(lambda one: None if pd.isna(one) else str(int(one)))


def relief_early(facts: Facts) -> pd.Series:
    """Pain fell by 30 % within hours."""
    before, after = facts["baseline"], facts["score_1_to_6_hours"]
    return yes_no(10 * (before - after) >= 3 * before, before.notna() & after.notna())


@dataclass(frozen=True)
class Questionnaire:
    """A score of function: its column, whose score before leaves room to improve, and what is better by enough."""

    field: str
    can_improve: Callable[[pd.Series], pd.Series]
    is_better: Callable[[pd.Series, pd.Series], pd.Series]


def _lower_by_30(before: pd.Series, after: pd.Series) -> pd.Series:
    return (before - after) * 10 >= before * 3 - TINY


# Sums of decimals are not exact here.
TINY = 1e-9
QUESTIONNAIRES = {
    "rmdq": Questionnaire("rmdq", lambda before: before >= 4, _lower_by_30),
    "odi": Questionnaire("odi", lambda before: before >= 10, _lower_by_30),
    "eq5d": Questionnaire(
        "eq5d_index", lambda before: before <= 0.92, lambda before, after: after - before >= 0.08 - TINY
    ),
}
