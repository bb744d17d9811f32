"""Kinds of FHIR, OMOP and REDCap records that look like others: merges by the survivor, parts, types, other tables."""

from itertools import pairwise
from pathlib import Path

import pytest

from data.home import Home
from tests.deliveries import Tables, tables_of
from tests.fhir import Resource, lines, patient, procedure, score
from tests.grids import sample
from tests.records import take

SYDNEY = "Australia/Sydney"


def loaded(*resources: Resource) -> Tables:
    tables = tables_of("fhir_bulk", [("a.ndjson", lines(resources))], SYDNEY)
    assert tables.refused == []
    return tables


def linked(kind: str, *numbers: str) -> list[Resource]:
    return [{"other": {"reference": f"Patient/{number}"}, "type": kind} for number in numbers]


def component(code: str, value: int, system: str | None = "http://loinc.org") -> Resource:
    return {"code": {"coding": [{"system": system, "code": code}]}, "valueInteger": value}


@pytest.mark.parametrize(
    "people",
    sample(
        [
            [patient("new", link=linked("replaces", "old")), patient("old", active=False)],
            [patient("new"), patient("old", link=linked("replaced-by", "new"))],
            [patient("new", link=linked("replaces", "old")), patient("old", link=linked("replaced-by", "new"))],
            [patient("new", link=linked("replaces", "older", "old"))],
            [patient("new", link=linked("replaces", "mid")), patient("mid", link=linked("replaces", "old"))],
        ],
        2,
    ),
)
def test_a_merge_holds_whoever_names_it(people: list[Resource]) -> None:
    tables = loaded(*people, procedure("x1", "old"), score("s1", "new"))
    assert tables.rows("select count(*) from patients") == [(1,)]
    assert tables.rows("select reason from score_assignments where procedure_id is not null") == [("window_open",)]
    tables.close()


def people_of(*people: Resource) -> tuple[list[tuple[int]], list[str]]:
    """How many people the procedures of these are of, and what is told of their merges."""
    procedures = [procedure(f"x{place}", str(one["id"])) for place, one in enumerate(people)]
    tables = loaded(*people, *procedures)
    found = tables.rows("select count(*) from procedures group by patient_key order by all")
    rules = sorted({rule for _, rule in tables.warned() if rule.startswith("merged_")})
    tables.close()
    return found, rules


@pytest.mark.parametrize("kind", sample(["replaced-by", "replaces"]))
@pytest.mark.parametrize("size", sample([2, 3, 4, 11]))
def test_a_circle_of_merges_is_one_person_and_is_told(kind: str, size: int) -> None:
    names = [f"p{place:02}" for place in range(size)]
    circle = [patient(one, link=linked(kind, names[place - 1])) for place, one in enumerate(names)]
    assert people_of(*circle) == ([(size,)], ["merged_in_circle"])
    beside = patient("z", link=linked("replaced-by", "p00"))
    assert people_of(*circle, beside) == ([(size + 1,)], ["merged_in_circle"])


def test_merges_one_after_the_other_lead_to_the_last_however_many() -> None:
    names = [f"p{place:02}" for place in range(25)]
    chain = [patient(one, link=linked("replaced-by", after)) for one, after in pairwise(names)]
    assert people_of(*chain, patient(names[-1])) == ([(25,)], [])


@pytest.mark.parametrize("newest", sample(["b", "c"]))
def test_a_number_with_two_survivors_follows_the_one_that_was_said_last(newest: str) -> None:
    said = {name: f"2026-03-{2 + (name == newest):02}T08:00:00Z" for name in "bc"}
    people = [
        patient(name, link=linked("replaces", "a"), meta={"lastUpdated": said[name]}, gender="female") for name in "bc"
    ]
    assert people_of(patient("a"), *people) == ([(1,), (2,)], ["merged_into_several"])
    tables = loaded(patient("a"), *people, procedure("x1", "a"), score("s1", newest))
    assert tables.rows("select reason from score_assignments where procedure_id is not null") == [("window_open",)]
    tables.close()


@pytest.mark.parametrize(
    ("deceased", "warned", "died", "unknown"),
    sample(
        [
            ({"deceasedBoolean": True}, ["death_day_unknown"], [None], True),
            ({"deceasedBoolean": False}, [], [None], False),
            ({}, [], [None], False),
            ({"deceasedDateTime": "2026-02-01"}, [], ["2026-02-01"], False),
        ],
        2,
    ),
)
def test_a_death_without_a_day_is_told_and_nobody_is_taken_for_alive(
    deceased: Resource, warned: list[str], died: list[str | None], unknown: bool
) -> None:
    """Of the others who died the day is known; so it is not said of this one that no death means alive."""
    others = [patient("dead", deceasedDateTime="2026-02-02"), procedure("x2", "dead")]
    tables = loaded(patient("p", **deceased), procedure("x1", "p"), *others)
    assert [rule for _, rule in tables.warned() if rule.startswith("death")] == warned
    assert tables.rows(
        "select cast(died_on as varchar) from patients where died_on is distinct from date '2026-02-02'"
    ) == [(one,) for one in died]
    found = tables.rows(
        "select sends_deaths, death_day_unknown from outcomes inner join patients on"
        " outcomes.patient_key = patients.patient_key where died_on is distinct from date '2026-02-02'"
    )
    assert found == [(not unknown, unknown)]
    tables.close()


