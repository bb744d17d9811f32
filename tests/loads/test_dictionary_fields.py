"""Fields that are nothing but an entry in data/fields: from a file to figures, bundles and the page of a procedure."""

import csv
import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from dashboard.exports.bundle.bundle import export_bundle
from dashboard.exports.bundle.order import Order, Profile
from dashboard.exports.reconcile.audit import audit_bundle
from dashboard.exports.reconcile.bundle_files import read_bundle
from data.home import PROJECT, Home
from etl.sources.canonical import KINDS
from queries.catalogue.filters import Filters
from queries.explain.procedures import read_procedure, told_fields
from queries.figures.cohort import read_cohort
from queries.warehouse import Warehouse, open_current
from tests.commands import run_etl
from tests.grids import sample
from tests.records import ZONE, Records, loaded, take

NEW = {"procedures": "fracture_age_days", "pain_scores": "pain_medication"}
SCRATCH = {
    "procedures": """
[frailty]
type = "grade"
least = 1
most = 9
meaning = "Clinical frailty scale."
since = 6
optional = true
profiles = ["limited", "safe_harbor"]
outcomes = true
filter = true
called.en = ["frailty scale"]

[bone_quality]
type = "closed"
values = ["soft", "hard"]
meaning = "What the needle met."
since = 6
optional = true
outcomes = true
filter = true
texts = { soft = "weich, mou", hard = "hart, dur" }
called.de = ["Knochenqualität"]

[scanned_on]
type = "date"
meaning = "Day of the last image before."
since = 6
optional = true

[consented_at]
type = "time"
meaning = "When consent was given."
title = "Consent"
since = 6
optional = true
""",
    "contacts": """
[was_helpful]
type = "flag"
meaning = "Whether the patient found it helpful."
since = 6
optional = true
profiles = ["limited", "safe_harbor"]
""",
}


def department() -> Records:
    records = Records()
    for place, (age, medicine) in enumerate([(12, "yes"), (30, "no"), (None, None), (90, "YES")] * 3):
        row = records.procedure(f"2026-01-{12 + place}", fracture_age_days=age)
        records.score(row, f"2026-01-{11 + place}T09:00", 8, pain_medication=medicine)
        records.score(row, f"2026-01-{14 + place}T09:00", 3, pain_medication="no")
    records.reach("2026-05-01")
    return records


@pytest.fixture
def warehouse(home: Home) -> Warehouse:
    return loaded(home, department())


def test_both_are_stored_as_sent_and_an_empty_cell_is_not_recorded(warehouse: Warehouse) -> None:
    facts = "fracture_age_days, fracture_age_days_band, baseline_pain_medication"
    assert warehouse.rows(f"select {facts} from outcomes order by performed_on limit 4") == [
        (12, "under 21", True), (30, "21–41", False), (None, None, None), (90, "84+", True),
    ]  # fmt: skip
    assert warehouse.rows("select pain_medication, count(*) from pain_scores group by all order by all") == [
        (False, 15), (True, 6), (None, 3),
    ]  # fmt: skip
    assert not warehouse.rows("select * from rejected_rows")
    assert not warehouse.rows("select * from row_warnings where field in ('fracture_age_days', 'pain_medication')")


def test_files_without_the_columns_load_as_before(home: Home, tmp_path: Path) -> None:
    folder = department().write(tmp_path / "with")
    for kind in KINDS[:2]:
        path = folder / f"{kind.name}.csv"
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        names = [name for name in rows[0] if name != NEW[kind.name]]
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    assert not take(home, folder).refused
    found = open_current(home).rows("select count(*), count(fracture_age_days) from procedures")
    assert found == [(13, 0)]
    assert open_current(home).rows("select count(*), count(pain_medication) from pain_scores") == [(24, 0)]


def test_a_workbook_brings_them_too(home: Home, tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.active)
    for path in sorted(department().write(tmp_path / "text").glob("*.csv")):
        sheet = book.create_sheet(path.stem)
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            sheet.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    book.save(tmp_path / "records.xlsx")
    assert not take(home, tmp_path / "records.xlsx").refused
    warehouse = open_current(home)
    assert warehouse.rows("select sum(fracture_age_days) from procedures") == [(3 * 132,)]
    assert warehouse.rows("select count(*) from pain_scores where pain_medication") == [(6,)]


def test_procedures_are_chosen_and_grouped_by_them(warehouse: Warehouse) -> None:
    cohort = read_cohort(warehouse)
    assert cohort.codes("fracture_age_days_band").values == ("under 21", "21–41", "84+", "not_recorded")
    assert cohort.codes("baseline_pain_medication").values == ("true", "false", "not_recorded")
    chosen = Filters.of({"fracture_age_days_band": ["21–41", "84+"], "baseline_pain_medication": ["true"]})
    assert cohort.chosen(chosen).sum() == 3


def test_one_procedure_tells_them(warehouse: Warehouse) -> None:
    [(key,)] = warehouse.rows("select cast(procedure_id as varchar) from outcomes where outcome_no = 2")
    found = read_procedure(warehouse, key)
    assert found is not None
    assert ("Fracture age", "30 days") in told_fields("procedures", found.facts)
    assert [told_fields("pain_scores", one) for one in found.scores] == [(("Pain medication", "no"),)] * 2


