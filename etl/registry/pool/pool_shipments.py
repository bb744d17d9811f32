"""Shipments as they lie in a folder: found, and believed only where signature, hashes and files all agree."""

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from data.errors import FileRefused, UsageProblem
from data.settings import read_timepoints
from data.storage.registry_settings import Members
from etl.generations.file_archive import shown_name
from etl.registry.pool.members import admit_member, public_keys
from etl.registry.shipment_manifest import (
    MANIFEST_FILE,
    SIGNATURE_FILE,
    ShipmentManifest,
    ShippedFile,
    read_manifest,
    shipment_hash,
)
from etl.registry.signature import is_signed
from queries.warehouse import SCHEMA_VERSION

RECORDS = (
    "patients", "procedures", "treated_levels", "pain_scores", "score_assignments", "complications", "contacts",
    "counts", "outcomes", "pain_outcomes", "source_files", "source_clocks", "senders", "check_results",
)  # fmt: skip
CELLS = ("hospital_cells",)
# A manifest of a hundred metrics and twenty years of months has a tenth of this.
LONGEST_MANIFEST = 10_000_000
FOLDER_NAME = re.compile(r"(?P<sequence>[0-9]{1,9})-[0-9a-f]{16}")
AGAIN = "Fetch the shipment again, or ask the hospital to ship again"
SAME_VERSION = "Let hospital and registry run the same version of this program, and ship again"


@dataclass(frozen=True)
class Candidate:
    """A folder that looks like a shipment, and what it says of itself, believed by nobody yet."""

    folder: Path
    site: str
    sequence: int
    is_synthetic: bool

    @property
    def where(self) -> str:
        """How messages name it."""
        return f"{shown_name(self.folder.parent)}/{shown_name(self.folder)}"


@dataclass(frozen=True, kw_only=True)
class Shipment:
    """A shipment whose signature holds. Its files are still to be copied, and to be as the manifest says."""

    candidate: Candidate
    manifest: ShipmentManifest
    content: bytes
    signature: bytes
    by_next_key: bool = False

    @property
    def hash16(self) -> str:
        """Its name."""
        return shipment_hash(self.content)

    @property
    def where(self) -> str:
        """How messages name it."""
        return self.candidate.where


def find_candidates(folders: Sequence[Path]) -> list[list[Candidate]]:
    """What looks like a shipment in folders of shipments, of a site or of sites: for each site the newest first.

    Sites of real records come before synthetic ones, which then cannot keep them out.
    """
    found: dict[str, list[Candidate]] = {}
    for folder in dict.fromkeys(one for given in folders for one in _shipment_folders(given)):
        told = _read_loosely(folder / MANIFEST_FILE)
        name = FOLDER_NAME.fullmatch(folder.name)
        site = told["site"] if isinstance(told.get("site"), str) else folder.parent.name
        number = told["sequence"] if type(told.get("sequence")) is int else int(name["sequence"]) if name else 0
        found.setdefault(site, []).append(Candidate(folder, site, number, told.get("is_synthetic") is True))
    for each in found.values():
        each.sort(key=lambda one: (one.sequence, one.folder.name), reverse=True)
    return sorted(found.values(), key=lambda each: (each[0].is_synthetic, each[0].site))


def _shipment_folders(given: Path) -> Iterator[Path]:
    """The folder itself, else those in it, else those in these."""
    if not given.is_dir():
        raise UsageProblem(str(given), "no such folder", "Name the folder of a shipment, of a site, or of all sites")
    if _looks_shipped(given):
        yield given.resolve()
        return
    for inner in _inner_folders(given):
        found = [inner] if _looks_shipped(inner) else [each for each in _inner_folders(inner) if _looks_shipped(each)]
        yield from (one.resolve() for one in found)


def _inner_folders(folder: Path) -> list[Path]:
    # What begins with a dot is still being written.
    return sorted(one for one in folder.iterdir() if one.is_dir() and not one.is_symlink() and one.name[0] != ".")


def _looks_shipped(folder: Path) -> bool:
    parts = (MANIFEST_FILE, SIGNATURE_FILE)
    return bool(FOLDER_NAME.fullmatch(folder.name)) or any((folder / part).exists() for part in parts)


