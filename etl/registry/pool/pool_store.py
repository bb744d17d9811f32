"""What a registry keeps: shipments that never change, lists of those in force together, and a pointer to one list.

`sites/site_key=<key>/<hash>/` holds a shipment, `pools/pool-<hash>.json` a list with the hash of every file in force,
`pools/CURRENT` the name of the list in force, `pools/HISTORY` when which was put into force.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.errors import NoGeneration, StorageProblem
from data.home import Home
from data.storage.registry_settings import SiteKey
from etl.generations.lineage import list_published, read_manifest
from etl.generations.manifest import manifest_path
from etl.generations.storage import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    SHARED_FILE,
    flush_to_disk,
    make_folder,
    write_whole,
)
from etl.registry.pool.pool_shipments import Shipment, copy_verified
from etl.registry.shipment_manifest import HASH_WIDTH, MANIFEST_FILE, SIGNATURE_FILE, ShortHash
from queries.warehouse import current_path

PREFIX = "pool-"
PART = ".part-"
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SiteInForce(_Part):
    """The shipment of a hospital that is in force, with the hash of each of its files."""

    shipment: ShortHash
    sequence: int
    is_synthetic: bool
    files: dict[str, Sha256]


class Pool(_Part):
    """The shipments in force together. `previous`: the pool before; `withdrawn`: up to which number none comes back."""

    format: int = 1
    previous: ShortHash | None = None
    sites: dict[SiteKey, SiteInForce] = {}
    withdrawn: dict[SiteKey, int] = {}

    @property
    def content(self) -> bytes:
        """Its bytes in one canonical form."""
        told = self.model_dump(mode="json")
        return (json.dumps(told, sort_keys=True, separators=(",", ":")) + "\n").encode()

    @property
    def hash16(self) -> str:
        """What names it."""
        return hashlib.sha256(self.content).hexdigest()[:HASH_WIDTH]


@dataclass(frozen=True)
class Removed:
    """What retention took away."""

    pools: int
    shipments: int
    generations: int


def pool_path(home: Home, hash16: str) -> Path:
    """The file of a pool."""
    return home.pools / f"{PREFIX}{hash16}.json"


def shipment_path(home: Home, site: str, hash16: str) -> Path:
    """The folder of a shipment that was taken."""
    return home.sites / f"site_key={site}" / hash16


def pool_in_force(home: Home) -> Pool:
    """The pool in force; an empty one before the first. `StorageProblem` where it is lost or damaged."""
    pointer = home.pools / "CURRENT"
    if not pointer.is_file():
        return Pool()
    return read_pool(home, pointer.read_text(encoding="utf-8").strip().removeprefix(PREFIX))


def read_pool(home: Home, hash16: str) -> Pool:
    """A pool by its hash. `StorageProblem` where it is gone or not what its name says."""
    path = pool_path(home, hash16)
    try:
        content = path.read_bytes()
        pool = Pool.model_validate_json(content)
    except (OSError, ValidationError):
        pool, content = Pool(), b""
    if hashlib.sha256(content).hexdigest()[:HASH_WIDTH] != hash16:
        raise StorageProblem(str(path), "the list of shipments in force is gone or damaged", "Restore a backup")
    return pool


def store_shipment(home: Home, shipment: Shipment) -> Path:
    """Take a shipment in, whole or not at all, and give its folder; `FileRefused` where its bytes are others."""
    target = shipment_path(home, shipment.manifest.site, shipment.hash16)
    if target.is_dir():
        return target
    for folder in (home.sites, target.parent):
        make_folder(folder, PRIVATE_FOLDER)
    part = home.sites / f"{PART}{uuid.uuid4()}"
    make_folder(part, PRIVATE_FOLDER)
    try:
        copy_verified(shipment, part)
        write_whole(part / MANIFEST_FILE, shipment.content, SHARED_FILE)
        write_whole(part / SIGNATURE_FILE, shipment.signature, SHARED_FILE)
        flush_to_disk(part)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    flush_to_disk(target.parent)
    return target


def remove_shipment(home: Home, shipment: Shipment) -> None:
    """Give up a shipment that was stored and then refused."""
    shutil.rmtree(shipment_path(home, shipment.manifest.site, shipment.hash16))


def hash_files(shipment: Shipment) -> SiteInForce:
    """What a pool says of a shipment."""
    files = {name: one.sha256 for name, one in shipment.manifest.files.items()}
    files[MANIFEST_FILE] = hashlib.sha256(shipment.content).hexdigest()
    files[SIGNATURE_FILE] = hashlib.sha256(shipment.signature).hexdigest()
    return SiteInForce(
        shipment=shipment.hash16,
        sequence=shipment.manifest.sequence,
        is_synthetic=shipment.manifest.is_synthetic,
        files=files,
    )


def write_pool(home: Home, pool: Pool) -> None:
    """Bring the list of a pool onto the disk."""
    make_folder(home.pools, PRIVATE_FOLDER)
    write_whole(pool_path(home, pool.hash16), pool.content, PRIVATE_FILE)


def put_into_force(home: Home, pool: Pool, now: datetime) -> None:
    """Make a pool the one in force; the history tells of it first."""
    lines = [*_history(home), (now, pool.hash16)]
    text = "".join(f"{at.isoformat()} {PREFIX}{name}\n" for at, name in lines)
    write_whole(home.pools / "HISTORY", text.encode(), PRIVATE_FILE)
    write_whole(home.pools / "CURRENT", f"{PREFIX}{pool.hash16}\n".encode(), PRIVATE_FILE)


def pool_before(home: Home, pool: Pool) -> Pool:
    """The pool that was in force before; `NoGeneration` where there was none, or it is removed."""
    if pool.previous is None:
        raise NoGeneration(str(home.pools), "there is no pool before this one", "Pool shipments to make another")
    if not pool_path(home, pool.previous).is_file():
        raise NoGeneration(
            str(home.pools), "the pool before this one is no longer kept", "Keep more with retain_days in members.toml"
        )
    return read_pool(home, pool.previous)


def _history(home: Home) -> list[tuple[datetime, str]]:
    try:
        lines = (home.pools / "HISTORY").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [(datetime.fromisoformat(at), name.removeprefix(PREFIX)) for at, name in (line.split() for line in lines)]


def remove_old(home: Home, retain_days: int, now: datetime | None = None) -> Removed:
    """Remove pools that are out of force for longer, shipments that no pool left needs, and generations made of these.

    A signed-off generation goes too: somebody may have been erased from what it was made of.
    """
    bound = (now or datetime.now(UTC)) - timedelta(days=retain_days)
    current, history = pool_in_force(home), _history(home)
    ended = {name: at for (_, name), (at, _) in pairwise(history)}
    old = [
        path
        for path in home.pools.glob(f"{PREFIX}*.json")
        for name in [path.stem.removeprefix(PREFIX)]
        if name != current.hash16 and ended.get(name, datetime.min.replace(tzinfo=UTC)) <= bound
    ]
    for path in old:
        path.unlink()
    needed = set(_needed_shipments(home))
    gone = [folder for folder in _kept_shipments(home) if folder not in needed]
    generations = _generations_without(home, {path.name for path in needed})
    for name in generations:
        (home.generations / name).unlink(missing_ok=True)
        manifest_path(home.archive, name).unlink(missing_ok=True)
    for folder in gone:
        shutil.rmtree(folder)
    for leftover in home.sites.glob(f"{PART}*"):
        shutil.rmtree(leftover)
    return Removed(len(old), len(gone), len(generations))


def _kept_shipments(home: Home) -> Iterator[Path]:
    for site in home.sites.glob("site_key=*"):
        yield from (Path(entry) for entry in os.scandir(site) if entry.is_dir())


def _needed_shipments(home: Home) -> Iterator[Path]:
    for path in home.pools.glob(f"{PREFIX}*.json"):
        pool = read_pool(home, path.stem.removeprefix(PREFIX))
        yield from (shipment_path(home, site, one.shipment) for site, one in pool.sites.items())


def _generations_without(home: Home, kept: Collection[str]) -> list[str]:
    """Published generations of which a shipment is no longer kept."""
    try:
        current = current_path(home).name
    except NoGeneration:
        current = ""
    found = []
    for name in list_published(home):
        manifest = read_manifest(home, name)
        made_of = {one.sha256[:HASH_WIDTH] for one in manifest.deliveries} if manifest else {""}
        if name != current and made_of - set(kept):
            found.append(name)
    return found
