"""From folders of shipments to the pool in service: take each hospital's newest, build, publish, forget what is old.

A crash at any moment leaves the pool before in force; the same command again ends what it began.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from data.errors import FileRefused, OutcomesError, StorageProblem, UsageProblem
from data.home import Home
from data.storage.registry_settings import Member, Members, read_members
from etl.build.build import Progress
from etl.generations.lineage import list_published
from etl.generations.manifest import Delivery, Manifest
from etl.generations.publish import hash_of, in_service, point_to
from etl.registry.pool import pool_store
from etl.registry.pool.pool_build import Pooled, publish_pool, try_alone
from etl.registry.pool.pool_shipments import Shipment, find_candidates, verify_shipment
from etl.registry.pool.pool_store import Pool, SiteInForce, hash_files, shipment_path
from etl.registry.shipment_manifest import MANIFEST_FILE, read_manifest


@dataclass(kw_only=True)
class PoolResult:
    """What became of the shipments. `generation`: the file published, empty where nothing is new."""

    pool: Pool
    taken: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    refused: list[OutcomesError] = field(default_factory=list)
    generation: str = ""


def pool_folders(
    home: Home,
    folders: Sequence[Path],
    withdraw: str | None,
    today: date,
    progress: Progress,
    *,
    engine: str | None = None,
) -> PoolResult:
    """Withdraw a hospital, take the newest valid shipment of each other one in, and publish. The caller holds the lock.

    A shipment that is refused leaves what is in force of its hospital; the others are taken. `engine`: address of a
    server that gives the answers of all procedures.
    """
    members = read_members(home)
    before = pool_store.pool_in_force(home)
    result = PoolResult(pool=before)
    sites, withdrawn = dict(before.sites), dict(before.withdrawn)
    if withdraw is not None:
        if withdraw not in sites:
            raise UsageProblem("--withdraw", f"{withdraw} is not in the pool", f"In it are {_words(sites)}")
        withdrawn[withdraw] = sites.pop(withdraw).sequence
        result.remarks.append(f"{withdraw} is withdrawn; its next shipment would bring it back")
    for candidates in find_candidates(folders):
        for place, candidate in enumerate(candidates):
            site, standing = candidate.site, sites.get(candidate.site)
            if place and candidate.sequence <= (standing.sequence if standing else withdrawn.get(site, 0)):
                break
            progress(f"looking at {candidate.where}")
            try:
                shipment = verify_shipment(candidate, members, today)
                if standing and shipment.hash16 == standing.shipment:
                    result.known.append(f"{site}: shipment {standing.sequence} is pooled already")
                    break
                _refuse_older(shipment, standing, withdrawn.get(site, 0))
                others = {key: one for key, one in sites.items() if key != site}
                _refuse_mixture(shipment, others)
                _take_shipment(home, shipment, members, others)
            except FileRefused as error:
                result.refused.append(error)
                continue
            sites[site] = hash_files(shipment)
            withdrawn.pop(site, None)
            result.taken.append(f"{site}: shipment {shipment.manifest.sequence} ({shipment.manifest.what}) is pooled")
            if shipment.by_next_key:
                result.remarks.append(f"{site} signed with its next_key: make it public_key in members.toml")
            break
    if (sites, withdrawn) != (before.sites, before.withdrawn):
        previous = before.hash16 if before.sites or before.withdrawn else None
        result.pool = Pool(previous=previous, sites=sites, withdrawn=withdrawn)
    if result.pool.sites or result.pool.withdrawn:
        result.generation = put_in_service(home, result.pool, members, progress, engine)
        pool_store.remove_old(home, members.retain_days)
    return result


def _words(sites: dict[str, SiteInForce]) -> str:
    return ", ".join(sorted(sites)) or "no hospitals"


def _refuse_older(shipment: Shipment, standing: SiteInForce | None, withdrawn: int) -> None:
    number = shipment.manifest.sequence
    if standing and number == standing.sequence:
        raise FileRefused(
            shipment.where, f"another shipment with the number {number} is pooled", "Ask the hospital to ship again"
        )
    if standing and number < standing.sequence:
        raise FileRefused(
            shipment.where, f"is older than shipment {standing.sequence}, which is pooled", "Fetch the newest one"
        )
    if number <= withdrawn:
        raise FileRefused(
            shipment.where,
            f"was withdrawn from the pool, with all up to number {withdrawn}",
            "Ask the hospital to ship again, or go back with --rollback",
        )


def _refuse_mixture(shipment: Shipment, others: dict[str, SiteInForce]) -> None:
    synthetic = shipment.manifest.is_synthetic
    if any(one.is_synthetic != synthetic for one in others.values()):
        told = "synthetic, and the pool holds real" if synthetic else "real, and the pool holds synthetic"
        raise FileRefused(shipment.where, f"its records are {told} ones", "Keep them in different homes")


def _take_shipment(home: Home, shipment: Shipment, members: Members, others: dict[str, SiteInForce]) -> None:
    """Store a shipment for good, if a generation can be made of it."""
    is_new = not shipment_path(home, shipment.manifest.site, shipment.hash16).is_dir()
    folder = pool_store.store_shipment(home, shipment)
    try:
        pooled = Pooled(folder, shipment.hash16, shipment.manifest, _member(members, shipment.manifest.site))
        records = [
            shipment_path(home, key, one.shipment) for key, one in others.items() if "procedures.parquet" in one.files
        ]
        try_alone(home, pooled, records, shipment.where)
    except FileRefused:
        if is_new:
            pool_store.remove_shipment(home, shipment)
        raise


def _member(members: Members, key: str) -> Member:
    """What is known of a hospital in the pool; one that is listed no more keeps its key for a title."""
    return members.find(key) or Member.model_construct(key=key, public_key="")


def read_pooled(home: Home, pool: Pool, members: Members) -> list[Pooled]:
    """The hospitals of a pool by key. `StorageProblem` where a file is not the one that was taken in."""
    found = []
    for site, one in sorted(pool.sites.items()):
        folder = shipment_path(home, site, one.shipment)
        for name, sha256 in one.files.items():
            path = folder / name
            try:
                with path.open("rb") as file:
                    actual = hashlib.file_digest(file, "sha256").hexdigest()
            except FileNotFoundError:
                actual = ""
            if actual != sha256:
                raise StorageProblem(str(path), "a file of the pool is missing or damaged", "Restore a backup")
        manifest = read_manifest((folder / MANIFEST_FILE).read_bytes(), str(folder))
        found.append(Pooled(folder, one.shipment, manifest, _member(members, site)))
    return found


def describe_pool(hospitals: Sequence[Pooled]) -> Manifest:
    """What a pool's generation is made of, in the form of a department's: one delivery a hospital."""
    deliveries = []
    for place, one in enumerate(hospitals, start=1):
        told = json.dumps(one.member.model_dump(mode="json", include={"title", "peer_group", "until"}), sort_keys=True)
        deliveries.append(
            Delivery(
                sequence=place,
                sha256=one.shipment,
                source=one.manifest.site,
                mapping_sha256=hashlib.sha256(told.encode()).hexdigest(),
                time_zone="UTC",
                received_at="",
                name=f"{one.manifest.sequence}-{one.shipment}",
                folder="",
            )
        )
    return Manifest(tuple(deliveries))


def put_in_service(home: Home, pool: Pool, members: Members, progress: Progress, engine: str | None = None) -> str:
    """Publish the generation of a pool and put the pool into force; its file name, empty where both stand already."""
    hospitals = read_pooled(home, pool, members)
    manifest = describe_pool(hospitals)
    standing = manifest.generation == in_service(home)
    name = ""
    if not standing:
        published = [each for each in list_published(home) if hash_of(each) == manifest.generation]
        pool_store.write_pool(home, pool)
        if published:
            name = published[-1]
            point_to(home, name)
        else:
            progress(f"building the pool of {len(hospitals)} hospitals")
            name = publish_pool(home, hospitals, manifest, engine)
    if pool != pool_store.pool_in_force(home):
        pool_store.write_pool(home, pool)
        pool_store.put_into_force(home, pool, datetime.now(UTC))
    return name


def roll_back_pool(home: Home, progress: Progress) -> PoolResult:
    """Put the pool before the present one into force again."""
    pool = pool_store.pool_before(home, pool_store.pool_in_force(home))
    return PoolResult(pool=pool, generation=put_in_service(home, pool, read_members(home), progress))


def rebuild_pool(home: Home, progress: Progress) -> str:
    """Build the generation of the pool in force anew, with this code and these settings, and publish it."""
    hospitals = read_pooled(home, pool_store.pool_in_force(home), read_members(home))
    manifest = describe_pool(hospitals)
    progress(f"building the pool of {len(hospitals)} hospitals")
    return publish_pool(home, hospitals, manifest)
