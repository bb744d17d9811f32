"""A shipment: what the agreement lets leave of the generation in service, signed, in a folder of its own."""

import fcntl
import getpass
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyarrow import parquet

from data.errors import Busy, StorageProblem
from data.export_log import record_export
from data.home import Home
from data.journal import Journal
from data.settings import read_disclosure
from data.storage.registry_settings import Agreement
from data.storage.sql_statements import read_statements
from etl.generations.storage import PRIVATE_FILE, PRIVATE_FOLDER, flush_to_disk, make_folder, write_whole
from etl.registry.hospital_cells import tabulate_cells
from etl.registry.shipment_manifest import (
    MANIFEST_FILE,
    SIGNATURE_FILE,
    ShipmentManifest,
    ShippedDefinition,
    ShippedFile,
    ShippedRule,
    describe_file,
    shipment_folder,
    shipment_hash,
    write_manifest,
)
from etl.registry.shipped_records import open_generation, open_records
from etl.registry.signature import sign_bytes
from queries.catalogue.metrics import read_catalogue
from queries.figures.answers import compose_sql
from queries.figures.outside.suppress import round_counts
from queries.warehouse import open_current

SQL = read_statements(Path(__file__).parent / "sql" / "manifest.sql")
KIND = "ship"
CELLS_FILE = "hospital_cells.parquet"
LOCK = "ship.lock"
PART = ".part-"


@dataclass(frozen=True)
class Shipment:
    """A shipment that lies in its folder."""

    folder: Path
    manifest: ShipmentManifest

    @property
    def rows(self) -> int:
        """Rows of all its files."""
        return sum(file.rows for file in self.manifest.files.values())


