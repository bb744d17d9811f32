"""Loads one after the other, in memory: what the last of them reports, refuses and makes of all files."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.home import department_home
from etl.build.build import Build
from etl.build.file_report import FileReport
from etl.generations.file_archive import content_hash
from etl.generations.manifest import Delivery, Manifest
from etl.sources import read_source
from etl.sources.canonical import CANONICAL_KINDS
from tests.deliveries import Tables
from tests.records import quiet

PLAIN = (Path(__file__).parent / "loads" / "plain.toml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Sent:
    """A file as it is received. Days of receipt are 2026-06-01 and so on, one for each load."""

    name: str
    content: bytes
    source: str = "canonical"
    load: int = 1


@dataclass(frozen=True)
class Loaded:
    """The tables, and what was told of the files of the last load."""

    tables: Tables
    reports: list[FileReport]
    refused: list[str]

    def surprises(self) -> list[tuple[str, str, str]]:
        return [(one.about, one.what, one.severity) for report in self.reports for one in report.surprises]


def load_in_turn(sent: Sequence[Sent], **how: bool) -> Loaded:
    """Take these files; those of the highest load number are new. `how` accepts what would refuse them."""
    known = {one.source: read_source(one.source) for one in sent}
    manifest, contents, new = Manifest(), {}, set()
    last = max(one.load for one in sent)
    for one in sent:
        sha256, source = content_hash(one.content), known[one.source]
        contents[sha256] = one.content
        received = f"2026-06-{one.load:02}T12:00:00"
        manifest = manifest.with_delivery(
            Delivery(
                sequence=0,
                sha256=sha256,
                source=source.name,
                mapping_sha256=source.sha256,
                time_zone="America/Chicago",
                received_at=received,
                name=one.name,
                folder="",
            )
        )
        if one.load == last:
            new.add(manifest.deliveries[-1].sequence)
    build = Build(connection=duckdb.connect(config={"threads": "2"}))
    build.stage(manifest, new, contents.__getitem__, quiet)
    build.judge(new, how.pop("accept_rejects", True), False, quiet, **how)
    build.add_identities(None)
    build.write_tables("0" * 16, quiet)
    reports = [*build.reports(new), *(one.report for one in build.refused if one.report)]
    return Loaded(Tables(build.connection, []), reports, [str(one.error) for one in build.refused])


def add_plain_source(name: str = "plain", extra: str = "") -> None:
    """Describe, in this test's home, a source of two tables, cases and scores, in American dates."""
    folder = department_home().root / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(f"{PLAIN}\n{extra}\n", encoding="utf-8")


def canonical(kind: str, rows: Sequence[Mapping[str, object]]) -> bytes:
    """A canonical file of a kind."""
    columns = next(one for one in CANONICAL_KINDS if one.name == kind).all_columns
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def table(header: str, rows: Sequence[str]) -> bytes:
    """A file of a header and lines."""
    return "\n".join([header, *rows, ""]).encode()
