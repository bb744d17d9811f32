"""A shipment of records: everything a registry needs for every figure, and nothing that names anybody."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from data.export_log import broken_links, read_exports
from data.home import Home
from data.journal import Journal
from etl.demo import RECEIVED_AT, TIME_ZONE, synthetic_department
from etl.generations import publish
from etl.registry.shipment_columns import columns_of_fields, read_column_lists
from etl.registry.shipment_manifest import read_manifest, shipment_hash
from etl.registry.signature import is_signed, read_public_key
from queries.catalogue.filters import KEYS
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import figure_rows
from queries.warehouse import Warehouse, current_path, open_current
from tests.commands import run_etl
from tests.leaks import parts
from tests.records import Records, loaded, take
from tests.shipments import warehouse_of_shipment

PROCEDURES = 350
RECORDS = ("--what", "records")


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("department")
    (root / "sent").mkdir()
    for name, text in synthetic_department(PROCEDURES, 7).items():
        (root / "sent" / name).write_text(text, encoding="utf-8", newline="")
    home = Home(root / "home")
    take(home, root / "sent", source="synthetic", zone=TIME_ZONE, received_at=RECEIVED_AT)
    return home


@pytest.fixture
def hospital(department: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The department with an agreement and a key, its own copy."""
    home = Home(tmp_path / "hospital")
    shutil.copytree(department.root, home.root)
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    agree(home, 'site_key = "alpha"')
    assert run_etl("ship", "--new-key").returncode == 0
    return home


def agree(home: Home, *lines: str) -> None:
    home.settings.mkdir(exist_ok=True)
    (home.settings / "registry.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def ship(out: Path, *arguments: str) -> Path:
    done = run_etl("ship", "--to", str(out), *arguments)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.partition(": ")[0])


