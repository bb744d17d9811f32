"""Of whom a stay ended by death, nobody counts as alive: the day of leaving is the day, or none is known."""

import pytest

from tests.deliveries import Tables
from tests.grids import sample
from tests.loads.test_identity import fhir, resource, vertebroplasty
from tests.sent_files import Sent, canonical, load_in_turn

FATES = (
    "select cast(patients.died_on as varchar), outcomes.death_day, outcomes.death_day_unknown, outcomes.sends_deaths"
    " from outcomes inner join patients on outcomes.patient_key = patients.patient_key order by outcomes.performed_on"
)
DIED = {"disposition": "died"}
OTHER = {"patient_id": "other", "performed_on": "2026-02-02", "died_on": "2026-02-03"}
KNOWN_OTHER = ("2026-02-03", 1, False, True)


def loaded(*rows: dict[str, object]) -> Tables:
    plain = {"performed_on": "2026-01-12", "sex": "F", "age_years": 70, "site": "North", "levels": "L1"}
    written = [plain | {"procedure_id": f"P{n}", "patient_id": "N1"} | row for n, row in enumerate([*rows, OTHER])]
    return load_in_turn([Sent("procedures.csv", canonical("procedures", written))]).tables


@pytest.mark.parametrize(
    ("rows", "fates", "warned"),
    sample(
        [
            ([DIED], [(None, None, True, False)], [1]),
            ([DIED | {"discharged_at": "2026-01-20T09:00"}], [("2026-01-20", 8, False, True)], []),
            ([DIED | {"discharged_at": "2026-01-20"}], [("2026-01-20", 8, False, True)], []),
            ([DIED | {"died_on": "2026-01-19"}], [("2026-01-19", 7, False, True)], []),
            ([DIED | {"died_on": "2026-01-19", "discharged_at": "2026-01-20"}], [("2026-01-19", 7, False, True)], []),
            ([DIED, {"performed_on": "2026-01-14"}], [(None, None, True, False)] * 2, [1]),
            ([{}, DIED | {"performed_on": "2026-01-14"}], [(None, None, True, False)] * 2, [2]),
            (
                [DIED, {"performed_on": "2026-01-14", "died_on": "2026-01-19"}],
                [("2026-01-19", None, False, True), ("2026-01-19", 5, False, True)],
                [],
            ),
            ([DIED | {"record_status": "cancelled"}, {"performed_on": "2026-01-14"}], [(None, None, False, True)], []),
            ([{"disposition": "home"}], [(None, None, False, True)], []),
        ],
        5,
    ),
)
def test_a_procedure_that_ended_by_death(
    rows: list[dict[str, object]], fates: list[tuple[object, ...]], warned: list[int]
) -> None:
    tables = loaded(*rows)
    assert tables.rows(FATES) == [*fates, KNOWN_OTHER]
    assert tables.warned() == [(row, "death_day_unknown") for row in warned]
    tables.close()


@pytest.mark.parametrize(
    ("end", "fate", "warned"),
    [
        ({"end": "2026-02-20T08:00:00Z"}, ("2026-02-20", 39, False), []),
        ({}, (None, None, True), ["death_day_unknown"]),
    ],
)
def test_a_later_stay_that_ended_by_death(end: dict[str, str], fate: tuple[object, ...], warned: list[str]) -> None:
    stay = resource(
        "Encounter", "e1", status="finished", subject={"reference": "Patient/a"},
        period={"start": "2026-02-18T08:00:00Z"} | end,
        hospitalization={"dischargeDisposition": {"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/discharge-disposition", "code": "exp"}]}},
    )  # fmt: skip
    stay["class"] = {"code": "IMP"}
    people = [resource("Patient", "a"), resource("Patient", "b", deceasedDateTime="2026-02-02")]
    treated = [vertebroplasty("p1", "a", "2026-01-12T10:00:00Z"), vertebroplasty("p2", "b", "2026-01-13T10:00:00Z")]
    tables = load_in_turn([fhir(*people, stay, *treated)]).tables
    assert tables.rows(FATES)[0][:3] == fate
    assert [rule for _, rule in tables.warned() if rule.startswith("death")] == warned
    tables.close()
