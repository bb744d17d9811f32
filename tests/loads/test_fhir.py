"""FHIR resources: every shape of value, every form of reference, every way to take something back."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from data.home import Home
from etl.readers import Reasons, Wanted
from etl.readers.fhir import fhir_resources
from tests.deliveries import Tables, tables_of
from tests.fhir import (
    LOINC,
    SECOND,
    SNOMED,
    Resource,
    bundle,
    deleted,
    department,
    encounter,
    lines,
    patient,
    procedure,
    score,
    table,
)
from tests.grids import sample
from tests.records import take

SYDNEY = "Australia/Sydney"


def loaded(*resources: Resource | str, zone: str = SYDNEY) -> Tables:
    return received(resources, zone=zone)


def received(*deliveries: Iterable[Resource | str], zone: str = SYDNEY) -> Tables:
    """The tables that these deliveries make, in this order."""
    tables = tables_of("fhir_bulk", [(f"{n}.ndjson", lines(one)) for n, one in enumerate(deliveries)], zone)
    assert tables.refused == []
    return tables


@pytest.mark.parametrize(
    ("value", "text"),
    sample([
        ({"valueInteger": 7}, "7"),
        ({"valueQuantity": {"value": 7, "unit": "{score}", "code": "{score}"}}, "7"),
        ({"valueQuantity": {"value": 7.5}}, "7.5"),
        ({"valueQuantity": {"value": 7, "unit": "Level", "code": "1"}}, "7"),
        ({"valueQuantity": {"value": 45, "unit": "mm"}}, "45 mm"),
        ({"valueQuantity": {"value": 7, "comparator": ">"}}, ">7"),
        ({"valueString": "7/10"}, "7/10"),
        ({"valueRange": {"low": {"value": 7}, "high": {"value": 8}}}, "7 - 8"),
        ({"valueCodeableConcept": {"coding": [{"system": LOINC, "code": "LA6113-0", "display": "2 or more"}]}}, "2"),
        ({"valueCodeableConcept": {"coding": [{"code": "unheard-of"}]}}, "unheard-of"),
        (
            {"valueCodeableConcept": {"coding": [{
                "code": "x", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                                            "valueDecimal": 4}]}]}},
            "4",
        ),
        ({"dataAbsentReason": {"coding": [{"code": "asked-declined"}]}}, "missing: asked-declined"),
        ({"dataAbsentReason": {"text": "asleep"}}, "missing: asleep"),
        ({"valueQuantity": {}}, None),
    ], 5),
)  # fmt: skip
def test_a_value_of_any_type_is_text(value: Resource, text: str | None) -> None:
    assert table(lines([score(**value)]), "value")[0]["value"] == text


def test_a_score_may_sit_in_a_component() -> None:
    held = score(component=[{"code": {"coding": [{"code": "72514-3"}]}, "valueInteger": 6}])
    row = table(lines([held]), "value", "component.value", "component[72514-3].value", "component[other].value")[0]
    assert (row["value"], row["component.value"]) == (None, "6")
    assert (row["component[72514-3].value"], row["component[other].value"]) == ("6", None)


@pytest.mark.parametrize(
    ("reference", "number"),
    sample(
        [
            ("Patient/p1", "p1"),
            ("https://fhir.example.org/r4/Patient/p1", "p1"),
            ("https://fhir.example.org/r4/Patient/p1/_history/3", "p1"),
            ("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"),
            ("Patient?identifier=http://hospital|0042", "0042"),
            ("#inside", "00777"),
        ],
        3,
    ),
)
def test_every_form_of_reference_names_its_resource(reference: str, number: str) -> None:
    inside = [{"resourceType": "Patient", "id": "inside", "identifier": [{"value": "00777"}]}]
    held = score(subject={"reference": reference}, contained=inside)
    assert table(lines([held]), "subject")[0]["subject"] == number


def test_references_within_a_bundle_are_resolved_by_their_full_url() -> None:
    whole = bundle()
    whole["entry"] = [
        {"fullUrl": "urn:uuid:aaa", "resource": patient("p9")},
        {"fullUrl": "urn:uuid:bbb", "resource": score(subject={"reference": "urn:uuid:aaa"})},
    ]
    assert [row["subject"] for row in table(json.dumps(whole).encode(), "subject")] == [None, "p9"]


@pytest.mark.parametrize(
    ("performed", "day", "time", "end"),
    sample([
        ({"performedDateTime": "2026-01-12"}, "2026-01-12", None, None),
        ({"performedDateTime": "2026-01-12T10:00:00Z"}, None, "2026-01-12T10:00:00Z", None),
        ({"performedPeriod": {"start": "2026-01-12T10:00Z", "end": "2026-01-12T11:00Z"}},
         None, "2026-01-12T10:00Z", "2026-01-12T11:00Z"),
        ({"performedPeriod": {"start": "2026-01-12"}}, "2026-01-12", None, None),
        ({"performedString": "last spring"}, "last spring", None, None),
        ({"performedDateTime": "2026"}, "2026", None, None),
        ({}, None, None, None),
    ], 3),
)  # fmt: skip
def test_precision_is_kept(performed: Resource, day: str | None, time: str | None, end: str | None) -> None:
    held = {name: value for name, value in procedure().items() if name != "performedPeriod"} | performed
    row = table(lines([held]), "performed.start@date", "performed.start@time", "performed.end@time")[0]
    assert (row["performed.start@date"], row["performed.start@time"], row["performed.end@time"]) == (day, time, end)


def test_items_are_found_however_deep_they_lie() -> None:
    answer = {"linkId": "pain", "answer": [{"valueInteger": 6}]}
    held = {
        "resourceType": "QuestionnaireResponse",
        "item": [
            {"linkId": "group", "item": [{"linkId": "asked", "answer": [{"valueBoolean": True, "item": [answer]}]}]}
        ],
    }
    row = table(lines([held]), "item[pain].answer.value", "item[asked].answer.value", "item[none].answer.value")[0]
    assert row["item[pain].answer.value"] == "6"
    assert row["item[asked].answer.value"] == "true"
    assert row["item[none].answer.value"] is None


def test_one_bad_line_loses_no_other() -> None:
    content = lines([score("s1"), '{"resourceType": "Observation", "id": ', "[]", '"text"', "NaN", "", score("s2")])
    rows = table(content, "id")
    assert [(row["source_row"], row["source_line"], row["problem"], row["id"]) for row in rows] == [
        (1, 1, None, "s1"),
        (2, 2, "not_json", None),
        (3, 3, "not_a_resource", None),
        (4, 4, "not_a_resource", None),
        (5, 5, "not_json", None),
        (6, 7, None, "s2"),
    ]


def test_bytes_that_are_no_text_and_deep_nesting_spoil_one_line_only() -> None:
    content = lines([score("s1")]) + b'{"resourceType": "Observation", "id": "\xff"}\n' + b"[" * 100_000 + b"\n"
    problems = [row["problem"] for row in table(content, "id")]
    assert problems == [None, "not_json", "not_json"]


def test_numbers_keep_the_text_they_were_sent_as() -> None:
    content = b'{"resourceType": "Observation", "id": "s", "valueQuantity": {"value": 7.10}}\n'
    assert table(content, "value")[0]["value"] == "7.10"


@pytest.mark.parametrize("indent", [None, 1])
def test_a_bundle_is_read_with_the_lines_of_its_entries(indent: int | None) -> None:
    content = json.dumps(bundle(patient(), score("s1"), score("s2")), indent=indent).encode()
    rows = table(content, "id")
    assert [row["id"] for row in rows] == ["p1", "s1", "s2"]
    written_lines = content.decode().split("\n")
    for row in rows:
        assert written_lines[row["source_line"] - 1].lstrip().startswith("{")
    assert len({row["source_line"] for row in rows}) == (1 if indent is None else 3)


def test_a_resource_alone_over_many_lines_is_read() -> None:
    assert [row["id"] for row in table(json.dumps(score("s1"), indent=2).encode(), "id")] == ["s1"]


def test_deleted_bundles_name_what_is_gone() -> None:
    rows = table(lines([deleted("Observation/s1", "https://a/Patient/p1", meta={"lastUpdated": SECOND})]),
                 "deleted", "resourceType", "id", "meta.lastUpdated")  # fmt: skip
    assert [(row["deleted"], row["resourcetype"], row["id"]) for row in rows] == [
        ("deleted", "Observation", "s1"),
        ("deleted", "Patient", "p1"),
    ]
    assert {row["meta.lastupdated"] for row in rows} == {SECOND}


def test_utf_16_is_read_by_its_mark() -> None:
    assert table(json.dumps(score()).encode("utf-16"), "id")[0]["id"] == "s1"


def test_what_is_no_fhir_is_not_recognised() -> None:
    options, wanted = fhir_resources.Options(kind="fhir"), Wanted(headings=frozenset({"id"}))
    assert fhir_resources.share_found(b"a,b\n1,2\n", options, wanted) == 0
    assert (
        fhir_resources.share_found(b'{"transactionTime": "2026", "output": [{"type": "Patient"}]}', options, wanted)
        == 0
    )
    assert fhir_resources.share_found(b'{"broken\n{"resourceType":"Patient"}\n', options, wanted) == 1


def test_rejected_resources_come_back_with_why() -> None:
    content = lines([score("s1"), "{cut", score("s3")])
    reasons: Reasons = {None: {2: "not_json: cut", 3: "score_out_of_range: too high"}}
    back = (
        fhir_resources.give_back(content, "a", fhir_resources.Options(kind="fhir"), Wanted(), reasons)
        .decode()
        .splitlines()
    )
    assert [json.loads(line)["why"] for line in back] == list(reasons[None].values())
    assert json.loads(back[0])["line"] == "{cut"
    assert json.loads(back[1])["id"] == "s3"


@pytest.fixture(scope="module")
def people() -> Iterator[Tables]:
    """People, stays and procedures in one delivery; each test looks at its own, by the sender's numbers."""
    births = {
        "born-day-after": "1950-01-13",
        "born-that-day": "1950-01-12",
        "born-year": "1950",
        "born-month": "1950-06",
    }
    gone = patient("merged-1", link=[{"other": {"reference": "Patient/merged-2"}, "type": "replaced-by"}])
    kept = patient("merged-2", link=[{"other": {"reference": "Patient/merged-1"}, "type": "replaces"}],
                   deceasedDateTime="2026-05-01T20:00:00Z")  # fmt: skip
    circle = [
        patient(one, link=[{"other": {"reference": f"Patient/{other}"}, "type": "replaced-by"}])
        for one, other in (("circle-1", "circle-2"), ("circle-2", "circle-1"))
    ]
    sites = [{"coding": [{"system": SNOMED, "code": code}]} for code in ("23215003", "66794005")]
    early = procedure(
        "early", performedPeriod={"start": "2026-01-11T22:00:00Z"}, encounter={"reference": "Encounter/e9"}
    )
    resources = [
        *department(early, procedure("two-levels", bodySite=sites)),
        procedure("strange-level", bodySite=[{"coding": [{"system": SNOMED, "code": "1"}]}]),
        *(one for name, born in births.items() for one in (patient(name, birthDate=born), procedure(name, name))),
        gone, kept, *circle, procedure("merged", "merged-1"), procedure("circle", "circle-1"),
        score("merged", "merged-2"), patient("dead", deceasedBoolean=True), procedure("dead", "dead"),
        *(procedure(status, status=status) for status in ("not-done", "entered-in-error", "preparation", "stopped")),
    ]  # fmt: skip
    made = loaded(*resources)
    yield made
    made.close()


