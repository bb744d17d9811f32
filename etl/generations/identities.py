"""Random keys for senders' numbers: written once, never derived from the number. One private Parquet file."""

from collections.abc import Collection
from pathlib import Path

import duckdb

from data.home import Home
from etl.generations.storage import PRIVATE_FILE, flush_to_disk

IS_ONE_OF = (
    "source = $source and ((kind = 'patient' and list_contains($patients, number))"
    " or (kind = 'procedure' and list_contains($procedures, number)))"
)


def identities_file(home: Home) -> Path | None:
    """The file of keys, or None before the first load."""
    return home.identities if home.identities.exists() else None


def save_identities(home: Home, connection: duckdb.DuckDBPyConnection) -> None:
    """Write all keys of the build, old and new, as one file that is there whole or not at all."""
    part = home.identities.with_name(f"{home.identities.name}.part")
    connection.execute("copy identities to ? (format parquet)", [str(part)])
    part.chmod(PRIVATE_FILE)
    flush_to_disk(part)
    part.replace(home.identities)


def sources_of(home: Home, number: str) -> list[str]:
    """The senders that use this number for a patient."""
    query = "select distinct source from read_parquet($file) where kind = 'patient' and number = $number"
    return [row[0] for row in _query_identities(home, query, number=number)]


def patients_of(home: Home, source: str) -> set[str]:
    """All numbers that a sender uses for patients."""
    query = "select distinct number from read_parquet($file) where kind = 'patient' and source = $source"
    return {row[0] for row in _query_identities(home, query, source=source)}


def keys_of_numbers(home: Home, source: str, patients: Collection[str], procedures: Collection[str]) -> set[str]:
    """The random keys of these numbers."""
    numbers = {"patients": list(patients), "procedures": list(procedures)}
    query = f"select cast(key as varchar) from read_parquet($file) where {IS_ONE_OF}"
    return {row[0] for row in _query_identities(home, query, source=source, **numbers)}


def remove_numbers(home: Home, source: str, patients: Collection[str], procedures: Collection[str]) -> None:
    """Write the file anew without these numbers."""
    if identities_file(home) is None:
        return
    numbers = {"patients": list(patients), "procedures": list(procedures)}
    with duckdb.connect() as connection:
        connection.execute(
            f"create temp table identities as select * from read_parquet($file) where not ({IS_ONE_OF})",
            {"file": str(home.identities), "source": source, **numbers},
        )
        save_identities(home, connection)


def _query_identities(home: Home, query: str, **values: object) -> list[tuple]:
    if identities_file(home) is None:
        return []
    with duckdb.connect() as connection:
        return connection.execute(query, {"file": str(home.identities), **values}).fetchall()
