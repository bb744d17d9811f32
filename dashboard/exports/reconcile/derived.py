"""outcomes.csv once more, from the records of the bundle: every column that dates and scores in it decide."""

import pandas as pd

from dashboard.exports.reconcile.bundle_files import TEXTS, Bundle
from dashboard.exports.reconcile.windows import ASKED, DAY, HOUR, Windows, people_in_part, procedures_of
from data.field_dictionary import fact_fields

SERIOUS = {"sir": tuple("CDEF"), "cirse": tuple("3456")}
REGIONS = (
    ("thoracic", [f"T{number}" for number in range(1, 10)]),
    ("thoraco-lumbar", ["T10", "T11", "T12", "L1", "L2"]),
    ("lumbar", ["L3", "L4", "L5"]),
)
REGION = {vertebra: region for region, vertebrae in REGIONS for vertebra in vertebrae}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AGES = ((60, "under 60"), (70, "60–69"), (80, "70–79"), (90, "80–89"), (1000, "90+"))
BASELINES = ((4, "[0,4)"), (7, "[4,7)"), (1000, "[7,10]"))
COPIED = (
    "patient_key", "site", "operator", "age_years", "disposition", "delay_reason",
    *(one.name for one in fact_fields() if one.table == "procedures" and one.type != "date"),
)  # fmt: skip
# What else was asked, as it was answered before.
ANSWERED = {one.fact: one.name for one in fact_fields() if one.windows}
DAYS = {one.fact: one.name for one in fact_fields() if one.type == "date"}
# Of people who have procedures outside the bundle these are not known from it.
BY_PERSON = (
    "baseline", "baseline_band", "baseline_context", "baseline_days_before", "score_1_to_6_hours", "readmission_day",
    "readmission_day_after_discharge", "death_day", "any_death_day", "next_procedure_day", "last_known_day", *ANSWERED,
)  # fmt: skip
NOT_DERIVED = (
    "source, as_of, start_hour, registration_delay_days and what a source sends or links to a register: as given"
)


def derive_outcomes(bundle: Bundle, windows: Windows) -> pd.DataFrame:
    """Columns of outcomes by procedure, as the records say. Days count from the procedure."""
    records = procedures_of(bundle)
    day0 = records["performed_on"]
    out = records[list(COPIED)].copy()
    out["performed_on"] = day0.dt.date.map(str)
    out["weekday"] = day0.dt.day_of_week.map(dict(enumerate(WEEKDAYS)))
    out["sex"] = records["patient_key"].map(bundle.tables["patients"].set_index("patient_key")["sex"])
    out["age_band"] = _band_names(records["age_years"], AGES)
    out["observed_days"] = (records["as_of"] - day0) // DAY
    _add_times(out, records)
    _add_levels(out, bundle)
    _add_pain(out, windows)
    _add_later(out, bundle, records)
    _add_complications(out, bundle, day0)
    return out


def unknown_of(bundle: Bundle, name: str) -> pd.Index:
    """Procedures whose column cannot be known from the bundle."""
    return people_in_part(bundle, procedures_of(bundle)) if name in BY_PERSON else pd.Index([])


def _band_names(numbers: pd.Series, bands: tuple[tuple[int, str], ...]) -> pd.Series:
    return numbers.map(lambda number: None if pd.isna(number) else next(name for end, name in bands if number < end))


def _add_times(out: pd.DataFrame, records: pd.DataFrame) -> None:
    started, ended = records["started_at"], records["ended_at"]
    out["arrival_hours_before"] = (started - records["arrived_at"]) / HOUR
    out["procedure_minutes"] = ((ended - started) / HOUR * 60).where(ended > started)
    ready = (records["recovery_ready_at"] - ended) / HOUR
    out["recovery_hours"] = ready.where((ready > 0) & (ready <= 24))
    out["recovery_out_of_range"] = (ready <= 0) | (ready > 24)
    out["stay_hours"] = (records["discharged_at"] - ended) / HOUR
    days = {"discharge_day": "discharged_on", "resumed_activity_day": "resumed_activity_on", **DAYS}
    for name, column in days.items():
        out[name] = (records[column] - records["performed_on"]) // DAY


def _add_levels(out: pd.DataFrame, bundle: Bundle) -> None:
    levels = bundle.tables["treated_levels"].assign(region=lambda rows: rows["vertebra"].map(REGION).fillna("other"))
    found = levels.groupby("procedure_id")
    out["level_count"] = found.size().reindex(out.index)
    out["levels"] = out["level_count"].map(
        lambda count: None if pd.isna(count) else "4+" if count >= 4 else str(int(count))
    )
    only = found["region"].agg(lambda names: names.iloc[0] if names.nunique() == 1 else "several")
    out["region"] = only.reindex(out.index)


