"""The pool of a registry: what is in force, how it changes, and that nothing stays of what is gone."""

import fcntl
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data.home import Home
from queries.warehouse import Warehouse, open_current
from tests.commands import run_dashboard, run_etl
from tests.pooled import hospital_home, list_members, pool, ship_home
from tests.records import Records, loaded

SITES = ("alpha", "beta", "gamma")


@pytest.fixture(scope="module")
def hospitals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    root = tmp_path_factory.mktemp("hospitals")
    return {site: hospital_home(root, site, 4 + place) for place, site in enumerate(SITES)}


@pytest.fixture
def registry(tmp_path: Path) -> Home:
    home = Home(tmp_path / "registry")
    list_members(home, *SITES)
    return home


def ship_all(hospitals: dict[str, Home], out: Path) -> Path:
    for site, home in hospitals.items():
        ship_home(home, out, site)
    return out


def counts(registry: Home) -> dict[str, int]:
    rows = open_current(registry).rows("select hospital, count(*) from outcomes group by hospital")
    return dict(sorted(rows))


def kept_files(registry: Home) -> set[str]:
    folders = (registry.sites, registry.pools, registry.generations)
    return {str(path) for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_hospitals_become_one_generation(hospitals: dict[str, Home], registry: Home, tmp_path: Path) -> None:
    out = ship_all(hospitals, tmp_path / "out")
    ended = pool(registry, out)
    assert ended.returncode == 0, ended
    pooled = open_current(registry)
    assert counts(registry) == {"alpha": 4, "beta": 5, "gamma": 6}
    numbers = pooled.rows("select outcome_no, hospital from outcomes order by performed_on, hospital, procedure_id")
    assert [number for number, _ in numbers] == list(range(1, 16))
    assert pooled.rows("select distinct source from outcomes order by source") == [
        (f"{site}/canonical",) for site in SITES
    ]
    for table, key in (("pain_scores", "score_id"), ("contacts", "contact_id"), ("complications", "complication_id"),
                       ("source_files", "source_file_id")):  # fmt: skip
        alone = [
            Warehouse(path).rows(f"select count(*) from {table}")[0][0] for path in map(current, hospitals.values())
        ]
        assert pooled.rows(f"select count(*), count(distinct {key}) from {table}") == [(sum(alone), sum(alone))]
    unknown = "select count(*) from score_assignments anti join pain_scores using (score_id)"
    assert pooled.rows(unknown) == [(0,)]
    assert pooled.rows("select count(*) from procedures anti join source_files using (source_file_id)") == [(0,)]
    assert pooled.rows("select hospital, title, peer_group, what, sequence, late_days, procedures from hospitals") == [
        (site, f"Hospital {site}", site[0], "records", 1, 0, 4 + place) for place, site in enumerate(SITES)
    ]

    before = kept_files(registry)
    again = pool(registry, out)
    assert again.returncode == 0
    assert "nothing new" in again.stdout
    assert kept_files(registry) == before


def current(home: Home) -> Path:
    return open_current(home).path


def test_status_and_figures_tell_of_hospitals(hospitals: dict[str, Home], registry: Home, tmp_path: Path) -> None:
    pool(registry, ship_all(hospitals, tmp_path / "out"))
    told = json.loads(run_etl("status", "--json", OUTCOMES_HOME=str(registry.root)).stdout)
    assert (told["kind"], told["late"], told["pool_before"]) == ("registry", [], None)
    assert [one["hospital"] for one in told["hospitals"]] == list(SITES)
    words = run_etl("status", OUTCOMES_HOME=str(registry.root)).stdout
    assert "beta             Hospital beta: shipment 1, 5 procedures, data to 2026-01-14" in words
    by_hospital = export(registry, "--by", "hospital")
    assert [(row["group"], row["value"]) for row in by_hospital] == [
        ("alpha", "4.0"),
        ("beta", "5.0"),
        ("gamma", "6.0"),
    ]
    assert [row["value"] for row in export(registry, "--where", "hospital=beta")] == ["5.0"]


def export(home: Home, *arguments: str, metric: str = "procedures") -> list[dict[str, str]]:
    ended = run_dashboard("export", metric, *arguments, OUTCOMES_HOME=str(home.root))
    assert ended.returncode == 0, ended
    names, *rows = (line.split(",") for line in ended.stdout.splitlines())
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_a_new_shipment_replaces_the_whole_hospital(hospitals: dict[str, Home], registry: Home, tmp_path: Path) -> None:
    out = ship_all(hospitals, tmp_path / "out")
    pool(registry, out)
    ship_home(hospital_home(tmp_path, "beta", 2, day="2026-01-05"), out, "beta", sequence=2)
    ended = pool(registry, out)
    assert "beta: shipment 2 (records) is pooled" in ended.stdout
    assert counts(registry) == {"alpha": 4, "beta": 2, "gamma": 6}

    assert pool(registry, "--rollback").returncode == 0
    assert counts(registry) == {"alpha": 4, "beta": 5, "gamma": 6}
    before = pool(registry, "--rollback")
    assert before.returncode == 69
    assert "there is no pool before this one" in before.stderr


def test_a_withdrawn_hospital_stays_away_until_it_ships_again(
    hospitals: dict[str, Home], registry: Home, tmp_path: Path
) -> None:
    out = ship_all(hospitals, tmp_path / "out")
    pool(registry, out)
    assert pool(registry, "--withdraw", "beta").returncode == 0
    assert counts(registry) == {"alpha": 4, "gamma": 6}
    again = pool(registry, out)
    assert again.returncode == 65
    assert "was withdrawn from the pool, with all up to number 1" in again.stdout
    assert counts(registry) == {"alpha": 4, "gamma": 6}
    unknown = pool(registry, "--withdraw", "beta")
    assert (unknown.returncode, "In it are alpha, gamma" in unknown.stderr) == (2, True)
    ship_home(hospitals["beta"], out, "beta", sequence=2)
    assert pool(registry, out).returncode == 0
    assert counts(registry) == {"alpha": 4, "beta": 5, "gamma": 6}
    for site in SITES:
        assert pool(registry, "--withdraw", site).returncode == 0
    assert counts(registry) == {}


def test_one_pool_runs_at_a_time(registry: Home) -> None:
    with registry.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert pool(registry, registry.root).returncode == 75


def test_a_registry_takes_shipments_and_a_department_files(
    hospitals: dict[str, Home], registry: Home, tmp_path: Path
) -> None:
    for command in (("load",), ("rejected", "--out", str(tmp_path / "rejected")), ("forget",), ("rollback",)):
        ended = run_etl(*command, stdin="5\n", OUTCOMES_HOME=str(registry.root))
        assert ended.returncode == 2
        assert "is the home of a registry, which takes shipments and no files" in ended.stderr
    ended = pool(hospitals["alpha"], tmp_path)
    assert (ended.returncode, "is the home of a department" in ended.stderr) == (2, True)


def test_rebuild_makes_the_same_pool(hospitals: dict[str, Home], registry: Home, tmp_path: Path) -> None:
    pool(registry, ship_all(hospitals, tmp_path / "out"))
    before = open_current(registry)
    assert run_etl("rebuild", OUTCOMES_HOME=str(registry.root)).returncode == 0
    after = open_current(registry)
    assert after.path != before.path
    for table in ("outcomes", "pain_outcomes", "hospitals", "pain_scores", "generation_info"):
        assert after.rows(f"from {table} order by all") == before.rows(f"from {table} order by all")


def test_who_is_forgotten_is_nowhere_once_the_hospital_ships_again(registry: Home, tmp_path: Path) -> None:
    list_members(registry, "alpha", "beta", first="retain_days = 0")
    made = Records()
    staying, gone = (
        made.procedure("2026-01-12"),
        made.procedure("2026-01-12", site="Zwischenahn", patient_id="77310042"),
    )
    for person in (staying, gone):
        made.score(person, "2026-01-12T09:00", 8)
    home = Home(tmp_path / "alpha")
    loaded(home, made)
    shutil.rmtree(home.root / "delivery")
    out = tmp_path / "out"
    ship_home(home, out, "alpha")
    ship_home(hospital_home(tmp_path, "beta"), out, "beta")
    assert pool(registry, out).returncode == 0
    keys = open_current(registry).rows(
        "select cast(procedure_id as varchar), cast(patient_key as varchar) from outcomes where site = 'Zwischenahn'"
    )[0]
    written = [*keys, "Zwischenahn"]
    assert any(find_text(registry, text) for text in written)

    forgotten = run_etl("forget", stdin=f"{gone['patient_id']}\n", OUTCOMES_HOME=str(home.root))
    assert forgotten.returncode == 0, forgotten.stdout
    ship_home(home, out, "alpha", sequence=2)
    assert pool(registry, out).returncode == 0
    assert counts(registry) == {"alpha": 1, "beta": 6}
    for text in written:
        assert find_text(registry, text) == []
    assert pool(registry, "--rollback").returncode == 69


def find_text(registry: Home, text: str) -> list[Path]:
    """Files of the registry's home that hold a text or a key, plain or in a table, whatever compresses it."""
    found = []
    for path in (path for path in registry.root.rglob("*") if path.is_file()):
        content = path.read_bytes()
        spelled = [text.encode()]
        if text.count("-") == 4:
            spelled.append(bytes.fromhex(text.replace("-", "")))
        if path.suffix == ".parquet":
            spelled, content = [text.encode()], table_text(f"read_parquet('{path}')").encode()
        elif path.suffix == ".duckdb":
            tables = ("outcomes", "procedures", "patients", "pain_outcomes", "score_assignments")
            pooled = Warehouse(path)
            content += "".join(str(pooled.rows(f"select * from {table}")) for table in tables).encode()
        if any(one in content for one in spelled):
            found.append(path)
    return found


def table_text(rows: str) -> str:
    found: list[Any] = duckdb.execute(f"from {rows}").fetchall()
    return str(found)


def test_a_backup_holds_the_shipments(hospitals: dict[str, Home], registry: Home, tmp_path: Path) -> None:
    out = ship_all(hospitals, tmp_path / "out")
    pool(registry, out)
    made = run_etl("backup", "--out", str(tmp_path / "backups"), OUTCOMES_HOME=str(registry.root))
    assert made.returncode == 0, made
    copy = Home(tmp_path / "copy")
    restored = run_etl("restore", str(tmp_path / "backups"), OUTCOMES_HOME=str(copy.root))
    assert restored.returncode == 0, restored
    assert counts(copy) == counts(registry)
    ship_home(hospitals["beta"], out, "beta", sequence=2)
    assert pool(copy, out).returncode == 0
