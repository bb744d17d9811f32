"""Is an identifier anywhere in a home? Every file is searched: as bytes, unpacked, and value by value in databases.

An identifier counts where it stands by itself, in capitals or not: `4711` is found in `A;4711;B` and not in `14711`.
One of nine digits or more also counts with blanks or dashes between them. Identifiers of fewer than five characters are
everywhere by chance; they are only looked for as whole cells.
"""

import csv
import gzip
import io
import re
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet

from data.errors import StorageProblem
from data.home import Home
from data.storage.sqlite_file import in_rollback_mode, open_to_read

SHORTEST_FREE = 5
# Shorter numbers with dashes in them could be dates.
SHORTEST_SPELLED = 9
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
        self.values = frozenset(one.strip().lower() for one in identifiers if one.strip())
        self.has_short = any(len(one) < SHORTEST_FREE for one in self.values)
        free = sorted(one for one in self.values if len(one) >= SHORTEST_FREE)
        # Upper and lower case cost time, and figures have none.
        flags = re.IGNORECASE if any(one != one.upper() for one in free) else 0
        encodings = (*ENCODINGS, "cp1252") if any(not one.isascii() for one in free) else ENCODINGS
        self._patterns = [_identifier_pattern(free, encoding, flags) for encoding in encodings] if free else []
        spelled = "|".join(_spelling_pattern(one) for one in free)
        self._text = re.compile(rf"(?<![A-Za-z0-9])(?:{spelled})(?![A-Za-z0-9])", re.IGNORECASE) if free else None

    def in_bytes(self, content: bytes) -> int:
        """How often an identifier stands in these bytes, in any of the common encodings."""
        return sum(len(pattern.findall(content)) for pattern in self._patterns)

    def in_value(self, value: object) -> bool:
        """Whether a value is an identifier or holds one."""
        if not isinstance(value, str):
            return False
        return value.strip().lower() in self.values or self.in_text(value)

    def in_text(self, text: str) -> bool:
        """Whether an identifier stands by itself in a text."""
        return bool(self._text and self._text.search(text))

    def replaced(self, text: str, replacement: str) -> str:
        """The text with another one in the place of each identifier that stands by itself."""
        return self._text.sub(replacement.replace("\\", r"\\"), text) if self._text else text


def _spelling_pattern(identifier: str) -> str:
    """The pattern of one identifier in text."""
    core = re.sub(r"[\s-]", "", identifier)
    if len(core) >= SHORTEST_SPELLED and core.isdecimal():
        return "[ -]?".join(core)
    return re.escape(identifier)


def _identifier_pattern(identifiers: Iterable[str], encoding: str, flags: int) -> re.Pattern[bytes]:
    alternatives = []
    for one in identifiers:
        core = re.sub(r"[\s-]", "", one)
        between = b"(?:%s|%s)?" % (re.escape(" ".encode(encoding)), re.escape("-".encode(encoding)))
        if len(core) >= SHORTEST_SPELLED and core.isdecimal():
            alternatives.append(between.join(re.escape(letter.encode(encoding)) for letter in core))
        else:
            alternatives.append(re.escape(one.encode(encoding, "replace")))
    before, after = {
        "utf-16-le": (rb"(?<!%s\x00)" % WORD, rb"(?!%s\x00)" % WORD),
        "utf-16-be": (rb"(?<!\x00%s)" % WORD, rb"(?!\x00%s)" % WORD),
    }.get(encoding, (rb"(?<!%s)" % WORD, rb"(?!%s)" % WORD))
    return re.compile(before + b"(?:" + b"|".join(alternatives) + b")" + after, flags)


def search_home(home: Home, identifiers: Iterable[str]) -> Evidence:
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
    """How many times identifiers are found in one file, its name included."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StorageProblem(
            str(path), f"cannot be searched ({error.strerror})", "Open it to the loading user"
        ) from None
    return needles.in_value(path.name) + hits_in_content(content, needles, path)


def hits_in_content(content: bytes, needles: Needles, path: Path | None = None) -> int:
    """Hits in the bytes, in their values, and in what is packed in them."""
    where = str(path or "a packed file")
    found = needles.in_bytes(content)
    found += sum(needles.in_value(value) for value in _structured_values(content, needles, path))
    return found + sum(hits_in_content(part, needles) for part in _packed_parts(where, content))


def _structured_values(content: bytes, needles: Needles, path: Path | None) -> Iterator[object]:
    """Single values of what is structured."""
    if content.startswith(b"SQLite format 3\x00"):
        yield from _values_of_sqlite(content, path)
    elif content.startswith(b"PAR1"):
        yield from _values_of_table(pyarrow.parquet.read_table(pyarrow.BufferReader(content)))
    elif content[8:12] == b"DUCK" and path is not None:
        yield from _values_of_duckdb(path)
    elif content[8:12] == b"DUCK":
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "packed.duckdb"
            copy.write_bytes(content)
            yield from _values_of_duckdb(copy)
    elif content[:64].lstrip().startswith(b"<"):
        # Of a page or a part of a workbook: tags are the ends of values.
        yield from re.split(r"<[^>]*>", content.decode("utf-8", "replace"))
    elif needles.has_short and b"\x00" not in content[:4096]:
        yield from _delimited_cells(content)


def _packed_parts(where: str, content: bytes) -> Iterator[bytes]:
    """What is packed in a file."""
    try:
        if content.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                    raise StorageProblem(where, "a packed file is too large to search", "Remove it, then try again")
                yield packed.comment
                for part in packed.infolist():
                    yield part.filename.encode() + b"\n" + part.comment
                    yield packed.read(part)
        elif content.startswith(b"\x1f\x8b"):
            yield gzip.decompress(content)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, RuntimeError, NotImplementedError):
        raise StorageProblem(
            where, "a packed file cannot be opened, so it cannot be searched", "Remove it, then try again"
        ) from None


def _values_of_sqlite(content: bytes, path: Path | None) -> Iterator[object]:
    with closing(open_to_read(path) if path else sqlite3.connect(":memory:")) as database:
        if path is None:
            database.deserialize(in_rollback_mode(content))
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


def _delimited_cells(content: bytes) -> Iterator[object]:
    """Whole cells of delimited text, for identifiers too short to be looked for anywhere else."""
    for line in content.decode("utf-8", "replace").splitlines():
        for delimiter in ",;\t|":
            if delimiter in line:
                yield from (cell for cell in _split_line(line, delimiter) if len(cell) < SHORTEST_FREE)


def _split_line(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        # A cell longer than the reader takes: a picture in a resource, a quote that is never closed.
        return [cell.strip('"') for cell in line.split(delimiter)]
