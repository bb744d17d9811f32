"""Only the treatment counts: by codes, by words, and never silently none of a file with procedures."""

from pathlib import Path

import pytest

from etl.sources import validate_source
from tests.deliveries import Tables, tables_of
from tests.fhir import FIRST, SECOND, SNOMED, Resource, deleted, lines, patient, procedure
from tests.senders import own_source

CPT = "http://www.ama-assn.org/go/cpt"
PERSON = "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,person_source_value\n"
PERSON += "1,8532,1950,6,1,A\n"
OMOP = "procedure_occurrence_id,person_id,procedure_concept_id,procedure_date,procedure_datetime,visit_occurrence_id,"
OMOP += "procedure_source_value\n"
CASES = """
title = "Theatre list of a whole hospital"
time_zone = "Europe/Berlin"
[formats]
date = "iso"
[treatment]
columns = ["Code", "Eingriff"]
codes = { ops = ["5-839.9*"] }
words = ["vertebroplast*"]
not_words = ["nachsorge"]
[[file]]
name = "list"
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "Nr"
patient_id = "Pat"
performed_on = "Datum"
"""


def coded(system: str, code: str, text: str | None = None) -> Resource:
    return {"coding": [{"system": system, "code": code}]} | ({"text": text} if text else {})


def fhir(*resources: Resource) -> Tables:
    return tables_of("fhir_bulk", [("a.ndjson", lines([patient(), *resources]))], "Australia/Sydney")


def omop(rows: str) -> Tables:
    files = [("person.csv", PERSON.encode()), ("procedure_occurrence.csv", (OMOP + rows).encode())]
    return tables_of("omop", files, "America/Chicago")


def counted(tables: Tables) -> int:
    return tables.rows("select count(*) from procedures")[0][0]


def rules_of(tables: Tables) -> list[str]:
    return [rule for _, rule in tables.rejected()]


# What a procedure says of itself, and whether it is the treatment.
CODES: list[tuple[Resource, bool]] = [
    ({"text": "Percutaneous vertebroplasty"}, True),
    ({"text": "Ballonkyphoplastie L1"}, True),
    ({"coding": [{"system": SNOMED, "code": "1", "display": "Percutaneous vertebroplasty"}]}, True),
    (coded(CPT, "22511"), True),
    (coded("http://fhir.de/CodeSystem/bfarm/ops", "5-839.a0"), True),
    ({"coding": [{"system": "urn:local", "code": "7"}, {"system": CPT, "code": "22513"}]}, True),
    ({"text": "Colonoscopy"}, False),
    ({"text": "Consultation about vertebroplasty"}, False),
    ({"text": "Vertebroplasty under general anaesthesia, with fluoroscopic guidance"}, True),
    ({"text": "Cimentoplastie vertébrale"}, True),
    ({"text": "Radiological supervision and interpretation, percutaneous vertebroplasty"}, False),
    ({"text": "Anesthesia for percutaneous vertebroplasty"}, False),
    ({"text": "Kontrolle nach Kyphoplastie"}, False),
    ({"text": "Vertebroplasty", "coding": [{"display": "Referral for vertebroplasty"}]}, False),
    ({"text": "Planning", "coding": [{"system": CPT, "code": "22511", "display": "Vertebroplasty"}]}, True),
    (coded("urn:local", "22511"), False),
    (coded(CPT, "225"), False),
    ({}, False),
]


def test_a_procedure_counts_by_its_code_or_its_words() -> None:
    days = [f"2026-01-{place:02}" for place in range(1, len(CODES) + 1)]
    sent = [
        procedure(day, performedPeriod={"start": f"{day}T10:00:00+11:00"}, code=code)
        for day, (code, _) in zip(days, CODES, strict=True)
    ]
    tables = fhir(*sent)
    assert tables.refused == []
    treated = {day for day, (_, counts) in zip(days, CODES, strict=True) if counts}
    assert {row[0] for row in tables.rows("select cast(performed_on as varchar) from procedures")} == treated
    assert rules_of(tables) == ["other_measure"] * (len(CODES) - len(treated))
    tables.close()


