"""The whole load command against DuckDB's own typed `read_csv` of the same files into a file with checkpoint."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from data.home import PROJECT
from etl.sources.canonical import KINDS, Kind

TYPES = {"_at": "TIMESTAMP", "_on": "DATE"}
NUMBERS = {"age_years", "asa_class", "cement_ml", "score"}
READER = """
import sys, time, duckdb
folder, target = sys.argv[1:3]
began = time.perf_counter()
with duckdb.connect(target, config={"threads": "2"}) as connection:
    for name, columns in %r.items():
        connection.execute(
            f"create table {name} as select * from read_csv('{folder}/{name}.csv', header=true, columns={columns})"
        )
    connection.execute("checkpoint")
print(time.perf_counter() - began)
"""


def typed_columns(kinds: Sequence[Kind] = KINDS) -> dict[str, dict[str, str]]:
    """Table → column → DuckDB type."""
    return {
        kind.name: {name: "DOUBLE" if name in NUMBERS else TYPES.get(name[-3:], "VARCHAR") for name in kind.all_columns}
        for kind in kinds
    }


def our_load(folder: Path, home: Path) -> float:
    """Seconds of `python -m etl load` from start to end."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "etl", "load", str(folder), "--timezone", "America/Chicago"],
        cwd=PROJECT, check=True, capture_output=True, env={**os.environ, "OUTCOMES_HOME": str(home)},
    )  # fmt: skip
    return time.perf_counter() - began


def their_read(folder: Path, target: Path, kinds: Sequence[Kind] = KINDS) -> float:
    """Seconds that DuckDB needs, without the start of Python."""
    done = subprocess.run(
        [sys.executable, "-c", READER % typed_columns(kinds), str(folder), str(target)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout)


def measure(folder: Path, scratch: Path, rounds: int) -> list[tuple[str, str, str]]:
    """Rows of the report: what, measured, bound."""
    ours, theirs = [], []
    for place in range(rounds):
        ours.append(our_load(folder, scratch / f"home{place}"))
        theirs.append(their_read(folder, scratch / f"reference{place}.duckdb"))
    load, read = statistics.median(ours), statistics.median(theirs)
    bound = 1 + 8 * read
    return [
        ("typed `read_csv` of the same files into a file, with checkpoint", f"{read:.2f} s", ""),
        ("`python -m etl load`, the whole command", f"{load:.2f} s", f"≤ {bound:.2f} s (1 s + 8 × the line above)"),
    ]
