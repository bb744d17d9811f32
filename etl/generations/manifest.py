"""The archive manifest: which files a generation is made of, in order of receipt."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from data.home import PROJECT
from data.settings import read_timepoints, source_order

HASH_LENGTH = 16
# Everything that decides what a build makes of its files.
CODE = ("etl", "data/schema.sql", "data/fields", "data/field_types.toml", "data/field_sql.py", "queries/checks")


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One file as received. `sequence` is the order of receipt; `folder` and `name` are for people only.

    A file takes `room` numbers: the sheets of a workbook are files of their own and need one each. `companion` is the
    hash of the file that says what its codes mean, such as a data dictionary; empty where there is none.
    `first_sha256` is the hash as received, where rows of erased people were redacted since. `read_name` is the name
    where the mapping reads it: then the same bytes under another name say something else.
    """

    sequence: int
    sha256: str
    source: str
    mapping_sha256: str
    time_zone: str
    received_at: str
    name: str
    folder: str
    room: int = 1
    companion: str = ""
    first_sha256: str | None = None
    read_name: str = ""

    @property
    def where(self) -> str:
        """How messages name the file."""
        return self.name

    @property
    def received_on(self) -> date:
        """The calendar date of receipt at the hospital."""
        received = datetime.fromisoformat(self.received_at).replace(tzinfo=UTC)
        return received.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def identity(self) -> dict[str, str | int | None]:
        """What goes into the generation's hash: not where the file lay or what it was called."""
        return {key: value for key, value in asdict(self).items() if key not in ("name", "folder")}


@dataclass(frozen=True)
class Manifest:
    """Deliveries in order of receipt. A file is in it once per source.

    `counter` and `parent`, the file that was in service before, are of a published generation; 0 and empty before that,
    and in homes of before there were any. They are not in its hash: the same files make the same generation.
    """

    deliveries: tuple[Delivery, ...] = ()
    counter: int = 0
    parent: str = ""

    def find(self, sha256: str, source: str) -> Delivery | None:
        """The delivery of this content by this source, if there is one."""
        return next(
            (one for one in self.deliveries if sha256 in (one.sha256, one.first_sha256) and one.source == source), None
        )

    def with_delivery(self, new: Delivery) -> "Manifest":
        """The manifest with `new`; the same content of the same source is read anew with the new mapping or zone."""
        known = self.find(new.sha256, new.source)
        if known is None:
            return Manifest((*self.deliveries, replace(new, sequence=self.next_sequence)))
        changed = replace(
            known,
            mapping_sha256=new.mapping_sha256,
            time_zone=new.time_zone,
            companion=new.companion or known.companion,
            read_name=new.read_name,
            name=new.name if new.read_name else known.name,
        )
        return Manifest(tuple(changed if one == known else one for one in self.deliveries))

    def companion_of(self, source: str) -> str:
        """The hash of the companion that this source's latest file came with; empty when none did."""
        found = [one.companion for one in self.deliveries if one.source == source and one.companion]
        return found[-1] if found else ""

    def with_mappings(self, hashes: Mapping[str, str]) -> "Manifest":
        """The manifest as these mappings, by source, now read its files."""
        return Manifest(
            tuple(replace(one, mapping_sha256=hashes.get(one.source, one.mapping_sha256)) for one in self.deliveries)
        )

    def redacted(self, hashes: Mapping[tuple[str, str], str]) -> "Manifest":
        """The manifest of files that were redacted, in its old place: (source, hash before) → hash now."""
        return replace(
            self,
            deliveries=tuple(
                replace(one, sha256=hashes[key], first_sha256=one.first_sha256 or one.sha256) if key in hashes else one
                for one in self.deliveries
                for key in [(one.source, one.sha256)]
            ),
        )

    def without(self, sequences: set[int]) -> "Manifest":
        """The manifest without these deliveries; the others keep their sequence."""
        return Manifest(tuple(one for one in self.deliveries if one.sequence not in sequences))

    @property
    def contents(self) -> set[str]:
        """The hashes of all content that a build reads."""
        return {sha for one in self.deliveries for sha in (one.sha256, one.companion) if sha}

    @property
    def received(self) -> set[str]:
        """Hashes of all files as they were received."""
        return {one.first_sha256 or one.sha256 for one in self.deliveries} | self.contents

    @property
    def next_sequence(self) -> int:
        """The sequence of the next file received."""
        return max((one.sequence + one.room for one in self.deliveries), default=1)

    @property
    def generation(self) -> str:
        """The name of the generation that these files make: a hash of all that decides its content."""
        content = {
            "deliveries": [one.identity for one in self.deliveries],
            "timepoints": read_timepoints().model_dump(mode="json"),
            "source_order": source_order(),
            "code": code_version(),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:HASH_LENGTH]

    def to_json(self) -> str:
        """The manifest as text."""
        return json.dumps(asdict(self), indent=1)

    @staticmethod
    def from_json(text: str) -> "Manifest":
        """The manifest from its text; one of before there were counters is a list of deliveries."""
        content = json.loads(text)
        if isinstance(content, list):
            content = {"deliveries": content}
        deliveries = tuple(Delivery(**entry) for entry in content["deliveries"])
        return Manifest(deliveries, int(content.get("counter", 0)), str(content.get("parent", "")))


@lru_cache
def code_version() -> str:
    """Hash of the code that builds a generation."""
    digest = hashlib.sha256()
    for part in CODE:
        root = PROJECT / part
        files = [root] if root.is_file() else sorted(root.rglob("*"))
        for path in files:
            if path.suffix in {".py", ".sql", ".toml"} and not (
                path.suffix == ".toml" and path.parent.name == "sources"
            ):
                digest.update(str(path.relative_to(PROJECT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:HASH_LENGTH]


def manifest_path(archive: Path, generation_file: str) -> Path:
    """Where the manifest of a published generation is kept."""
    return archive / "manifests" / Path(generation_file).with_suffix(".json").name
