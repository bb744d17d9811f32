"""Random keys for senders' numbers: written once, never derived from the number. One private Parquet file."""

from pathlib import Path

import duckdb

from data import Home
from etl.storage import PRIVATE_FILE, flush


def known(home: Home) -> Path | None:
    """The file of keys, or None before the first load."""
    return home.identities if home.identities.exists() else None


def save(home: Home, connection: duckdb.DuckDBPyConnection) -> None:
    """Write all keys of the build, old and new, as one file that is there whole or not at all."""
    part = home.identities.with_name(f"{home.identities.name}.part")
    connection.execute(
        "copy (select * from identities order by kind, source, number) to ? (format parquet)", [str(part)]
    )
    part.chmod(PRIVATE_FILE)
    flush(part)
    part.replace(home.identities)
