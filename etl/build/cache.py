"""What reading a file gave, kept so that an unchanged file costs next to nothing on the next load.

Staged rows depend on the bytes of a file, its mapping, its zone and day of receipt, and the code that reads. All of
these make the name of a folder in `staging/`: change one, and the file is read anew. The folder holds Parquet files,
as private as the archive, and their hashes: what does not match is not used.
"""

import hashlib
import json
import shutil
import uuid
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from data.home import PROJECT, Home
from data.settings import read_timepoints
from etl.build.staging import StagedFile
from etl.build.typed_rows import KINDS as KIND_TABLES
from etl.build.typed_rows import READ_TABLES, take_kept
from etl.generations.manifest import Delivery, Manifest
from etl.generations.publish import BUILD_PREFIX
from etl.generations.storage import PRIVATE_FILE, PRIVATE_FOLDER, flush_to_disk, make_folder
from etl.sources import canonical

PREFIX = "read-"
INDEX = "index.json"
# The code that decides what reading makes of a file.
READING = (
    "etl/readers",
    "etl/parse",
    "etl/build/sql",
    "etl/sources",
    "etl/build/folded_names.py",
    "etl/build/typed_rows.py",
    "etl/build/staging.py",
    "etl/build/cache.py",
    "etl/build/statements.py",
    "etl/build/untreated.py",
    "data/schema.sql",
    "data/fields",
    "data/field_types.toml",
    "data/field_sql.py",
)
KINDS = {kind.name: kind for kind in canonical.ALL_KINDS}


@lru_cache
def reading_version() -> str:
    """Hash of the code that reads files."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    for part in READING:
        root = PROJECT / part
        suffixes = {".py", ".sql", ".toml"} if part == "data/fields" else {".py", ".sql"}
        for path in [root] if root.is_file() else sorted(one for one in root.rglob("*") if one.suffix in suffixes):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class StagedCache:
    """The kept readings of a home."""

    home: Home

    def _folder(self, delivery: Delivery) -> Path:
        terms = (
            delivery.sha256, delivery.source, delivery.mapping_sha256, delivery.time_zone,
            delivery.received_on.isoformat(), delivery.companion, delivery.read_name, reading_version(),
            [one.name for one in read_timepoints().after],
        )  # fmt: skip
        return self.home.staging / f"{PREFIX}{hashlib.sha256(json.dumps(terms).encode()).hexdigest()[:32]}"

    def load(self, connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> list[StagedFile] | None:
        """Bring the kept rows of a file into the tables of readings; None when there are none that can be trusted."""
        folder = self._folder(delivery)
        try:
            index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
            tables = {name: folder / f"{name}.parquet" for name in index["tables"]}
            if any(_hash_file(path) != index["tables"][name] for name, path in tables.items()):
                return None
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        for name, path in tables.items():
            take_kept(connection, name, path, delivery.sequence, delivery.sequence + delivery.room - 1)
        return [_staged_of_description(one, delivery) for one in index["files"]]

    def keep(self, connection: duckdb.DuckDBPyConnection, delivery: Delivery, staged: list[StagedFile]) -> None:
        """Keep the rows of a file that was just read. The folder is there whole or not at all."""
        target = self._folder(delivery)
        part = self.home.staging / f"{BUILD_PREFIX}{uuid.uuid4()}"
        make_folder(part, PRIVATE_FOLDER)
        tables = {}
        numbers = ", ".join(str(one.source_file_id) for one in staged)
        held = {f"read_{kind}" for one in staged for kind in one.kinds or (one.kind.name,)}
        for name in (one for one in READ_TABLES if one in held or one not in KIND_TABLES):
            rows = f"from {name} where source_file_id in ({numbers})"
            if connection.execute(f"select 1 {rows} limit 1").fetchall():
                path = part / f"{name}.parquet"
                connection.execute(
                    f"copy (select * replace (source_file_id - {delivery.sequence} as source_file_id) {rows})"
                    " to ? (format parquet)",
                    [str(path)],
                )
                path.chmod(PRIVATE_FILE)
                tables[name] = _hash_file(path)
        files = [_describe_staged(one) for one in staged]
        index = part / INDEX
        index.touch(PRIVATE_FILE)
        index.write_text(json.dumps({"files": files, "tables": tables}), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        part.rename(target)
        flush_to_disk(self.home.staging)

    def retain(self, manifest: Manifest) -> None:
        """Remove readings of files that the generation in service is not made of, or that are read otherwise now."""
        kept = {self._folder(delivery) for delivery in manifest.deliveries}
        for folder in self.home.staging.glob(f"{PREFIX}*"):
            if folder not in kept:
                shutil.rmtree(folder)

    def clear(self) -> None:
        """Remove all readings."""
        self.retain(Manifest())


def _describe_staged(staged: StagedFile) -> dict[str, Any]:
    """A staged file in plain values, its number counted from that of its delivery."""
    told = {one.name: getattr(staged, one.name) for one in fields(StagedFile) if one.name not in ("delivery", "kind")}
    place = staged.source_file_id - staged.delivery.sequence
    return told | {"kind": staged.kind.name, "source_file_id": place}


def _staged_of_description(told: dict[str, Any], delivery: Delivery) -> StagedFile:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
    values |= {"kind": KINDS[told["kind"]], "source_file_id": told["source_file_id"] + delivery.sequence}
    return StagedFile(delivery=delivery, **values)


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
