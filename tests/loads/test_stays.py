"""The stay that a procedure names: within another, ending early, not there; and links that find nothing."""

from pathlib import Path

from tests.deliveries import Tables, tables_of
from tests.fhir import Resource, encounter, lines, patient, procedure, score
from tests.records import Records

LEFT = "select cast(discharged_on as varchar), setting from procedures order by 1"
PERSON = "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,person_source_value\n"
VISIT = "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_start_datetime,visit_end_date,"
VISIT += "visit_end_datetime,discharged_to_concept_id\n"
PROCEDURE = "procedure_occurrence_id,person_id,procedure_concept_id,procedure_date,procedure_datetime,"
PROCEDURE += "visit_occurrence_id,procedure_source_value\n"
MEASUREMENT = "measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number,operator_concept_id,"
MEASUREMENT += "value_source_value\n"


def ward(number: str = "ward", **more: object) -> Resource:
    """Three nights, around the hour in the procedure room that `encounter()` is."""
    times = {"start": "2026-01-12T07:00:00+11:00", "end": "2026-01-15T16:00:00+11:00"}
    return encounter(number, period=times) | {"class": {"code": "IMP"}} | more


def fhir(*resources: Resource) -> Tables:
    return tables_of("fhir_bulk", [("a.ndjson", lines([patient(), procedure(), *resources]))], "Australia/Sydney")


def omop(**tables: str) -> Tables:
    headings = {"person": PERSON, "visit_occurrence": VISIT, "procedure_occurrence": PROCEDURE}
    headings |= {"measurement": MEASUREMENT, "death": "person_id,death_date,death_datetime,cause_concept_id\n"}
    files = [(f"{name}.csv", (headings[name] + rows).encode()) for name, rows in tables.items()]
    return tables_of("omop", files, "America/Chicago")


def warned(tables: Tables) -> list[str]:
    return [rule for _, rule in tables.warned()]


def test_a_stay_in_a_room_is_not_the_stay_in_hospital() -> None:
    tables = fhir(ward(), encounter(partOf={"reference": "Encounter/ward"}))
    assert tables.rows(LEFT) == [("2026-01-15", "already_inpatient")]
    assert warned(tables) == []
    tables.close()


def test_a_room_in_a_ward_in_a_stay_is_the_outermost() -> None:
    middle = encounter("middle", partOf={"reference": "Encounter/ward"})
    tables = fhir(encounter(partOf={"reference": "Encounter/middle"}), middle, ward())
    assert tables.rows(LEFT) == [("2026-01-15", "already_inpatient")]
    tables.close()


def test_without_a_parent_the_longer_stay_in_time_holds_and_is_told() -> None:
    tables = fhir(ward(), encounter())
    assert tables.rows(LEFT) == [("2026-01-15", "already_inpatient")]
    assert warned(tables) == ["stay_within_stay"]
    tables.close()


def test_an_outer_stay_that_is_still_open_has_no_end() -> None:
    still_there = ward(period={"start": "2026-01-12T07:00:00+11:00"})
    tables = fhir(still_there, encounter(partOf={"reference": "Encounter/ward"}))
    assert tables.rows(LEFT) == [(None, "already_inpatient")]
    tables.close()


def test_stays_of_other_people_and_other_days_hold_nothing() -> None:
    before = ward("before", period={"start": "2026-01-02T07:00:00+11:00", "end": "2026-01-12T12:00:00+11:00"})
    tables = fhir(encounter(), ward(subject={"reference": "Patient/p2"}), before)
    assert tables.rows(LEFT) == [("2026-01-12", "outpatient")]
    assert warned(tables) == []
    tables.close()


def test_a_parent_that_is_not_sent_is_told() -> None:
    tables = fhir(encounter(partOf={"reference": "Encounter/ward"}))
    assert tables.rows(LEFT) == [("2026-01-12", "outpatient")]
    assert warned(tables) == ["link_not_found"]
    tables.close()


def test_visits_of_omop_within_a_longer_one() -> None:
    tables = omop(
        person="1,8532,1950,6,1,A\n",
        visit_occurrence="10,1,9202,2026-01-12,,2026-01-12,,581476\n11,1,9201,2026-01-12,,2026-01-15,,581476\n",
        procedure_occurrence="100,1,0,2026-01-12,2026-01-12 10:00:00,10,22511\n",
    )
    assert tables.rows(LEFT) == [("2026-01-15", "already_inpatient")]
    assert "stay_within_stay" in warned(tables)
    tables.close()


