"""Who is selected: how many procedures meet each rule by documented facts, and which facts are missing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.access.rights import requires
from dashboard.text import phrases
from dashboard.text.theme import percent_text
from dashboard.view.reader_view import View, warehouse_of
from dashboard.widgets import tables
from dashboard.widgets.panels import open_panel
from queries.catalogue.selection_rules import SelectionRule, judge_rule, read_rules
from queries.explain.facts import fact_title
from queries.explain.record_quality import selection_facts
from queries.figures.cohort import read_cohort
from queries.figures.gates import FEWEST
from queries.statistics.intervals import wilson

PERCENT = 100
MANY_LEVELS = "more_than_3_levels"
ABOUT = (
    "A rule says what is documented, not whether a patient was rightly treated: a missing fact is no broken rule. The "
    "rules stand in `data/settings/selection.toml` and can be the department's own."
)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A rule: procedures that meet it, those whose facts can tell, all; and in how many each fact is missing."""

    rule: SelectionRule
    met: int
    documented: int
    procedures: int
    missing: tuple[tuple[str, int], ...]


@requires("rows")
def judge_selection(view: View) -> tuple[Judged, ...]:
    """Every rule over the procedures that the view shows."""
    warehouse = warehouse_of(view)
    facts = selection_facts(warehouse)[read_cohort(warehouse).chosen(view.filters)]
    found = []
    for rule in read_rules():
        met, documented = judge_rule(rule, facts)
        undecided = facts[~documented]
        missing = [(fact_title(name), int(undecided[name].isna().sum())) for name in rule.facts]
        found.append(
            Judged(
                rule=rule,
                met=int(np.sum(met)),
                documented=int(np.sum(documented)),
                procedures=len(facts),
                missing=tuple((name, count) for name, count in missing if count),
            )
        )
    return tuple(found)


def selection_panel(view: View) -> None:
    """The rules in a table, and a flag where more than three levels were treated, when opened."""
    if not view.reader.has("rows"):
        return
    if inside := open_panel("Who is selected, by documented rules", "selection"):
        with inside:
            st.write(ABOUT)
            tables.text_table(rule_table(judge_selection(view)))
            many = view.figure(MANY_LEVELS)
            if many["numerator"]:
                counts = phrases.count_of(many["numerator"], many["recorded"])
                st.write(f"◆ More than 3 levels in one session: {counts}. Payers ask for a reason.")


def rule_table(judged: Sequence[Judged]) -> pd.DataFrame:
    """One row a rule."""
    rows = []
    for one in judged:
        rate = ""
        if one.documented >= FEWEST:
            low, high = (PERCENT * float(end) for end in wilson(one.met, one.documented))
            rate = f" ({percent_text(PERCENT * one.met / one.documented)}; {low:.0f}–{high:.0f} %)"
        counts = f"{phrases.count_of(one.met, one.documented)}{rate}" if one.documented else "not recorded"
        rows.append(
            {
                "rule": one.rule.title,
                "met, of those documented": counts,
                "documented": phrases.count_of(one.documented, one.procedures),
                "missing": "; ".join(f"{name} {count:,}" for name, count in one.missing),
                "from": one.rule.source,
            }
        )
    return pd.DataFrame(rows)
