"""`pool --engine`: the answers that a server works out are those that DuckDB gives."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from data.home import PROJECT, Home
from queries.catalogue.metrics import Metric, read_catalogue, read_curves
from queries.figures.answers import Summary, compose_sql
from tests.benchmarks.pooling import copy_shipment
from tests.engine.registry import run_app
from tests.pooled import list_members

SITES = ("north", "south", "west")
LATE, LATE_REACHED = "west", "2025-09-14"
COMPARED = {
    "answers": "select outcome_no, answer, exclusion, case when answer = 2 then round(value, 9) end as value",
    "categories": "select outcome_no, cast(category as varchar) as category",
}
STORED = {"answers": "numbered_answers", "categories": "numbered_categories"}


@pytest.fixture(scope="module")
def inbox(engine_environment: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shipments of three hospitals, one of them late."""
    scratch = tmp_path_factory.mktemp("hospital")
    home = Home(scratch / "home")
    run_app("etl", "demo", "--procedures", "400", home=home.root)
    home.settings.mkdir(exist_ok=True)
    agreement = 'site_key = "first"\nwhat = "records"\ndates = "day"\nsigning_key = "private/key.pem"\n'
    (home.settings / "registry.toml").write_text(agreement, encoding="utf-8")
    run_app("etl", "ship", "--new-key", home=home.root)
    run_app("etl", "ship", "--to", str(scratch / "shipped"), home=home.root)
    (shipped,) = (scratch / "shipped" / "first").iterdir()
    for site in SITES:
        copy_shipment(shipped, scratch / "inbox", site, reached=LATE_REACHED if site == LATE else None)
    return scratch / "inbox"


def pool(registry: Home, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "etl", "pool", *map(str, arguments), "--home", str(registry.root)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_an_engine_gives_every_answer_that_duckdb_gives(inbox: Path, sail: str, tmp_path: Path) -> None:
    registry = Home(tmp_path / "registry")
    list_members(registry, *SITES)
    done = pool(registry, inbox, "--engine", sail)
    assert done.returncode == 0, done.stderr
    path = registry.generations / registry.current.read_text(encoding="utf-8").strip()
    rows = 0
    with duckdb.connect(str(path), read_only=True) as connection:
        late = connection.execute("select procedures_left_out from hospitals where hospital = $late", {"late": LATE})
        assert late.fetchall()[0][0] > 0
        for definition in (*read_catalogue().values(), *read_curves().values()):
            kinds: list[Summary] = ["answers"]
            if isinstance(definition, Metric) and definition.has_categories:
                kinds.append("categories")
            (number,) = connection.execute(
                "select metric_no from answer_versions where metric = $name", {"name": definition.name}
            ).fetchall()[0]
            for kind in kinds:
                composed, parameters = compose_sql(definition, kind)
                expected = connection.execute(f"{COMPARED[kind]} from ({composed}) order by all", parameters).fetchall()
                stored = connection.execute(
                    f"{COMPARED[kind]} from {STORED[kind]} where metric_no = $number order by all", {"number": number}
                ).fetchall()
                assert stored == expected, definition.name
                rows += len(stored)
    assert rows > 50_000


def test_an_engine_that_is_not_there_leaves_the_pool_in_force(inbox: Path, tmp_path: Path) -> None:
    registry = Home(tmp_path / "registry")
    list_members(registry, *SITES)
    assert pool(registry, inbox / SITES[0]).returncode == 0
    before = registry.current.read_text(encoding="utf-8")
    done = pool(registry, inbox, "--engine", "sc://127.0.0.1:9")
    assert done.returncode == 74
    assert "--engine: the server fails" in done.stderr
    assert registry.current.read_text(encoding="utf-8") == before
    assert json.loads(run_app("etl", "status", "--json", home=registry.root))["hospitals"][0]["hospital"] == SITES[0]
    assert pool(registry, inbox).returncode == 0
