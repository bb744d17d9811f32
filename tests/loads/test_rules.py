"""Every rule has an example that breaks it and is documented; and an ordinary row breaks none."""

from collections.abc import Callable
from pathlib import Path

from data.home import Home
from etl import rules
from etl.sources.canonical import ALL_KINDS, KINDS
from queries.warehouse import Warehouse
from tests.records import Records, loaded, take

Plant = Callable[[Records], dict[str, object]]


def procedure(**cells: object) -> Plant:
    return lambda records: records.procedure("2026-01-12", **cells)


def score(at: str | None = "2026-01-14T10:00", value: object = 4, **cells: object) -> Plant:
    return lambda records: records.score(records.procedure("2026-01-12"), at, value, **cells)


def complication(**cells: object) -> Plant:
    def plant(records: Records) -> dict[str, object]:
        row = records.complication(records.procedure("2026-01-12"), "2026-01-13", "haematoma")
        return row | {} if row.update(cells) else row

    return plant


def contact(**cells: object) -> Plant:
    def plant(records: Records) -> dict[str, object]:
        row = records.contact(records.procedure("2026-01-12"), "2026-01-14T10:00", "early_call", "reached")
        return row | {} if row.update(cells) else row

    return plant


def score_after_death(records: Records) -> dict[str, object]:
    return records.score(records.procedure("2026-01-12", died_on="2026-01-20"), "2026-01-21", 3)


