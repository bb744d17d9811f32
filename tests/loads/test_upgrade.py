"""Homes of earlier versions, built by the code of their time: refused in words, made anew, and going on.

`homes/schema*.tar.xz` hold a synthetic department of 120 procedures, loaded in two deliveries by the last version of
each shape of the tables, packed as it lay there.
"""

import tarfile
from pathlib import Path

import duckdb
import pytest

from data.errors import NoGeneration
from data.home import Home
from data.journal import Journal
from etl.generations import lineage
from queries.warehouse import SCHEMA_VERSION, Warehouse, current_path, open_current
from tests.commands import run_dashboard, run_etl
from tests.grids import sample
from tests.records import ZONE, Records

SHAPES = (1, 2, 3)
HOMES = Path(__file__).parent / "homes"
PROCEDURES, SCORES = 120, 482


@pytest.fixture(params=sample(SHAPES))
def old(request: pytest.FixtureRequest, home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    home.root.mkdir(mode=0o700)
    with tarfile.open(HOMES / f"schema{request.param}.tar.xz") as packed:
        packed.extractall(home.root, filter="data")
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    monkeypatch.setenv("OUTCOMES_TIMEZONE", ZONE)
    return home


def counted(home: Home) -> tuple[int, int]:
    warehouse = open_current(home)
    return tuple(warehouse.rows(f"select count(*) from {name}")[0][0] for name in ("procedures", "pain_scores"))


def keys(home: Home) -> set[tuple]:
    with duckdb.connect() as connection:
        return set(connection.execute("select * from read_parquet(?)", [str(home.identities)]).fetchall())


def test_an_old_generation_is_refused_in_words_and_made_anew(old: Home) -> None:
    told = run_etl("status")
    assert told.returncode == 69
    assert "another version of this program" in told.stderr
    assert "python -m etl rebuild" in told.stderr
    assert any("rebuild" in line for line in run_dashboard("doctor").stdout.splitlines() if line.startswith("wrong"))
    before, kept = keys(old), lineage.list_published(old)
    done = run_etl("rebuild")
    assert done.returncode == 0, done.stderr
    assert counted(old) == (PROCEDURES, SCORES)
    assert keys(old) == before, "people got new keys"
    assert lineage.list_published(old) == [*kept, current_path(old).name]


def test_it_goes_on_after_that_with_loads_backups_and_accounts(old: Home, tmp_path: Path) -> None:
    loads = len(Journal(old.journal).events("load"))
    records = Records()
    records.procedure("2026-05-04", procedure_id="P-NEW", patient_id="N-NEW")
    assert run_etl("load", str(records.write(tmp_path / "new")), "--accept-surprises").returncode == 0
    assert counted(old)[0] == PROCEDURES + 1
    assert len(Journal(old.journal).events("load")) == loads + 1
    password = "correct horse battery"
    assert run_dashboard("user", "add", "anna", "--role", "lead", stdin=f"{password}\n").returncode == 0
    assert run_etl("backup", "--out", str(tmp_path / "backups")).returncode == 0
    assert run_etl("restore", "--drill", str(tmp_path / "backups")).returncode == 0


def test_no_rollback_puts_what_cannot_be_read_into_service(old: Home, tmp_path: Path) -> None:
    assert run_etl("rebuild").returncode == 0
    made = current_path(old).name
    refused = run_etl("rollback")
    assert refused.returncode == 69
    assert "another version of this program" in refused.stderr
    assert current_path(old).name == made
    records = Records()
    records.procedure("2026-05-04", procedure_id="P-NEW", patient_id="N-NEW")
    assert run_etl("load", str(records.write(tmp_path / "new")), "--accept-surprises").returncode == 0
    assert run_etl("rollback").returncode == 0
    assert current_path(old).name == made
    assert counted(old) == (PROCEDURES, SCORES)


def test_a_newer_generation_is_refused_in_words(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    records = Records()
    records.procedure()
    assert run_etl("load", str(records.write(tmp_path / "in")), "--timezone", ZONE).returncode == 0
    path = current_path(home)
    path.chmod(0o600)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update generation_info set schema_version = ?", [SCHEMA_VERSION + 1])
    with pytest.raises(NoGeneration, match="newer version of this program"):
        Warehouse(path)
    told = run_etl("status")
    assert (told.returncode, "newer version" in told.stderr) == (69, True)