def _add_pain(out: pd.DataFrame, windows: Windows) -> None:
    before = windows.outcomes.xs("baseline", level=1).reindex(out.index)
    out["baseline"] = before["score"]
    for fact, name in ANSWERED.items():
        out[fact] = before[name].map(_word_of) if fact in TEXTS else before[name]
    out["baseline_band"] = _band_names(out["baseline"], BASELINES)
    out["baseline_context"] = windows.baselines["context"].reindex(out.index)
    out["baseline_days_before"] = -windows.baselines["offset_days"].reindex(out.index)
    dated = windows.dated[(windows.dated["role"] == "after") & windows.dated["time_known"].astype(bool)]
    context = dated["procedure_id"].map(out["baseline_context"])
    hours = (dated["measured_at"] - dated["ended_at"]) / HOUR
    early = dated[hours.between(1, 6) & (context.isna() | (context == dated["context"]))]
    early = early.assign(distance=(hours - 4).abs().round(6)).sort_values(["distance", "measured_at", "place"])
    out["score_1_to_6_hours"] = early.drop_duplicates("procedure_id").set_index("procedure_id")["score"]


def _word_of(value: object) -> object:
    """A value as `outcomes.csv` writes it, where it is read from there as text."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) and not pd.isna(value) else value


def _add_later(out: pd.DataFrame, bundle: Bundle, records: pd.DataFrame) -> None:
    """Death and readmission count for the latest procedure at or before them."""
    day0, following = records["performed_on"], records["next_on"]
    died = records["died_on"].where((records["died_on"] >= day0) & ~(following <= records["died_on"]))
    pairs = records[["patient_key", "performed_on", "next_on"]].reset_index().merge(
        records.loc[records["readmitted_on"].notna(), ["patient_key", "readmitted_on"]], on="patient_key"
    )  # fmt: skip
    counts = (pairs["readmitted_on"] >= pairs["performed_on"]) & ~(pairs["next_on"] <= pairs["readmitted_on"])
    back = pairs[counts].groupby("procedure_id")["readmitted_on"].min().reindex(out.index)
    out["death_day"] = (died - day0) // DAY
    out["any_death_day"] = (records["died_on"].where(records["died_on"] >= day0) - day0) // DAY
    out["next_procedure_day"] = (following - day0) // DAY
    out["readmission_day"] = (back - day0) // DAY
    out["readmission_day_after_discharge"] = (back - records["discharged_on"]) // DAY
    given = bundle.tables["outcomes"].set_index("procedure_id").reindex(out.index)
    is_dead = (records["disposition"] == "died").groupby(records["patient_key"]).transform("any")
    # That somebody is dead may also be known from a row that is in no bundle.
    out["death_day_unknown"] = given["death_day_unknown"].astype(bool) | (is_dead & records["died_on"].isna())
    out["sends_deaths"] = given["sends_deaths"].astype(bool) & ~out["death_day_unknown"]
    contacts = bundle.tables["contacts"]
    reached = contacts[contacts["outcome"].isin(["reached", "attended"])].groupby("procedure_id")["happened_on"].max()
    scores = bundle.tables["pain_scores"]
    answered = scores["score"].notna() | scores[ASKED].notna().any(axis=1)
    asked = scores[answered].groupby("patient_key")["measured_on"].max()
    signs = [reached.reindex(out.index), records["patient_key"].map(asked), back, records["died_on"]]
    days = pd.concat([(pd.to_datetime(one) - day0) // DAY for one in signs], axis=1)
    out["last_known_day"] = days.where(days >= 0).max(axis=1)


def _add_complications(out: pd.DataFrame, bundle: Bundle, day0: pd.Series) -> None:
    rows = bundle.tables["complications"]
    rows = rows.assign(day=(pd.to_datetime(rows["occurred_on"]) - rows["procedure_id"].map(day0)) // DAY)
    rows = rows[rows["day"] >= 0]
    leak, fracture, symptoms = (
        rows["type"] == "cement_leak", rows["type"] == "new_fracture", rows["symptomatic"].eq(True),
    )  # fmt: skip
    graded = rows["severity"].astype("string").str.removesuffix(".0")
    serious = pd.Series(False, rows.index)
    for scale, grades in SERIOUS.items():
        serious |= (rows["scale"] == scale) & graded.isin(grades)
    kinds = {
        "complication_day": ~fracture & ~(leak & ~symptoms),
        "serious_complication_day": serious,
        "unclassified_event_day": rows["severity"].isna(),
        "symptomatic_leak_day": leak & symptoms,
        "new_fracture_day": fracture,
    }
    for name, which in kinds.items():
        out[name] = rows[which.astype(bool)].groupby("procedure_id")["day"].min().reindex(out.index)
