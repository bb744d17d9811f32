"""Every page made once before a reader asks for it: what must be imported, opened and counted is there by then.

A session of the server's own looks at the pages, once for each way in which readers see a generation. Nothing of it
leaves the process.
"""

import asyncio
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module

import anyio.to_thread
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, SessionClient

from dashboard.access import rights
from dashboard.access.roles import PAGE_RIGHTS, Role, Viewer
from dashboard.access.settings import SIGN_IN_WAYS, way_in
from data.home import home_in_service

# With operators' names, with codes in their place, and with small numbers hidden.
ROLES: tuple[Role, ...] = ("lead", "coordinator", "viewer")
LOOK_EVERY_SECONDS = 0.5
PAGE_SECONDS = 120.0
# They hold no figure of a generation, or nobody's that a session of ours could look at.
LEFT_OUT = ("accounts", "own_results")


class Onlooker(SessionClient):
    """The server's own reader: waits until a page is made, and keeps nothing of it."""

    def __init__(self) -> None:
        self.finished = asyncio.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        """Take what a browser would get."""
        if msg.WhichOneof("type") == "script_finished":
            self.finished.set()


async def import_pages() -> None:
    """Import what pages need, away from the event loop."""
    await anyio.to_thread.run_sync(import_module, "dashboard.contents")


async def show_first_page() -> None:
    """Look at the page that readers open first; nothing where nothing was loaded."""
    if await anyio.to_thread.run_sync(generation_name):
        await _show_pages_to(ROLES[0], pages_of(ROLES[0])[:1])


async def follow_generations(shown: str) -> None:
    """Look at every page of each generation that is published from now on. `shown`: the last that was looked at."""
    from dashboard.view.open_generations import close_removed_generations  # noqa: PLC0415 - pandas and duckdb, which no start should wait for

    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        await anyio.to_thread.run_sync(close_removed_generations)
        shown = await show_generation(shown)


async def show_generation(shown: str) -> str:
    """Look at every page of the generation in service, unless it is the one named; gives its name, empty for none.

    With `OUTCOMES_WARM_UP=first` at none: a server that few readers come to saves the time, and the first one waits.
    """
    name = await anyio.to_thread.run_sync(generation_name)
    if name and name != shown and os.environ.get("OUTCOMES_WARM_UP") != "first":
        for role in await anyio.to_thread.run_sync(roles_here):
            await _show_pages_to(role, pages_of(role))
    return name


def roles_here() -> tuple[Role, ...]:
    """The kinds of readers who can come. Where nobody signs in, all see what the lead sees."""
    return ROLES if way_in() in SIGN_IN_WAYS else ROLES[:1]


def generation_name() -> str:
    """What the pointer to the generation in service says; empty when there is none."""
    try:
        return home_in_service().current.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def pages_of(role: Role) -> list[str]:
    """The pages that a role opens and that hold figures; first the one that stands at the address without a page."""
    reader = Viewer("", role)
    return [page for page in PAGE_RIGHTS if page not in LEFT_OUT and rights.may_see(reader, page)]


async def _show_pages_to(role: Role, pages: Iterable[str]) -> None:
    """Look at pages one after the other, in a session of the server's own."""
    runtime, client = Runtime.instance(), Onlooker()
    with _reader_of_our_own(role) as badge:
        session = runtime.connect_session(client, {rights.BADGE: badge})
        try:
            for page in pages:
                asked = BackMsg()
                asked.rerun_script.page_name = page
                client.finished.clear()
                runtime.handle_backmsg(session, asked)
                # A page that takes longer than this is made to its end without us.
                async with asyncio.timeout(PAGE_SECONDS):
                    await client.finished.wait()
        except TimeoutError:
            return
        finally:
            runtime.close_session(session)


@contextmanager
def _reader_of_our_own(role: Role) -> Iterator[str]:
    """A badge that only this process knows, for as long as the block lasts."""
    badge = secrets.token_urlsafe(32)
    readers = [Viewer("warm-up", role, badge=badge)]
    rights.admit_badge(badge, lambda: readers[0] if readers else None)
    try:
        yield badge
    finally:
        readers.clear()
