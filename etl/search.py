"""Is an identifier anywhere in a home? Every file is searched: as bytes, unpacked, and value by value in databases.

An identifier counts where it stands by itself: `4711` is found in `A;4711;B` and not in `14711`. Identifiers of fewer
than five characters are everywhere by chance; they are only looked for as whole cells.
"""

import csv
import io
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet

from data import Home
from queries.errors import StorageProblem

SHORTEST_FREE = 5
MOST_UNPACKED = 1 << 31
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
WORD = rb"[A-Za-z0-9]"


@dataclass(frozen=True)
class Evidence:
    """What a search found: how many files were read, and hits by file, named from the home downwards."""

    files: int
    hits: dict[str, int]


class Needles:
    """Identifiers to look for, as patterns over bytes and as whole values."""

    def __init__(self, identifiers: Iterable[str]) -> None:
        """Empty identifiers are left out."""
        self.values = frozenset(one for one in identifiers if one)
        free = sorted(one for one in self.values if len(one) >= SHORTEST_FREE)
        self._patterns = [_pattern(free, encoding) for encoding in ENCODINGS] if free else []
        self._text = (
            re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, free))})(?![A-Za-z0-9])") if free else None
        )

    def in_bytes(self, content: bytes) -> int:
        """How often an identifier stands in these bytes, in any of the common encodings."""
        return sum(len(pattern.findall(content)) for pattern in self._patterns)

    def in_value(self, value: object) -> bool:
        """Whether a value is an identifier or holds one."""
        if not isinstance(value, str):
            return False
        return value.strip() in self.values or bool(self._text and self._text.search(value))


def _pattern(identifiers: Iterable[str], encoding: str) -> re.Pattern[bytes]:
    alternatives = b"|".join(re.escape(one.encode(encoding)) for one in identifiers)
    before, after = {
        "utf-8": (rb"(?<!%s)" % WORD, rb"(?!%s)" % WORD),
        "utf-16-le": (rb"(?<!%s\x00)" % WORD, rb"(?!%s\x00)" % WORD),
        "utf-16-be": (rb"(?<!\x00%s)" % WORD, rb"(?!\x00%s)" % WORD),
    }[encoding]
    return re.compile(before + b"(?:" + alternatives + b")" + after)


def search(home: Home, identifiers: Iterable[str]) -> Evidence:
    """Search every file of a home. Links are not followed; what cannot be read is an error, not a pass."""
    needles = Needles(identifiers)
    hits: dict[str, int] = {}
    files = 0
    for path in sorted(home.root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        files += 1
        found = hits_in(path, needles)
        if found:
            hits[path.relative_to(home.root).as_posix()] = found
    return Evidence(files, hits)


def hits_in(path: Path, needles: Needles) -> int:
    """How many times identifiers are found in one file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StorageProblem(
            str(path), f"cannot be searched ({error.strerror})", "Open it to the loading user"
        ) from None
    return needles.in_bytes(content) + sum(needles.in_value(value) for value in _values(path, content))


def _values(path: Path, content: bytes) -> Iterator[object]:
    """Single values of what is packed or structured."""
    if content.startswith(b"SQLite format 3\x00"):
        yield from _values_of_sqlite(path)
    elif content.startswith(b"PAR1"):
        yield from _values_of_table(pyarrow.parquet.read_table(path))
    elif content[8:12] == b"DUCK":
        yield from _values_of_duckdb(path)
    elif content.startswith(b"PK\x03\x04"):
        yield from _values_of_zip(content)
    elif b"\x00" not in content[:4096]:
        yield from _cells(content)


def _values_of_sqlite(path: Path) -> Iterator[object]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        for (name,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in database.execute(f'select * from "{name}"'):
                yield from row


def _values_of_table(table: pyarrow.Table) -> Iterator[object]:
    for column in table.columns:
        if pyarrow.types.is_string(column.type) or pyarrow.types.is_large_string(column.type):
            yield from column.unique().to_pylist()


def _values_of_duckdb(path: Path) -> Iterator[object]:
    try:
        with duckdb.connect(str(path), read_only=True) as database:
            columns = database.execute(
                "select table_name, column_name from duckdb_columns() where not internal and data_type like 'VARCHAR%'"
            ).fetchall()
            for table, column in columns:
                for (value,) in database.execute(f'select distinct "{column}" from "{table}"').fetchall():
                    yield from value if isinstance(value, list) else (value,)
    except duckdb.Error:
        raise StorageProblem(str(path), "a damaged warehouse cannot be searched", "Remove it, then try again") from None


def _values_of_zip(content: bytes) -> Iterator[object]:
    """The text of every packed part, tags taken as the ends of values."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise StorageProblem("archive", "a packed file is too large to search", "Remove it, then try again")
        for part in packed.infolist():
            yield from re.split(r"<[^>]*>", packed.read(part).decode("utf-8", "replace"))


def _cells(content: bytes) -> Iterator[object]:
    """Whole cells of delimited text, for identifiers too short to be looked for anywhere else."""
    for line in content.decode("utf-8", "replace").splitlines():
        for delimiter in ",;\t|":
            if delimiter in line:
                yield from (
                    cell for cell in next(csv.reader([line], delimiter=delimiter), ()) if len(cell) < SHORTEST_FREE
                )