def figures(warehouse: Warehouse, keys: tuple[str, ...]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for metric in read_catalogue().values():
        splits: list[dict[str, str]] = [{}, {"period": "month"}]
        splits += [{"by": key} for key in keys] if metric.kind != "category" else []
        for split in splits:
            rows = figure_rows(warehouse, metric, **split)  # type: ignore[arg-type]
            yield f"{metric.name} {split}", [row | {"generation": None} for row in rows]


@pytest.mark.parametrize(
    ("lines", "withheld"),
    [((), {"operator"}), (('operators = "pseudonym"', 'age = "years"', 'dates = "day"'), {"operator"})],
    ids=["least", "most"],
)
def test_every_figure_is_that_of_the_hospital(
    hospital: Home, tmp_path: Path, lines: tuple[str, ...], withheld: set[str]
) -> None:
    agree(hospital, 'site_key = "alpha"', 'what = "records"', *lines)
    pooled = warehouse_of_shipment(ship(tmp_path / "out"), tmp_path / "pooled.duckdb")
    keys = tuple(key for key in KEYS if key not in withheld)
    own, theirs = (dict(figures(one, keys)) for one in (open_current(hospital), pooled))
    assert len(own) > 1000
    assert {name for name, rows in own.items() if repr(rows) != repr(theirs[name])} == set()
    asked = {name.partition(" ")[0] for name, rows in own.items() if any(row["recorded"] for row in rows)}
    assert {"pre_call_24_48_hours", "pre_call_one_or_two_days_before", "complication_kinds"} <= asked


def test_days_are_moved_to_the_first_and_no_two_of_them_tell_the_day(hospital: Home, tmp_path: Path) -> None:
    folder = ship(tmp_path / "out", *RECORDS)
    connection = duckdb.connect()
    for name in ("procedures", "outcomes"):
        days = connection.execute(f"select distinct day(performed_on) from '{folder}/{name}.parquet'").fetchall()
        assert days == [(1,)]
    for name, column in (("patients", "died_on"), ("pain_scores", "measured_on"), ("source_files", "received_at")):
        days = connection.execute(
            f"select distinct day({column}) from '{folder}/{name}.parquet' where {column} is not null"
        ).fetchall()
        assert days == [(1,)], name
    assert "registration_delay_days" not in pq.read_schema(folder / "outcomes.parquet").names
    observed = connection.execute(f"select count(distinct observed_days) from '{folder}/outcomes.parquet'").fetchall()
    assert observed[0][0] < 15
    times = {
        name: [one for one in pq.read_schema(path).names if one.endswith("_at")]
        for name, path in ((path.stem, path) for path in folder.glob("*.parquet"))
    }
    assert {name: kept for name, kept in times.items() if kept} == {
        "procedures": ["started_at", "pre_call_at"],
        "contacts": ["happened_at"],
        "source_files": ["received_at"],
    }
    starts = connection.execute(
        f"select distinct strftime(started_at, '%d %H:%M:%S') from '{folder}/procedures.parquet'"
        " where started_at is not null"
    ).fetchall()
    assert starts == [("01 12:00:00",)]


def test_the_manifest_and_its_signature_hold(hospital: Home, tmp_path: Path) -> None:
    text = (hospital.private / "registry_key.pem").read_bytes()
    (hospital.private / "registry_key.pem").rename(hospital.private / "old.pem")
    public = run_etl("ship", "--new-key").stdout
    (hospital.private / "old.pem").unlink()
    assert text != (hospital.private / "registry_key.pem").read_bytes()
    folder = ship(tmp_path / "out", *RECORDS)
    content = (folder / "manifest.json").read_bytes()
    key = read_public_key(public.strip())
    assert is_signed(key, content, (folder / "manifest.sig").read_bytes())
    manifest = read_manifest(content, "manifest.json")
    assert folder == tmp_path / "out" / "alpha" / f"1-{shipment_hash(content)}"
    assert {path.name for path in folder.iterdir()} == {"manifest.json", "manifest.sig", *manifest.files}
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == dict.fromkeys(
        ["manifest.json", "manifest.sig", *manifest.files], 0o600
    )
    info = open_current(hospital).info
    assert (manifest.generation, manifest.as_of["reached"]) == (info.generation, info.as_of)
    assert (manifest.what, manifest.anonymous, manifest.is_synthetic) == ("records", False, True)
    assert manifest.files["procedures.parquet"].rows == PROCEDURES
    assert set(manifest.definitions) == set(read_catalogue())
    assert any(share is not None for share in manifest.capture.values())
    again = ship(tmp_path / "out", *RECORDS)
    assert again.name.startswith("2-")
    second = read_manifest((again / "manifest.json").read_bytes(), "manifest.json")
    assert (second.sequence, second.previous) == (2, folder.name.partition("-")[2])
    assert second.files == manifest.files


def test_every_ship_is_in_the_journal_and_the_export_log(hospital: Home, tmp_path: Path) -> None:
    folder = ship(tmp_path / "out", *RECORDS)
    (event,) = Journal(hospital.journal).events("ship")
    assert event.subject == f"alpha/{folder.name}"
    assert event.payload["rows"]["procedures.parquet"] == PROCEDURES
    (logged,) = read_exports(hospital)
    assert logged.payload["file"] == str(folder)
    assert logged.payload["sha256"].startswith(folder.name.partition("-")[2])
    assert broken_links(hospital) == []


def test_nothing_leaves_while_the_log_cannot_be_written(hospital: Home, tmp_path: Path) -> None:
    hospital.journal.unlink(missing_ok=True)
    hospital.journal.mkdir()
    done = run_etl("ship", "--to", str(tmp_path / "out"), *RECORDS)
    assert (done.returncode, done.stdout) == (74, "")
    assert list((tmp_path / "out" / "alpha").iterdir()) == []


def test_a_sequence_is_used_once_also_with_a_journal_that_forgot(hospital: Home, tmp_path: Path) -> None:
    first = ship(tmp_path / "out", *RECORDS)
    shutil.rmtree(first)
    assert ship(tmp_path / "out", *RECORDS).name.startswith("2-")
    for path in hospital.private.glob("journal.sqlite*"):
        path.unlink()
    (hospital.private / "export_log_end.json").unlink()
    assert ship(tmp_path / "out", *RECORDS).name.startswith("3-")


def test_a_shipment_leaves_while_a_load_holds_the_home(hospital: Home, tmp_path: Path) -> None:
    with publish.only_load(hospital):
        assert (ship(tmp_path / "out", *RECORDS) / "manifest.sig").is_file()


def test_one_shipment_is_written_at_a_time_and_half_ones_go(hospital: Home, tmp_path: Path) -> None:
    leftover = tmp_path / "out" / "alpha" / ".part-0"
    leftover.mkdir(parents=True)
    with (hospital.private / "ship.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert run_etl("ship", "--to", str(tmp_path / "out"), *RECORDS).returncode == 75
    assert leftover.is_dir()
    folder = ship(tmp_path / "out", *RECORDS)
    assert list((tmp_path / "out" / "alpha").iterdir()) == [folder]
    (tmp_path / "file").touch()
    assert run_etl("ship", "--to", str(tmp_path / "file"), *RECORDS).returncode == 74


def test_no_key_of_the_hospital_s_own_is_in_it(hospital: Home, tmp_path: Path) -> None:
    folder = ship(tmp_path / "out", *RECORDS)
    content = b"\n".join(part for path in folder.iterdir() for part in parts(path.read_bytes())).decode("latin-1")
    own = open_current(hospital)
    for (key,) in own.rows("select cast(procedure_id as varchar) from procedures union all from"
                           " (select cast(patient_key as varchar) from patients)"):  # fmt: skip
        assert key not in content
    for (name,) in own.rows("select distinct operator from outcomes"):
        assert name not in content
    assert pq.read_table(folder / "procedures.parquet")["procedure_id"].to_pandas().nunique() == PROCEDURES
    agree(hospital, 'site_key = "alpha"', 'operators = "pseudonym"')
    codes = pq.read_table(ship(tmp_path / "out", *RECORDS) / "procedures.parquet")["operator"].to_pandas()
    assert codes.dropna().str.fullmatch("[0-9a-f]{12}").all()
    assert codes.nunique() == own.rows("select count(distinct operator) from procedures")[0][0]


def test_what_was_planted_is_nowhere(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    for place in range(12):
        row = records.procedure(
            f"2026-01-{10 + place}", procedure_id=f"CANARYP{place}", patient_id=f"CANARYN{place}",
            operator="Dr. CANARY Smith", died_on="2026-03-05" if place == 3 else None,
        )  # fmt: skip
        records.score(row, f"2026-01-{9 + place}T08:00", 7, score_id=f"CANARYS{place}")
        records.score(row, f"2026-01-{11 + place}T08:00", "refused CANARY", timepoint="CANARY visit")
        records.complication(row, f"2026-01-{12 + place}", "cement_leak", complication_id=f"CANARYK{place}")
        records.contact(row, f"2026-01-{9 + place}T10:00", "pre_call", "reached", contact_id=f"CANARYC{place}")
    loaded(home, records, "CANARY folder", accept_rejects=True)
    assert any(b"CANARY" in part for part in parts(current_path(home).read_bytes()))
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    run_etl("ship", "--new-key")
    for line in ("", 'operators = "pseudonym"\nage = "years"\ndates = "day"'):
        agree(home, 'site_key = "alpha"', line)
        folder = ship(tmp_path / "out", *RECORDS)
        for path in folder.iterdir():
            for part in parts(path.read_bytes()):
                for planted in (b"CANARY", str(tmp_path).encode(), b"/home", b"Smith"):
                    assert planted not in part, path.name


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no agreement"),
        ("", "site_key: is missing"),
        ('site_key = "Alpha"', "registry.toml, site_key"),
        ('site_key = "alpha"\nwhat = "all"', "registry.toml, what"),
        ('site_key = "alpha"\noperator = "drop"', "registry.toml, operator"),
        ('site_key = "alpha"\nage = 5', "registry.toml, age"),
        ('site_key = "alpha"\nwhat = "cells"', 'says what = "cells"'),
        ('site_key = "beta"', "--site"),
        ("site_key = ", "not valid TOML"),
    ],
)
def test_without_a_right_agreement_nothing_leaves(
    hospital: Home, tmp_path: Path, content: str | None, words: str
) -> None:
    (hospital.settings / "registry.toml").unlink()
    if content is not None:
        agree(hospital, content)
    site = ("--site", "alpha") if "beta" in (content or "") else ()
    done = run_etl("ship", "--to", str(tmp_path / "out"), *RECORDS, *site)
    assert done.returncode == 2
    assert words in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_command_needs_a_folder_a_key_and_a_generation(
    hospital: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_etl("ship", *RECORDS).returncode == 2
    assert run_etl("ship", "--to", str(tmp_path / "out"), "--what", "all").returncode == 2
    (hospital.private / "registry_key.pem").chmod(0o640)
    assert "chmod 600" in run_etl("ship", "--to", str(tmp_path / "out"), *RECORDS).stderr
    (hospital.private / "registry_key.pem").chmod(0o600)
    for path in hospital.generations.iterdir():
        path.unlink()
    assert run_etl("ship", "--to", str(tmp_path / "out"), *RECORDS).returncode == 69


def test_a_look_at_what_would_leave_writes_nothing(hospital: Home) -> None:
    before = {path: path.stat().st_mtime_ns for path in hospital.root.rglob("*") if path.is_file()}
    (hospital.private / "registry_key.pem").rename(hospital.private / "elsewhere.pem")
    done = run_etl("ship", "--check", *RECORDS)
    (hospital.private / "elsewhere.pem").rename(hospital.private / "registry_key.pem")
    assert done.returncode == 0, done.stderr
    assert f"procedures: {PROCEDURES} rows" in done.stdout
    assert "operator  " not in done.stdout
    assert {path: path.stat().st_mtime_ns for path in hospital.root.rglob("*") if path.is_file()} == before


def test_every_column_of_the_schema_is_in_one_list(department: Home) -> None:
    lists, of_fields = read_column_lists(), columns_of_fields()
    written = [(table, name) for one in (lists.leave, lists.stay) for table, names in one.items() for name in names]
    present = open_current(department).rows("select table_name, column_name from duckdb_columns() where not internal")
    assert len(written) == len(set(written))
    assert set(written) | set(of_fields) == set(present)
    # A text leaves only where it is listed.
    assert {(table, name) for table, name in set(written) & set(of_fields)} == {
        ("counts", name) for name in ("month", "site", "n")
    }
    assert {f"{table}.{name}" for table, name in present} >= {one for key in lists.agreed.values() for one in key}