def told(tables: Tables, number: str, columns: str) -> tuple[object, ...]:
    found = tables.rows(
        f"select {columns} from procedures inner join identities on procedures.procedure_id = identities.key"
        f" inner join patients on procedures.patient_key = patients.patient_key where identities.number = '{number}'"
    )
    assert len(found) == 1
    return found[0]


def test_person_and_stay_fill_the_procedure(people: Tables) -> None:
    columns = "setting, disposition, age_years, cast(performed_on as varchar), cast(arrived_at as varchar), sex"
    assert told(people, "x1", columns) == ("outpatient", "home", 75, "2026-01-12", "2026-01-11 21:00:00", "F")


def test_the_date_is_that_of_the_hospital_whatever_the_offset(people: Tables) -> None:
    assert told(people, "early", "cast(performed_on as varchar), setting") == ("2026-01-12", None)


@pytest.mark.parametrize(
    ("number", "age"),
    sample(
        [
            ("born-day-after", 75),
            ("born-that-day", 76),
            ("born-year", None),
            ("born-month", None),
        ],
        2,
    ),
)
def test_age_is_known_only_from_a_whole_date_of_birth(number: str, age: int | None, people: Tables) -> None:
    assert told(people, number, "age_years") == (age,)


def test_a_merged_patient_is_the_one_that_stays(people: Tables) -> None:
    assert told(people, "merged", "cast(died_on as varchar)") == ("2026-05-02",)
    assert people.rows("select count(*) from score_assignments where reason = 'no_procedure'") == [(0,)]


