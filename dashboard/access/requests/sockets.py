"""Sockets: each message asks again who sends it, and a sign-in that ends takes its sockets with it."""

import asyncio
from collections import defaultdict
from typing import Any

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access import denials
from dashboard.access.identity import Person, find_person
from dashboard.access.requests import headers
from dashboard.access.requests.messages import judge_message
from dashboard.access.settings import access_settings, account_store
from data.errors import StorageProblem

CHECK_SECONDS = 5
MOST_SOCKETS = 1_000
MOST_SOCKETS_EACH = 40
ENDED = 1008
TRY_LATER = 1013
QUIET = ("nothing", "load_git_info", "dismiss_skills_nudge")

_open: dict[str, set[asyncio.Event]] = defaultdict(set)


def is_room_for(key: str) -> bool:
    """Whether one more socket may open."""
    return sum(map(len, _open.values())) < MOST_SOCKETS and (not key or len(_open[key]) < MOST_SOCKETS_EACH)


def close_all(key: str) -> None:
    """Close the sockets of a sign-in now."""
    for event in _open.get(key, ()):
        event.set()


async def watch_socket(app: ASGIApp, scope: Scope, receive: Receive, send: Send, someone: Person | None) -> None:
    """Run a socket under watch. `someone` None where nobody signs in."""
    key = someone.key if someone else ""
    ended = asyncio.Event()
    _open[key].add(ended)
    socket = _Socket(receive, send, someone, ended, headers.client_address(scope))
    try:
        await app(scope, socket.receive, socket.send)
    finally:
        _open[key].discard(ended)
        if not _open[key]:
            del _open[key]
        socket.let_go()


class _Socket:
    """The two ends of a socket, with ours in between."""

    def __init__(
        self, receive: Receive, send: Send, someone: Person | None, ended: asyncio.Event, address: str
    ) -> None:
        self._receive, self._send, self._someone, self._address = receive, send, someone, address
        self._next: asyncio.Future[Message] | None = None
        self._ending = asyncio.ensure_future(ended.wait())
        self._is_closed = False

    async def send(self, message: Message) -> None:
        """To the browser, unless we have closed."""
        if not self._is_closed:
            await self._send(message)

    async def receive(self) -> Message:
        """The next message that may be passed on."""
        while not self._is_closed:
            if self._next is None:
                self._next = asyncio.ensure_future(self._receive())
            timeout = CHECK_SECONDS if self._someone else None
            waiting: set[asyncio.Future[Any]] = {self._next, self._ending}
            await asyncio.wait(waiting, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            ending = await self._why_ended()
            if ending is not None:
                return await self._close(ending)
            if not self._next.done():
                continue
            message, self._next = self._next.result(), None
            if message["type"] != "websocket.receive":
                return message
            judged = judge_message(message.get("bytes"), self._someone.reader if self._someone else None)
            if judged.verdict == "act":
                await self._note_activity()
            if judged.verdict in ("pass", "act"):
                return {**message, "bytes": judged.content}
            await self._note_denial(judged.kind)
            if isinstance(judged.verdict, int):
                return await self._close(judged.verdict)
        return {"type": "websocket.disconnect", "code": ENDED}

    def let_go(self) -> None:
        """Leave nothing waiting."""
        for waiting in (self._next, self._ending):
            if waiting is not None:
                waiting.cancel()

    async def _why_ended(self) -> int | None:
        """The code to close with; None while the sign-in holds."""
        if self._ending.done():
            return ENDED
        if self._someone is None:
            return None
        try:
            now = await anyio.to_thread.run_sync(find_person, self._someone.key)
        except StorageProblem:
            return TRY_LATER
        return None if now is not None and now.reader == self._someone.reader else ENDED

    async def _note_activity(self) -> None:
        now = await anyio.to_thread.run_sync(find_person, self._someone.key) if self._someone else None
        if now and now.held:
            await anyio.to_thread.run_sync(account_store().seen, now.held, access_settings().sessions.idle_seconds)

    async def _note_denial(self, kind: str) -> None:
        if self._someone and kind not in QUIET:
            await denials.note_denial(self._someone.reader.name, "message", kind, "denied", self._address)

    async def _close(self, code: int) -> Message:
        self._is_closed = True
        await self._send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}
