"""The manifest of a FHIR bulk export compared with the files beside it: which are not here, which are cut short."""

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

LARGEST = 5_000_000
LISTS = ("output", "deleted")


def has_manifests(reader_kinds: Collection[str]) -> bool:
    """Whether files that are read by readers of these kinds may come with a manifest."""
    return "fhir" in reader_kinds


def read_manifest(content: bytes) -> Mapping[str, Any] | None:
    """The manifest; None for any other file."""
    if len(content) > LARGEST or b'"transactionTime"' not in content:
        return None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    is_one = isinstance(found, dict) and "resourceType" not in found and isinstance(found.get("output"), list)
    return found if is_one else None


def resources_in(content: bytes) -> int:
    """How many resources a file of NDJSON holds: its lines that are not blank."""
    return sum(1 for line in content.splitlines() if line.strip())


def manifest_differences(manifest: Mapping[str, Any], counts: Mapping[str, int]) -> Iterator[str]:
    """What the manifest says and the files do not hold. `counts`: file name → resources in it."""
    listed = set()
    for which in LISTS:
        for entry in manifest.get(which) or ():
            if not isinstance(entry, Mapping):
                continue
            name = PurePosixPath(unquote(urlsplit(str(entry.get("url", ""))).path)).name
            listed.add(name)
            if name not in counts:
                what = "records" if which == "output" else "deletions"
                yield f"the manifest lists {name} with {what}, and it is not among the files"
            elif isinstance(entry.get("count"), int) and entry["count"] != counts[name]:
                yield f"{name}: {counts[name]} resources, and the manifest says {entry['count']}"
    for name in sorted(set(counts) - listed):
        yield f"{name}: not in the manifest"
    if failed := len(manifest.get("error") or ()):
        yield f"the server reports {failed} file{'s' if failed > 1 else ''} of errors: the export may not be whole"


class BulkExport:
    """The files of one load, as far as a manifest among them tells of them."""

    def __init__(self, may_have: bool) -> None:
        """Nothing is looked at where the source has no manifests."""
        self._may_have = may_have
        self._manifest: Mapping[str, Any] | None = None
        self._counts: dict[str, int] = {}

    def is_manifest(self, name: str, content: bytes) -> bool:
        """Whether a file is the manifest; any other is counted."""
        if not self._may_have:
            return False
        found = read_manifest(content)
        if found is None:
            self._counts[name] = resources_in(content)
            return False
        self._manifest = found
        return True

    def remarks(self) -> list[str]:
        """What does not agree; nothing where no manifest came."""
        return [] if self._manifest is None else list(manifest_differences(self._manifest, self._counts))
