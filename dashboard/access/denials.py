"""Denials in the audit: at most one a minute of each kind, so that nobody can fill the disk with them."""

import time
from contextlib import suppress

import anyio.to_thread

from dashboard.access.settings import account_store
from data.errors import StorageProblem

EVERY_SECONDS = 60
KINDS_A_MINUTE = 120
_last: dict[tuple[str, ...], float] = {}


async def note_denial(person: str, action: str, subject: str, result: str, address: str) -> None:
    """Write a denial, unless the same was written within the last minute."""
    now = time.monotonic()
    for kind in [kind for kind, at in _last.items() if now - at > EVERY_SECONDS]:
        del _last[kind]
    kind = (person, action, subject, result, address)
    if kind in _last or len(_last) >= KINDS_A_MINUTE:
        return
    _last[kind] = now
    # Saying no needs no write.
    with suppress(StorageProblem):
        await anyio.to_thread.run_sync(account_store().audit, *kind)
