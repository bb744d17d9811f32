"""Who a row is of is checked before it is used: numbers that are none, facts that cannot be true, other bytes."""

import json

import duckdb
import pytest

from etl.build.folded_names import fold_name
from etl.build.statements import run_sql
from tests.deliveries import Tables
from tests.grids import sample
from tests.sent_files import Sent, add_plain_source, canonical, load_in_turn, table

HEADER = "Case,MRN,Sex,Age,Site,Surgeon,Date,Start,End,Discharge,Levels,Class,Updated"


def procedures(*rows: dict[str, object], **shared: object) -> Tables:
    plain = {"performed_on": "2026-01-12", "sex": "F", "age_years": 70, "site": "North", "levels": "L1"}
    written = [plain | {"procedure_id": f"P{n}", "patient_id": "N1"} | shared | row for n, row in enumerate(rows)]
    return load_in_turn([Sent("procedures.csv", canonical("procedures", written))], accept_surprises=True).tables


ROUNDED = ("1.23457E+11", "1,23457e+11", "4.0E9", "1E+11", "-1.5E-3")
NONE = (
    "#FORMULA", "#SPILL!",
    "UNKNOWN", "n/a", "N.A.", "0", "000", "9999999", "111-11-1111", "xxx", "Test", "#N/A", "#REF!", "?", "-", "null",
    "-1", "-999", "TEST-01", "Test patient 2", "not on file", "N.N.", "anonyme", "no MRN",
    "unbekannt", "no number",
)  # fmt: skip
NUMBERS = (
    "1999999", "10000000", "5E10", "E12345", "999999", "12E5", "0x1", "Nadia", "Testa", "1", "A-0", "x", "N001",
)  # fmt: skip


def asked(macro: str, numbers: tuple[str, ...]) -> list[bool]:
    with duckdb.connect() as connection:
        run_sql(connection, "1_read/01_macros.sql")
        return [connection.execute(f"select {macro}(?)", [one]).fetchall()[0][0] for one in numbers]


def test_rounded_numbers_are_known_by_their_form() -> None:
    assert asked("is_rounded_number", ROUNDED) == [True] * len(ROUNDED)
    assert asked("is_rounded_number", NONE + NUMBERS) == [False] * len(NONE + NUMBERS)


def test_what_stands_for_no_number_is_known() -> None:
    assert asked("stands_for_none", NONE) == [True] * len(NONE)
    assert asked("stands_for_none", ROUNDED + NUMBERS) == [False] * len(ROUNDED + NUMBERS)


def test_a_number_that_is_none_is_rejected() -> None:
    rows = ({"patient_id": "1.23457E+11"}, {"patient_id": "ＵＮＫＮＯＷＮ"}, {"patient_id": "1999999"})
    assert procedures(*rows).rejected() == [(1, "number_rounded"), (2, "number_stands_for_none")]


def test_rounded_numbers_of_other_forms_are_rejected() -> None:
    add_plain_source()
    cases = table(HEADER, ["C1,1.23457E+11,F,70,North,Able,04/01/2026,09:00,09:50,,T12,OP,"])
    assert load_in_turn([Sent("cases.csv", cases, "plain")]).tables.rejected() == [(1, "number_rounded")]
    patient = json.dumps({"resourceType": "Patient", "id": "unknown", "gender": "female"}).encode()
    assert load_in_turn([Sent("x.ndjson", patient, "fhir_bulk")]).tables.rejected() == [(1, "number_stands_for_none")]


def contradictions(tables: Tables) -> list[tuple[int, str]]:
    return tables.rows(
        "select source_row, field from row_warnings where rule = 'person_contradicts' order by field, source_row"
    )


@pytest.mark.parametrize(
    ("one", "other", "field"),
    sample(
        [
            ({"sex": "F"}, {"sex": "M"}, "sex"),
            ({"age_years": 81}, {"age_years": 54, "performed_on": "2026-01-19"}, "age_years"),
            ({"age_years": 70, "performed_on": "2016-01-19"}, {"age_years": 70}, "age_years"),
            ({"died_on": "2026-02-01"}, {"died_on": "2026-04-01"}, "died_on"),
        ],
        2,
    ),
)
def test_facts_of_one_person_that_cannot_all_be_true_are_told(
    one: dict[str, object], other: dict[str, object], field: str
) -> None:
    assert contradictions(procedures(one, other)) == [(1, field), (2, field)]


@pytest.mark.parametrize(
    ("one", "other"),
    sample(
        [
            ({"sex": None}, {"sex": "M"}),
            ({"sex": "unknown"}, {"sex": "M"}),
            ({"age_years": 70}, {"age_years": 71, "performed_on": "2026-01-19"}),
            ({"age_years": 70, "performed_on": "2016-01-19"}, {"age_years": 80}),
            ({"died_on": "2026-02-01"}, {"died_on": None}),
        ],
        2,
    ),
)
def test_facts_that_can_be_true_are_not(one: dict[str, object], other: dict[str, object]) -> None:
    assert contradictions(procedures(one, other)) == []