def test_a_hospital_of_all_procedures_counts_one(any_procedures: list[Resource]) -> None:
    tables = fhir(*any_procedures)
    assert (counted(tables), rules_of(tables)) == (1, ["other_measure"] * 3)
    assert tables.rows("select rows_read, rows_loaded, rows_rejected from source_files") == [(5, 2, 3)]
    tables.close()


def test_a_file_of_other_procedures_alone_is_refused_with_their_codes(any_procedures: list[Resource]) -> None:
    others = [*any_procedures[1:], any_procedures[1] | {"id": "again"}]
    tables = fhir(*others)
    assert len(tables.refused) == 1
    assert "none of its 4 procedures is the treatment; codes seen most often: 73761001 (2)" in tables.refused[0]
    assert "Colonoscopy" not in tables.refused[0]
    tables.close()


def test_texts_of_others_stand_in_no_message() -> None:
    tables = fhir(procedure(code={"text": "Removal of Ms Smith's drain"}))
    assert "no row has a code" in tables.refused[0]
    assert "Smith" not in tables.refused[0]
    tables.close()


def test_a_procedure_that_turns_out_to_be_another_is_taken_back() -> None:
    corrected = procedure(code={"text": "Colonoscopy"}, meta={"lastUpdated": SECOND})
    first, second = lines([patient(), procedure(), procedure("y")]), lines([corrected, procedure("z")])
    tables = tables_of("fhir_bulk", [("a.ndjson", first), ("b.ndjson", second)], "Australia/Sydney")
    assert tables.refused == []
    assert counted(tables) == 2
    assert tables.rows("select sum(rows_superseded), sum(rows_rejected) from source_files") == [(2, 0)]
    tables.close()


def test_a_deletion_without_a_code_still_takes_back() -> None:
    files = [("a.ndjson", lines([procedure(), procedure("y")])), ("b.ndjson", lines([deleted("Procedure/x1")]))]
    tables = tables_of("fhir_bulk", files, "Australia/Sydney")
    assert tables.refused == []
    assert counted(tables) == 1
    tables.close()


def test_what_did_not_happen_and_is_another_counts_against_no_file() -> None:
    stopped = [procedure(f"n{n}", status="not-done", code={"text": "Dialysis"}) for n in range(9)]
    tables = tables_of("fhir_bulk", [("a.ndjson", lines([procedure(), *stopped]))], "Australia/Sydney")
    assert rules_of(tables) == ["other_measure"] * 9
    tables.close()


def test_the_technique_is_what_was_done() -> None:
    tables = fhir(procedure("a"), procedure("b", code={"text": "Balloon kyphoplasty"}))
    assert tables.rows("select technique from procedures order by 1") == [("vertebroplasty",), ("balloon_kyphoplasty",)]
    tables.close()


def test_omop_counts_codes_and_words_of_any_column() -> None:
    tables = omop(
        "1,1,0,2026-01-12,,,22511\n2,1,22513,2026-02-12,,,\n3,1,0,2026-03-12,,,Vertebroplasty L1\n"
        "4,1,0,2026-03-13,,,99213\n5,1,0,2026-04-13,,,0QU03JZ\n"
    )
    assert (counted(tables), rules_of(tables)) == (4, ["other_measure"])
    tables.close()


def test_omop_without_the_treatment_is_refused() -> None:
    tables = omop("1,1,0,2026-01-12,,,99213\n2,1,0,2026-02-12,,,99213\n3,1,0,2026-02-12,,,45378\n")
    assert "codes seen most often: 99213 (2), 45378 (1)" in tables.refused[0]
    tables.close()


def test_a_table_of_a_hospital_names_its_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    source = own_source(monkeypatch, "theatre", CASES)
    rows = "Nr,Pat,Datum,Code,Eingriff\n1,A,2026-01-12,5-839.90,\n2,B,2026-01-12,,Vertebroplastie L1\n"
    rows += "3,C,2026-01-12,5-820.0,Hüfte\n4,D,2026-01-12,,Nachsorge Vertebroplastie\n"
    tables = tables_of(source, [("list.csv", rows.encode())], "Europe/Berlin")
    assert tables.refused == []
    assert (counted(tables), rules_of(tables)) == (2, ["other_measure", "other_measure"])
    tables.close()


