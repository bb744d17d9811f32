"""Every check passes in an ordinary department, fails where its rule is broken, and says when it does not apply."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from data.home import Home
from queries.explain import record_quality
from queries.warehouse import Warehouse
from tests.records import Records, loaded

# Needs two sources: see tests/etl/test_identity.py.
OF_SOURCES = {"sources_do_not_overlap"}
OURS = {name for name, (header, _) in record_quality.read_checks().items() if header.severity == "refuse"}


def ordinary() -> Records:
    records = Records()
    for month in range(1, 10):
        for day in range(1, 7):
            date = f"2025-{month:02}-{day:02}"
            row = records.procedure(
                date, patient_id=f"N{month}{day}", cement_ml=4, operator="A. Moreau", levels=f"L{1 + day % 4}"
            )
            records.score(row, f"{date}T0{7 + day % 3}:{10 + month}", 6 + (month + day) % 4, timepoint="baseline")
            records.score(row, f"2025-{month:02}-{day + 2:02}T1{day % 5}:{20 + month}", (month + day) % 5)
            for turn in range(2):
                records.score(row, f"2025-{month:02}-15T{8 + day + turn:02}:{30 + month}", (month * day + turn) % 4)
            records.complication(row, date, "haematoma")
    records.procedure("2025-10-20")
    return records


def broken() -> Records:
    records = Records()
    for month in range(1, 9):
        for day in range(1, 7 if month < 8 else 2):
            date = f"2025-{month:02}-{day:02}"
            row = records.procedure(
                date, patient_id=f"N{day}", cement_ml=0.1, age_years=17, operator=None, site=None,
                ended_at=f"{date}T10:05", technique="sacroplasty", discharged_at=None if day > 3 else f"{date}T16:00",
                recovery_ready_at=None if day > 1 else f"2025-{month:02}-{day + 2:02}T15:00",
            )  # fmt: skip
            records.procedures.append({**row, "procedure_id": f"{row['procedure_id']}b", "started_at": None})
            if day < 5:
                records.score(row, f"2025-{month:02}-{max(day - 1, 1):02}T09:00", 7.5, timepoint="follow_up")
                records.complication(row, "2024-12-01", "haematoma")
    for place in range(40):
        records.score({"patient_id": f"X{place}"}, "2025-03-03", 5.5)
    for _ in range(12):
        records.procedure("2025-02-30")
    for _ in range(12):
        records.procedure("2025-02-03", levels=None, patient_id="N9", started_at=None)
    records.procedure("2025-02-04", patient_id="N9", sex="M")
    for value in (2, 9):
        records.score({"patient_id": "N9"}, "2025-02-05T10:00", value)
    records.procedure("2025-09-02")
    return records


def results(records: Records, home: Home) -> dict[str, str]:
    table = record_quality.check_results(loaded(home, records, accept_rejects=True))
    return dict(zip(table["check"], table["status"], strict=True))


def test_an_ordinary_department_passes_every_check(home: Home) -> None:
    assert set(results(ordinary(), home).items()) == {(name, "passed") for name in record_quality.read_checks()}


def test_every_check_that_warns_finds_what_it_is_for(home: Home) -> None:
    found = results(broken(), home)
    assert {name for name, status in found.items() if status == "failed"} == set(found) - OURS - OF_SOURCES


def test_checks_without_anything_to_examine_do_not_count_as_passed(home: Home) -> None:
    records = Records()
    records.procedure("2026-01-12", cement_ml=None, age_years=None, ended_at=None, recovery_ready_at=None)
    found = results(records, home)
    silent = {name for name, status in found.items() if status == "not applicable"}
    assert {"cement_is_plausible", "ages_are_plausible", "baselines_differ", "last_month_is_complete"} <= silent
    assert "levels_are_recorded" not in silent


def test_checks_are_described_for_people() -> None:
    for name, (header, _) in record_quality.read_checks().items():
        assert header.remedy.endswith("."), name
        assert not header.title.endswith("."), name


@pytest.fixture
def messy(home: Home) -> Iterator[Warehouse]:
    yield loaded(home, broken(), accept_rejects=True)


def test_tables_agree_with_the_accounting(messy: Warehouse) -> None:
    files, findings = record_quality.list_files(messy), record_quality.list_findings(messy)
    rejected = findings[findings["severity"] == "row rejected"]
    assert int(rejected["findings"].sum()) == int(files["rows_rejected"].sum()) == 12
    assert int(findings[findings["severity"] == "used, with a remark"]["findings"].sum()) == int(files["remarks"].sum())
    volumes = record_quality.count_volumes(messy)
    in_use = volumes.groupby("kind")["records"].sum()
    assert in_use["procedures"] == int(files.loc[files["kind"] == "procedures", "rows_loaded"].iloc[0])
    months = record_quality.file_months(messy)
    assert months["records"].sum() == volumes["records"].sum()
    assert not months["month"].isna().any()
    assert isinstance(months, pd.DataFrame)


def test_remarks_are_counted_in_the_month_of_their_record(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure("2026-01-12", levels=None)
    row = records.procedure("2026-02-12")
    records.score(row, "2026-02-14T10:00", None)
    months = record_quality.file_months(loaded(home, records))
    told = {
        (row.name_, f"{row.month:%m}"): row.remarks for row in months.rename(columns={"name": "name_"}).itertuples()
    }
    assert told == {("procedures.csv", "01"): 1, ("procedures.csv", "02"): 0, ("pain_scores.csv", "02"): 1}