BREAKERS: dict[tuple[str, str, str | None], Plant] = {
    ("procedures", "id_missing", "procedure_id"): procedure(procedure_id=None),
    ("procedures", "id_missing", "patient_id"): procedure(patient_id=None),
    ("procedures", "number_rounded", "procedure_id"): procedure(procedure_id="1.23457E+11"),
    ("procedures", "number_rounded", "patient_id"): procedure(patient_id="1,23457E+11"),
    ("procedures", "number_stands_for_none", "procedure_id"): procedure(procedure_id="N/A"),
    ("procedures", "number_stands_for_none", "patient_id"): procedure(patient_id="9999999"),
    ("procedures", "status_unknown", "record_status"): procedure(record_status="deleted"),
    ("procedures", "date_unreadable", "updated_at"): procedure(updated_at="yesterday"),
    ("procedures", "future_date", "updated_at"): procedure(updated_at="2026-06-02T00:01"),
    ("procedures", "date_missing", "performed_on"): procedure(performed_on=None, started_at=None),
    ("procedures", "date_unreadable", "performed_on"): procedure(performed_on="12/01/2026"),
    ("procedures", "date_unreadable", "started_at"): procedure(started_at="2026-01-12T25:00"),
    ("procedures", "date_unreadable", "ended_at"): procedure(ended_at="10:50"),
    ("procedures", "date_unreadable", "arrived_at"): procedure(arrived_at="2026-01-12"),
    ("procedures", "date_unreadable", "recovery_ready_at"): procedure(recovery_ready_at="infinity"),
    ("procedures", "date_unreadable", "discharged_at"): procedure(discharged_at="2026-02-30"),
    ("procedures", "date_unreadable", "pre_call_at"): procedure(pre_call_at="epoch"),
    ("procedures", "date_unreadable", "died_on"): procedure(died_on="2026-13-01"),
    ("procedures", "date_unreadable", "resumed_activity_on"): procedure(resumed_activity_on="soon"),
    ("procedures", "date_unreadable", "readmitted_on"): procedure(readmitted_on="24-01-05"),
    ("procedures", "date_too_early", "performed_on"): procedure(performed_on="1983-12-31", started_at=None),
    ("procedures", "future_date", "performed_on"): procedure(performed_on="2026-06-02", started_at=None),
    ("procedures", "future_date", "ended_at"): procedure(ended_at="2026-06-02T00:01"),
    ("procedures", "future_date", "arrived_at"): procedure(arrived_at="2027-01-12T08:00"),
    ("procedures", "future_date", "recovery_ready_at"): procedure(recovery_ready_at="2026-06-02T00:01"),
    ("procedures", "future_date", "discharged_at"): procedure(discharged_at="2026-06-02"),
    ("procedures", "future_date", "pre_call_at"): procedure(pre_call_at="2027-01-12T08:00"),
    ("procedures", "future_date", "died_on"): procedure(died_on="2062-01-12"),
    ("procedures", "future_date", "resumed_activity_on"): procedure(resumed_activity_on="2027-01-12"),
    ("procedures", "future_date", "readmitted_on"): procedure(readmitted_on="2027-01-12"),
    ("procedures", "start_on_another_day", "started_at"): procedure(started_at="2026-01-13T10:00"),
    ("procedures", "discharge_before_start", "discharged_at"): procedure(discharged_at="2026-01-12T09:00"),
    ("procedures", "procedure_after_death", "performed_on"): procedure(died_on="2026-01-11"),
    ("procedures", "spreadsheet_error", "site"): procedure(site="#REF!"),
    ("procedures", "spreadsheet_error", "operator"): procedure(operator="#FORMULA"),
    ("procedures", "number_unreadable", "age_years"): procedure(age_years="75y"),
    ("procedures", "age_out_of_range", "age_years"): procedure(age_years=116),
    ("procedures", "number_unreadable", "cement_ml"): procedure(cement_ml="4 ml"),
    ("procedures", "cement_out_of_range", "cement_ml"): procedure(cement_ml=31),
    ("procedures", "number_unreadable", "fracture_age_days"): procedure(fracture_age_days="2.5"),
    ("procedures", "number_out_of_range", "fracture_age_days"): procedure(fracture_age_days=-1),
    ("procedures", "date_unreadable", "referred_on"): procedure(referred_on="soon"),
    ("procedures", "future_date", "referred_on"): procedure(referred_on="2026-06-02"),
    ("procedures", "date_unreadable", "imaged_on"): procedure(imaged_on="soon"),
    ("procedures", "future_date", "imaged_on"): procedure(imaged_on="2026-06-02"),
    ("procedures", "date_unreadable", "bone_density_on"): procedure(bone_density_on="soon"),
    ("procedures", "future_date", "bone_density_on"): procedure(bone_density_on="2026-06-02"),
    ("procedures", "date_unreadable", "osteoporosis_drug_on"): procedure(osteoporosis_drug_on="soon"),
    ("procedures", "future_date", "osteoporosis_drug_on"): procedure(osteoporosis_drug_on="2026-06-02"),
    ("procedures", "date_unreadable", "osteoporosis_referred_on"): procedure(osteoporosis_referred_on="soon"),
    ("procedures", "future_date", "osteoporosis_referred_on"): procedure(osteoporosis_referred_on="2026-06-02"),
    ("procedures", "unknown_value", "conservative_care_failed"): procedure(conservative_care_failed="perhaps"),
    ("procedures", "unknown_value", "leak_detection"): procedure(leak_detection="perhaps"),
    ("procedures", "unknown_value", "mri_oedema"): procedure(mri_oedema="perhaps"),
    ("procedures", "unknown_value", "osteoporosis_drug"): procedure(osteoporosis_drug="perhaps"),
    ("procedures", "number_unreadable", "pain_during"): procedure(pain_during="some"),
    ("procedures", "number_out_of_range", "pain_during"): procedure(pain_during=11),
    ("procedures", "level_not_recorded", "levels"): procedure(levels=None),
    ("procedures", "level_unreadable", "levels"): procedure(levels="L7"),
    ("procedures", "range_expanded", "levels"): procedure(levels="T12-L2"),
    ("procedures", "level_unusual", "levels"): procedure(levels="C7;L1"),
    ("procedures", "levels_many", "levels"): procedure(levels="T6;T7;T8;T9;T10;T11;T12"),
    ("procedures", "unknown_value", "sex"): procedure(sex="W"),
    ("procedures", "unknown_value", "technique"): procedure(technique="sacroplasty"),
    ("procedures", "unknown_value", "indication"): procedure(indication="pain"),
    ("procedures", "unknown_value", "setting"): procedure(setting="ward"),
    ("procedures", "unknown_value", "intended_stay"): procedure(intended_stay="short"),
    ("procedures", "unknown_value", "sedation"): procedure(sedation="MAC"),
    ("procedures", "unknown_value", "asa_class"): procedure(asa_class=6),
    ("procedures", "unknown_value", "disposition"): procedure(disposition="hospice"),
    ("procedures", "unknown_value", "delay_reason"): procedure(delay_reason="weather"),
    ("procedures", "end_before_start", "ended_at"): procedure(ended_at="2026-01-12T09:50", recovery_ready_at=None),
    ("procedures", "arrival_after_start", "arrived_at"): procedure(arrived_at="2026-01-12T10:01"),
    ("procedures", "recovery_out_of_range", "recovery_ready_at"): procedure(recovery_ready_at="2026-01-12T10:50"),
    ("procedures", "ready_after_discharge", "recovery_ready_at"): procedure(recovery_ready_at="2026-01-12T16:01"),
    ("procedures", "readmission_before_procedure", "readmitted_on"): procedure(readmitted_on="2026-01-11"),
    ("procedures", "time_ambiguous", "started_at"): procedure(
        performed_on="2025-11-02", started_at="2025-11-02T01:30", ended_at=None, recovery_ready_at=None,
        discharged_at=None,
    ),
    ("procedures", "time_ambiguous", "ended_at"): procedure(
        performed_on="2025-11-01", started_at="2025-11-01T23:30", ended_at="2025-11-02T01:30", recovery_ready_at=None,
        discharged_at=None,
    ),
    ("procedures", "time_ambiguous", "recovery_ready_at"): procedure(
        performed_on="2025-11-01", started_at="2025-11-01T20:00", ended_at="2025-11-01T21:00",
        recovery_ready_at="2025-11-02T01:30", discharged_at=None,
    ),
    ("procedures", "time_ambiguous", "discharged_at"): procedure(
        performed_on="2025-11-01", started_at="2025-11-01T20:00", ended_at="2025-11-01T21:00", recovery_ready_at=None,
        discharged_at="2025-11-02T01:10",
    ),
    ("pain_scores", "id_missing", "score_id"): score(score_id=None),
    ("pain_scores", "id_missing", "patient_id"): score(patient_id=None),
    ("pain_scores", "number_rounded", "score_id"): score(score_id="4.5E+15"),
    ("pain_scores", "number_rounded", "patient_id"): score(patient_id="1E+11"),
    ("pain_scores", "number_stands_for_none", "score_id"): score(score_id="xxx"),
    ("pain_scores", "number_stands_for_none", "patient_id"): score(patient_id="Unknown"),
    ("pain_scores", "procedure_not_found", "procedure_id"): score(patient_id=None, procedure_id="P999"),
    ("pain_scores", "status_unknown", "record_status"): score(record_status="x"),
    ("pain_scores", "date_unreadable", "updated_at"): score(updated_at="x"),
    ("pain_scores", "future_date", "updated_at"): score(updated_at="2027-01-01T00:00"),
    ("pain_scores", "date_unreadable", "measured_at"): score("14.01.2026"),
    ("pain_scores", "date_missing", "measured_at"): score(None),
    ("pain_scores", "date_too_early", "measured_at"): score("1970-01-01"),
    ("pain_scores", "future_date", "measured_at"): score("2026-06-02"),
    ("pain_scores", "score_out_of_range", "score"): score(value=11),
    ("pain_scores", "score_interval", "score"): score(value="7-8"),
    ("pain_scores", "score_censored", "score"): score(value=">10"),
    ("pain_scores", "score_is_a_date", "score"): score(value="2026-07-08"),
    ("pain_scores", "score_other_scale", "score"): score(value="5 mm"),
    ("pain_scores", "status_preliminary", "record_status"): score(record_status="preliminary"),
    ("pain_scores", "score_unreadable", "score"): score(value="bad"),
    ("pain_scores", "score_after_death", "measured_at"): score_after_death,
    ("pain_scores", "score_not_recorded", "score"): score(value=None),
    ("pain_scores", "label_without_date", "measured_at"): score(None, timepoint="follow_up"),
    ("pain_scores", "unknown_value", "timepoint"): score(timepoint="week 1"),
    ("pain_scores", "unknown_value", "context"): score(context="sitting"),
    ("pain_scores", "unknown_value", "instrument"): score(instrument="odi"),
    ("pain_scores", "unknown_value", "mode"): score(mode="fax"),
    ("pain_scores", "unknown_value", "pain_medication"): score(pain_medication="sometimes"),
    ("pain_scores", "unknown_value", "opioids"): score(opioids="sometimes"),
    ("pain_scores", "number_unreadable", "opioid_mme"): score(opioid_mme="some"),
    ("pain_scores", "number_out_of_range", "opioid_mme"): score(opioid_mme=-1),
    ("pain_scores", "number_unreadable", "rmdq"): score(rmdq="some"),
    ("pain_scores", "number_out_of_range", "rmdq"): score(rmdq=24, rmdq_items=23),
    ("pain_scores", "unknown_value", "rmdq_items"): score(rmdq_items=18),
    ("pain_scores", "number_unreadable", "odi"): score(odi="some"),
    ("pain_scores", "number_out_of_range", "odi"): score(odi=101),
    ("pain_scores", "number_unreadable", "eq5d_index"): score(eq5d_index="some"),
    ("pain_scores", "number_out_of_range", "eq5d_index"): score(eq5d_index=1.2),
    ("pain_scores", "unknown_value", "change_rating"): score(change_rating="fine"),
    ("pain_scores", "unknown_value", "satisfaction"): score(satisfaction="fine"),
    ("pain_scores", "time_ambiguous", "measured_at"): score("2025-11-02T01:30"),
    ("complications", "id_missing", "complication_id"): complication(complication_id=None),
    ("complications", "id_missing", "procedure_id"): complication(procedure_id=None),
    ("complications", "number_rounded", "complication_id"): complication(complication_id="1.2e+9"),
    ("complications", "number_rounded", "procedure_id"): complication(procedure_id="1.23457E+11"),
    ("complications", "number_stands_for_none", "complication_id"): complication(complication_id="test"),
    ("complications", "number_stands_for_none", "procedure_id"): complication(procedure_id="0"),
    ("complications", "status_unknown", "record_status"): complication(record_status="x"),
    ("complications", "date_unreadable", "updated_at"): complication(updated_at="x"),
    ("complications", "future_date", "updated_at"): complication(updated_at="2027-01-01T00:00"),
    ("complications", "date_missing", "occurred_on"): complication(occurred_on=None),
    ("complications", "date_unreadable", "occurred_on"): complication(occurred_on="13 Jan"),
    ("complications", "date_too_early", "occurred_on"): complication(occurred_on="1900-01-01"),
    ("complications", "future_date", "occurred_on"): complication(occurred_on="2026-06-02"),
    ("complications", "unknown_value", "type"): complication(type="bruise"),
    ("complications", "unknown_value", "symptomatic"): complication(symptomatic="maybe"),
    ("complications", "severity_not_classified", "severity"): complication(severity="G"),
    ("contacts", "id_missing", "contact_id"): contact(contact_id=None),
    ("contacts", "id_missing", "procedure_id"): contact(procedure_id=None),
    ("contacts", "number_rounded", "contact_id"): contact(contact_id="1.2E+9"),
    ("contacts", "number_rounded", "procedure_id"): contact(procedure_id="1.23457E+11"),
    ("contacts", "number_stands_for_none", "contact_id"): contact(contact_id="#REF!"),
    ("contacts", "number_stands_for_none", "procedure_id"): contact(procedure_id="-"),
    ("contacts", "status_unknown", "record_status"): contact(record_status="x"),
    ("contacts", "date_unreadable", "updated_at"): contact(updated_at="x"),
    ("contacts", "future_date", "updated_at"): contact(updated_at="2027-01-01T00:00"),
    ("contacts", "date_missing", "happened_at"): contact(happened_at=None),
    ("contacts", "date_unreadable", "happened_at"): contact(happened_at="Tuesday"),
    ("contacts", "date_too_early", "happened_at"): contact(happened_at="1900-01-01"),
    ("contacts", "future_date", "happened_at"): contact(happened_at="2026-06-02T09:00"),
    ("contacts", "unknown_value", "kind"): contact(kind="letter"),
    ("contacts", "unknown_value", "outcome"): contact(outcome="maybe"),
    **{("procedures", "time_does_not_exist", field): procedure(**{field: "2026-03-08T02:30"})
       for field in ("ended_at", "arrived_at", "recovery_ready_at", "discharged_at", "pre_call_at")},
    ("procedures", "time_does_not_exist", "started_at"): procedure(
        performed_on="2026-03-08", started_at="2026-03-08T02:30", ended_at=None, recovery_ready_at=None,
        discharged_at=None),
    ("pain_scores", "time_does_not_exist", "measured_at"): score("2026-03-08T02:30"),
    ("contacts", "time_does_not_exist", "happened_at"): contact(happened_at="2026-03-08T02:30"),
}  # fmt: skip
# Rules that need more than a cell of the row; each has a test of its own.
ELSEWHERE = {"column_count", "id_conflict", "no_procedure", "label_disagrees", "event_before_procedure"} | {
    "totals_row", "other_measure", "status_not_loaded", "line_of_a_session", "second_on_the_day",
    "not_json", "not_a_resource", "excluded_person", "stay_within_stay", "link_not_found", "no_last_line_end",
    "linked_days_apart", "linked_to_several", "merged_in_circle", "merged_into_several", "death_day_unknown",
    "person_contradicts", "looks_like_other_source", "answers_disagree", "cell_merged",
}  # fmt: skip


