"""A registry to try: twelve invented hospitals load, ship, and are pooled into `data/registry`; two shipments are bad.

`python -m etl.rehearsal`, or `make registry`, which opens the app on it. Nobody's records.
"""

import argparse
import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

import typer

from data.home import DATA, Home
from etl.demo import RECEIVED_AT, synthetic_department
from etl.generations import publish
from etl.load import load_files
from etl.load_terms import Terms
from etl.registry.agreement import Agreement
from etl.registry.pool.pool_command import pool_command
from etl.registry.ship import Shipment, ship_generation
from etl.registry.shipment_manifest import MANIFEST_FILE, SIGNATURE_FILE, shipment_folder, shipment_hash, write_manifest
from etl.registry.signature import make_signing_key, read_signing_key, sign_bytes
from etl.sources import read_source

REGISTRY = DATA / "registry"
KEY = Path("private") / "registry_key.pem"
LATE_MONTH, LATE_DAY, LAST_DAY = "2026-05", "2026-04-30", "2026-06-30"
Rows = list[dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class Hospital:
    """An invented one. `kept`: the share of its pain scores that were written down."""

    key: str
    procedures: int
    zone: str
    group: str = "general"
    kept: float = 0.95
    what: Literal["cells", "records"] = "records"

    @property
    def title(self) -> str:
        """Its name for people."""
        return f"{self.key.title()} Hospital"


UNIVERSITY = "university"
HOSPITALS = (
    Hospital(key="alder", procedures=300, zone="America/Chicago", group=UNIVERSITY),
    Hospital(key="aspen", procedures=260, zone="America/New_York", group=UNIVERSITY, kept=0.98),
    Hospital(key="birch", procedures=220, zone="America/Denver", group=UNIVERSITY),
    Hospital(key="cedar", procedures=200, zone="America/Los_Angeles", group=UNIVERSITY, what="cells"),
    Hospital(key="elm", procedures=180, zone="America/Chicago", group=UNIVERSITY, kept=0.9),
    Hospital(key="hazel", procedures=160, zone="America/New_York"),
    Hospital(key="juniper", procedures=150, zone="America/Anchorage", kept=0.85),
    Hospital(key="linden", procedures=140, zone="America/New_York", what="cells"),
    Hospital(key="maple", procedures=120, zone="America/Chicago"),
    Hospital(key="oak", procedures=110, zone="America/Phoenix", kept=0.8),
    Hospital(key="rowan", procedures=90, zone="America/Chicago"),
    Hospital(key="willow", procedures=60, zone="America/New_York"),
)
CORRECTED, LATE, TAMPERED, OTHER_SCHEMA = "birch", "willow", "maple", "rowan"


def build_registry(registry: Home, scratch: Path, hospitals: Sequence[Hospital] = HOSPITALS) -> None:
    """Load and ship every hospital in a folder of its own, and pool what they shipped; prints what was refused."""
    out = registry.inbox
    listed = []
    for seed, hospital in enumerate(hospitals, start=1):
        home = Home(scratch / hospital.key)
        files = hospital_files(hospital, seed)
        load_hospital(home, hospital, files)
        public = make_signing_key(home.root / KEY)
        names = {"key": hospital.key, "title": hospital.title, "public_key": public, "peer_group": hospital.group}
        listed.append("\n".join(["[[member]]", *(f'{name} = "{value}"' for name, value in names.items())]))
        shipment = ship_hospital(home, hospital, out)
        if hospital.key == CORRECTED:
            load_hospital(home, hospital, {"procedures.csv": _corrected(files["procedures.csv"])})
            ship_hospital(home, hospital, out)
        if hospital.key in (TAMPERED, OTHER_SCHEMA):
            _spoil_shipment(home, ship_hospital(home, hospital, out), hospital.key)
        typer.echo(f"{hospital.title}: {hospital.procedures} procedures, {shipment.manifest.what} shipped")
    publish.prepare_home(registry)
    registry.settings.mkdir(parents=True, exist_ok=True)
    registry.members.write_text("\n\n".join(listed) + "\n", encoding="utf-8")
    # Two shipments are refused, which the command says with its exit code.
    with suppress(typer.Exit):
        pool_command([out], registry.root)


def hospital_files(hospital: Hospital, seed: int) -> dict[str, str]:
    """The CSV files of an invented department: its own sites, fewer scores, an earlier end if late."""
    chance = Random(hospital.key)
    named = {"Riverside Hospital": hospital.title, "Northfield Clinic": f"{hospital.key.title()} Clinic"}
    files = {}
    for name, text in synthetic_department(hospital.procedures, seed).items():
        rows = _read_rows(text)
        if name == "pain_scores.csv":
            rows = [row for row in rows if chance.random() < hospital.kept]
        for row in rows:
            if "site" in row:
                row["site"] = named[row["site"]]
        files[name] = _write_rows(_until_late(rows) if hospital.key == LATE else rows)
    return files


def _until_late(rows: Rows) -> Rows:
    """What a hospital knows two months before the others: no row and no day after that."""
    first = next(iter(rows))
    day = next(name for name in ("performed_on", "measured_at", "occurred_on", "happened_at", "month") if name in first)
    kept = [row for row in rows if row[day] < LATE_MONTH]
    dates = ("died_on", "discharged_at", "readmitted_on", "resumed_activity_on")
    for row in kept:
        row.update({name: "" for name in dates if row.get(name, "") >= LATE_MONTH})
    known = {row["procedure_id"] for row in kept} if "procedure_id" in first else set()
    return [row | {"updated_at": row["updated_at"].replace(LAST_DAY, LATE_DAY)} if known else row for row in kept]


def _corrected(text: str) -> str:
    """The procedures sent again a day later, five with another class."""
    rows = _read_rows(text)
    for place, row in enumerate(rows):
        row["asa_class"] = "2" if place < 5 else row["asa_class"]
        row["updated_at"] = row["updated_at"].replace("T18:00", "T19:00")
    return _write_rows(rows)


def _read_rows(text: str) -> Rows:
    return list(csv.DictReader(io.StringIO(text)))


def _write_rows(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def load_hospital(home: Home, hospital: Hospital, files: dict[str, str]) -> None:
    """Load files into a hospital's home."""
    publish.prepare_home(home)
    for name, text in files.items():
        publish.write_whole(home.inbox / name, text.encode("utf-8"), publish.PRIVATE_FILE)
    received = RECEIVED_AT if hospital.key != LATE else "2026-05-01T06:00:00"
    terms = Terms(source=read_source("synthetic"), zone=hospital.zone, received_at=received, accept_surprises=True)
    with publish.only_load(home):
        done = load_files(home, [home.inbox / name for name in files], terms, lambda _: None)
    assert done.generation, [str(one.error) for one in done.refused]


def ship_hospital(home: Home, hospital: Hospital, out: Path) -> Shipment:
    """Ship what the hospital agreed to."""
    agreement = Agreement(
        site_key=hospital.key, what=hospital.what, signing_key=str(KEY), operators="drop", age="band", dates="month"
    )
    return ship_generation(home, agreement, read_signing_key(home.root / KEY), out)


def _spoil_shipment(home: Home, shipment: Shipment, key: str) -> None:
    """Change a byte on the way; or sign what another version of the program would have written."""
    if key == TAMPERED:
        file = shipment.folder / "outcomes.parquet"
        file.write_bytes(file.read_bytes()[:-1] + b"?")
        return
    content = write_manifest(shipment.manifest.model_copy(update={"schema_version": 1}))
    (shipment.folder / MANIFEST_FILE).write_bytes(content)
    (shipment.folder / SIGNATURE_FILE).write_bytes(sign_bytes(read_signing_key(home.root / KEY), content))
    shipment.folder.rename(
        shipment.folder.with_name(shipment_folder(shipment.manifest.sequence, shipment_hash(content)))
    )


def main(arguments: Iterable[str] | None = None) -> None:
    """Build the registry anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=REGISTRY, help="where to build it; what is there is removed")
    root = parser.parse_args(arguments).home
    shutil.rmtree(root, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        build_registry(Home(root), Path(scratch))


if __name__ == "__main__":
    main()
