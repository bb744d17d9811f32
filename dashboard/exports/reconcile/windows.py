"""Timepoints once more, in pandas: which score serves which window of which procedure, from scores and procedures.

What a bundle does not hold is taken as it stands in score_assignments.csv: undated scores, on the day of the procedure
the sender's word for before and after, and which of two scores wins that only the sender's own number or time of
correction tells apart. What else was answered is then taken as it stands in pain_outcomes.csv.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.exports.reconcile.bundle_files import Bundle
from data.field_dictionary import read_fields

CONTEXTS = ("rest", "average_24h", "activity", "worst", "unspecified")
HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)
KEY = ["procedure_id", "timepoint"]
# What else was asked.
ASKED = [one.name for one in read_fields()["pain_scores"].fields if one.windows]


@dataclass(frozen=True)
class Windows:
    """`outcomes`: pain_outcomes as it should be, by procedure and timepoint. `dated`: scores beside their procedures.

    `unknown`: procedures of people who have others outside this bundle, so that their scores cannot be placed;
    `unsure`: those of whose other answers the bundle does not tell which one stands at a timepoint.
    """

    outcomes: pd.DataFrame
    dated: pd.DataFrame
    baselines: pd.DataFrame
    unknown: pd.Index
    unsure: pd.Index


def procedures_of(bundle: Bundle) -> pd.DataFrame:
    """Procedures by key with times as times, `as_of`, the day of the person's next one and of death beside them."""
    rows = bundle.tables["procedures"].set_index("procedure_id").sort_values(["patient_key", "sequence_no"])
    for name in [name for name in rows if name.endswith(("_at", "_on"))]:
        rows[name] = pd.to_datetime(rows[name])
    rows["as_of"] = pd.to_datetime(bundle.tables["outcomes"].set_index("procedure_id")["as_of"])
    rows["next_on"] = rows.groupby("patient_key")["performed_on"].shift(-1)
    rows["died_on"] = rows["patient_key"].map(
        pd.to_datetime(bundle.tables["patients"].set_index("patient_key")["died_on"])
    )
    left_dead = rows["discharged_on"].where(rows["disposition"] == "died")
    rows["died_on"] = rows["died_on"].fillna(left_dead.groupby(rows["patient_key"]).transform("max"))
    return rows


def people_in_part(bundle: Bundle, procedures: pd.DataFrame) -> pd.Index:
    """Procedures of people some of whose procedures are not in the bundle."""
    people = procedures.groupby("patient_key")["sequence_no"]
    goes_on = bundle.tables["outcomes"].set_index("procedure_id")["next_procedure_day"].notna()
    last = goes_on.reindex(procedures.groupby("patient_key").tail(1).index)
    more = set(procedures.loc[last[last].index, "patient_key"])
    gaps = people.max() != people.size()
    return procedures.index[procedures["patient_key"].isin(more | set(gaps[gaps].index))]


def windows_of(bundle: Bundle) -> Windows:
    """Assign every dated score of the bundle anew."""
    procedures = procedures_of(bundle)
    settings = bundle.manifest["timepoints"]
    given = bundle.tables["score_assignments"]
    placed = _place_scores(bundle.tables["pain_scores"], procedures, given)
    dated = placed[placed["score"].notna()]
    before = dated[(dated["role"] == "before") & (dated["offset_days"] >= -settings["lookback_days"])]
    undated = _undated_scores(bundle, given)
    baselines = _first_scores(before, ["measured_at", "place"], [False, True], "baseline", given)
    baselines = _with_undated(baselines, undated, "baseline")
    after = dated[dated["role"] == "after"].join(baselines[["context"]].add_prefix("baseline_"), on="procedure_id")
    after = after[after["baseline_context"].isna() | (after["baseline_context"] == after["context"])]
    later = [_window_rows(procedures, after, window, given, undated) for window in settings["after"]]
    outcomes = pd.concat([_baseline_rows(procedures, baselines), *later]).set_index(KEY)
    outcomes["baseline"] = outcomes.index.get_level_values(0).map(outcomes.xs("baseline", level=1)["score"])
    unsure = _add_answers(outcomes, placed, procedures, settings)
    unsure |= set(_procedures_of_undated_answers(bundle, given))
    return Windows(outcomes, dated, baselines, people_in_part(bundle, procedures), pd.Index(sorted(unsure)))


