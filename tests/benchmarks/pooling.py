"""A registry of many hospitals: one shipped department copied under other keys, and the whole command `pool`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from data.home import PROJECT, Home
from etl.registry.shipment_manifest import describe_file
from tests.benchmarks.loading import our_load
from tests.pooled import list_members, seal_shipment

SHIPMENTS = 200
CODES = {"procedure_id", "patient_key"}
COUNTED = (
    "import json, resource, subprocess, sys, time; began = time.perf_counter();"
    "subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr);"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
    "print(json.dumps([time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))"
)


def run_etl(home: Path, *arguments: str | Path) -> tuple[float, float, float]:
    """Seconds, CPU seconds and peak memory (MiB) of a whole command."""
    command = [sys.executable, "-c", COUNTED, sys.executable, "-m", "etl", *map(str, arguments)]
    environment = {**os.environ, "OUTCOMES_HOME": str(home)}
    done = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    seconds, used, peak = json.loads(done.stdout)
    return seconds, used, peak


def ship_department(files: Path, scratch: Path) -> Path:
    """The records of the department as its hospital ships them: the folder of the shipment."""
    home = Home(scratch / "hospital")
    our_load(files, home.root)
    home.settings.mkdir()
    (home.settings / "registry.toml").write_text(
        'site_key = "first"\nwhat = "records"\nsigning_key = "private/key.pem"\n', encoding="utf-8"
    )
    run_etl(home.root, "ship", "--new-key")
    run_etl(home.root, "ship", "--to", scratch / "shipped")
    (folder,) = (scratch / "shipped" / "first").iterdir()
    return folder


def copy_shipment(shipped: Path, inbox: Path, site: str, reached: str | None = None) -> None:
    """The same records as another hospital's: other codes of people and procedures, another key, its own signature.

    `reached`: the day that they reach, where it is not that of the first hospital.
    """
    part = inbox / ".part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    manifest = json.loads((shipped / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect() as connection:
        for name, told in manifest["files"].items():
            file = f"from '{shipped / name}'"
            columns = {column for column, *_ in connection.execute(f"describe {file}").fetchall()} & CODES
            others = [f"cast(cast(md5('{site}' || {column}) as uuid) as varchar) as {column}" for column in columns]
            replaced = f"replace ({', '.join(others)})" if others else ""
            connection.execute(f"copy (select * {replaced} {file}) to '{part / name}' (compression zstd)")
            manifest["files"][name] = describe_file(part / name, told["rows"]).model_dump(mode="json")
    if reached:
        manifest["as_of"]["reached"] = reached
    seal_shipment(part, manifest | {"site": site}, inbox, site)


def measure_pool(shipped: Path, scratch: Path, shipments: int) -> tuple[float, float, float]:
    """Seconds, CPU seconds and peak memory (MiB) of pooling so many copies into a new registry."""
    inbox, registry = scratch / f"inbox{shipments}", Home(scratch / f"registry{shipments}")
    sites = [f"site_{place:03}" for place in range(shipments)]
    for site in sites:
        copy_shipment(shipped, inbox, site)
    list_members(registry, *sites)
    return run_etl(registry.root, "pool", inbox, "--home", registry.root)


def measure(files: Path, scratch: Path, shipments: int = SHIPMENTS) -> list[tuple[str, str, str]]:
    """Rows of the report: what, measured, bound. A tenth first, then all."""
    shipped, rows = ship_department(files, scratch), []
    manifest = json.loads((shipped / "manifest.json").read_text(encoding="utf-8"))
    procedures = manifest["files"]["outcomes.parquet"]["rows"]
    for count in (shipments // 10, shipments):
        seconds, used, peak = measure_pool(shipped, scratch, count)
        what = f"{count} shipments of {procedures:,} procedures pooled"
        rows.append((what, f"{seconds:,.0f} s, {used:,.0f} CPU s, {peak:,.0f} MiB", "≤ 4,096 MiB"))
    return rows