def resource(kind: str, name: str, **more: object) -> dict[str, object]:
    return {"resourceType": kind, "id": name, "meta": {"lastUpdated": "2026-03-01T08:00:00Z"}} | more


def fhir(*resources: dict[str, object], load: int = 1) -> Sent:
    return Sent(f"x{load}.ndjson", "\n".join(json.dumps(one) for one in resources).encode(), "fhir_bulk", load)


def vertebroplasty(name: str, patient: str, at: str) -> dict[str, object]:
    code = {
        "coding": [{"system": "http://snomed.info/sct", "code": "225002005"}],
        "text": "Percutaneous vertebroplasty",
    }
    return resource(
        "Procedure",
        name,
        status="completed",
        subject={"reference": f"Patient/{patient}"},
        code=code,
        performedDateTime=at,
    )


@pytest.mark.parametrize(
    "links",
    [
        {"new": [{"other": {"reference": "Patient/old"}, "type": "replaces"}]},
        {"old": [{"other": {"reference": "Patient/new"}, "type": "replaced-by"}]},
        {
            "new": [{"other": {"reference": "Patient/old"}, "type": "replaces"}],
            "old": [{"other": {"reference": "Patient/new"}, "type": "replaced-by"}],
        },
    ],
)
def test_a_merge_may_be_named_by_either_side(links: dict[str, object]) -> None:
    people = [resource("Patient", name, **({"link": links[name]} if name in links else {})) for name in ("new", "old")]
    treated = [vertebroplasty("p1", "old", "2026-01-12T10:00:00Z"), vertebroplasty("p2", "new", "2026-02-20T10:00:00Z")]
    tables = load_in_turn([fhir(*people, *treated)]).tables
    assert tables.rows("select count(*), max(sequence_no) from procedures") == [(2, 2)]
    assert tables.rows("select count(*) from patients") == [(1,)]


def test_one_number_may_replace_several() -> None:
    links = [{"other": {"reference": f"Patient/{one}"}, "type": "replaces"} for one in ("a", "b")]
    treated = [vertebroplasty(f"p{one}", one, f"2026-01-1{n}T10:00:00Z") for n, one in enumerate("abc")]
    people = [resource("Patient", "c", link=links), resource("Patient", "a"), resource("Patient", "b")]
    assert load_in_turn([fhir(*people, *treated)]).tables.rows("select count(*) from patients") == [(1,)]


@pytest.mark.parametrize("row", [{"died_on": "2026-01-20"}, {"disposition": "died", "discharged_at": "2026-01-20"}])
def test_a_death_on_any_row_counts_for_the_person(row: dict[str, object]) -> None:
    tables = procedures(row, {"performed_on": "2026-01-19"}, {"performed_on": "2026-01-27"})
    assert tables.rejected() == [(3, "procedure_after_death")]


def test_a_death_that_was_corrected_counts_no_longer() -> None:
    first = [{"procedure_id": "P1", "patient_id": "N1", "performed_on": "2026-01-12", "died_on": "2026-01-20",
              "updated_at": "2026-02-01T06:00"}]  # fmt: skip
    second = [first[0] | {"died_on": None, "updated_at": "2026-03-01T06:00"},
              {"procedure_id": "P2", "patient_id": "N1", "performed_on": "2026-01-27"}]  # fmt: skip
    loaded = load_in_turn(
        [Sent("a.csv", canonical("procedures", first)), Sent("b.csv", canonical("procedures", second), load=2)]
    )
    assert loaded.tables.rows("select count(*) from procedures") == [(2,)]


def test_a_score_after_the_death_of_a_disposition_is_rejected() -> None:
    treated = [{"procedure_id": "P1", "patient_id": "N1", "performed_on": "2026-01-12", "disposition": "died",
                "discharged_at": "2026-01-20"}]  # fmt: skip
    asked = [{"score_id": "S1", "patient_id": "N1", "measured_at": "2026-01-21T10:00", "score": 3}]
    loaded = load_in_turn(
        [Sent("p.csv", canonical("procedures", treated)), Sent("s.csv", canonical("pain_scores", asked))]
    )
    assert loaded.tables.rejected() == [(1, "score_after_death")]


def test_a_death_in_a_stay_counts_for_the_person() -> None:
    stay = resource(
        "Encounter", "e1", status="finished", subject={"reference": "Patient/a"},
        period={"start": "2026-01-18T08:00:00Z", "end": "2026-01-20T08:00:00Z"},
        hospitalization={"dischargeDisposition": {"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/discharge-disposition", "code": "exp"}]}},
    )  # fmt: skip
    stay["class"] = {"code": "IMP"}
    treated = [vertebroplasty("p1", "a", "2026-01-12T10:00:00Z"), vertebroplasty("p2", "a", "2026-01-27T10:00:00Z")]
    tables = load_in_turn([fhir(resource("Patient", "a"), stay, *treated)]).tables
    assert [rule for _, rule in tables.rejected()] == ["procedure_after_death"]