def found(warehouse: Warehouse, table: str) -> set[tuple[str, str, str | None]]:
    return set(
        warehouse.rows(
            f"select kind, rule, field from {table} join source_files"
            f" on {table}.source_file_id = source_files.source_file_id"
        )
    )


def test_every_condition_has_an_example_that_breaks_it() -> None:
    # Complications and contacts that name only the patient come from other senders: see test_senders_events.py.
    asked = {
        (kind.name, one.rule, one.field)
        for kind in KINDS
        for one in rules.conditions_of_kind(kind.name)
        if one.field not in kind.carried
    }
    assert asked - {one for one in asked if one[1] in ELSEWHERE} == set(BREAKERS)


def test_every_rule_is_documented_and_used() -> None:
    used = {one.rule for kind in ALL_KINDS for one in rules.conditions_of_kind(kind.name)} | ELSEWHERE
    assert used == set(rules.read_rules())
    for rule in rules.read_rules().values():
        assert rule.message
        assert rule.remedy.endswith(".")


def test_examples_break_exactly_the_rule_they_are_for(home: Home) -> None:
    records = Records()
    planted = {name: BREAKERS[name](records) for name in BREAKERS}
    warehouse = loaded(home, records, accept_rejects=True)
    assert set(BREAKERS) <= found(warehouse, "rejected_rows") | found(warehouse, "row_warnings")
    assert len(planted) == len(BREAKERS)