def _add_answers(
    outcomes: pd.DataFrame, placed: pd.DataFrame, procedures: pd.DataFrame, settings: dict[str, Any]
) -> set[str]:
    """Put what else was asked beside each timepoint: of each column the nearest answer, with a score or without.

    Gives the procedures of which that cannot be told: two answers at one instant, or one of the day of the procedure
    that only the sender's word places.
    """
    before = placed[(placed["role"] == "before") & (placed["offset_days"] >= -settings["lookback_days"])]
    slots = [("baseline", before.assign(distance=-before["hours"]))]
    for window in settings["after"]:
        ends = procedures["performed_on"] + window["last_day"] * DAY
        inside = placed["offset_days"].between(window["first_day"], window["last_day"]) & (placed["role"] == "after")
        near = placed[inside & (placed["as_of"] > placed["procedure_id"].map(ends))]
        slots.append((window["name"], near.assign(distance=(near["hours"] - window["target_hours"]).abs().round(6))))
    unclear = placed["score"].isna() & (placed["offset_days"] == 0) & ~placed["is_timed"]
    unsure = set(placed.loc[unclear, "procedure_id"])
    order = ["procedure_id", "distance", "measured_at", "place"]
    for name in ASKED:
        outcomes[name] = pd.Series(np.nan, outcomes.index, dtype=object)
        for timepoint, rows in slots:
            told = rows[rows[name].notna()].sort_values([*order, "score_id"], kind="stable")
            unsure |= set(told.loc[told.duplicated(order, keep=False), "procedure_id"])
            first = told.drop_duplicates("procedure_id")
            keys = pd.MultiIndex.from_arrays([first["procedure_id"], [timepoint] * len(first)], names=KEY)
            outcomes.loc[keys, name] = first[name].to_numpy()
    return unsure


def _procedures_of_undated_answers(bundle: Bundle, given: pd.DataFrame) -> pd.Series:
    scores = bundle.tables["pain_scores"]
    undated = scores[scores["measured_on"].isna() & scores[ASKED].notna().any(axis=1)]
    return given.loc[given["score_id"].isin(undated["score_id"]), "procedure_id"].dropna()