def test_other_links_merge_nobody() -> None:
    tables = loaded(patient("a", link=linked("seealso", "b")), patient("b"), procedure("x1", "a"), procedure("x2", "b"))
    assert tables.rows("select count(*) from patients") == [(2,)]
    tables.close()


@pytest.mark.parametrize(
    ("parts", "scores", "rules"),
    sample(
        [
            ([component("38206-9", 9)], [], ["other_measure"]),
            ([component("72514-3", 3), component("38206-9", 9)], [3], []),
            ([component("38206-9", 9), component("38207-7", 8)], [], ["other_measure"]),
            ([component("72514-3", 9, "urn:hospital")], [], ["other_measure"]),
            ([component("72514-3", 9, None)], [9], []),
            ([component("72514-3", 9) | {"valueInteger": None}], [None], []),
            ([component("72514-3", 3) | {"valueInteger": None, "dataAbsentReason": {"text": "asleep"}}], [None], []),
        ],
        3,
    ),
)
def test_a_part_with_another_code_is_not_the_value(
    parts: list[Resource], scores: list[float], rules: list[str]
) -> None:
    parts = [{name: value for name, value in part.items() if value is not None} for part in parts]
    tables = loaded(patient(), procedure(), score(component=parts))
    assert tables.scores() == scores
    assert [rule for _, rule in tables.rejected()] == rules
    tables.close()


def test_an_observation_with_a_value_of_its_own_may_have_other_parts() -> None:
    tables = loaded(patient(), procedure(), score(valueInteger=5, component=[component("38206-9", 9)]))
    assert tables.scores() == [5]
    tables.close()


def test_values_of_types_that_are_not_read_are_unreadable() -> None:
    values: list[Resource] = [
        {"valueRatio": {"numerator": {"value": 7}, "denominator": {"value": 10}}},
        {"valueRange": {"low": {"value": 7}}},
        {"valueString": "severe"},
        {"valueSampledData": {"origin": {"value": 0}, "period": 1, "dimensions": 1, "data": "7"}},
        {"valuePeriod": {"start": "2026-01-14"}},
        {"valueTime": "07:00:00"},
        {"valueCodeableConcept": {"coding": [{"display": "severe"}]}},
    ]
    tables = loaded(patient(), procedure(), *(score(f"s{place}", **value) for place, value in enumerate(values)))
    assert [rule for _, rule in tables.rejected()] == ["score_unreadable"] * len(values)
    assert tables.rows("select count(*) from pain_scores") == [(0,)]
    tables.close()


def test_zeros_behind_a_number_change_nothing() -> None:
    tables = loaded(patient(), procedure(), score("s1", valueQuantity={"value": "8.0000000000"}))
    assert tables.scores() == [8]
    tables.close()


def test_other_tables_of_the_model_are_ignored_when_they_are_named(home: Home, tmp_path: Path) -> None:
    tables = {
        "person.csv": "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,person_source_value\n"
        "1,8532,1950,6,1,A\n",
        "procedure_occurrence.csv": "procedure_occurrence_id,person_id,procedure_concept_id,procedure_date,"
        "procedure_datetime,visit_occurrence_id,procedure_source_value\n100,1,0,2026-01-12,,,22511\n",
        "concept.csv": "concept_id,concept_name,domain_id\n1,A,B\n",
        "drug_exposure.csv": "drug_exposure_id,person_id,drug_concept_id\n1,1,2\n",
        "condition_occurrence.csv": "condition_occurrence_id,person_id,visit_occurrence_id\n1,1,2\n",
        "visit_detail.csv": "visit_detail_id,person_id,visit_detail_concept_id,visit_occurrence_id\n1,1,9201,10\n",
        "observation_period.csv": "observation_period_id,person_id,observation_period_start_date\n1,1,2020-01-01\n",
    }
    for name, text in tables.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = take(home, *(tmp_path / name for name in tables), source="omop")
    assert result.refused == []
    ours = {"person.csv", "procedure_occurrence.csv"}
    assert set(result.ignored) == set(tables) - ours
    assert len(result.reports) == 2


def test_a_table_of_ours_with_a_renamed_column_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "death.csv").write_text("person_id,death_day,death_type_concept_id\n1,2026-05-01,0\n", encoding="utf-8")
    result = take(home, tmp_path / "death.csv", source="omop")
    assert "missing column death_date" in str(result.refused[0].error)


def test_an_instance_that_is_not_there_is_told(examples: Path) -> None:
    data = (examples / "redcap" / "data.csv").read_text(encoding="utf-8")
    header = data.split("\n", 1)[0].split(",")
    place = header.index("pain_proc_instance")
    rows = [line.split(",") for line in data.splitlines()]
    pain = next(row for row in rows[1:] if len(row) == len(header) and row[place] == "1")
    pain[place] = "77"
    changed = "\n".join(",".join(row) for row in rows) + "\n"
    dictionary = (examples / "redcap" / "data_dictionary.csv").read_bytes()
    tables = tables_of("redcap", [("data.csv", changed.encode())], "America/Toronto", dictionary, "2026-10-01T12:00:00")
    assert tables.refused == []
    assert [rule for _, rule in tables.warned() if rule == "link_not_found"] == ["link_not_found"]
    tables.close()
