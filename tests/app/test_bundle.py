"""Row-level bundles: complete, the same bytes each time, no more of a person than the profile allows, and logged."""

import csv
import hashlib
import io
import json
import re
import shutil
import sqlite3
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from dashboard.exports.bundle.bundle import Receipt, export_bundle
from dashboard.exports.bundle.order import Order, Profile
from data import export_log
from data.errors import UsageProblem
from data.home import Home
from data.journal import Journal
from data.spreadsheet_text import DANGEROUS, neutral_text
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.explain.table_extracts import procedure_ids, reviewed_tables, table_columns
from queries.figures.summarise import headline_row
from queries.warehouse import Warehouse
from tests.commands import run_dashboard as run
from tests.records import Records, loaded

OPERATOR = "A. Canary-Moreau"
DATE = re.compile(r"\b(19|20)\d\d-\d\d(-\d\d)?\b")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("department") / "home")


@pytest.fixture(scope="module")
def warehouse(home: Home) -> Warehouse:
    records = Records()
    for place in range(12):
        day = f"2026-0{1 + place % 3}-12"
        row = records.procedure(
            day,
            site="=Riverside" if place % 2 else 'North "field", Ltd',
            operator=OPERATOR,
            age_years=93 if place == 1 else 70 + place,
            levels="T12;L1" if place % 4 == 0 else "L1",
            pre_call_at=f"{day[:8]}10T11:00",
        )
        records.score(row, f"{day}T09:00", 8)
        records.score(row, f"{day[:8]}14T09:00", place % 9, mode="phone")
        records.contact(row, f"{day[:8]}22T10:00", "follow_up_visit", "attended")
        if place < 3:
            records.complication(row, f"{day[:8]}13", "haematoma", severity="C")
    return loaded(home, records)