@pytest.mark.parametrize(
    "written", sample(["Dr\u00a0Müller", "Dr  Müller", "Dr Mu\u0308ller", "Dr M\u200büller", "Ｄｒ Müller "], 2)
)
def test_names_that_look_the_same_are_the_same(written: str) -> None:
    assert fold_name(written) == "Dr Müller"
    tables = procedures({"operator": "Dr Müller", "site": "Süd"}, {"operator": written, "site": "Su\u0308d"})
    assert tables.rows("select distinct operator, site from procedures") == [("Dr Müller", "Süd")]


def test_numbers_that_look_the_same_are_of_one_person() -> None:
    tables = procedures({"patient_id": "Ä12"}, {"patient_id": "A\u030812"}, {"patient_id": "Ä１２\u200b"})
    assert tables.rows("select count(*) from patients") == [(1,)]


def alike(check: bool = False, **theirs: object) -> list[tuple[str, int]]:
    mine = {"procedure_id": "P1", "patient_id": "N1", "performed_on": "2026-04-01", "started_at": "2026-04-01T09:00",
            "sex": "F", "age_years": 70, "operator": "Able", "levels": "T12;L1"}  # fmt: skip
    add_plain_source()
    line = {"Case": "C1", "MRN": "M1", "Sex": "F", "Age": "70", "Site": "North", "Surgeon": "Able",
            "Date": "04/01/2026", "Start": "09:10", "End": "09:50", "Discharge": "", "Levels": "L1", "Class": "OP",
            "Updated": ""} | theirs  # fmt: skip
    loaded = load_in_turn(
        [
            Sent("p.csv", canonical("procedures", [mine])),
            Sent("c.csv", table(HEADER, [",".join(line.values())]), "plain"),
        ]
    )
    if check:
        return loaded.tables.rows(
            "select status, violations from check_results where check_id = 'sources_do_not_overlap'"
        )
    return loaded.tables.rows(
        "select name, source_row from row_warnings join source_files using (source_file_id)"
        " where rule = 'looks_like_other_source' order by name"
    )


@pytest.mark.parametrize("theirs", sample([{}, {"Surgeon": "Baker"}, {"Levels": "L4"}, {"Age": "71"}], 2))
def test_procedures_of_two_sources_that_look_alike_are_listed(theirs: dict[str, object]) -> None:
    assert alike(**theirs) == [("c.csv", 1), ("p.csv", 1)]


def test_the_check_of_sources_fails_where_procedures_look_alike() -> None:
    assert alike(check=True) == [("failed", 2)]


@pytest.mark.parametrize(
    "theirs",
    sample(
        [{"Start": "09:16"}, {"Surgeon": "Baker", "Levels": "L4"}, {"Age": "73"}, {"Sex": "M"}, {"Date": "04/02/2026"}],
        2,
    ),
)
def test_procedures_that_differ_are_not(theirs: dict[str, object]) -> None:
    assert alike(**theirs) == []


def answers(*rows: tuple[str, object, str]) -> list[int]:
    scores = [
        {"score_id": f"S{n}", "patient_id": "N1", "measured_at": at, "score": value, "context": context}
        for n, (at, value, context) in enumerate(rows)
    ]
    tables = load_in_turn([Sent("s.csv", canonical("pain_scores", scores))]).tables
    return [row for row, rule in tables.warned() if rule == "answers_disagree"]


AT = "2026-01-14T10:00"


def test_answers_at_one_instant_that_differ_are_named() -> None:
    assert answers((AT, 2, "rest"), (AT, 9, "rest"), ("2026-01-14T11:00", 9, "rest")) == [1, 2]


@pytest.mark.parametrize(
    "rows",
    sample(
        [
            [(AT, 2, "rest"), (AT, 2, "rest")],
            [(AT, 2, "rest"), (AT, 9, "activity")],
            [(AT, 2, "rest"), (AT, None, "rest")],
            [("2026-01-14", 2, "rest"), ("2026-01-14", 9, "rest")],
        ],
        2,
    ),
)
def test_answers_that_can_both_be_true_are_not(rows: list[tuple[str, object, str]]) -> None:
    assert answers(*rows) == []


@pytest.mark.parametrize(
    ("other", "named"),
    sample([({}, [1, 2]), ({"timepoint": "month_3"}, []), ({"procedure_id": "P2"}, []), ({"score": 2}, [])], 2),
)
def test_answers_of_one_timepoint_without_a_date_that_differ_are_named(
    other: dict[str, object], named: list[int]
) -> None:
    one = {"patient_id": "N1", "procedure_id": "P1", "timepoint": "baseline", "context": "rest", "score": 2}
    treated = [{"procedure_id": f"P{n}", "patient_id": "N1", "performed_on": f"2026-01-{n:02}"} for n in (1, 2)]
    asked = [{"score_id": "S1"} | one, {"score_id": "S2"} | one | {"score": 9} | other]
    tables = load_in_turn(
        [Sent("p.csv", canonical("procedures", treated)), Sent("s.csv", canonical("pain_scores", asked))]
    ).tables
    assert [row for row, rule in tables.warned() if rule == "answers_disagree"] == named
