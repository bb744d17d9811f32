"""Shipments and registries for tests: a hospital's generation written and signed as the contract of a shipment says."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data.home import Home
from data.settings import read_timepoints
from etl.registry.pool.pool_shipments import RECORDS
from etl.registry.shipment_columns import written_column
from etl.registry.shipment_manifest import describe_file, shipment_folder, shipment_hash
from etl.registry.signature import public_text, sign_bytes
from queries.warehouse import SCHEMA_VERSION, current_path
from tests.commands import Ended, run_etl
from tests.records import Records, loaded

STAYS = {
    "procedures": ("source_row",), "treated_levels": ("approach",), "pain_scores": ("label", "missing_reason"),
    "outcomes": ("hospital",), "source_files": ("name", "folder", "sha256"),
}  # fmt: skip
Change = Callable[[dict[str, Any]], object]


def signing_key(site: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(site.encode().ljust(32, b"."))


def hospital_home(root: Path, site: str, procedures: int = 6, day: str = "2026-01-12", pain: int = 8) -> Home:
    """A loaded department of some procedures on one day, each with a score before and one after."""
    made = Records()
    for place in range(procedures):
        person = made.procedure(day, patient_id=f"{site}-{place}", procedure_id=f"{site}-P{place}", site=site.title())
        made.score(person, f"{day}T09:00", pain)
        made.score(person, (date.fromisoformat(day).replace(day=date.fromisoformat(day).day + 2)).isoformat(), 2)
    made.complication(made.procedures[0], day, "cement_leak", symptomatic="no")
    made.contact(made.procedures[0], f"{day}T20:00", "early_call", "reached")
    home = Home(root / site)
    loaded(home, made)
    return home


def ship_home(
    home: Home, out: Path, site: str, sequence: int = 1, change: Change | None = None, key: Any = None, **told: Any
) -> Path:
    """Write and sign a shipment of records of the generation in service; `change` alters the manifest before that."""
    part = out / ".part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    files = {}
    with duckdb.connect(str(current_path(home)), read_only=True) as connection:
        for table in RECORDS:
            columns = connection.execute(f"describe {table}").fetchall()
            written = ", ".join(
                f"{written_column(name, kind)} as {name}"
                for name, kind, *_ in columns
                if name not in STAYS.get(table, ())
            )
            path = part / f"{table}.parquet"
            rows = connection.execute(f"copy (select {written} from {table}) to '{path}'").fetchall()[0][0]
            files[path.name] = describe_file(path, rows).model_dump(mode="json")
        reached, count = connection.execute("select max(as_of), count(*) from outcomes").fetchall()[0]
        synthetic = connection.execute("select is_synthetic from generation_info").fetchall()[0][0]
    manifest: dict[str, Any] = {
        "format": 1, "product": "vertebroplasty-outcomes", "code_version": "test", "schema_version": SCHEMA_VERSION,
        "definitions": {}, "timepoints": read_timepoints().model_dump_json(),
        "disclosure": {"rule": "cms_11", "hide_up_to": 10, "round_to": 5, "zeros": "shown"}, "site": site,
        "sequence": sequence, "previous": None, "generation": "0" * 16, "as_of": {"reached": f"{reached}"},
        "what": "records", "anonymous": False, "operators": "pseudonym", "age": "years", "dates": "day",
        "is_synthetic": synthetic, "procedures_last_year": count, "capture": {}, "registration_delay_days": {},
        "files": files,
    } | told  # fmt: skip
    if change:
        change(manifest)
    return seal_shipment(part, manifest, out, site, key)


def seal_shipment(part: Path, manifest: dict[str, Any], out: Path, site: str, key: Any = None) -> Path:
    content = (json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n").encode()
    (part / "manifest.json").write_bytes(content)
    (part / "manifest.sig").write_bytes(sign_bytes(key or signing_key(site), content))
    folder = out / site / shipment_folder(manifest["sequence"], shipment_hash(content))
    folder.parent.mkdir(exist_ok=True)
    return part.rename(folder)


def list_members(registry: Home, *sites: str, first: str = "", **cells: str) -> None:
    """Write members.toml for these sites; `first` stands above, cells are further lines of every member."""
    lines = [first]
    for site in sites:
        lines += ["[[member]]", f'key = "{site}"', f'title = "Hospital {site}"', f'peer_group = "{site[0]}"']
        lines += [f"{name} = {value}" for name, value in cells.items()]
        if "public_key" not in cells:
            lines.append(f'public_key = "{public_text(signing_key(site))}"')
    registry.settings.mkdir(parents=True, exist_ok=True)
    registry.members.write_text("\n".join(lines) + "\n", encoding="utf-8")


def pool(registry: Home, *arguments: str | Path) -> Ended:
    return run_etl("pool", *map(str, arguments), "--home", str(registry.root))
