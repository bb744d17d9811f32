"""The manifest has one canonical form, and anything else is refused in words."""

import json
from datetime import date
from pathlib import Path

import pytest

from data.errors import FileRefused
from etl.registry.shipment_manifest import (
    ShipmentManifest,
    ShippedDefinition,
    ShippedRule,
    describe_file,
    read_manifest,
    shipment_hash,
    write_manifest,
)

MANIFEST = ShipmentManifest(
    code_version="c0de",
    schema_version=13,
    definitions={"procedures": ShippedDefinition(version=1, sql_hash="ab")},
    timepoints='{"baseline": "é"}',
    disclosure=ShippedRule(rule="cms_11", hide_up_to=10, round_to=5, zeros="shown"),
    site="alpha",
    sequence=1,
    previous=None,
    generation="0" * 16,
    as_of={"procedures": date(2026, 5, 31), "reached": None},
    what="records",
    anonymous=False,
    operators="drop",
    age="band",
    dates="month",
    is_synthetic=True,
    procedures_last_year=144,
    capture={"2026-05": 0.9, "2026-04": None},
    registration_delay_days={"2026-05": 12.5},
    files={},
)


def changed(**cells: object) -> bytes:
    content = json.loads(write_manifest(MANIFEST)) | cells
    return (json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n").encode()


def test_a_manifest_comes_back_as_it_was_written() -> None:
    content = write_manifest(MANIFEST)
    assert read_manifest(content, "manifest.json") == MANIFEST
    assert content.endswith(b"\n")
    assert b" " not in content.replace(b'\\"baseline\\": ', b"")
    assert "é".encode() in content
    assert list(json.loads(content)) == sorted(json.loads(content))
    assert changed() == content
    assert len(shipment_hash(content)) == 16


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"format": 2}, "format"),
        ({"product": "other"}, "product"),
        ({"site": "../alpha"}, "site"),
        ({"site": "Alpha"}, "site"),
        ({"sequence": 0}, "sequence"),
        ({"sequence": None}, "sequence"),
        ({"previous": "x"}, "previous"),
        ({"surplus": 1}, "surplus"),
        ({"what": "all"}, "what"),
        ({"files": {"../a.parquet": {"rows": 0, "bytes": 0, "sha256": "0" * 64}}}, r"files\.\.\./a\.parquet"),
        ({"files": {"a.parquet": {"rows": -1, "bytes": 0, "sha256": "0" * 64}}}, r"files\.a\.parquet\.rows"),
        ({"capture": {"2026": 1.0}}, r"capture\.2026"),
    ],
)
def test_what_no_shipment_says_is_refused_by_key(cells: dict[str, object], key: str) -> None:
    with pytest.raises(FileRefused, match=rf"^alpha/manifest\.json, {key}"):
        read_manifest(changed(**cells), "alpha/manifest.json")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\xff", b"null", write_manifest(MANIFEST)[:-1], write_manifest(MANIFEST) + b" "]
)
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(FileRefused, match="Ask the hospital to ship again"):
        read_manifest(content, "manifest.json")


def test_a_file_is_told_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    told = describe_file(tmp_path / "a", 7)
    assert (told.rows, told.bytes, told.sha256[:8]) == (7, 3, "ba7816bf")
