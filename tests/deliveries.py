"""Files of a sending system into the tables of a generation, in memory: what a load does, without publishing."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from etl.build.build import Build
from etl.generations.manifest import Delivery, Manifest
from etl.sources import Source, read_source
from tests.records import RECEIVED_AT, quiet


class Tables:
    """The tables of a generation, and the files that were refused on the way."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, refused: list[str]) -> None:
        self.connection = connection
        self.refused = refused

    def close(self) -> None:
        self.connection.close()

    def rows(self, sql: str) -> list[Any]:
        return self.connection.execute(sql).fetchall()

    def rejected(self) -> list[tuple[int, str]]:
        return self.rows("select source_row, rule from rejected_rows order by source_file_id, source_row, rule")

    def warned(self) -> list[tuple[int, str]]:
        return self.rows("select source_row, rule from row_warnings order by source_file_id, source_row, rule")

    def scores(self) -> list[float | None]:
        return [row[0] for row in self.rows("select cast(score as double) from pain_scores order by score_id")]


def tables_of(
    source: str | Source,
    files: Sequence[tuple[str, bytes]],
    zone: str,
    companion: bytes | None = None,
    received_at: str | Sequence[str] = RECEIVED_AT,
    accept_shrink: bool = False,
) -> Tables:
    """The tables that these files, in this order of receipt, make. `received_at` may be given for each file."""
    known = read_source(source) if isinstance(source, str) else source
    contents = {hashlib.sha256(content).hexdigest(): content for _, content in files}
    second = "" if companion is None else hashlib.sha256(companion).hexdigest()
    contents |= {} if companion is None else {second: companion}
    manifest = Manifest()
    times = [received_at] * len(files) if isinstance(received_at, str) else received_at
    for (name, content), at in zip(files, times, strict=True):
        digest = hashlib.sha256(content).hexdigest()
        manifest = manifest.with_delivery(
            Delivery(
                sequence=0,
                sha256=digest,
                source=known.name,
                mapping_sha256=known.sha256,
                time_zone=zone,
                received_at=at,
                name=name,
                folder=str(Path()),
                companion=second,
            )
        )
    new = {one.sequence for one in manifest.deliveries}
    build = Build(connection=duckdb.connect(config={"threads": "2"}))
    build.stage(manifest, new, contents.__getitem__, quiet)
    build.judge(new, accept_rejects=True, strict=False, progress=quiet, accept_shrink=accept_shrink)
    build.add_identities(None)
    build.write_tables("0" * 16, quiet)
    return Tables(build.connection, [str(one.error) for one in build.refused])
