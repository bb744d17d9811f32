"""The answers of databases as files: a source whose shapes are queries is asked when no file is named."""

from pathlib import Path

from etl.generations.file_archive import Incoming
from etl.readers import database
from etl.sources import Source


def asks_databases(source: Source) -> bool:
    """Whether this source has queries of its own."""
    return any(isinstance(mapping.reader, database.Options) for mapping in source.file)


def fetch_answers(source: Source) -> list[Incoming]:
    """What each query of the source returns now, as files named for their shape."""
    return [
        Incoming(Path(f"{mapping.name}.csv"), database.fetch_rows(mapping.reader, mapping.name), True)
        for mapping in source.file
        if isinstance(mapping.reader, database.Options)
    ]
