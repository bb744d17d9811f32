"""What the records of a bundle make of each procedure, held against what the bundle says of it."""

from dataclasses import dataclass, field

import pandas as pd

from dashboard.exports.reconcile.bundle_files import Bundle
from dashboard.exports.reconcile.derived import ANSWERED, BY_PERSON, NOT_DERIVED, derive_outcomes
from dashboard.exports.reconcile.windows import ASKED, KEY, Windows, windows_of

TOLERANCE = 1e-6
SCORES = "a score that is used nowhere decides no figure: a change of one shows by the sha256 of its file alone"


@dataclass
class Recomputed:
    """`outcomes` by procedure and `pain_outcomes` as the records say; `as_given`: what they cannot say.

    `problems`: where the bundle says otherwise, never whose.
    """

    outcomes: pd.DataFrame
    pain_outcomes: pd.DataFrame
    problems: list[str] = field(default_factory=list)
    as_given: list[str] = field(default_factory=list)


def recompute_records(bundle: Bundle) -> Recomputed:
    """Assign the windows and derive the facts again; without dates, take them as they are."""
    outcomes = bundle.tables["outcomes"].set_index("procedure_id")
    made = Recomputed(outcomes, bundle.tables["pain_outcomes"], as_given=[SCORES])
    if not bundle.has_dates:
        made.as_given.append("windows and facts of each procedure: they need dates, and this profile holds none")
        _compare_used(bundle, made)
        return made
    windows = windows_of(bundle)
    facts = derive_outcomes(bundle, windows)
    unknown = outcomes.index.isin(windows.unknown)
    made.outcomes = outcomes.copy()
    for name in facts:
        ours = facts[name].reindex(outcomes.index)
        if name in BY_PERSON:
            as_given = unknown | outcomes.index.isin(windows.unsure) if name in ANSWERED else unknown
            ours = ours.where(~as_given, outcomes[name])
        _note_difference(made, f"outcomes.csv: {name}", _rows_differ(outcomes[name], ours))
        made.outcomes[name] = ours
    _compare_windows(made, windows)
    made.as_given.append(f"outcomes.csv, {NOT_DERIVED}")
    if len(windows.unknown):
        made.as_given.append(f"windows of {len(windows.unknown)} procedures of people treated also outside this choice")
    return made


def _compare_windows(made: Recomputed, found: Windows) -> None:
    windows, given = found.outcomes, made.pain_outcomes.set_index(KEY)
    ours = windows.reindex(given.index)
    procedures = given.index.get_level_values(0)
    for name in ("status", "baseline", "score", "offset_hours", *ASKED):
        as_given = procedures.isin(found.unknown) | (procedures.isin(found.unsure) if name in ASKED else False)
        ours[name] = ours[name].where(~as_given, given[name])
        _note_difference(made, f"pain_outcomes.csv: {name}", _rows_differ(given[name], ours[name]))
    missing = windows.index.difference(given.index)
    _note_difference(made, "pain_outcomes.csv: lacks a timepoint", pd.Series(True, missing))
    made.pain_outcomes = ours.reset_index()


def _compare_used(bundle: Bundle, made: Recomputed) -> None:
    """Without dates: whether each score used is the one that stands in the window."""
    used = bundle.tables["score_assignments"]
    used = used[used["reason"] == "used"].merge(bundle.tables["pain_scores"][["score_id", "score"]], on="score_id")
    pain = made.pain_outcomes.set_index(KEY)
    _note_difference(
        made, "pain_outcomes.csv: score", _rows_differ(pain["score"], used.set_index(KEY)["score"].reindex(pain.index))
    )
    before = used[used["timepoint"] == "baseline"].set_index("procedure_id")["score"]
    _note_difference(
        made, "outcomes.csv: baseline", _rows_differ(made.outcomes["baseline"], before.reindex(made.outcomes.index))
    )
    levels = bundle.tables["treated_levels"].groupby("procedure_id").size().reindex(made.outcomes.index)
    _note_difference(made, "outcomes.csv: level_count", _rows_differ(made.outcomes["level_count"], levels))


def _note_difference(made: Recomputed, what: str, differ: pd.Series) -> None:
    if differ.any():
        made.problems.append(f"{what} is not what the records say in {int(differ.sum())} rows")


def _rows_differ(given: pd.Series, ours: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(given) and not pd.api.types.is_bool_dtype(given):
        apart = (given.astype(float) - ours.astype(float)).abs() > TOLERANCE
    else:
        apart = given.notna() & ours.notna() & (given.astype(str) != ours.astype(str))
    return apart | (given.notna() != ours.notna())
