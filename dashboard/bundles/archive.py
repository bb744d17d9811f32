"""The zip: members in one order, with fixed times, hashed while they are written. Same contents = same bytes."""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from dashboard.bundles import csv

# Text of few different words packs nearly as well at the fastest setting.
LEVEL = 1


class Archive:
    """Writes members and remembers what each one is: rows, bytes, sha256."""

    def __init__(self, path: Path, for_excel: bool = False) -> None:
        # Members named by text get the time 1980-01-01 and the owner's rights only.
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        self._for_excel = for_excel
        self.files: dict[str, dict[str, Any]] = {}

    def add_tables(self, name: str, columns: list[str], tables: Iterable[pa.Table]) -> int:
        """A CSV of several tables with the same columns, one after the other; gives its number of rows."""
        rows, size, digest = 0, 0, hashlib.sha256()
        packing: Future[None] | None = None
        with self._zip.open(f"{name}.csv", "w", force_zip64=True) as member, ThreadPoolExecutor(1) as packer:

            def pack(content: bytes) -> None:
                digest.update(content)
                member.write(content)

            start = (csv.BYTE_ORDER_MARK if self._for_excel else b"") + csv.header(columns)
            for content, count in chain([(start, 0)], ((csv.lines(table), table.num_rows) for table in tables)):
                rows, size = rows + count, size + len(content)
                # The next piece is made while this one is packed.
                if packing is not None:
                    packing.result()
                packing = packer.submit(pack, content)
            if packing is not None:
                packing.result()
        self.files[f"{name}.csv"] = {"rows": rows, "bytes": size, "sha256": digest.hexdigest()}
        return rows

    def add_text(self, name: str, text: str) -> None:
        """A file of text."""
        content = text.encode()
        self._write(name, content)
        self.files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    def close(self, manifest: dict[str, Any]) -> None:
        """Write the manifest over all members and finish."""
        text = json.dumps(manifest | {"files": self.files}, indent=1, sort_keys=True) + "\n"
        self._write("manifest.json", text.encode())
        self._zip.close()

    def _write(self, name: str, content: bytes) -> None:
        with self._zip.open(name, "w") as member:
            member.write(content)


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
