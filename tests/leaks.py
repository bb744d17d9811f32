"""An independent look for a number in every byte of a home: nothing of the product's own search is used."""

import gzip
import io
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow.parquet


def leaks(root: Path, *numbers: str) -> list[str]:
    """The files below a folder that hold one of the numbers, standing by itself."""
    patterns = [
        re.compile(rb"(?<![A-Za-z0-9])" + re.escape(number.encode(encoding)) + rb"(?![A-Za-z0-9])")
        for number in numbers
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
    ]
    return [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*"))
        if path.is_file() and any(pattern.search(part) for part in parts(path.read_bytes()) for pattern in patterns)
    ]


def parts(content: bytes) -> Iterator[bytes]:
    """The bytes, those of everything packed in them, and every value of a database as text."""
    yield content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield from parts(packed.read(name))
    elif content.startswith(b"\x1f\x8b"):
        yield from parts(gzip.decompress(content))
    elif content.startswith(b"SQLite format 3\x00"):
        with closing(sqlite3.connect(":memory:")) as database:
            # In memory there is no write-ahead mode; bytes 18 and 19 name the mode (sqlite.org/fileformat2.html).
            database.deserialize(content[:18] + b"\x01\x01" + content[20:])
            yield "\n".join(database.iterdump()).encode()
    elif content.startswith(b"PAR1"):
        yield _lines(pyarrow.parquet.read_table(pyarrow.BufferReader(content)).to_pylist())
    elif content[8:12] == b"DUCK":
        yield from _values_of_duckdb(content)


def _values_of_duckdb(content: bytes) -> Iterator[bytes]:
    with tempfile.NamedTemporaryFile(suffix=".duckdb") as copy:
        copy.write(content)
        copy.flush()
        with duckdb.connect(copy.name, read_only=True) as database:
            names = database.execute("select table_name from duckdb_tables() where not internal").fetchall()
            for (name,) in names:
                columns = database.execute(
                    "select column_name from duckdb_columns() where table_name = ? and data_type like 'VARCHAR%'",
                    [name],
                ).fetchall()
                for (column,) in columns:
                    query = f'select distinct cast("{column}" as varchar) as v from "{name}"'
                    yield _lines(database.execute(query).fetchall())


def _lines(rows: list) -> bytes:
    return "\n".join(str(row) for row in rows).encode()