def test_merges_that_point_at_each_other_end(people: Tables) -> None:
    assert told(people, "circle", "sex") == ("F",)


def test_a_bare_yes_is_no_date_of_death(people: Tables) -> None:
    assert told(people, "dead", "died_on") == (None,)


def test_several_levels_and_an_unknown_code(people: Tables) -> None:
    levels = people.rows(
        "select cast(vertebra as varchar) from treated_levels"
        " inner join identities on treated_levels.procedure_id = identities.key"
        " where identities.number in ('two-levels', 'strange-level') order by vertebra"
    )
    assert levels == [("T12",), ("L1",)]
    assert (6, "level_unreadable") in people.warned()


def test_a_procedure_that_was_not_completed_is_rejected(people: Tables) -> None:
    assert [rule for _, rule in people.rejected()] == ["status_not_loaded"] * 4


@pytest.fixture(scope="module")
def observations() -> Iterator[Tables]:
    """Observations of every standing, after a person with a stay and a procedure (rows 1 to 3)."""
    false_system = score("false")
    false_system["code"] = {"coding": [{"system": "http://other", "code": "72514-3"}]}
    newer = {"lastUpdated": SECOND}
    made = loaded(
        *department(score("plain", effectiveDateTime="2026-01-13T20:30:00Z")),
        score("pulse", code="8867-4"),
        false_system,
        {"resourceType": "Condition", "id": "c1"},
        *(score(status, status=status) for status in ("entered-in-error", "cancelled", "registered", "unknown")),
        score("early", status="preliminary"),
        score("revived", status="entered-in-error"),
        score("revived", valueInteger=3, meta=newer),
        score("spoilt", valueInteger=9),
        score("spoilt", valueInteger=9, status="entered-in-error", meta=newer),
        score("torn", valueInteger=1),
        score("torn", valueInteger=2),
        score("second", code="72514-3", valueInteger=5)
        | {"code": {"coding": [{"system": LOINC, "code": "38208-5"}, {"system": LOINC, "code": "72514-3"}]}},
    )
    yield made
    made.close()


