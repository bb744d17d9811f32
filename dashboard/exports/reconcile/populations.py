"""Who counts: for each procedure why it does not, in the words of exclusions.csv. Empty text = it counts."""

from typing import TypeAlias

import pandas as pd

OUT = "not_in_population"
HOME = ("outpatient", "admitted_for_procedure")
Facts: TypeAlias = pd.DataFrame


def first_of(facts: Facts, *rules: tuple[str, pd.Series]) -> pd.Series:
    """The first rule that holds for each procedure."""
    told = pd.Series("", index=facts.index)
    for name, holds in rules:
        told = told.mask(told.eq("") & holds.fillna(False).astype(bool), name)
    return told


def is_observed(facts: Facts, days: int) -> pd.Series:
    """Whether records reach so many days after the procedure; without dates the bundle tells it in steps."""
    return facts["observed_days" if "observed_days" in facts else "observed_band"] >= days


def _observed_after_leaving(facts: Facts, days: int) -> pd.Series:
    if "observed_days" in facts:
        return facts["observed_days"] >= facts["discharge_day"].fillna(0) + days
    return facts[f"observed_{days}_days_after_leaving"]


def every_procedure(facts: Facts) -> pd.Series:
    """Every procedure."""
    return first_of(facts)


def after_first_delivery(facts: Facts) -> pd.Series:
    """Received after the first delivery of its source."""
    return first_of(facts, (OUT, facts["registration_delay_days"].isna()))


def from_home(facts: Facts) -> pd.Series:
    """Outpatients and those admitted for the procedure."""
    return first_of(facts, ("setting", ~facts["setting"].isin(HOME)))


def single_level(facts: Facts) -> pd.Series:
    """One vertebra, from home."""
    return first_of(facts, (OUT, facts["level_count"].fillna(0) != 1), ("setting", ~facts["setting"].isin(HOME)))


def day_cases(facts: Facts) -> pd.Series:
    """Planned as day case; without plans, outpatients."""
    planned = facts["sends_intended_stay"] & (facts["intended_stay"] == "day_case")
    without_plans = ~facts["sends_intended_stay"] & (facts["setting"] == "outpatient")
    return first_of(facts, ("setting", ~(planned | without_plans)))


def after_days(facts: Facts, days: int) -> pd.Series:
    """Records reach so far."""
    return first_of(facts, ("not_due", ~is_observed(facts, days)))


def alive_after_days(facts: Facts, days: int) -> pd.Series:
    """Records reach so far, and the patient lived."""
    return first_of(facts, ("not_due", ~is_observed(facts, days)), ("died", facts["death_day"] <= days))


def twelve_weeks(facts: Facts) -> pd.Series:
    """An osteoporotic fracture; records reach 84 days, alive and not treated again by then."""
    rules = [
        ("not_due", ~is_observed(facts, 84)),
        ("retreated", facts["next_procedure_day"] <= 84),
        ("died", facts["death_day"] <= 84),
    ]
    return first_of(facts, (OUT, facts["indication"] != "osteoporotic"), *rules)


def left_alive(facts: Facts, days: int, among: pd.Series) -> pd.Series:
    """Of those who count `among` others: left alive, and records reach so far after that."""
    rules = [("died", facts["disposition"] == "died"), ("not_due", ~_observed_after_leaving(facts, days))]
    return first_of(facts, ("setting", among != ""), *rules)


def visit_due(facts: Facts, home_only: bool) -> pd.Series:
    """More than 14 days ago, not treated again and alive by then."""
    rules = [
        ("not_due", ~is_observed(facts, 15)),
        ("retreated", facts["next_procedure_day"] <= 14),
        ("died", facts["death_day"] <= 14),
    ]
    return first_of(facts, *([("setting", ~facts["setting"].isin(HOME))] if home_only else []), *rules)


def early_relief(facts: Facts) -> pd.Series:
    """From home, with pain of 4 or more before."""
    return first_of(facts, ("setting", ~facts["setting"].isin(HOME)), *_weak_baseline(facts["baseline"]))


def closed_window(facts: Facts, pain: pd.DataFrame) -> pd.Series:
    """`pain`: the rows of pain_outcomes at one timepoint, by procedure."""
    return first_of(facts, *_unanswerable_reasons(pain))


def possible_responders(facts: Facts, pain: pd.DataFrame) -> pd.Series:
    """The window closed, and pain of 4 or more before."""
    return first_of(facts, *_unanswerable_reasons(pain), *_weak_baseline(pain["baseline"]))


def all_responders(facts: Facts, pain: pd.DataFrame) -> pd.Series:
    """The same, with the dead and the treated again."""
    return first_of(facts, ("not_due", pain["status"] == "not_due"), *_weak_baseline(pain["baseline"]))


def _unanswerable_reasons(pain: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    return [(status, pain["status"] == status) for status in ("not_due", "died", "retreated")]


def _weak_baseline(baseline: pd.Series) -> list[tuple[str, pd.Series]]:
    return [("baseline_missing", baseline.isna()), ("baseline_below_4", baseline < 4)]
