"""The zip: members in one order, with fixed times, hashed while they are written. Same contents = same bytes."""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.exports.bundle import csv_columns

# Text of few different words packs nearly as well at the fastest setting.
LEVEL = 1
ROWS_OF_A_SHEET = 1_048_576
LONGEST_TITLE = 31
LONGEST_CELL = 32_767


class Archive:
    """Writes members and remembers what each one is: rows, bytes, sha256."""

    def __init__(self, path: Path, for_excel: bool = False, with_workbooks: bool = False) -> None:
        # Members named by text get the time 1980-01-01 and the owner's rights only.
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        self._for_excel = for_excel
        self._with_workbooks = with_workbooks
        self.files: dict[str, dict[str, Any]] = {}

    def add_tables(self, name: str, columns: list[str], tables: Iterable[pa.Table]) -> int:
        """A CSV of several tables with the same columns, one after the other; gives its number of rows.

        With workbooks the same as .xlsx, unless a sheet cannot hold them.
        """
        kept: list[pa.Table] = []
        if self._with_workbooks:
            kept = list(tables)
            tables = kept
        rows, size, digest = 0, 0, hashlib.sha256()
        packing: Future[None] | None = None
        with self._zip.open(f"{name}.csv", "w", force_zip64=True) as member, ThreadPoolExecutor(1) as packer:

            def pack(content: bytes) -> None:
                digest.update(content)
                member.write(content)

            start = (csv_columns.BYTE_ORDER_MARK if self._for_excel else b"") + csv_columns.header_line(columns)
            for content, count in chain(
                [(start, 0)], ((csv_columns.row_lines(table), table.num_rows) for table in tables)
            ):
                rows, size = rows + count, size + len(content)
                # The next piece is made while this one is packed.
                if packing is not None:
                    packing.result()
                packing = packer.submit(pack, content)
            if packing is not None:
                packing.result()
        self.files[f"{name}.csv"] = {"rows": rows, "bytes": size, "sha256": digest.hexdigest()}
        if kept and rows < ROWS_OF_A_SHEET and not any(map(_is_too_long, kept)):
            self._add(f"{name}.xlsx", workbook_bytes(pa.concat_tables(kept, promote_options="default"), name))
        return rows

    def add_text(self, name: str, text: str) -> None:
        """A file of text."""
        self._add(name, text.encode())

    def close(self, manifest: dict[str, Any]) -> None:
        """Write the manifest over all members and finish."""
        text = json.dumps(manifest | {"files": self.files}, indent=1, sort_keys=True) + "\n"
        self._write("manifest.json", text.encode())
        self._zip.close()

    def _add(self, name: str, content: bytes) -> None:
        self._write(name, content)
        self.files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    def _write(self, name: str, content: bytes) -> None:
        with self._zip.open(name, "w") as member:
            member.write(content)


def workbook_bytes(rows: pa.Table, title: str) -> bytes:
    """The rows as one sheet: numbers, dates and times as such."""
    # Slow to import, and seldom wanted.
    from dashboard.exports.workbook import to_workbook  # noqa: PLC0415

    frame = rows.to_pandas(integer_object_nulls=True)
    for name in [name for name in rows.schema.names if name.endswith("_at")]:
        written = frame[name].tolist()
        frame[name] = [datetime.fromisoformat(one) if isinstance(one, str) else None for one in written]
        frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return to_workbook(frame, rows.schema.names, title[:LONGEST_TITLE])


def _is_too_long(rows: pa.Table) -> bool:
    """Whether any text is longer than a cell of a workbook can hold."""
    texts = [rows[name] for name, kind in zip(rows.schema.names, rows.schema.types, strict=True) if kind == pa.string()]
    return any((pc.max(pc.utf8_length(one)).as_py() or 0) >= LONGEST_CELL for one in texts)


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
