"""Small departments for tests, written as canonical CSV and taken in by the production load."""

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import duckdb

from data.home import Home
from etl.build.build import Build
from etl.generations import publish
from etl.generations.manifest import Delivery, Manifest
from etl.load import load_files
from etl.load_terms import LoadResult, Terms
from etl.sources import read_source
from etl.sources.canonical import KINDS
from queries.warehouse import Warehouse, open_current

ZONE = "America/Chicago"
RECEIVED_AT = "2026-06-01T12:00:00"
Row = Mapping[str, object]


@dataclass
class Records:
    """Rows of the four files. What a test does not name has a plain default; None leaves a cell empty."""

    procedures: list[dict[str, object]] = field(default_factory=list)
    pain_scores: list[dict[str, object]] = field(default_factory=list)
    complications: list[dict[str, object]] = field(default_factory=list)
    contacts: list[dict[str, object]] = field(default_factory=list)
    _numbers: Iterable[int] = field(default_factory=lambda: count(1))

    def procedure(self, day: str = "2026-01-12", **cells: object) -> dict[str, object]:
        number = next(self._numbers)
        row: dict[str, object] = {
            "procedure_id": f"P{number:03}",
            "patient_id": f"N{number:03}",
            "sex": "F",
            "age_years": 75,
            "site": "Riverside",
            "operator": "A. Moreau",
            "performed_on": day,
            "started_at": f"{day}T10:00",
            "ended_at": f"{day}T10:50",
            "recovery_ready_at": f"{day}T15:20",
            "discharged_at": f"{day}T16:00",
            "technique": "vertebroplasty",
            "indication": "osteoporotic",
            "setting": "outpatient",
            "levels": "L1",
            "disposition": "home",
        } | cells
        self.procedures.append(row)
        return row

    def score(self, patient: Row, at: str | None, score: object, **cells: object) -> dict[str, object]:
        row: dict[str, object] = {
            "score_id": f"S{next(self._numbers):03}",
            "patient_id": patient["patient_id"],
            "measured_at": at,
            "score": score,
            "context": "rest",
        } | cells
        self.pain_scores.append(row)
        return row

    def complication(self, procedure: Row, day: str, kind: str, **cells: object) -> dict[str, object]:
        row: dict[str, object] = {
            "complication_id": f"K{next(self._numbers):03}",
            "procedure_id": procedure["procedure_id"],
            "occurred_on": day,
            "type": kind,
            "severity": "A",
            "scale": "sir",
        } | cells
        self.complications.append(row)
        return row

    def contact(self, procedure: Row, at: str, kind: str, outcome: str, **cells: object) -> dict[str, object]:
        row: dict[str, object] = {
            "contact_id": f"C{next(self._numbers):03}",
            "procedure_id": procedure["procedure_id"],
            "kind": kind,
            "happened_at": at,
            "outcome": outcome,
        } | cells
        self.contacts.append(row)
        return row

    def reach(self, day: str) -> None:
        """Let the source's records reach a day, so that windows before it are closed."""
        self.procedure(day, site="Elsewhere")

    def write(self, folder: Path) -> Path:
        """The files that have rows."""
        folder.mkdir(parents=True, exist_ok=True)
        for kind in KINDS:
            rows = getattr(self, kind.name)
            if rows:
                with (folder / f"{kind.name}.csv").open("w", newline="", encoding="utf-8") as file:
                    writer = csv.DictWriter(file, kind.all_columns, restval="", lineterminator="\n")
                    writer.writeheader()
                    writer.writerows({name: "" if cell is None else cell for name, cell in row.items()} for row in rows)
        return folder


def quiet(_: str) -> None:
    """No progress."""


def terms(source: str = "canonical", zone: str = ZONE, received_at: str = RECEIVED_AT, **how: bool) -> Terms:
    return Terms(source=read_source(source), zone=zone, received_at=received_at, **how)


def take(home: Home, *paths: Path, **how: object) -> LoadResult:
    """Load files as the command does."""
    publish.prepare_home(home)
    with publish.only_load(home):
        return load_files(home, paths, terms(**how), quiet)  # type: ignore[arg-type]


def loaded(home: Home, records: Records, name: str = "delivery", **how: object) -> Warehouse:
    """A warehouse that holds these records; nothing may be refused."""
    result = take(home, records.write(home.root / name), **how)
    assert not result.refused, [str(one.error) for one in result.refused]
    return open_current(home)


def built(records: Records, folder: Path) -> duckdb.DuckDBPyConnection:
    """The tables of a generation of these records, in memory."""
    files = sorted(records.write(folder).iterdir())
    manifest = Manifest()
    contents = {}
    for path in files:
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        contents[digest] = content
        source = read_source("canonical")
        manifest = manifest.with_delivery(
            Delivery(
                sequence=0,
                sha256=digest,
                source=source.name,
                mapping_sha256=source.sha256,
                time_zone=ZONE,
                received_at=RECEIVED_AT,
                name=path.name,
                folder=str(folder),
            )
        )
    build = Build(connection=duckdb.connect(config={"threads": "2"}))
    build.stage(manifest, set(), contents.__getitem__, quiet)
    build.judge(set(), accept_rejects=True, strict=False, progress=quiet)
    build.add_identities(None)
    build.write_tables("0" * 16, quiet)
    return build.connection