def test_only_final_scores_of_the_measure_are_loaded(observations: Tables) -> None:
    assert sorted(observations.scores()) == [3, 5, 7, 7]
    assert observations.rows("select cast(measured_on as varchar) from pain_scores order by score_id limit 1") == [
        ("2026-01-14",)
    ]


def test_every_other_observation_is_rejected_by_its_own_rule(observations: Tables) -> None:
    assert observations.rejected() == [
        *((row, "other_measure") for row in (5, 6, 7)),
        *((row, "status_not_loaded") for row in (8, 9, 10, 11, 13)),
        (17, "id_conflict"),
        (18, "id_conflict"),
    ]


def test_preliminary_is_loaded_with_a_remark(observations: Tables) -> None:
    assert (12, "status_preliminary") in observations.warned()


def test_entered_in_error_takes_back_what_was_sent(observations: Tables) -> None:
    told_back = observations.rows("select source_row, reason from replaced_rows order by source_row")
    assert told_back == [(15, "withdrawn"), (16, "withdrawal")]


def test_entered_in_error_may_come_first() -> None:
    tables = received([score(status="entered-in-error", meta={"lastUpdated": SECOND})], department(score()))
    assert tables.scores() == []
    assert sorted(row[0] for row in tables.rows("select reason from replaced_rows")) == ["withdrawal", "withdrawn"]


