"""One row per procedure with everything the definitions need, from the tables of a bundle."""

import pandas as pd

from dashboard.exports.reconcile.bundle_files import Bundle

HOUR = pd.Timedelta(hours=1)


def facts_of(bundle: Bundle, outcomes: pd.DataFrame) -> pd.DataFrame:
    """`outcomes` by procedure, with its vertebrae, calls, visits and contacts beside it."""
    tables = bundle.tables
    facts = outcomes.copy()
    for name in [name for name in facts if name.startswith(("sends_", "linked_", "observed_7", "observed_30"))]:
        facts[name] = facts[name].astype(bool)
    vertebrae = tables["treated_levels"].groupby("procedure_id")["vertebra"].agg(lambda names: ";".join(sorted(names)))
    facts["vertebrae"] = vertebrae.reindex(facts.index)
    contacts = _contact_days(bundle)
    contacts = contacts[contacts["procedure_id"].isin(facts.index)]
    visits = contacts[contacts["kind"] == "follow_up_visit"]
    attended = visits[visits["outcome"] == "attended"].groupby("procedure_id")["day"].agg(list)
    facts["visit_days"] = attended.reindex(facts.index).map(lambda days: days if isinstance(days, list) else [])
    facts["visit_count"] = visits.groupby("procedure_id").size().reindex(facts.index).fillna(0)
    for kind, last_day in (("consultation", -1), ("advice_given", None)):
        found = contacts[(contacts["kind"] == kind) & (contacts["outcome"] != "unknown")]
        done = found["outcome"].isna() | found["outcome"].isin(["reached", "attended"])
        done &= found["day"] <= last_day if last_day is not None else True
        groups = done.groupby(found["procedure_id"])
        facts[f"{kind}_done"] = groups.any().reindex(facts.index).fillna(False).astype(bool)
        facts[f"{kind}_count"] = groups.size().reindex(facts.index).fillna(0)
    answered = contacts[contacts["outcome"].isin(["reached", "attended"])]
    facts["last_contact_day"] = answered.groupby("procedure_id")["day"].max().reindex(facts.index)
    events = _events_30_days(bundle)
    facts["event_kinds"] = _event_kinds(events).reindex(facts.index)
    leaks = events[events["type"] == "cement_leak"].groupby("procedure_id")["vertebra"].nunique().clip(lower=1)
    facts["leaked_vertebrae"] = leaks.reindex(facts.index).fillna(0)
    calls = _pre_calls(bundle, contacts)
    for name in ("called_24_48_hours", "called_one_or_two_days"):
        facts[name] = calls.groupby("procedure_id")[name].any().reindex(facts.index).fillna(False).astype(bool)
    facts["call_count"] = calls.groupby("procedure_id").size().reindex(facts.index).fillna(0)
    return facts


def _events_30_days(bundle: Bundle) -> pd.DataFrame:
    """The rows of complications from day 0 to 30."""
    rows = bundle.tables["complications"]
    if bundle.has_dates:
        day0 = rows["procedure_id"].map(bundle.tables["procedures"].set_index("procedure_id")["performed_on"])
        rows = rows.assign(day=(pd.to_datetime(rows["occurred_on"]) - pd.to_datetime(day0)).dt.days)
    return rows[rows["day"].between(0, 30)]


def _event_kinds(rows: pd.DataFrame) -> pd.Series:
    """By procedure the kinds of its events, joined by ;. Leaks by whether they caused symptoms."""
    leaks = rows["symptomatic"].map({True: "leak_with_symptoms", False: "leak_without_symptoms"})
    kinds = rows["type"].where(rows["type"] != "cement_leak", leaks.fillna("leak_symptoms_not_said"))
    return kinds.groupby(rows["procedure_id"]).agg(lambda names: ";".join(sorted(set(names))))


def pain_at(pain: pd.DataFrame, facts: pd.DataFrame, timepoint: str) -> pd.DataFrame:
    """The rows of pain_outcomes at one timepoint, in the order of the facts."""
    return pain[pain["timepoint"] == timepoint].set_index("procedure_id").reindex(facts.index)


def _contact_days(bundle: Bundle) -> pd.DataFrame:
    """Contacts with `day`, `hours_before` and `on_last_working_day`, which the dateless profile holds itself."""
    contacts = bundle.tables["contacts"]
    if not bundle.has_dates:
        return contacts
    joined = contacts.merge(bundle.tables["procedures"][["procedure_id", "performed_on", "started_at"]])
    performed, happened = pd.to_datetime(joined["performed_on"]), pd.to_datetime(joined["happened_on"])
    before = (performed - happened).dt.days
    return joined.assign(
        day=-before,
        hours_before=(pd.to_datetime(joined["started_at"]) - pd.to_datetime(joined["happened_at"])) / HOUR,
        on_last_working_day=before.isin([1, 2]) | ((before == 3) & (performed.dt.day_of_week == 0)),
    )


def _pre_calls(bundle: Bundle, contacts: pd.DataFrame) -> pd.DataFrame:
    """Calls before the procedure: the procedure's own field, and only without one the contacts."""
    procedures = bundle.tables["procedures"]
    if bundle.has_dates:
        performed, called_on = pd.to_datetime(procedures["performed_on"]), pd.to_datetime(procedures["pre_call_on"])
        before = (performed - called_on).dt.days
        hours = (pd.to_datetime(procedures["started_at"]) - pd.to_datetime(procedures["pre_call_at"])) / HOUR
        last_day = before.isin([1, 2]) | ((before == 3) & (performed.dt.day_of_week == 0))
        has_field = procedures["pre_call_at"].notna()
    else:
        hours, last_day = procedures["pre_call_hours_before"], procedures["pre_call_on_last_working_day"]
        has_field = procedures["pre_call_days_before"].notna()
    own = pd.DataFrame(
        {"procedure_id": procedures["procedure_id"], "hours": hours, "last_day": last_day, "reached": True}
    )
    own = own[has_field.to_numpy()]
    others = contacts[(contacts["kind"] == "pre_call") & ~contacts["procedure_id"].isin(own["procedure_id"])]
    others = pd.DataFrame(
        {
            "procedure_id": others["procedure_id"],
            "hours": others["hours_before"],
            "last_day": others["on_last_working_day"],
            "reached": others["outcome"] == "reached",
        }
    )
    calls = pd.concat([own, others], ignore_index=True)
    reached = calls["reached"].fillna(False).astype(bool)
    return calls.assign(
        called_24_48_hours=reached & calls["hours"].astype(float).between(24, 48),
        called_one_or_two_days=reached & calls["last_day"].fillna(False).astype(bool),
    )
