"""Erasing a person from FHIR files: every kind of reference, of bundle and of broken line."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from data.errors import UsageProblem
from data.home import Home
from etl.generations import publish
from etl.generations.manifest import Delivery
from etl.operations.forget import Certificate, forget_patient
from etl.readers import Wanted
from etl.readers.fhir.fhir_resources import Options, read_tables
from etl.redaction.person_numbers import Numbers
from etl.redaction.personal_rows import Reading, all_of
from etl.redaction.redact_file import redact_file
from etl.sources import read_source
from queries.warehouse import open_current
from tests import fhir
from tests.grids import sample
from tests.leaks import leaks
from tests.records import quiet, take

PERSON, MRN, OTHER = "person-1", "MRN-44123", "person-2"
ZONE = "Australia/Sydney"
ABOUT = (
    fhir.patient(PERSON, identifier=[{"system": "urn:a", "value": MRN}]),
    fhir.encounter("e1", PERSON),
    fhir.procedure("x1", PERSON),
    fhir.score("s1", subject={"reference": f"urn:uuid:{PERSON}"}),
    fhir.score("s2", subject={"reference": f"https://fhir.example/r4/Patient/{PERSON}/_history/3"}),
    fhir.score("s4", subject={"identifier": {"value": MRN}}),
    fhir.score(
        "s5",
        subject={"reference": "#p"},
        contained=[{"resourceType": "Patient", "id": "p", "identifier": [{"value": MRN}]}],
    ),
    {"resourceType": "AllergyIntolerance", "id": "a1", "patient": {"reference": f"Patient/{PERSON}"}},
    {"resourceType": "Provenance", "id": "v1", "target": [{"reference": "Procedure/x1"}]},
    {"resourceType": "QuestionnaireResponse", "id": "q1", "subject": {"reference": f"Patient/{PERSON}"}},
    {"resourceType": "Procedure", "id": "x2", "subject": {"reference": f"Patient?identifier=urn:a|{MRN}"}},
)
NOT_ABOUT = (
    fhir.patient(OTHER, identifier=[{"system": "urn:a", "value": "MRN-441234"}]),
    fhir.patient("person-11"),
    fhir.score("s3", OTHER),
    fhir.score("s6", "person-11"),
)
SAME_ID = {"resourceType": "AllergyIntolerance", "id": PERSON, "patient": {"reference": f"Patient/{OTHER}"}}


def bundle(resources: tuple[fhir.Resource, ...]) -> bytes:
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=1).encode()


def listed(resources: tuple[fhir.Resource, ...]) -> bytes:
    return json.dumps(list(resources), indent=1).encode()


def one_line(resources: tuple[fhir.Resource, ...]) -> bytes:
    return fhir.lines([json.loads(bundle(resources))])


def reading(content: bytes) -> Reading:
    source = read_source("fhir_bulk")
    return Reading(
        source,
        Delivery(
            sequence=1,
            sha256="",
            source=source.name,
            mapping_sha256="",
            time_zone=ZONE,
            received_at="2026-06-01T12:00:00",
            name="a.ndjson",
            folder="",
        ),
        content,
    )


def erased(home: Home, number: str) -> Certificate:
    with publish.only_load(home):
        return forget_patient(home, number, None, quiet)


def load(home: Home, path: Path, *resources: fhir.Resource | str) -> None:
    taken = take(home, fhir.written(path, resources), source="fhir_bulk", zone=ZONE, accept_rejects=True)
    assert not taken.refused


@pytest.mark.parametrize("write", sample([fhir.lines, bundle, listed, one_line], 2))
def test_resources_are_found_by_every_kind_of_reference(write: Callable[..., bytes]) -> None:
    others = (*NOT_ABOUT, SAME_ID)
    file = reading(write((*ABOUT, *others)))
    numbers = all_of(lambda: [file], Numbers(frozenset({PERSON})))
    assert numbers.others == {MRN}
    made = redact_file(file, numbers)
    assert made is not None
    assert made.rows == len(ABOUT)
    assert f'"{MRN}"'.encode() not in made.content
    assert made.content.count(f'"{PERSON}"'.encode()) == 1
    before, after = rows(file.content), rows(made.content)
    assert after["problem"].to_pylist() == ["excluded_person"] * len(ABOUT) + [None] * len(others)
    assert after["source_line"].equals(before["source_line"])
    if write is fhir.lines:
        assert made.content.decode().splitlines()[-len(others) :] == [json.dumps(one) for one in others]


def rows(content: bytes) -> pa.Table:
    return read_tables(content, "file", Options(kind="fhir"), Wanted(headings=frozenset({"id"})))[0].rows


def test_a_mention_in_a_resource_of_somebody_else_is_taken_out_of_it() -> None:
    note = fhir.score("s9", OTHER, note=[{"text": f"twin of {PERSON}, not 1{MRN}"}], valueInteger=4)
    file = reading(fhir.lines([*ABOUT, note]))
    made = redact_file(file, all_of(lambda: [file], Numbers(frozenset({PERSON}))))
    assert made is not None
    left = json.loads(made.content.decode().splitlines()[-1])
    assert left == note | {"note": [{"text": f"twin of [erased], not 1{MRN}"}]}


def test_an_identifier_that_is_somebody_elses_id_finds_nothing_of_theirs() -> None:
    file = reading(
        fhir.lines([
            fhir.patient(PERSON, identifier=[{"value": "12345"}]), fhir.procedure("x1", PERSON), fhir.patient("12345"),
            fhir.procedure("x2", "12345"),
        ])
    )  # fmt: skip
    numbers = all_of(lambda: [file], Numbers(frozenset({PERSON})))
    assert (numbers.others, numbers.procedures) == (frozenset(), {"x1"})
    made = redact_file(file, numbers)
    assert made is not None
    assert made.rows == 2


@pytest.mark.thorough
def test_a_broken_line_and_a_person_known_only_elsewhere_are_erased_too(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "all.ndjson", *ABOUT, *NOT_ABOUT, f'{{"subject": "Patient/{PERSON}"', "{}")
    before = dict(open_current(home).rows("select rule, count(*) from rejected_rows group by rule"))
    done = erased(home, MRN)
    rules = dict(open_current(home).rows("select rule, count(*) from rejected_rows group by rule"))
    assert done.evidence.hits == {}
    assert leaks(home.root, MRN) == []
    assert rules["excluded_person"] == done.rows == len(ABOUT) + 1
    assert "not_json" not in rules
    assert before["not_json"] == 1
    read_rows, fates = open_current(home).rows(
        "select rows_read, rows_loaded + rows_superseded + rows_duplicate + rows_rejected from source_files"
    )[0]
    assert read_rows == fates == len(ABOUT) + len(NOT_ABOUT) + 2
    lonely = {"resourceType": "AllergyIntolerance", "id": "a7", "patient": {"reference": "Patient/lonely-7"}}
    load(home, tmp_path / "more.ndjson", lonely)
    assert leaks(home.root, "lonely-7")
    assert erased(home, "lonely-7").evidence.hits == {}
    assert leaks(home.root, "lonely-7") == []


@pytest.mark.thorough
def test_a_server_that_numbers_people_anew_does_not_bring_the_person_back(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "first.ndjson", *ABOUT, *NOT_ABOUT)
    erased(home, PERSON)
    anew = "person-900"
    load(
        home, tmp_path / "second.ndjson", fhir.patient(anew, identifier=[{"value": MRN}]),
        fhir.procedure("x900", anew), fhir.score("s900", anew), *NOT_ABOUT,
    )  # fmt: skip
    load(home, tmp_path / "third.ndjson", fhir.score("s901", anew), *NOT_ABOUT[:2])
    assert leaks(home.root, anew, MRN, "x900") == []
    assert open_current(home).rows("select count(*) from patients")[0][0] <= len(NOT_ABOUT)


@pytest.mark.thorough
def test_a_name_that_two_people_share_erases_neither_by_chance(home: Home, tmp_path: Path) -> None:
    twins = [fhir.patient(one, identifier=[{"value": "unknown"}]) for one in (PERSON, OTHER)]
    load(home, tmp_path / "first.ndjson", *twins, fhir.score("s1", PERSON), fhir.score("s3", OTHER))
    with pytest.raises(UsageProblem, match="2 patients go by this number"):
        erased(home, "unknown")
    assert erased(home, PERSON).rows == 2
    load(home, tmp_path / "second.ndjson", fhir.patient("person-3", identifier=[{"value": "unknown"}]))
    assert "excluded_person" not in dict(
        open_current(home).rows(
            "select rule, name from rejected_rows inner join source_files using (source_file_id)"
            " where name = 'second.ndjson'"
        )
    )


@pytest.mark.thorough
def test_a_deletion_of_the_person_is_erased_and_others_stay(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "first.ndjson", *ABOUT, *NOT_ABOUT)
    gone = fhir.deleted(f"Patient/{PERSON}", "Procedure/x1", "Observation/s3")
    load(home, tmp_path / "deleted.ndjson", gone)
    done = erased(home, PERSON)
    assert done.evidence.hits == {}
    assert done.rows == len(ABOUT) + 2
    assert leaks(home.root, PERSON, "x1") == []
