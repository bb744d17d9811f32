"""Rules of selection: which procedures meet them by documented facts, and which fact is missing where none can tell."""

from functools import lru_cache

import numpy as np
import pandas as pd
from pydantic import Field

from data.errors import UsageProblem
from data.field_dictionary import fact_fields
from data.settings import Setting, settings_in_force

FILE = "selection.toml"
OWN_FACTS = ("baseline", "age_years", "level_count")


class Condition(Setting):
    """What a fact must be: at least, at most, or one of some values."""

    least: float | None = None
    most: float | None = None
    values: tuple[str | bool, ...] = Field(default=(), alias="is")

    def holds_for(self, facts: pd.Series) -> np.ndarray:
        """Whether it holds for each procedure; false where the fact is missing."""
        held = facts.notna().to_numpy(bool)
        if self.values:
            held = held & facts.isin(self.values).to_numpy(bool)
        if self.least is not None:
            held = held & (facts.astype(float) >= self.least).to_numpy(bool)
        if self.most is not None:
            held = held & (facts.astype(float) <= self.most).to_numpy(bool)
        return held


class SelectionRule(Setting):
    """A rule: met when all conditions of one of its alternatives hold."""

    title: str = Field(min_length=1)
    source: str = Field(min_length=1)
    alternatives: tuple[dict[str, Condition], ...] = Field(alias="any", min_length=1)

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it asks for."""
        return tuple(dict.fromkeys(name for one in self.alternatives for name in one))


class Selection(Setting):
    """All rules, in order."""

    rule: tuple[SelectionRule, ...] = ()


@lru_cache
def known_facts() -> frozenset[str]:
    """What a rule may ask for."""
    return frozenset((*OWN_FACTS, *(one.fact for one in fact_fields() if one.table == "procedures")))


def read_rules() -> tuple[SelectionRule, ...]:
    """The rules in force. `UsageProblem` names a fact that does not exist."""
    rules = settings_in_force(FILE, Selection).rule
    for one in rules:
        for name in one.facts:
            if name not in known_facts():
                known = ", ".join(sorted(known_facts()))
                raise UsageProblem(f"{FILE}, {one.title}", f"there is no fact {name}", f"Choose one of {known}")
    return rules


def judge_rule(rule: SelectionRule, facts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """For each procedure whether it meets the rule, and whether its facts can tell.

    A missing fact of an alternative that otherwise holds leaves it open; one alternative that holds decides.
    """
    met = np.zeros(len(facts), dtype=bool)
    is_open = np.zeros(len(facts), dtype=bool)
    for alternative in rule.alternatives:
        held, may_hold = np.ones(len(facts), dtype=bool), np.ones(len(facts), dtype=bool)
        for name, condition in alternative.items():
            holds = condition.holds_for(facts[name])
            held = held & holds
            may_hold = may_hold & (holds | (facts[name].isna() | facts[name].eq("unknown")).to_numpy(bool))
        met = met | held
        is_open = is_open | may_hold
    return met, met | ~is_open