def test_ordinary_rows_break_no_rule(home: Home) -> None:
    records = Records()
    row = records.procedure(
        "2026-01-12", arrived_at="2026-01-12T07:00", pre_call_at="2026-01-10T12:00", sedation="moderate", asa_class=3,
        cement_ml=4.5, resumed_activity_on="2026-01-20", readmitted_on="2026-01-20", intended_stay="day_case",
        delay_reason="social", died_on="2026-04-01", updated_at="2026-02-01T06:00",
    )  # fmt: skip
    records.score(row, "2026-01-12T09:00", 8, instrument="nrs", mode="in_person", timepoint="baseline")
    records.complication(row, "2026-01-13", "cement_leak", symptomatic="no")
    records.contact(row, "2026-01-14T10:00", "early_call", "reached")
    warehouse = loaded(home, records)
    assert not found(warehouse, "rejected_rows")
    assert not found(warehouse, "row_warnings")


def test_remarks_that_need_the_surroundings(home: Home) -> None:
    records = Records()
    row = records.procedure("2026-01-12")
    records.score({"patient_id": "N999"}, "2026-01-14", 3)
    records.score(row, "2026-01-14", 3, timepoint="follow_up")
    records.complication({"procedure_id": "P999"}, "2026-01-13", "infection")
    records.complication(row, "2026-01-11", "infection")
    records.contact({"procedure_id": "P999"}, "2026-01-13T09:00", "early_call", "reached")
    assert found(loaded(home, records), "row_warnings") == {
        ("pain_scores", "no_procedure", "patient_id"),
        ("pain_scores", "label_disagrees", "timepoint"),
        ("complications", "no_procedure", "procedure_id"),
        ("complications", "event_before_procedure", "occurred_on"),
        ("contacts", "no_procedure", "procedure_id"),
    }


def test_a_line_of_another_width_is_rejected(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure("2026-01-12")
    folder = records.write(tmp_path / "in")
    with (folder / "procedures.csv").open("a", encoding="utf-8") as file:
        file.write("P900,N900,too,short\n")
    result = take(home, folder, accept_rejects=True)
    assert [finding.rule for finding in result.reports[0].rejects] == ["column_count"]
    assert result.reports[0].rejects[0].lines == (3,)
