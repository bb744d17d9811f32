"""What a shipment says of itself: `manifest.json`, in one canonical form so that its hash names the shipment."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.errors import FileRefused
from data.storage.registry_settings import SiteKey

MANIFEST_FILE = "manifest.json"
SIGNATURE_FILE = "manifest.sig"
HASH_WIDTH = 16

ShortHash = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShippedDefinition(_Part):
    """A metric as the hospital computes it: its version and the hash of its SQL."""

    version: int = Field(ge=1)
    sql_hash: str


class ShippedRule(_Part):
    """The disclosure rule in force at the hospital; see `data/settings/disclosure.toml`."""

    rule: str
    hide_up_to: int
    round_to: int
    zeros: Literal["shown", "hidden"]


class ShippedFile(_Part):
    """A file of the shipment."""

    rows: Count
    bytes: Count
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class ShipmentManifest(_Part):
    """One shipment.

    `previous`: the hash of the shipment before it, null for the first. `as_of`: how far each kind of record reaches,
    and `reached`, how far all do. `procedures_last_year`: in the year that ends with `reached`. `capture` (0 to 1, of
    what another system counted) and `registration_delay_days` (median) by month; null = not known or not told.
    """

    format: Literal[1] = 1
    product: Literal["vertebroplasty-outcomes"] = "vertebroplasty-outcomes"
    code_version: str
    schema_version: int
    definitions: dict[str, ShippedDefinition]
    timepoints: str
    disclosure: ShippedRule
    site: SiteKey
    sequence: int = Field(ge=1)
    previous: ShortHash | None
    generation: str
    as_of: dict[str, date | None]
    what: Literal["cells", "records"]
    anonymous: bool
    operators: Literal["drop", "pseudonym"]
    age: Literal["band", "years"]
    dates: Literal["month", "day"]
    is_synthetic: bool
    procedures_last_year: Count
    capture: dict[Month, Annotated[float, Field(ge=0)] | None]
    registration_delay_days: dict[Month, float | None]
    files: dict[Annotated[str, Field(pattern=r"^[a-z_]+\.parquet$")], ShippedFile]


def write_manifest(manifest: ShipmentManifest) -> bytes:
    """The canonical bytes: sorted keys, no blanks, UTF-8, a line end."""
    content = manifest.model_dump(mode="json")
    return (json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n").encode()


def read_manifest(content: bytes, where: str) -> ShipmentManifest:
    """A manifest from its bytes; `FileRefused` names `where` and the key where it is none of this product's."""
    remedy = "Ask the hospital to ship again, with the version of this program that the registry runs"
    try:
        manifest = ShipmentManifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part).encode("unicode_escape").decode() for part in first["loc"]) or "the whole file"
        raise FileRefused(f"{where}, {key}", f"is not as shipments say it ({first['msg']})", remedy) from None
    if write_manifest(manifest) != content:
        raise FileRefused(where, "is not written in the canonical form of a shipment", remedy)
    return manifest


def shipment_hash(content: bytes) -> str:
    """What names a shipment: the first 16 hexadecimal digits of the SHA-256 of its manifest."""
    return hashlib.sha256(content).hexdigest()[:HASH_WIDTH]


def shipment_folder(sequence: int, hash16: str) -> str:
    """The name of the folder of a shipment within that of its site."""
    return f"{sequence}-{hash16}"


def describe_file(path: Path, rows: int) -> ShippedFile:
    """A file that lies on the disk, as the manifest tells of it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ShippedFile(rows=rows, bytes=path.stat().st_size, sha256=digest)
