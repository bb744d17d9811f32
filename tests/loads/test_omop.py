"""OMOP tables: people, deaths and visits fill procedures; midnight is no time; levels may be unknown."""

from collections.abc import Iterator

import pytest

from etl.sources import read_source
from tests.deliveries import Tables, tables_of

PERSON = "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime,person_source_value\n"
VISIT = (
    "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_start_datetime,visit_end_date,"
    "visit_end_datetime,discharged_to_concept_id\n"
)
PROCEDURE = (
    "procedure_occurrence_id,person_id,procedure_concept_id,procedure_date,procedure_datetime,procedure_end_datetime,"
    "visit_occurrence_id,procedure_source_value\n"
)
MEASUREMENT = (
    "measurement_id,person_id,measurement_concept_id,measurement_date,measurement_datetime,measurement_time,"
    "value_as_number,value_source_value,unit_concept_id\n"
)
OBSERVATION = (
    "observation_id,person_id,observation_concept_id,observation_date,observation_datetime,value_as_number,"
    "value_as_string\n"
)
FILES = {
    "person.csv": PERSON + "1,8532,1950,6,1,,A\n2,8507,1940,,,,B\n",
    "death.csv": "person_id,death_date,death_datetime,death_type_concept_id\n1,2026-05-01,2026-05-01 00:00:00,0\n",
    "visit_occurrence.csv": VISIT + "10,1,9202,2026-01-12,2026-01-12 00:00:00,2026-01-12,2026-01-12 23:59:59,581476\n",
    "procedure_occurrence.csv": PROCEDURE
    + "100,1,0,2026-01-12,2026-01-12 00:00:00,2026-01-12 23:59:59,10,22511\n"
    + "101,2,0,2026-01-13,2026-01-13 10:00:00,,,22510\n"
    + "102,2,0,2026-01-13,,,,99213\n",
    "measurement.csv": MEASUREMENT
    + "1,1,43055141,2026-01-10,2026-01-10 00:00:00,2026-01-10,8,,0\n"
    + "2,1,43055141,2026-01-14,2026-01-14 00:00:00,,3,,0\n"
    + "3,1,3000963,2026-01-14,,,11.2,,0\n"
    + "4,1,43055141,2026-01-14,,,,11,0\n",
    "observation.csv": OBSERVATION + "1,1,46235652,2026-01-15,,4,\n2,1,3034263,2026-01-15,2026-01-15 09:30:00,,7-8\n",
}


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    made = tables_of("omop", [(name, text.encode()) for name, text in FILES.items()], "America/Chicago")
    assert made.refused == []
    yield made
    made.close()


def test_every_row_has_its_fate(tables: Tables) -> None:
    assert tables.rows("select name, rows_read, rows_loaded, rows_rejected from source_files order by 1") == [
        ("death.csv", 1, 1, 0),
        ("measurement.csv", 4, 2, 2),
        ("observation.csv", 2, 1, 1),
        ("person.csv", 2, 2, 0),
        ("procedure_occurrence.csv", 3, 2, 1),
        ("visit_occurrence.csv", 1, 1, 0),
    ]
    assert tables.rejected() == [
        (3, "other_measure"), (3, "other_measure"), (4, "score_out_of_range"), (2, "score_interval"),
    ]  # fmt: skip


def test_midnight_and_a_second_before_are_no_times(tables: Tables) -> None:
    columns = "cast(performed_on as varchar), started_at is null, ended_at, arrived_at, discharged_at"
    assert tables.rows(f"select {columns} from procedures order by 1 limit 1") == [
        ("2026-01-12", True, None, None, None)
    ]
    assert tables.rows("select cast(discharged_on as varchar) from procedures order by performed_on limit 1") == [
        ("2026-01-12",)
    ]
    assert tables.rows("select distinct time_known from pain_scores") == [(False,)]


def test_person_death_and_visit_fill_the_procedure(tables: Tables) -> None:
    assert tables.rows("select setting, disposition, age_years from procedures order by performed_on") == [
        ("outpatient", "home", 75),
        (None, None, None),
    ]
    assert tables.rows("select sex, cast(died_on as varchar) from patients order by sex") == [
        ("F", "2026-05-01"), ("M", None),
    ]  # fmt: skip


def test_a_level_that_is_not_known_leaves_the_procedure(tables: Tables) -> None:
    assert [rule for _, rule in tables.warned()].count("level_not_recorded") == 2


def test_scores_serve_timepoints_by_days(tables: Tables) -> None:
    used = tables.rows("select timepoint from score_assignments where reason = 'used' order by timepoint")
    assert used == [("baseline",), ("hours_24_72",)]
    assert read_source("omop").formats.midnight_is_no_time


def test_what_databases_write_into_empty_cells_is_nothing() -> None:
    changed = FILES | {
        "measurement.csv": MEASUREMENT + "1,1,43055141,2026-01-14,NA,NULL,NaN,\\N,0\n",
        "procedure_occurrence.csv": PROCEDURE + "100,1,0,2026-01-12,NULL,NULL,NULL,22511\n",
    }
    tables = tables_of("omop", [(name, text.encode()) for name, text in changed.items()], "America/Chicago")
    assert tables.refused == []
    assert tables.rows("select missing_reason from pain_scores where score is null") == [("blank",)]
    assert "link_not_found" not in [rule for _, rule in tables.warned()]
    tables.close()


def test_hours_of_one_digit_are_hours() -> None:
    """As public exports of the model have them: 2026-01-12 0:00:00."""
    changed = FILES | {
        "visit_occurrence.csv": VISIT
        + "10,1,9202,2026-01-12,2026-01-12 7:05:00,2026-01-12,2026-01-12 0:00:00,581476\n",
        "procedure_occurrence.csv": PROCEDURE + "100,1,0,2026-01-12,2026-01-12 9:30:00,,10,22511\n",
    }
    tables = tables_of("omop", [(name, text.encode()) for name, text in changed.items()], "America/Chicago")
    assert tables.refused == []
    times = "cast(started_at as varchar), cast(arrived_at as varchar), discharged_at, cast(discharged_on as varchar)"
    assert tables.rows(f"select {times} from procedures") == [
        ("2026-01-12 15:30:00", "2026-01-12 13:05:00", None, "2026-01-12")
    ]
    tables.close()