def _read_loosely(path: Path) -> dict[str, Any]:
    """What a manifest says, for putting folders in order; nothing where it cannot be read."""
    try:
        told = json.loads(read_plain_file(path, path.name))
    except (FileRefused, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def open_plain_file(path: Path, where: str) -> int:
    """A descriptor of a regular file that is no link; `FileRefused` otherwise."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise FileRefused(where, f"{shown_name(path)} is missing", AGAIN) from None
    except OSError as error:
        raise FileRefused(where, f"{shown_name(path)} cannot be read ({error.strerror})", AGAIN) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileRefused(where, f"{shown_name(path)} is not a regular file", AGAIN)
    return descriptor


def read_plain_file(path: Path, where: str) -> bytes:
    """The content of a small regular file."""
    with os.fdopen(open_plain_file(path, where), "rb") as file:
        content = file.read(LONGEST_MANIFEST + 1)
    if len(content) > LONGEST_MANIFEST:
        raise FileRefused(where, f"{shown_name(path)} is too long to be one of ours", AGAIN)
    return content


def verify_shipment(candidate: Candidate, members: Members, today: date) -> Shipment:
    """The shipment, if a member signed it for this version and lists exactly its files; `FileRefused` says why not."""
    where = candidate.where
    content = read_plain_file(candidate.folder / MANIFEST_FILE, where)
    signature = read_plain_file(candidate.folder / SIGNATURE_FILE, where)
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise FileRefused(f"{where}, {MANIFEST_FILE}", "is no JSON of a shipment", AGAIN)
    site = told.get("site") if isinstance(told.get("site"), str) else ""
    member = admit_member(members, str(site), where, today)
    signed = [is_signed(key, content, signature) for key in public_keys(member)]
    if not any(signed):
        raise FileRefused(
            where,
            f"{MANIFEST_FILE} is not signed with the key of {member.key}",
            "Fetch it again; if the hospital has a new key, write it as next_key in members.toml",
        )
    _refuse_other_program(told, where)
    manifest = read_manifest(content, f"{where}, {MANIFEST_FILE}")
    if not _are_ours(manifest.timepoints):
        raise FileRefused(
            where,
            "its timepoints are not those of this registry, so its figures would not be the same figures",
            "Let the hospital and the registry have the same settings/timepoints.toml, and ship again",
        )
    _refuse_other_files(candidate, manifest)
    return Shipment(
        candidate=candidate, manifest=manifest, content=content, signature=signature, by_next_key=not signed[0]
    )


def _are_ours(timepoints: str) -> bool:
    try:
        return bool(json.loads(timepoints) == read_timepoints().model_dump(mode="json"))
    except (ValueError, RecursionError):
        return False


def _refuse_other_program(told: dict[str, Any], where: str) -> None:
    """`FileRefused` for another product, form or schema: said before the rest, which then may be anything."""
    model = ShipmentManifest.model_fields
    if told.get("product") != model["product"].default:
        raise FileRefused(f"{where}, product", "is of another product", "Take it out of this folder")
    if told.get("format") != model["format"].default:
        raise FileRefused(f"{where}, format", "is of another form than this program reads", SAME_VERSION)
    if told.get("schema_version") != SCHEMA_VERSION:
        raise FileRefused(
            f"{where}, schema_version", f"its tables are not of version {SCHEMA_VERSION}, which this is", SAME_VERSION
        )


def _refuse_other_files(candidate: Candidate, manifest: ShipmentManifest) -> None:
    """`FileRefused` unless the folder holds what the manifest lists, and the manifest what its kind of shipment has."""
    tables = RECORDS if manifest.what == "records" else CELLS
    wanted = {f"{table}.parquet" for table in tables}
    listed = set(manifest.files)
    if listed != wanted:
        name = min(listed ^ wanted)
        what = f"lists {name}, which is no table of ours" if name in listed else f"does not list {name}"
        raise FileRefused(f"{candidate.where}, {MANIFEST_FILE}", what, SAME_VERSION)
    present = {entry.name for entry in os.scandir(candidate.folder)} - {MANIFEST_FILE, SIGNATURE_FILE}
    for name in sorted(listed - present):
        raise FileRefused(candidate.where, f"{name} is missing", AGAIN)
    for name in sorted(present - listed):
        raise FileRefused(candidate.where, f"{shown_name(Path(name))} is not in the manifest", AGAIN)


def copy_verified(shipment: Shipment, target: Path) -> None:
    """Copy the files into a folder; `FileRefused` where the bytes that were copied are not those of the manifest."""
    for name, told in shipment.manifest.files.items():
        path = target / name
        with (
            os.fdopen(open_plain_file(shipment.candidate.folder / name, shipment.where), "rb") as source,
            os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440), "wb") as copy,
        ):
            digest = hashlib.sha256()
            size = 0
            while part := source.read(1 << 20):
                size += len(part)
                digest.update(part)
                copy.write(part)
                if size > told.bytes:
                    break
            copy.flush()
            os.fsync(copy.fileno())
        _refuse_other_bytes(told, size, digest.hexdigest(), f"{shipment.where}, {name}")


def _refuse_other_bytes(told: ShippedFile, size: int, sha256: str, where: str) -> None:
    if (size, sha256) != (told.bytes, told.sha256):
        raise FileRefused(where, "its hash is not the one in the manifest: it was changed or is cut off", AGAIN)
