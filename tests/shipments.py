"""What a registry does with a shipment of records, in the fewest words: its tables in an empty generation."""

import json
from pathlib import Path

import duckdb

from etl.generations.empty_generation import empty_generation
from queries.warehouse import SCHEMA_VERSION, Warehouse

# What does not leave and must not be null.
FILLED = {"source_row": "1", "name": "''", "folder": "''", "sha256": "''"}


def warehouse_of_shipment(folder: Path, path: Path) -> Warehouse:
    """A generation made of the files of a shipment alone."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    path.write_bytes(empty_generation())
    with duckdb.connect(str(path)) as connection:
        for name in manifest["files"]:
            table = name.removesuffix(".parquet")
            file = folder / name
            sent = {column for column, *_ in connection.execute(f"describe from '{file}'").fetchall()}
            wanted = [column for column, *_ in connection.execute(f"describe {table}").fetchall()]
            filled = {column: FILLED[column] for column in wanted if column in FILLED and column not in sent}
            columns = {column: column for column in wanted if column in sent} | filled
            connection.execute(
                f"insert into {table} ({', '.join(columns)}) select {', '.join(columns.values())} from '{file}'"
            )
        connection.execute(
            "insert into generation_info values ('pooled', ?, ?, 'canonical', ?, ?, 'test')",
            [SCHEMA_VERSION, manifest["as_of"]["reached"], manifest["is_synthetic"], manifest["timepoints"]],
        )
    return Warehouse(path)
