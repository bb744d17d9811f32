"""The senders' own numbers behind random keys, read from the private identities. No right is asked for here.

Whoever shows a number to a reader goes through `dashboard/view/local_numbers.py`, which does ask.
"""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import StorageProblem
from data.home import Home

IdentityKind = Literal["patient", "procedure"]


def numbers_of_keys(home: Home, keys: Iterable[str]) -> dict[str, str]:
    """The sender's number of each key, of procedures and patients alike; keys without one are left out.

    Nothing is kept in memory.

    `StorageProblem` when there are no identities, or they cannot be read by this process.
    """
    wanted = pa.array([UUID(key).bytes for key in set(keys)], pa.binary(16))
    table = _read_identities(home)
    stored = table["key"].combine_chunks()
    stored = stored.storage if isinstance(stored, pa.ExtensionArray) else stored
    found = table.filter(pc.is_in(stored, value_set=wanted))
    told: dict[str, str] = {}
    for key, number in zip(found["key"].to_pylist(), found["number"].to_pylist(), strict=True):
        # One person may be known to two senders.
        told[str(key)] = f"{told[str(key)]}, {number}" if str(key) in told else number
    return told


def keys_of(home: Home, number: str) -> dict[IdentityKind, list[str]]:
    """The random keys of procedures and of patients that a sender knows by this number; none when nobody does.

    `StorageProblem` as `numbers`.
    """
    table = _read_identities(home, pc.field("number") == number)
    found: dict[IdentityKind, list[str]] = {"patient": [], "procedure": []}
    for kind, key in zip(table["kind"].to_pylist(), table["key"].to_pylist(), strict=True):
        found[kind].append(str(key))
    return found


def _read_identities(home: Home, which: pc.Expression | None = None) -> pa.Table:
    try:
        return pq.read_table(home.identities, columns=["kind", "number", "key"], filters=which)
    except FileNotFoundError:
        raise StorageProblem(
            "local record numbers",
            "they are not kept on this computer",
            "Look the procedure up by its date, or ask whoever runs the loads",
        ) from None
    except (OSError, pa.ArrowException):
        raise StorageProblem(
            "local record numbers",
            "the private file that holds them cannot be read",
            "Ask whoever runs the loads to let the dashboard read the private folder, or to restore it from a backup",
        ) from None