def ship_generation(home: Home, agreement: Agreement, key: Ed25519PrivateKey, out: Path) -> Shipment:
    """Write one shipment into `out/<site>/`. It is in the export log and the journal before it is there.

    `NoGeneration` where nothing is in service, `Busy` while another shipment of this home is written.
    """
    warehouse = open_current(home)
    site_folder = out / agreement.site_key
    with _only_shipment(home):
        make_folder(out, PRIVATE_FOLDER)
        make_folder(site_folder, PRIVATE_FOLDER)
        for leftover in site_folder.glob(f"{PART}*"):
            shutil.rmtree(leftover)
        part = site_folder / f"{PART}{secrets.token_hex(8)}"
        part.mkdir(mode=PRIVATE_FOLDER)
        try:
            before = _shipments_before(home, agreement.site_key, site_folder)
            manifest = _describe_shipment(home, warehouse.path, agreement, before)
            if agreement.what == "cells":
                cells = tabulate_cells(warehouse, read_disclosure().in_force)
                parquet.write_table(cells, part / CELLS_FILE, compression="zstd")
                rows = {CELLS_FILE: cells.num_rows}
                manifest = _told_by_cells(manifest, cells)
            else:
                with open_records(warehouse.path, agreement, code_key(key), home.staging) as records:
                    rows = records.write_files(part)
            manifest = manifest.model_copy(update={"files": _describe_files(part, rows)})
            content = write_manifest(manifest)
            write_whole(part / MANIFEST_FILE, content, PRIVATE_FILE)
            write_whole(part / SIGNATURE_FILE, sign_bytes(key, content), PRIVATE_FILE)
            hash16 = shipment_hash(content)
            folder = site_folder / shipment_folder(manifest.sequence, hash16)
            if folder.exists():
                raise StorageProblem(str(folder), "is there already", "Name another folder; nothing was written")
            shipment = Shipment(folder, manifest)
            _write_down(home, shipment, content)
            part.rename(folder)
            flush_to_disk(site_folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return shipment


def code_key(key: Ed25519PrivateKey) -> bytes:
    """The secret behind codes of people, procedures and operators: made of the signing key, and not it."""
    return HKDF(SHA256(), 32, salt=None, info=b"vertebroplasty-outcomes shipped codes").derive(key.private_bytes_raw())


@contextmanager
def _only_shipment(home: Home) -> Iterator[None]:
    """Hold the right to ship; a load may run at the same time."""
    make_folder(home.private, PRIVATE_FOLDER)
    descriptor = os.open(home.private / LOCK, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(str(home.root), "another shipment is being written", "Try again when it is done") from None
        yield
    finally:
        os.close(descriptor)


def _describe_files(part: Path, rows: dict[str, int]) -> dict[str, ShippedFile]:
    for name in rows:
        (part / name).chmod(PRIVATE_FILE)
        flush_to_disk(part / name)
    return {name: describe_file(part / name, count) for name, count in rows.items()}


def _told_by_cells(manifest: ShipmentManifest, cells: pa.Table) -> ShipmentManifest:
    """The manifest with no more than the cells show of what it tells by month; `manifest` holds it exactly.

    Capture is left out: with a count of another system it would give back the exact number of procedures.
    """
    is_delay = pc.field("metric") == "registration_delay_days"
    months = cells.filter(is_delay & (pc.field("period_kind") == "month") & pc.field("key").is_null())
    delays = dict(zip(months["period"].to_pylist(), months["median"].to_pylist(), strict=True))
    rule, last = manifest.disclosure, manifest.procedures_last_year
    return manifest.model_copy(
        update={
            "procedures_last_year": round_counts(last, rule.round_to) if last > rule.hide_up_to else 0,
            "capture": dict.fromkeys(manifest.capture),
            "registration_delay_days": {month: delays.get(month) for month in manifest.registration_delay_days},
        }
    )


def _shipments_before(home: Home, site: str, site_folder: Path) -> tuple[int, str | None]:
    """The highest sequence ever used for a site, and the hash of the shipment before.

    Also what lies in the folder counts: a journal from a backup may not know the latest shipments.
    """
    events = [event.payload for event in Journal(home.journal).events(KIND) if event.payload["site"] == site]
    present = [path.name.partition("-") for path in site_folder.iterdir() if path.name[0].isdigit()]
    known = [(int(one["sequence"]), str(one["hash"])) for one in events]
    known += [(int(sequence), hash16) for sequence, _, hash16 in present if sequence.isdecimal()]
    return max(known, default=(0, None))


def _describe_shipment(
    home: Home, generation: Path, agreement: Agreement, before: tuple[int, str | None]
) -> ShipmentManifest:
    """What is told of the generation; the files are not in it yet."""
    connection = open_generation(generation, home.staging)
    try:
        told = {name: connection.execute(sql).fetchall() for name, sql in SQL.items()}
    finally:
        connection.close()
    name, schema_version, as_of, is_synthetic, timepoints, code_version = told["info"][0]
    disclosure = read_disclosure()
    rule = disclosure.in_force.model_dump(exclude={"title"})
    return ShipmentManifest(
        code_version=code_version,
        schema_version=schema_version,
        definitions=describe_definitions(),
        timepoints=timepoints,
        disclosure=ShippedRule(rule=disclosure.rule, **rule),
        site=agreement.site_key,
        sequence=before[0] + 1,
        previous=before[1],
        generation=name,
        as_of=dict(told["clocks"]) | {"reached": as_of},
        what=agreement.what,
        anonymous=agreement.what == "cells",
        operators=agreement.operators,
        age=agreement.age,
        dates=agreement.dates,
        is_synthetic=is_synthetic,
        procedures_last_year=told["last_year"][0][0],
        capture={month: held / counted if counted else None for month, held, counted in told["capture"]},
        registration_delay_days={month: days for month, _, days in told["delays"]},
        files={},
    )


def describe_definitions() -> dict[str, ShippedDefinition]:
    """Every metric as this program defines it: two hospitals with the same hash ask the same."""
    return {
        name: ShippedDefinition(
            version=metric.header.version,
            sql_hash=hashlib.sha256(compose_sql(metric, "answers", by_number=False)[0].encode()).hexdigest()[:16],
        )
        for name, metric in read_catalogue().items()
    }


def _write_down(home: Home, shipment: Shipment, content: bytes) -> None:
    manifest, author = shipment.manifest, getpass.getuser()
    shipped: dict[str, Any] = {
        "site": manifest.site,
        "sequence": manifest.sequence,
        "hash": shipment_hash(content),
        "previous": manifest.previous,
        "what": manifest.what,
        "generation": manifest.generation,
        "rows": {name: file.rows for name, file in manifest.files.items()},
    }
    record_export(
        home,
        secrets.token_hex(16),
        {
            "what": "shipment",
            "profile": manifest.what,
            "recipient": f"registry, as {manifest.site}",
            "filters": "",
            "rows": shipment.rows,
            "sha256": hashlib.sha256(content).hexdigest(),
            "generation": manifest.generation,
            "file": str(shipment.folder),
            "sites": None,
        },
        author,
    )
    Journal(home.journal).append(KIND, f"{manifest.site}/{shipment.folder.name}", shipped, author)
