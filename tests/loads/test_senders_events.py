"""Extracts without a header, with events that name only the patient, and the models that hospitals share."""

import datetime as dt
import io
import json
from pathlib import Path

import xlsxwriter

from data.home import Home
from tests.deliveries import tables_of
from tests.loads.test_other_habits import load, rejected, rows, told
from tests.loads.test_senders_abroad import EXTRACTS, LEVELS


def toml(name: str) -> str:
    return (EXTRACTS / f"{name}.toml").read_text(encoding="utf-8")


def own(home: Home, name: str, text: str) -> None:
    (home.root / "sources").mkdir(parents=True, exist_ok=True)
    (home.root / "sources" / f"{name}.toml").write_text(text, encoding="utf-8")


def delivered(*stored: str) -> dict[str, bytes]:
    return {name.replace("feed.psv", "SIU_1.txt"): (EXTRACTS / name).read_bytes() for name in stored}


def feed(home: Home, folder: Path, *stored: str) -> None:
    load(home, folder, "feed", toml("feed"), delivered(*stored))


def test_a_feed_without_header_or_quotes_and_with_offsets(home: Home, tmp_path: Path) -> None:
    feed(home, tmp_path / "in", "feed.psv")
    assert rejected(home) == [(3, 3, "other_measure", "row")]
    assert rows(
        home,
        "select performed_on, age_years, cast(ended_at as varchar), cast(discharged_at as varchar), discharged_on"
        " from procedures order by performed_on",
    ) == [
        (dt.date(2025, 11, 1), 75, "2025-11-02 06:30:00", "2025-11-02 07:30:00", dt.date(2025, 11, 2)),
        (dt.date(2026, 1, 12), 85, "2026-01-12 15:50:00", "2026-01-12 23:30:00", dt.date(2026, 1, 12)),
        (dt.date(2026, 3, 9), 85, "2026-03-10 05:20:00", "2026-03-10 13:00:00", dt.date(2026, 3, 10)),
    ]
    # The end without an offset is the first of two equal hours and says so; the discharge with one is the second.
    assert [(one["row"], one["field"]) for one in told(home)["warned"] if one["rule"] == "time_ambiguous"] == [
        (4, "ended_at")
    ]
    assert [row[0] for row in rows(home, LEVELS)] == ["L1", "L2", "T12;L1"]


def test_calls_and_events_that_name_the_patient_find_the_procedure_whatever_comes_first(
    home: Home, tmp_path: Path
) -> None:
    feed(home, tmp_path / "calls", "feed_calls.csv")
    assert [one[2] for one in rejected(home)] == ["procedure_not_found"] * 5
    feed(home, tmp_path / "events", "feed_events.csv")
    feed(home, tmp_path / "feed", "feed.psv")
    assert rejected(home, 0) == [(5, 6, "procedure_not_found", "row")]
    assert rejected(home, 1) == [(3, 4, "procedure_not_found", "row")]
    joined = "inner join procedures using (procedure_id)"
    assert rows(home, f"select happened_on, kind, outcome, performed_on from contacts {joined} order by 1") == [
        (dt.date(2026, 1, 10), "pre_call", "reached", dt.date(2026, 1, 12)),
        (dt.date(2026, 1, 13), "early_call", "reached", dt.date(2026, 1, 12)),
        (dt.date(2026, 3, 8), "pre_call", "no_answer", dt.date(2026, 3, 9)),
        (dt.date(2026, 3, 11), "early_call", "reached", dt.date(2026, 3, 9)),
    ]
    assert rows(home, f"select occurred_on, performed_on from complications {joined} order by 1") == [
        (dt.date(2026, 3, 8), dt.date(2026, 1, 12)),
        (dt.date(2026, 3, 9), dt.date(2026, 3, 9)),
    ]


