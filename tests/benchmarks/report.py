"""docs/benchmarks.md: an introduction, and one section for each part that can be measured by itself."""

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

Rows = list[tuple[str, str, str]]

HEADER = "| what | measured | bound |\n|---|---:|---|\n"


def section(title: str, words: str, rows: Rows) -> str:
    """A section of the report: when and on what it was measured, then its table."""
    table = HEADER + "".join(f"| {what} | {measured} | {bound} |\n" for what, measured, bound in rows)
    return f"## {title}\n\n{measured_on()} {words}\n\n{table}"


def measured_on() -> str:
    """When, and what matters of the machine and of the versions."""
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"DuckDB {version('duckdb')}, Streamlit {version('streamlit')}."
    )


def replace(report: str, fresh: str) -> str:
    """The report with a section in the place of the one of the same title, or at the end when there is none."""
    title = fresh.splitlines()[0]
    parts = [part.strip("\n") for part in re.split(r"^(?=## )", report, flags=re.MULTILINE)]
    places = [place for place, part in enumerate(parts) if part.splitlines()[:1] == [title]]
    if places:
        parts[places[0]] = fresh.strip("\n")
    else:
        parts.append(fresh.strip("\n"))
    return "\n\n".join(parts) + "\n"


def rewrite(path: Path, fresh: str) -> None:
    """Put a section into the file, read anew: another part may have been measured meanwhile."""
    path.write_text(replace(path.read_text(encoding="utf-8"), fresh), encoding="utf-8")