def test_a_stay_that_ends_before_the_procedure_costs_its_own_end() -> None:
    times = {"start": "2026-01-12T08:00:00+11:00", "end": "2026-01-12T09:00:00+11:00"}
    tables = fhir(encounter(period=times))
    assert tables.rejected() == []
    assert tables.rows("select discharged_at, disposition, setting from procedures") == [(None, None, "outpatient")]
    assert tables.rows("select source_row, field, rule from row_warnings") == [(3, "discharged_at", "stay_ends_early")]
    tables.close()


def test_a_stay_that_ends_before_it_begins_says_nothing_of_times() -> None:
    times = {"start": "2026-01-13T08:00:00+11:00", "end": "2026-01-12T16:00:00+11:00"}
    tables = fhir(encounter(period=times))
    assert tables.rejected() == []
    assert tables.rows("select arrived_at, discharged_at, setting from procedures") == [(None, None, "outpatient")]
    assert tables.rows("select source_row, field, rule from row_warnings") == [(3, "discharged_at", "stay_ends_early")]
    tables.close()


def test_a_visit_of_omop_that_ends_days_before() -> None:
    tables = omop(
        person="1,8532,1950,6,1,A\n",
        visit_occurrence="10,1,9202,2026-01-10,,2026-01-11,,581476\n",
        procedure_occurrence="100,1,0,2026-01-12,,10,22511\n",
    )
    assert tables.rejected() == []
    assert tables.rows("select discharged_on from procedures") == [(None,)]
    assert "stay_ends_early" in warned(tables)
    tables.close()


def test_numbers_with_a_point_and_zeros_are_the_same_numbers() -> None:
    tables = omop(
        person="1,8532.0,1950.0,6.0,1.0,A\n",
        visit_occurrence="10,1.0,9202.0,2026-01-12,,2026-01-12,,581476.0\n",
        procedure_occurrence="100,1,0,2026-01-12,2026-01-12 10:00:00,10.0,22511.0\n",
        measurement="1,1.0,43055141.0,2026-01-10,8.0000000000,,\n2,1,43055141,2026-01-14,3.5000,,\n",
    )
    assert tables.rows("select setting, disposition, age_years from procedures") == [("outpatient", "home", 75)]
    assert tables.rows("select sex from patients") == [("F",)]
    assert tables.scores() == [8, 3.5]
    tables.close()


def test_links_of_the_own_form_with_a_point_find_their_record(tmp_path: Path) -> None:
    records = Records()
    records.procedure("2026-01-12", patient_id="54", procedure_id="7")
    records.score({"patient_id": "54.0"}, "2026-01-14T10:00", "3.00", procedure_id="7.0")
    folder = records.write(tmp_path / "in")
    files = [(name, (folder / name).read_bytes()) for name in ("procedures.csv", "pain_scores.csv")]
    tables = tables_of("canonical", files, "America/Chicago")
    assert tables.rows("select reason from score_assignments where reason = 'no_procedure'") == []
    assert warned(tables) == []
    tables.close()


def test_a_stay_that_is_not_there_is_told_for_each_procedure() -> None:
    tables = omop(
        person="1,8532,1950,6,1,A\n",
        procedure_occurrence="100,1,0,2026-01-12,,77,22511\n101,1,0,2026-02-12,,78,22511\n102,1,0,2026-03-12,,,22511\n",
    )
    assert warned(tables).count("link_not_found") == 2
    tables.close()


def test_a_score_that_names_a_procedure_that_is_not_there_is_told() -> None:
    tables = fhir(encounter(), score(partOf=[{"reference": "Procedure/unheard-of"}]))
    assert tables.rows("select field, rule from row_warnings") == [("procedure_id", "link_not_found")]
    tables.close()


def test_signs_in_a_column_of_their_own_are_no_scores() -> None:
    tables = omop(
        person="1,8532,1950,6,1,A\n",
        procedure_occurrence="100,1,0,2026-01-12,,,22511\n",
        measurement="1,1,43055141,2026-01-13,8,4172704,\n2,1,43055141,2026-01-14,7,4171756,\n"
        "3,1,43055141,2026-01-15,6,4172703,\n4,1,43055141,2026-01-16,5,0,\n5,1,43055141,2026-01-17,4,999,\n",
    )
    assert tables.rejected() == [(1, "score_censored"), (2, "score_censored"), (5, "score_unreadable")]
    assert tables.scores() == [6, 5]
    tables.close()


def test_several_deaths_of_one_person_leave_a_death() -> None:
    tables = omop(
        person="1,8532,1950,6,1,A\n",
        death="1,2026-05-01,,1\n1,2026-05-01,,2\n1,2026-05-02,,1\n",
        procedure_occurrence="100,1,0,2026-01-12,,,22511\n",
    )
    assert tables.rejected() == []
    assert tables.rows("select died_on is not null from patients") == [(True,)]
    tables.close()