def by_year() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"date_1904": True}) as book:
        day, clock = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "hh:mm"})
        old = book.add_worksheet("2024 Norte")
        old.merge_range("A1:D1", "Registo de vertebroplastias")
        old.write_row("A3", ["Doente", "Data", "Hora", "Nível"])
        old.merge_range("A4:A5", "D-1")
        for row, (on, at, level) in enumerate([("2024-01-05", "09:30", "D12 e L1"), ("2024-06-03", "14:05", "L3")]):
            old.write_datetime(row + 3, 1, dt.datetime.fromisoformat(on), day)
            old.write_datetime(row + 3, 2, dt.time.fromisoformat(at), clock)
            old.write(row + 3, 3, level)
        new = book.add_worksheet("2025 Sul")
        new.write_row("A1", ["Nº", "Processo", "Data da intervenção", "Vértebras tratadas"])
        new.write_row("A2", [7, "D-2", "13/02/2025", "L2"])
        book.add_worksheet("Resumo").write_row("A1", ["Nº", "Processo", "Data da intervenção", "Vértebras tratadas"])
    return target.getvalue()


def test_sheets_by_year_with_other_headings_and_dates_from_1904(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "in", "by_year", toml("by_year"), {"registo.xlsx": by_year()})
    assert [told(home, file)["name"] for file in (0, 1)] == ["registo.xlsx#2024 Norte", "registo.xlsx#2025 Sul"]
    assert rows(home, "select performed_on, site, cast(started_at as varchar) from procedures order by 1") == [
        (dt.date(2024, 1, 5), "Norte", "2024-01-05 09:30:00"),
        (dt.date(2024, 6, 3), "Norte", "2024-06-03 13:05:00"),
        (dt.date(2025, 2, 13), "Sul", None),
    ]
    assert rows(home, "select count(distinct patient_key) from procedures") == [(2,)]
    assert [row[0] for row in rows(home, LEVELS)] == ["L2", "L3", "T12;L1"]


def resources() -> bytes:
    patient = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1941-02-03"}
    procedure = {
        "resourceType": "Procedure", "id": "o1", "status": "completed", "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": "urn:ops", "code": "5-839.a1"}]},
        "performedDateTime": "2025-10-26T02:30:00+01:00", "bodySite": [{"text": "BWK 12"}, {"text": "LWK 1"}],
        "extension": [{"url": "urn:cement", "valueDecimal": 5.5}],
    }  # fmt: skip
    score = {
        "resourceType": "Observation", "id": "s1", "status": "final", "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "38214-3"}]},
        "effectiveDateTime": "2025-10-26T02:29:00+02:00",
        "component": [{"code": {"coding": [{"code": "at-rest"}]}, "valueInteger": 85}],
    }  # fmt: skip
    other = procedure | {"id": "o2", "code": {"coding": [{"system": "urn:ops", "code": "5-836.41"}]}}
    return "".join(json.dumps(one) + "\n" for one in (patient, procedure, other, score)).encode()


def test_a_fhir_server_with_other_codes_and_a_time_in_the_hour_that_comes_twice(home: Home) -> None:
    own(home, "fhir_own", toml("fhir_own"))
    tables = tables_of("fhir_own", [("all.ndjson", resources())], "Europe/Vienna")
    assert tables.refused == []
    assert tables.rejected() == [(3, "other_measure")]
    assert tables.rows("select cast(started_at as varchar), age_years, cast(cement_ml as double) from procedures") == [
        ("2025-10-26 01:30:00", 84, 5.5)
    ]
    assert tables.rows("select vertebra from treated_levels order by vertebra") == [("T12",), ("L1",)]
    # An hour and a minute before the start, though the wall clock shows only one minute.
    assert tables.rows("select cast(score as double), cast(measured_at as varchar) from pain_scores") == [
        (8.5, "2025-10-26 00:29:00")
    ]
    assert [rule for _, rule in tables.warned() if rule == "time_ambiguous"] == []


def test_an_omop_site_with_other_concepts_changes_only_codes(home: Home) -> None:
    text = (Path(__file__).parents[2] / "etl" / "sources" / "omop.toml").read_text(encoding="utf-8")
    for shipped, theirs in (
        ('"43055141"', '"2000000042"'),
        ('cpt4 = ["22510", "22511", "22512", "22513", "22514", "22515"]', 'cpt4 = ["99999"]'),
    ):
        assert shipped in text
        text = text.replace(shipped, theirs)
    files = [(name, (EXTRACTS / name).read_bytes()) for name in ("omop_procedures.csv", "omop_measurements.csv")]
    own(home, "omop_own", text)
    tables = tables_of("omop_own", files, "Europe/Berlin")
    assert tables.refused == []
    assert tables.rejected() == [(2, "other_measure"), (2, "other_measure")]
    assert tables.scores() == [7]
