"""Files for auditors against Arrow's own CSV writer of the same tables."""

import hashlib
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from dashboard.exports.bundle import csv_columns
from dashboard.exports.bundle.archive import Archive
from dashboard.exports.bundle.bundle import write_bundle
from dashboard.exports.bundle.order import Order, Profile
from data.home import department_home
from queries.explain.table_extracts import extract_table
from queries.warehouse import open_current

SCORES_BOUND, BUNDLE_BOUND = 3, 10
# A bundle takes a quarter of a minute and two gigabytes of tables.
MOST_BUNDLES = 3


def measure(scratch: Path, rounds: int) -> list[tuple[str, str, str]]:
    """Rows of the report: what, measured, bound. The home is that of the environment."""
    scores = extract_table(open_current(department_home()), "pain_scores").rows
    ours, theirs = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        content = csv_columns.header_line(scores.schema.names) + csv_columns.row_lines(scores)
        (scratch / "ours.csv").write_bytes(content)
        hashlib.sha256(content).hexdigest()
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        arrow_csv.write_csv(scores, scratch / "theirs.csv")
        theirs.append(time.perf_counter() - began)
    mine, reference = statistics.median(ours), statistics.median(theirs)
    bundles, plains = [], []
    for _ in range(min(rounds, MOST_BUNDLES)):
        seconds, tables = _bundle(scratch)
        bundles.append(seconds)
        plains.append(_plain(scratch, tables))
    bundle, plain = statistics.median(bundles), statistics.median(plains)
    return [
        (f"`pyarrow.csv.write_csv` of {scores.num_rows:,} scores", f"{1000 * reference:.0f} ms", ""),
        ("CSV of the same, safe for spreadsheets, hashed", f"{1000 * mine:.0f} ms", _bound(SCORES_BOUND, reference)),
        ("`pyarrow.csv.write_csv` of every table of a bundle", f"{plain:.2f} s", ""),
        ("the whole internal bundle, zipped and hashed", f"{bundle:.2f} s", _bound(BUNDLE_BOUND, plain)),
    ]


def _bound(times: int, reference: float) -> str:
    return f"≤ {times * reference:.2f} s ({times} × the line above)"


def _bundle(scratch: Path) -> tuple[float, dict[str, list[pa.Table]]]:
    """Seconds of a bundle, and the tables in it."""
    kept: dict[str, list[pa.Table]] = {}
    add = Archive.add_tables

    def keeping(self: Archive, name: str, columns: list[str], tables: Iterator[pa.Table]) -> int:
        kept[name] = []
        return add(self, name, columns, (kept[name].append(table) or table for table in tables))  # type: ignore[func-returns-value]

    Archive.add_tables = keeping  # type: ignore[method-assign, assignment]
    try:
        began = time.perf_counter()
        write_bundle(
            department_home(), open_current(department_home()), Order(profile=Profile.INTERNAL), scratch / "bundle.zip"
        )
        return time.perf_counter() - began, kept
    finally:
        Archive.add_tables = add  # type: ignore[method-assign]


def _plain(scratch: Path, tables: dict[str, list[pa.Table]]) -> float:
    began = time.perf_counter()
    for name, parts in tables.items():
        with arrow_csv.CSVWriter(scratch / f"{name}.csv", parts[0].schema) as writer:
            for part in parts:
                writer.write_table(part)
    return time.perf_counter() - began
