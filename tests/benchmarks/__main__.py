"""`make benchmarks`: measures everything in one run and writes docs/benchmarks.md."""

import os
import platform
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import data
from tests.benchmarks import browsing, exporting, false_signals, loading, million, reruns
from tests.benchmarks.department import PROCEDURES, SCORES, write_department

REPORT = data.PROJECT / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Made by `make benchmarks` on {when} with {cores} cores, Python {python}, DuckDB {duckdb}, Streamlit {streamlit}.
{procedures:,} procedures with {scores:,} scores, complications and contacts besides. Each number is the median of 9,
interleaved in one run; bounds are ratios to what the same run measured, or fixed where a person waits. *Cold* = a new
browser profile against a running server. A machine that is busy elsewhere makes all numbers larger, the ratios hardly.

| what | measured | bound |
|---|---:|---|
"""


def main() -> None:
    """Measure and write the report."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        folder = write_department(scratch / "files")
        rows = loading.measure(folder, scratch)
        rows += million.measure(scratch)
        os.environ["OUTCOMES_HOME"] = str(scratch / "home0")
        os.environ["OUTCOMES_ACCESS"] = "this-computer"
        rows += exporting.measure(scratch)
        rows += browsing.measure(scratch)
        rows += reruns.measure()
    text = INTRODUCTION.format(
        when=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=os.cpu_count(),
        python=platform.python_version(),
        duckdb=version("duckdb"),
        streamlit=version("streamlit"),
        procedures=PROCEDURES,
        scores=SCORES,
    )
    text += "".join(f"| {what} | {measured} | {bound} |\n" for what, measured, bound in rows)
    text += "\n" + false_signals.section()
    REPORT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