@pytest.mark.parametrize("profile", sample(Profile))
def test_bundles_hold_them_and_are_recomputed(home: Home, warehouse: Warehouse, profile: Profile) -> None:
    path = export_bundle(home, warehouse, order=Order(profile=profile, recipient="x"), author="me").path
    assert audit_bundle(read_bundle(path)).agrees
    with zipfile.ZipFile(path) as archive:
        tables = {name: list(csv.DictReader(io.StringIO(_text(archive, name)))) for name in archive.namelist() if
                  name.endswith(".csv")}  # fmt: skip
    ages = sorted(row["fracture_age_days"] for row in tables["procedures.csv"])
    assert ages == sorted(["12", "30", "", "90"] * 3 + [""])
    assert {row["pain_medication"] for row in tables["pain_scores.csv"]} == {"true", "false", ""}
    described = {(row["file"], row["column"]): row for row in tables["data_dictionary.csv"]}
    assert described["procedures.csv", "fracture_age_days"]["unit"] == "days"
    assert described["outcomes.csv", "baseline_pain_medication"]["type"] == "boolean"


def _text(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(name).decode("utf-8-sig")


def test_map_proposes_them(tmp_path: Path) -> None:
    lines = ["OP-Nr;Pat.-Nr;OP-Datum;Höhe;Frakturalter (Tage)"]
    lines += [f"{1000 + i};{500 + i};{10 + i % 18:02}.03.2026;L{1 + i % 4};{12 + i}" for i in range(25)]
    (tmp_path / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert 'fracture_age_days = "Frakturalter (Tage)"' in run_etl("map", str(tmp_path / "list.csv")).stdout
    lines = ["entry id,mrn,date,pain score,Analgesics"]
    lines += [f"{7000 + i},{500 + i // 2},2026-03-{10 + i % 18},{i % 10},{'YN'[i % 2]}" for i in range(25)]
    (tmp_path / "scores.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    proposed = run_etl("map", str(tmp_path / "scores.csv")).stdout
    assert 'pain_medication = { column = "Analgesics", codes = "pain_medication" }' in proposed
    assert '"Y" = "yes"' in proposed


def test_a_scratch_field_of_each_type_goes_all_the_way(tmp_path: Path) -> None:
    """CONTRIBUTING's recipe, followed in a copy of the tree: entries, `make columns`, and nothing else."""
    tree, home = tmp_path / "tree", tmp_path / "home"
    for folder in ("data", "etl", "queries", "dashboard"):
        shutil.copytree(PROJECT / folder, tree / folder, ignore=shutil.ignore_patterns("home", "demo", "*.png"))
    for table, text in SCRATCH.items():
        with (tree / "data" / "fields" / f"{table}.toml").open("a", encoding="utf-8") as file:
            file.write(text)

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tree, capture_output=True, text=True, check=False,
            env={"PATH": "/usr/bin:/bin", "OUTCOMES_HOME": str(home), "OUTCOMES_TIMEZONE": ZONE},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("etl.operations.column_guide")
    guide = (tree / "data" / "sample" / "COLUMNS.md").read_text(encoding="utf-8")
    assert "| `frailty` | Clinical frailty scale. | 1 to 9; the column may be left out |" in guide
    _write_scratch_rows(tree / "data" / "sample" / "templates", tmp_path / "in")
    run("etl", "load", str(tmp_path / "in"))
    figures = run("dashboard", "export", "mean_levels", "--by", "frailty", "--where", "bone_quality=soft")
    assert [(row["group"], row["eligible"]) for row in csv.DictReader(io.StringIO(figures))] == [("4", "2")]
    run("dashboard", "bundle", "--profile", "safe_harbor", "--recipient", "x", "--out", str(tmp_path / "out.zip"))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        procedures = _text(archive, "procedures.csv").splitlines()[0].split(",")
        contacts = list(csv.DictReader(io.StringIO(_text(archive, "contacts.csv"))))
    assert "frailty" in procedures
    assert not {"bone_quality", "scanned_on", "consented_at"} & set(procedures)
    assert [row["was_helpful"] for row in contacts] == ["true"]
    run("dashboard", "reconcile", str(tmp_path / "out.zip"))


def _write_scratch_rows(templates: Path, folder: Path) -> None:
    """Two procedures and a call in the form of the new templates."""
    folder.mkdir()
    records = Records()
    for number in (1, 2):
        row = records.procedure(
            f"2026-01-1{number}", frailty=4, bone_quality="Soft", scanned_on="2026-01-05",
            consented_at=f"2026-01-1{number}T08:15",
        )  # fmt: skip
    records.contact(row, "2026-01-14T10:00", "early_call", "reached", was_helpful="yes")
    for name, rows in (("procedures", records.procedures), ("contacts", records.contacts)):
        header = (templates / f"{name}.csv").read_text(encoding="utf-8").strip().split(",")
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