def made(home: Home, warehouse: Warehouse, profile: str, **how: object) -> tuple[Receipt, dict[str, str]]:
    order = Order(profile=Profile(profile), recipient="The Registry", **how)  # type: ignore[arg-type]
    receipt = export_bundle(home, warehouse, order=order, author="someone", purpose="audit")
    with zipfile.ZipFile(receipt.path) as archive:
        return receipt, {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture(scope="module")
def bundles(home: Home, warehouse: Warehouse) -> dict[str, tuple[Receipt, dict[str, str]]]:
    return {profile: made(home, warehouse, profile) for profile in Profile}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("profile", Profile)
def test_the_manifest_counts_and_hashes_every_file(profile: str, bundles: dict) -> None:
    _, files = bundles[profile]
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    for name, told in manifest["files"].items():
        assert hashlib.sha256(files[name].encode()).hexdigest() == told["sha256"]
        if name.endswith(".csv"):
            assert len(rows(files[name])) == told["rows"], name


@pytest.mark.parametrize("profile", Profile)
def test_the_same_order_gives_the_same_bytes(profile: str, home: Home, warehouse: Warehouse, bundles: dict) -> None:
    again, _ = made(home, warehouse, profile)
    assert again.path.read_bytes() == bundles[profile][0].path.read_bytes()
    assert hashlib.sha256(again.path.read_bytes()).hexdigest() == again.sha256


def test_every_table_is_whole(warehouse: Warehouse, bundles: dict) -> None:
    for profile in (Profile.INTERNAL, Profile.LIMITED, Profile.SAFE_HARBOR):
        _, files = bundles[profile]
        tables = {name.removesuffix(".csv") for name in files} & set(table_columns(warehouse))
        assert tables >= {"patients", "procedures", "treated_levels", "pain_scores", "score_assignments", "contacts"}
        for table in tables:
            count = warehouse.rows(f"select count(*) from {table}")[0][0]
            assert len(rows(files[f"{table}.csv"])) == count, (profile, table)
    assert set(table_columns(warehouse)) <= {name.removesuffix(".csv") for name in bundles[Profile.INTERNAL][1]}


def test_every_procedure_answers_every_metric_once(warehouse: Warehouse, bundles: dict) -> None:
    _, files = bundles[Profile.INTERNAL]
    values = pd.read_csv(io.StringIO(files["metric_values.csv"]))
    assert len(values) == 12 * len(read_catalogue())
    for metric in read_catalogue().values():
        told = values[values["metric"] == metric.name]
        figure = headline_row(warehouse, metric)
        assert told["procedure_id"].is_unique
        assert (told["status"] != "not_eligible").sum() == figure["eligible"], metric.name
        assert told["status"].isin(["yes", "no", "value"]).sum() == figure["recorded"], metric.name
    excluded = rows(files["exclusions.csv"])
    assert len(excluded) == (values["status"] == "not_eligible").sum()


def test_the_dictionary_explains_every_column(bundles: dict) -> None:
    for profile in Profile:
        _, files = bundles[profile]
        told = {(row["file"], row["column"]): row for row in rows(files["data_dictionary.csv"])}
        package = json.loads(files["datapackage.json"])
        assert {one["path"] for one in package["resources"]} == {n for n in files if n.endswith(".csv")}
        for one in package["resources"]:
            header = files[one["path"]].split("\n", 1)[0].split(",")
            assert [field["name"] for field in one["schema"]["fields"]] == header
            if one["path"] != "data_dictionary.csv":
                for column in header:
                    assert told[one["path"], column]["meaning"] or one["path"] == "data_dictionary.csv", column


def test_internal_has_local_numbers_and_the_others_have_not(bundles: dict) -> None:
    assert {row["procedure_number"] for row in rows(bundles["internal"][1]["procedures.csv"])} >= {"P001"}
    for profile in (Profile.LIMITED, Profile.SAFE_HARBOR):
        text = "".join(bundles[profile][1].values())
        assert OPERATOR not in text
        assert not re.search(r"\b[PN]0(01|05|10)\b", text)


def test_safe_harbor_holds_no_date_no_key_and_no_age_above_89(warehouse: Warehouse, bundles: dict) -> None:
    _, files = bundles[Profile.SAFE_HARBOR]
    assert set(reviewed_tables("safe_harbor")) <= {name.removesuffix(".csv") for name in files}
    for name, text in files.items():
        if name not in ("definitions.csv", "data_dictionary.csv"):
            assert not DATE.search(text.replace("1980-01-01", "")), (name, DATE.search(text))
        assert "Riverside" not in text
    ids = set(procedure_ids(warehouse))
    assert not any(one in text for one in ids for text in files.values())
    assert "90+" in {row["age_years"] for row in rows(files["procedures.csv"])}
    assert "93" not in {row["age_years"] for row in rows(files["procedures.csv"])}
    assert not {"weekday", "performed_on", "observed_days", "as_of"} & set(rows(files["outcomes.csv"])[0])


def test_ids_are_one_recipients_alone(home: Home, warehouse: Warehouse, bundles: dict) -> None:
    order = Order(profile=Profile.SAFE_HARBOR, recipient="another registry")
    other = export_bundle(home, warehouse, order=order, author="someone")
    with zipfile.ZipFile(other.path) as archive:
        theirs = {row["procedure_id"] for row in rows(archive.read("procedures.csv").decode())}
    ours = {row["procedure_id"] for row in rows(bundles["safe_harbor"][1]["procedures.csv"])}
    assert len(ours) == len(theirs) == 12
    assert not ours & theirs
    with pytest.raises(UsageProblem, match="recipient"):
        Order(profile=Profile.SAFE_HARBOR).check()
    with pytest.raises(UsageProblem, match="years only"):
        Order(profile=Profile.SAFE_HARBOR, filters=Filters.of(date_from=date(2026, 2, 1)), recipient="x").check()


def data_day(text: str):
    return pd.Timestamp(text).date()


def test_a_choice_holds_its_rows_and_no_others(home: Home, warehouse: Warehouse) -> None:
    _, files = made(home, warehouse, "limited", filters=Filters.of({"levels": ["2"]}))
    chosen = {row["procedure_id"] for row in rows(files["outcomes.csv"])}
    assert len(chosen) == 3
    for name in ("procedures", "treated_levels", "contacts", "pain_outcomes", "score_assignments", "metric_values"):
        assert {row["procedure_id"] for row in rows(files[f"{name}.csv"])} == chosen, name
    assert len(rows(files["pain_scores.csv"])) == 6
    selected = tuple(procedure_ids(warehouse)[:2])
    _, files = made(home, warehouse, "limited", selected=selected, selected_as="two of a bar")
    assert {row["procedure_id"] for row in rows(files["procedures.csv"])} == set(selected)
    assert rows(files["figures.csv"]) == []


@pytest.mark.thorough
def test_notes_leave_with_the_internal_profile_alone(warehouse: Warehouse, home: Home, tmp_path: Path) -> None:
    elsewhere = Home(tmp_path / "home")
    shutil.copytree(home.root, elsewhere.root)
    journal = Journal(elsewhere.journal)
    payload = {"on": "2026-02-01", "topics": ["pain_relief"], "site": None, "proposes_rebase": False}
    wrong = journal.append("note", "", payload, "lead", "nurse cal at 48 h")
    journal.append("note_correction", "", payload, "lead", "=nurse call at 48 h", supersedes=wrong)
    journal.append("note", "", payload | {"site": "=Riverside"}, "lead", "new ward")
    whole, north = (
        Order(profile=Profile.INTERNAL),
        Order(profile=Profile.INTERNAL, filters=Filters.of({"site": ['North "field", Ltd']})),
    )
    kept = {}
    for place, order in enumerate(
        (whole, north, Order(profile=Profile.LIMITED), Order(profile=Profile.SAFE_HARBOR, recipient="R"))
    ):
        receipt = export_bundle(elsewhere, warehouse, order=order, author="quality", out=tmp_path / f"{place}.zip")
        with zipfile.ZipFile(receipt.path) as bundle:
            kept[place] = list(csv.DictReader(io.StringIO(bundle.read("notes.csv").decode())))
    assert [row["note"] for row in kept[0]] == ["'=nurse call at 48 h", "new ward"]
    assert [row["site"] for row in kept[0]] == ["", "'=Riverside"]
    assert [row["note"] for row in kept[1]] == ["'=nurse call at 48 h"]
    assert kept[2] == kept[3] == []


def test_no_text_cell_starts_a_formula(bundles: dict) -> None:
    starts = re.compile(neutral_pattern())
    for profile in Profile:
        for name, text in bundles[profile][1].items():
            if name.endswith(".csv"):
                numbers = [f["name"] for one in json.loads(bundles[profile][1]["datapackage.json"])["resources"]
                           if one["path"] == name for f in one["schema"]["fields"]
                           if f["type"] in ("number", "integer")]  # fmt: skip
                for row in rows(text):
                    for column, cell in row.items():
                        assert column in numbers or not starts.match(cell), (name, column, cell)
    assert {row["site"] for row in rows(bundles["internal"][1]["procedures.csv"])} == {
        "'=Riverside", 'North "field", Ltd'
    }  # fmt: skip


def neutral_pattern() -> str:
    assert neutral_text("=1") == "'=1"
    return re.sub(r"\\x\{([0-9a-f]+)\}", lambda found: f"\\u{int(found[1], 16):04x}", DANGEROUS).replace("'*", "")


def test_every_export_is_in_the_log_with_its_hash(home: Home, bundles: dict) -> None:
    for profile in Profile:
        receipt, _ = bundles[profile]
        event = export_log.find_export(home, receipt.export_id)
        assert event is not None
        assert event.author == "someone"
        assert event.words == "audit"
        assert event.payload["sha256"] == hashlib.sha256(receipt.path.read_bytes()).hexdigest()
        assert (event.payload["profile"], event.payload["rows"]) == (profile, receipt.rows)
    assert export_log.broken_links(home) == []


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            "update event set author = 'nobody' where id = 1",
            "not as it",
        ),
        ("delete from event where id = 1", "does not follow"),
        ("delete from event where id = 3", "at the end are gone"),
    ],
)
def test_a_changed_or_removed_entry_is_noticed(damage: str, words: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.private.mkdir()
    for place in range(3):
        export_log.record_export(home, str(place), {"rows": place}, "someone", "why")
    assert export_log.broken_links(home) == []
    with sqlite3.connect(home.journal) as connection:
        connection.executescript("drop trigger event_is_never_changed; drop trigger event_is_never_removed;")
        connection.execute("delete from free_text")
        assert export_log.broken_links(home) == []
        connection.execute(damage)
    connection.close()
    assert any(words in problem for problem in export_log.broken_links(home))


def test_by_command(
    home: Home, warehouse: Warehouse, tmp_path: Path, bundles: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    out = tmp_path / "bundle.zip"
    done = run(
        "bundle", "--profile", "internal", "--recipient", "The Registry", "--purpose", "audit", "--out", str(out)
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert out.read_bytes() == bundles["internal"][0].path.read_bytes()
    assert out.stat().st_mode & 0o077 == 0
    assert run("verify").returncode == 0
    refused = run("bundle", "--profile", "safe_harbor", "--out", str(tmp_path / "no.zip"))
    assert refused.returncode == 2
    assert "recipient" in refused.stderr
    assert not (tmp_path / "no.zip").exists()