def _place_scores(scores: pd.DataFrame, procedures: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """One row per dated entry and procedure of the person, with its `role`: before, after, unclear or none of them."""
    is_told = scores["score"].notna() | scores[ASKED].notna().any(axis=1)
    known = scores[is_told & scores["measured_on"].notna()].assign(
        measured_at=lambda rows: pd.to_datetime(rows["measured_at"]),
        measured_on=lambda rows: pd.to_datetime(rows["measured_on"]),
        place=lambda rows: rows["context"].map({name: place for place, name in enumerate(CONTEXTS)}),
    )
    columns = ["patient_key", "sequence_no", "performed_on", "started_at", "ended_at", "as_of"]
    pairs = known.merge(procedures[columns].reset_index(), on="patient_key")
    said = given.rename(columns={"timepoint": "used_as", "offset_days": "told_days"})
    pairs = pairs.merge(said, on=["score_id", "procedure_id"], how="left")
    pairs["offset_days"] = (pairs["measured_on"] - pairs["performed_on"]) // DAY
    timed = pairs["time_known"].astype(bool) & pairs["started_at"].notna()
    hours = (pairs["measured_at"] - pairs["started_at"]) / HOUR
    pairs["hours"] = hours.where(pairs["started_at"].notna(), pairs["offset_hours"])
    pairs["told_hours"] = hours.where(timed)
    pairs["is_timed"] = timed
    pairs["side"] = "unclear"
    pairs.loc[pairs["offset_days"] < 0, "side"] = "before"
    pairs.loc[pairs["offset_days"] > 0, "side"] = "after"
    same_day = pairs["offset_days"] == 0
    pairs.loc[same_day & timed, "side"] = pairs["hours"].lt(0).map({True: "before", False: "after"})
    word = pairs["used_as"].eq("baseline") | pairs["reason"].eq("not_nearest")
    pairs.loc[same_day & ~timed & word, "side"] = "before"
    pairs.loc[same_day & ~timed & pairs["reason"].eq("same_day_after"), "side"] = "after"
    reached = pairs["sequence_no"].where(pairs["side"] != "before", 0)
    owner = reached.groupby(pairs["score_id"]).transform("max")
    pairs["role"] = ""
    pairs.loc[pairs["sequence_no"] == owner, "role"] = pairs["side"]
    pairs.loc[pairs["sequence_no"] == owner + 1, "role"] = "before"
    return pairs


def _first_scores(
    rows: pd.DataFrame, order: list[str], ascending: list[bool], used_as: str, given: pd.DataFrame
) -> pd.DataFrame:
    """The first score of each procedure; among equals the one that is said to be used."""
    said = set(given.loc[given["timepoint"] == used_as, "score_id"])
    ranked = rows.assign(other=~rows["score_id"].isin(said))
    ranked = ranked.sort_values([*order, "other", "score_id"], ascending=[*ascending, True, True], kind="stable")
    return ranked.drop_duplicates("procedure_id").set_index("procedure_id")


def _undated_scores(bundle: Bundle, given: pd.DataFrame) -> pd.DataFrame:
    scores = bundle.tables["pain_scores"]
    known = scores[scores["measured_on"].isna() & scores["score"].notna()][["score_id", "score", "context"]]
    return given[given["reason"] == "used"].merge(known, on="score_id")


def _baseline_rows(procedures: pd.DataFrame, baselines: pd.DataFrame) -> pd.DataFrame:
    found = baselines.reindex(procedures.index)
    status = found["score"].notna().map({True: "recorded", False: "missing"})
    return _outcome_rows(procedures.index, "baseline", status, found)


def _window_rows(
    procedures: pd.DataFrame, after: pd.DataFrame, window: dict[str, Any], given: pd.DataFrame, undated: pd.DataFrame
) -> pd.DataFrame:
    ends = procedures["performed_on"] + window["last_day"] * DAY
    inside = after[after["offset_days"].between(window["first_day"], window["last_day"])]
    is_closed = inside["as_of"] > inside["procedure_id"].map(ends)
    near = inside[is_closed].assign(distance=lambda rows: ((rows["hours"] - window["target_hours"]).abs()).round(6))
    used = _first_scores(near, ["distance", "measured_at", "place"], [True, True, True], window["name"], given)
    found = _with_undated(used, undated, window["name"]).reindex(procedures.index)
    status = pd.Series("missing", procedures.index)
    status = status.mask(procedures["as_of"] <= ends, "not_due").mask(procedures["next_on"] <= ends, "retreated")
    status = status.mask(procedures["died_on"] <= ends, "died")
    status = status.mask(status.index.isin(inside.loc[~is_closed, "procedure_id"]), "not_due")
    return _outcome_rows(procedures.index, window["name"], status.mask(found["score"].notna(), "recorded"), found)


def _with_undated(used: pd.DataFrame, undated: pd.DataFrame, timepoint: str) -> pd.DataFrame:
    """Scores used by procedure; undated ones only where no dated one is."""
    kept = used[["score", "context", "told_hours", "offset_days"]]
    only = undated[undated["timepoint"] == timepoint].set_index("procedure_id")[["score", "context"]]
    return kept.combine_first(only[~only.index.isin(kept.index)]) if len(only) else kept


def _outcome_rows(index: pd.Index, timepoint: str, status: pd.Series, found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "procedure_id": index,
            "timepoint": timepoint,
            "status": status.to_numpy(),
            "score": found["score"].to_numpy(float),
            "offset_hours": found["told_hours"].to_numpy(float),
        }
    )
