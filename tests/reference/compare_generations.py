"""Whether two versions of the code make the same generations: sets of files loaded by both, compared table by table.

    git worktree add --detach ../before COMMIT
    python -m tests.reference.compare_generations ../before EXAMPLES_DIR [--procedures 2000] [--by-entry COLUMN …]

`EXAMPLES_DIR` holds one folder a set, named after its source, with the time zone in its `truth.json`; the synthetic
department is compared too. The second load gets the keys of the first, so ids must be equal. Times of loading, and the
hash that names a generation, differ. A column or table that only one version has is a difference, unless it is named.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from data.home import PROJECT, Home

# Of the clock, or of the version of the code.
APART = {
    "source_files": ("received_at",),
    "generation_info": ("generation", "schema_version", "code_version"),
    "answer_versions": ("sql_hash",),
}
FILES = {".csv", ".tsv", ".xlsx", ".ndjson"}
SOURCES = {"canonical": None, "late": None}
AFTER = {"late": ("canonical",)}


def load_command(examples: Path, name: str) -> list[str]:
    """The files of a set, and how they are loaded."""
    folder = examples / name
    files = sorted(str(path) for path in folder.iterdir() if path.suffix in FILES)
    zone = json.loads((folder / "truth.json").read_text(encoding="utf-8")).get("time_zone")
    source = SOURCES.get(name, name)
    return [*files, *(["--source", source] if source else []), *(["--timezone", zone] if zone else [])]


def build_generation(checkout: Path, root: Path, loads: Sequence[Sequence[str]], keys: Path | None) -> Path:
    """The generation that a checkout's code makes in a fresh home, with keys known before."""
    home = Home(root)
    if keys is not None:
        home.identities.parent.mkdir(parents=True, mode=0o700)
        shutil.copy(keys, home.identities)
        root.chmod(0o700)
    environment = {**os.environ, "OUTCOMES_HOME": str(root)}
    for command in loads:
        subprocess.run(
            [sys.executable, "-m", "etl", "load", *command],
            cwd=checkout, env=environment, check=True, capture_output=True,
        )  # fmt: skip
    return max((root / "generations").glob("gen-*.duckdb"))


def differing_tables(before: Path, after: Path, ignored: frozenset[str]) -> Iterator[str]:
    """What differs, in words, table by table; nothing when all rows are equal."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{before}' as before (read_only)")
        connection.execute(f"attach '{after}' as after (read_only)")
        names = {side: _tables(connection, side) for side in ("before", "after")}
        for table in sorted(names["before"].keys() | names["after"].keys()):
            old, new = (names[side].get(table, []) for side in ("before", "after"))
            for column in sorted(set(old) ^ set(new) - ignored):
                yield f"{table}.{column}: only {'before' if column in old else 'after'}"
            shared = [column for column in old if column in new and column not in APART.get(table, ())]
            if [column for column in old if column in shared] != [column for column in new if column in shared]:
                yield f"{table}: the columns are in another order"
            columns = ", ".join(f'"{column}"' for column in shared)
            if not columns:
                continue
            for one, other in (("before", "after"), ("after", "before")):
                rows = connection.execute(
                    f"select count(*) from (select {columns} from {one}.main.{table}"
                    f" except all select {columns} from {other}.main.{table})"
                ).fetchall()[0][0]
                if rows:
                    yield f"{table}: {rows} rows only {one}"


def _tables(connection: duckdb.DuckDBPyConnection, side: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = connection.execute(
        "select table_name, column_name from duckdb_columns() where database_name = ? and not internal"
        " order by table_name, column_index",
        [side],
    ).fetchall()
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def table_sizes(path: Path) -> str:
    """How much was compared."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = _tables(connection, path.stem) or _tables(
            connection, connection.execute("select current_database()").fetchall()[0][0]
        )
        rows = sum(connection.execute(f"select count(*) from {table}").fetchall()[0][0] for table in tables)
    return f"{len(tables)} tables, {rows:,} rows"


def compare_sets(before: Path, examples: Path, procedures: int, ignored: frozenset[str]) -> int:
    """Compare every set; the number of differences."""
    differences = 0
    with tempfile.TemporaryDirectory(prefix="compared-") as scratch:
        work = Path(scratch)
        synthetic = work / "department"
        subprocess.run(
            [sys.executable, "-m", "etl", "demo", "--procedures", str(procedures), "--out", str(synthetic)],
            cwd=before, check=True, capture_output=True,
        )  # fmt: skip
        sets = {
            path.name: [load_command(examples, one) for one in (*AFTER.get(path.name, ()), path.name)]
            for path in sorted(examples.iterdir())
        }
        sets["synthetic department"] = [[str(synthetic), "--source", "synthetic", "--timezone", "America/Chicago"]]
        for name, loads in sets.items():
            homes = work / f"{name} before", work / f"{name} after"
            old = build_generation(before, homes[0], loads, None)
            new = build_generation(PROJECT, homes[1], loads, Home(homes[0]).identities)
            told = list(differing_tables(old, new, ignored))
            differences += len(told)
            print(f"{name}: {table_sizes(new)}: {'; '.join(told) or 'equal'}", flush=True)
    return differences


def main() -> None:
    """Compare as asked; exit 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("examples", type=Path)
    parser.add_argument("--procedures", type=int, default=2000)
    parser.add_argument("--by-entry", nargs="*", default=[], help="columns that only one version is meant to have")
    asked = parser.parse_args()
    ignored = frozenset(asked.by_entry)
    sys.exit(compare_sets(asked.before.resolve(), asked.examples.resolve(), asked.procedures, ignored) > 0)


if __name__ == "__main__":
    main()