def test_a_hospital_may_name_codes_under_any_system() -> None:
    shipped = (Path(__file__).parents[2] / "etl" / "sources" / "omop.toml").read_text(encoding="utf-8")
    theirs = shipped.replace("cpt4 = [", 'local = ["VP1"]\ncpt4 = [')
    assert "VP1" in validate_source(theirs.encode(), "theirs", "theirs.toml").treatment.all_codes  # type: ignore[union-attr]


def test_a_part_of_a_procedure_is_a_line_of_its_session() -> None:
    part = procedure(
        "x2", partOf=[{"reference": "Procedure/x1"}],
        bodySite=[{"coding": [{"system": SNOMED, "code": "66794005"}]}],
    )  # fmt: skip
    tables = fhir(part, procedure("x1"))
    assert counted(tables) == 1
    assert tables.rows("select vertebra from treated_levels order by 1") == [("T12",), ("L1",)]
    assert [rule for _, rule in tables.warned() if rule == "line_of_a_session"] == ["line_of_a_session"]
    assert tables.rows("select rows_read, rows_loaded from source_files") == [(3, 3)]
    tables.close()


def test_parts_of_something_else_are_lines_of_the_first() -> None:
    parts = [procedure(number, partOf=[{"reference": "Procedure/session"}]) for number in ("x1", "x2", "x3")]
    tables = fhir(procedure("session", code={"text": "Theatre session"}), *parts)
    assert (counted(tables), rules_of(tables)) == (1, ["other_measure"])
    tables.close()


def test_a_part_on_another_day_is_a_procedure_of_its_own() -> None:
    later = procedure("x2", partOf=[{"reference": "Procedure/x1"}], performedDateTime="2026-01-20")
    later.pop("performedPeriod")
    tables = fhir(procedure("x1"), later)
    assert counted(tables) == 2
    tables.close()


def test_parts_in_a_circle_stay_procedures() -> None:
    tables = fhir(
        procedure("x1", partOf=[{"reference": "Procedure/x2"}]), procedure("x2", partOf=[{"reference": "Procedure/x1"}])
    )
    assert counted(tables) == 2
    tables.close()


def test_a_part_that_comes_later_joins_its_session() -> None:
    part = procedure("x2", partOf=[{"reference": "Procedure/x1"}], meta={"lastUpdated": FIRST})
    files = [("a.ndjson", lines([patient(), procedure("x1")])), ("b.ndjson", lines([part]))]
    tables = tables_of("fhir_bulk", files, "Australia/Sydney")
    assert counted(tables) == 1
    tables.close()


def test_an_added_billing_line_is_a_line_of_the_session_of_that_day() -> None:
    tables = omop(
        "1,1,0,2026-01-12,,,22511\n2,1,0,2026-01-12,,,22512\n3,1,0,2026-01-12,,,22512\n4,1,0,2026-03-12,,,22515\n"
        "5,1,0,2026-05-12,,,22510\n"
    )
    assert counted(tables) == 3
    assert [row for row, rule in tables.warned() if rule == "line_of_a_session"] == [2, 3]
    tables.close()


def test_added_lines_of_fhir_bring_their_level() -> None:
    main = procedure("x1", code=coded(CPT, "22511"))
    more = procedure("x2", code=coded(CPT, "22512"), bodySite=[{"coding": [{"system": SNOMED, "code": "66794005"}]}])
    tables = fhir(more, main)
    assert counted(tables) == 1
    assert tables.rows("select count(*) from treated_levels") == [(2,)]
    tables.close()


@pytest.fixture
def any_procedures() -> list[Resource]:
    """A vertebroplasty, and three other procedures of a hospital."""
    kinds = (("225002005", "Percutaneous vertebroplasty"), ("73761001", "Colonoscopy"))
    kinds += (("34043003", "Dental consultation"), ("396540005", "Phlebotomy"))
    return [procedure(f"p{place}", code=coded(SNOMED, *kind)) for place, kind in enumerate(kinds)]