def test_stays_are_corrected_and_ids_repeat_in_any_number_of_files() -> None:
    late = encounter(meta={"lastUpdated": SECOND}, period={"start": "2026-01-12T08:30:00+11:00"})
    newer = score(valueInteger=3, meta={"lastUpdated": SECOND})
    tables = received([newer, patient(), procedure()], [encounter()], [late], [score(), score()])
    assert tables.rows("select cast(arrived_at as varchar), discharged_at from procedures") == [
        ("2026-01-11 21:30:00", None)
    ]
    assert tables.scores() == [3]
    assert tables.rows("select source_row, fate, reason from replaced_rows order by source_file_id, source_row") == [
        (1, "superseded", "corrected"),
        (1, "superseded", "older_version"),
        (2, "duplicate", "identical"),
    ]


@pytest.mark.parametrize("dated", sample([{}, {"meta": {"lastUpdated": SECOND}}]))
def test_a_deletion_takes_back_what_was_sent_before(dated: Resource) -> None:
    gone = deleted("Observation/s1", "Procedure/x1", "Encounter/e1", **dated)
    tables = received(department(score(), score("s2")), [gone])
    assert tables.scores() == [7]
    assert tables.rows("select count(*) from procedures") == [(0,)]
    assert tables.rejected() == []


def test_what_was_deleted_can_come_back() -> None:
    again = score(meta={"lastUpdated": "2026-04-01T06:00:00+11:00"})
    gone = deleted("Observation/s1", timestamp=SECOND)
    assert received(department(score()), [gone], [again]).scores() == [7]


def test_the_same_file_in_another_zone_has_other_dates() -> None:
    tables = loaded(patient(), procedure(), score(), zone="America/Los_Angeles")
    assert tables.rows("select cast(performed_on as varchar) from procedures") == [("2026-01-11",)]


def test_a_bundle_loads_like_lines(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle(*department(score())), indent=1), encoding="utf-8")
    result = take(home, path, source="fhir_bulk", zone=SYDNEY)
    assert [(one.rows_read, one.rows_loaded) for one in result.reports] == [(4, 4)]


STRANGE_PEOPLE = {
    ("id_missing", "id"): patient(None),
    ("date_unreadable", "meta.lastupdated"): patient("b", meta={"lastUpdated": "yesterday"}),
    ("future_date", "meta.lastupdated"): patient("c", meta={"lastUpdated": "2030-01-01T00:00:00Z"}),
    ("date_unreadable", "birthdate"): patient("d", birthDate="June"),
    ("date_unreadable", "deceased"): patient("e", deceasedDateTime="soon"),
    ("future_date", "birthdate"): patient("f", birthDate="2030-01-01"),
    ("future_date", "deceased"): patient("g", deceasedDateTime="2030-01-01"),
    ("unknown_value", "gender"): patient("h", gender="?"),
}
STRANGE_STAYS = {
    ("id_missing", "id"): encounter(None),
    ("date_unreadable", "meta.lastupdated"): encounter("b", meta={"lastUpdated": "yesterday"}),
    ("future_date", "meta.lastupdated"): encounter("c", meta={"lastUpdated": "2030-01-01T00:00:00Z"}),
    ("date_unreadable", "period.end"): encounter("e", period={"end": "later"}),
    ("future_date", "period.end"): encounter("g", period={"end": "2030-01-01"}),
    ("unknown_value", "hospitalization.dischargedisposition.coding.code"): encounter(
        "h", hospitalization={"dischargeDisposition": {"coding": [{"code": "moon"}]}}
    ),
}


def test_rules_on_people_and_stays_are_broken_by_what_they_are_for() -> None:
    planted = [*STRANGE_PEOPLE.items(), *STRANGE_STAYS.items()]
    tables = loaded(*(one for _, one in planted))
    found = tables.rejected() + tables.warned()
    assert sorted(found) == [(row, rule) for row, ((rule, _), _) in enumerate(planted, start=1)]
