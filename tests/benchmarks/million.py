"""A million procedures with three million scores: the whole load, a second one with one small new file, and memory."""

import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from data.home import PROJECT
from etl.sources.canonical import PAIN_SCORES, PROCEDURES
from tests.benchmarks.loading import their_read

SCALE = 1_000_000
PROCEDURE_CELLS = {
    "procedure_id": "'P' || number",
    "patient_id": "'N' || (number * 7919) % ({scale} * 9 // 10)",
    "sex": "case number % 4 when 0 then 'M' else 'F' end",
    "age_years": "55 + hash(number) % 40",
    "site": "'Site ' || number % 5",
    "operator": "'Operator ' || hash(number, 1) % 40",
    "performed_on": "strftime(day, '%Y-%m-%d')",
    "started_at": "strftime(day + to_minutes(cast(480 + hash(number, 2) % 420 as integer)), '%Y-%m-%dT%H:%M')",
    "ended_at": "strftime(day + to_minutes(cast(960 + hash(number, 2) % 60 as integer)), '%Y-%m-%dT%H:%M')",
    "recovery_ready_at": "strftime(day + to_minutes(cast(1080 + hash(number, 3) % 240 as integer)), '%Y-%m-%dT%H:%M')",
    "discharged_at": "strftime(day + to_minutes(cast(1380 + hash(number, 4) % 3000 as integer)), '%Y-%m-%dT%H:%M')",
    "technique": "'vertebroplasty'",
    "indication": "'osteoporotic'",
    "setting": "'outpatient'",
    "levels": "list_value('L1', 'T12', 'T12;L1', 'L2', 'L3;L4')[1 + cast(hash(number, 5) % 5 as integer)]",
    "disposition": "'home'",
    "updated_at": "strftime(day + to_days(1), '%Y-%m-%dT%H:%M')",
}
SCORE_CELLS = {
    "score_id": "'S' || number",
    "patient_id": "'N' || ((number // 3) * 7919) % ({scale} * 9 // 10)",
    "measured_at": "strftime(day + to_days(list_value(-2, 2, 30)[1 + number % 3]) + to_hours(9), '%Y-%m-%dT%H:%M')",
    "score": "greatest(0, list_value(8, 4, 3)[1 + number % 3] - cast(hash(number, 6) % 4 as integer))",
    "context": "'rest'",
    "instrument": "'nrs'",
    "mode": "'phone'",
    "updated_at": "strftime(day + to_days(31), '%Y-%m-%dT%H:%M')",
}


def write(folder: Path, scale: int = SCALE) -> Path:
    """Canonical `procedures.csv` and `pain_scores.csv`; the same files every time."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        for kind, cells, rows in ((PROCEDURES, PROCEDURE_CELLS, scale), (PAIN_SCORES, SCORE_CELLS, 3 * scale)):
            columns = ", ".join(f"{cells.get(name, 'null').format(scale=scale)} as {name}" for name in kind.all_columns)
            per = 3 if kind is PAIN_SCORES else 1
            connection.execute(
                f"copy (select {columns} from (select range as number,"
                f" date '2016-01-04' + cast((range // {per}) % 3500 as integer) as day from range({rows}))"
                f" order by number) to '{folder / kind.name}.csv' (header, delimiter ',')"
            )
    return folder


def _load(folder: Path, home: Path) -> tuple[float, int]:
    """Seconds and peak memory (MiB) of the whole command."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    command = [sys.executable, "-m", "etl", "load", str(folder), "--timezone", "America/Chicago"]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=PROJECT, check=True, capture_output=True, text=True,
        env={**os.environ, "OUTCOMES_HOME": str(home)},
    )  # fmt: skip
    return time.perf_counter() - began, int(done.stdout)


def measure(scratch: Path, scale: int = SCALE) -> list[tuple[str, str, str]]:
    """Rows of the report: what, measured, bound. Each once: a load of a million takes its time."""
    folder = write(scratch / "million", scale)
    small = scratch / "small"
    small.mkdir()
    with (folder / "procedures.csv").open(encoding="utf-8") as file:
        header, row = next(file), next(file)
    (small / "procedures.csv").write_text(header + row.replace("P0,N0,", "P-new,N-new,", 1), encoding="utf-8")
    read = their_read(folder, scratch / "million.duckdb", [PROCEDURES, PAIN_SCORES])
    first, memory = _load(folder, scratch / "million-home")
    second, _ = _load(small, scratch / "million-home")
    return [
        ("a million procedures, three million scores: typed `read_csv`", f"{read:.1f} s", ""),
        ("the same: whole load", f"{first:.1f} s, {memory:,} MiB", f"≤ {8 * read:.1f} s (reported), ≤ 2,048 MiB"),
        ("the same: a second load with one small new file", f"{second:.1f} s", f"≤ {0.5 * first:.1f} s"),
    ]
