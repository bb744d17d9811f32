"""Whether the server lives, and whether it can do its work: for whoever watches the machine. Open to anyone.

`/healthz` touches nothing. `/readyz` opens the generation, asks the accounts, tries a write, and names the age of the
data and of the last load; it does so at most every few seconds, however often it is asked.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.access.requests.paths import ALIVE, READY
from dashboard.access.settings import account_store
from data.errors import OutcomesError
from data.home import Home, home_in_service
from data.journal import Journal
from data.storage.storage_faults import named_storage_faults

UNAVAILABLE = 503
ANSWER_KEPT_SECONDS = 5.0
# Less than this some disks take although they are full.
TRIED_BYTES = 16 * 1024
_asking = threading.Lock()
_last_answer: list[tuple[float, "Readiness"]] = []


@dataclass(frozen=True)
class Readiness:
    """Whether all works that a reader needs, and what there is to say, a line each."""

    is_ready: bool
    lines: tuple[str, ...]

    def to_text(self) -> str:
        """The answer as text."""
        return "\n".join(("ready" if self.is_ready else "not ready", *self.lines, ""))


async def alive_route(_: Request) -> Response:
    """The server lives."""
    return PlainTextResponse("ok\n")


async def ready_route(_: Request) -> Response:
    """What was found out within the last seconds, else now."""
    found = await anyio.to_thread.run_sync(_recent_readiness)
    return PlainTextResponse(found.to_text(), 200 if found.is_ready else UNAVAILABLE)


def _recent_readiness() -> Readiness:
    with _asking:
        if _last_answer and time.monotonic() - _last_answer[0][0] < ANSWER_KEPT_SECONDS:
            return _last_answer[0][1]
        found = find_readiness()
        _last_answer[:] = [(time.monotonic(), found)]
        return found


def find_readiness() -> Readiness:
    """Look at everything now."""
    home = home_in_service()
    problems: list[str] = []
    lines: list[str] = []
    parts: tuple[Callable[[Home], str], ...] = (_data_age, _last_load, _late_load, _ask_accounts, _try_write)
    for part in parts:
        with _noted(problems):
            lines.append(part(home))
    return Readiness(not problems, (*problems, *(line for line in lines if line)))


@contextmanager
def _noted(problems: list[str]) -> Iterator[None]:
    """Note what is wrong, without the place on the disk, which is for commands and the log."""
    try:
        yield
    except OutcomesError as error:
        problems.append(error.what)


def _data_age(_: Home) -> str:
    from dashboard.view.reader_view import generation_in_service  # noqa: PLC0415 - pandas and duckdb, which no start should wait for

    as_of = generation_in_service()[1].as_of
    return f"data to {as_of}, {_count_days(as_of)} days old" if as_of else "data: no procedures"


def _count_days(as_of: date) -> int:
    return (datetime.now(UTC).date() - as_of).days


def _last_load(home: Home) -> str:
    event = Journal(home.journal).last_event("load")
    if event is None:
        return "last load: none is written down"
    hours = (datetime.now(UTC) - datetime.fromisoformat(event.at)).total_seconds() / 3600
    return f"last load {event.at}, {hours:.0f} hours ago: {event.payload.get('outcome')}"


def _late_load(home: Home) -> str:
    """Said, but no reason to take the server out of service."""
    from dashboard.view.load_watch import missed_load  # noqa: PLC0415 - as above

    return missed_load(home) or ""


def _ask_accounts(_: Home) -> str:
    account_store().has_people()
    return ""


def _try_write(home: Home) -> str:
    folder = home.private if home.private.is_dir() else home.root
    if not folder.is_dir():
        return ""
    trial = folder / f".ready-{os.getpid()}.part"
    with named_storage_faults(folder):
        try:
            with os.fdopen(os.open(trial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(b"\0" * TRIED_BYTES)
                file.flush()
                os.fsync(file.fileno())
        finally:
            trial.unlink(missing_ok=True)
    return "writing works"


def health_routes() -> list[Route]:
    """Both of them, without the base path."""
    return [Route(ALIVE, alive_route), Route(READY, ready_route)]
