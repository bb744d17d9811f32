"""The gate, in front of every page, route, file and socket. What it does not know it does not let through."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar
from urllib.parse import quote

import anyio
import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.access import denials
from dashboard.access.identity import READER, Person, person_of, vouch_for
from dashboard.access.requests import fetch_limits, headers, media, neighbours, paths, sockets
from dashboard.access.settings import SIGN_IN_WAYS, THIS_COMPUTER, access_settings, account_store, way_in
from dashboard.access.sign_in import sign_in_forms
from data.errors import StorageProblem

SAFE_METHODS = ("GET", "HEAD")
TOO_MANY = 429
GATE_THREADS = 16
OWN_COMPUTER = "This program answers only to its own computer, to the person who started it; or by TLS."


Asked = TypeVar("Asked")


class Gate:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "http":
            await self._request(scope, receive, headers.send_with_headers(send, paths.path_inside(scope)))
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = paths.path_inside(scope)
        try:
            refusal, someone = await _judge_request(scope, path)
        except StorageProblem as problem:
            refusal, someone = sign_in_forms.storage_page(problem), None
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if someone is not None:
            await _note_activity(someone, path)
        await self.app(_let_through(scope, someone), receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            must_sign_in, someone = await _in_gate_thread(_look_who_asks, scope)
        except StorageProblem:
            await receive()
            await send({"type": "websocket.close", "code": sockets.TRY_LATER})
            return
        is_welcome = (
            paths.path_inside(scope) == paths.STREAM
            and headers.is_host_known(scope)
            and headers.is_same_origin(scope)
            and _is_reachable_this_way(scope, must_sign_in)
            and (someone is not None or not must_sign_in)
            and sockets.is_room_for(someone.key if someone else "")
        )
        if not is_welcome:
            if must_sign_in:
                name = someone.reader.name if someone else ""
                await denials.note_denial(name, "socket", paths.STREAM, "denied", headers.client_address(scope))
            await receive()
            await send({"type": "websocket.close", "code": sockets.ENDED})
            return
        if someone is not None:
            vouch_for(someone)
        await sockets.watch_socket(self.app, _let_through(scope, someone), receive, send, someone)


async def _judge_request(scope: Scope, path: str) -> tuple[Response | None, Person | None]:
    """The answer to what may not be, or who asks. `StorageProblem` when the accounts cannot be read."""
    if path == paths.ALIVE and headers.is_host_known(scope):
        return None, None
    must_sign_in, someone = await _in_gate_thread(_look_who_asks, scope)
    refusal = _refuse_request(scope, path, must_sign_in)
    if refusal is None and must_sign_in and paths.standing_of_path(path) != "open":
        refusal = await _refusal_of(someone, scope, path)
    if refusal is None and not fetch_limits.may_fetch_more(someone.key if someone else "", path):
        name = someone.reader.name if someone else ""
        await denials.note_denial(name, "request", paths.audit_name(path), "too many", headers.client_address(scope))
        refusal = sign_in_forms.gate_page(TOO_MANY, "You fetch very many files. Wait a minute, then go on.")
        refusal.headers["Retry-After"] = str(round(fetch_limits.WITHIN_SECONDS))
    return refusal, someone


def _look_who_asks(scope: Scope) -> tuple[bool, Person | None]:
    """Whether people must sign in, and who sends a request. Reads the accounts: never on the event loop."""
    return way_in() in SIGN_IN_WAYS, person_of(scope)


async def _in_gate_thread(ask: Callable[[Scope], Asked], scope: Scope) -> Asked:
    """Ask in a thread of the gate's own, so that what keeps other threads busy keeps no sign-in waiting."""
    return await anyio.to_thread.run_sync(ask, scope, limiter=_gate_threads())


@cache
def _gate_threads() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(GATE_THREADS)


def _refuse_request(scope: Scope, path: str, must_sign_in: bool) -> Response | None:
    """What nobody may do, whoever asks."""
    if not headers.is_host_known(scope):
        return sign_in_forms.gate_page(421, "This is not the address of this program.")
    if not _is_reachable_this_way(scope, must_sign_in):
        return sign_in_forms.gate_page(403, OWN_COMPUTER)
    if paths.standing_of_path(path) == "closed":
        return sign_in_forms.gate_page(404, "There is nothing here.")
    # The provider's word is signed, and comes from no page.
    is_form = scope["method"] not in SAFE_METHODS and path != paths.ENDED_THERE
    if is_form and not headers.is_same_origin(scope):
        return sign_in_forms.gate_page(403, "This was not sent from a page of this program.")
    return None


def _is_reachable_this_way(scope: Scope, must_sign_in: bool) -> bool:
    """Without sign-in only over loopback, by nobody's proxy and from this user; with it also from elsewhere by TLS."""
    if must_sign_in:
        return headers.is_local(scope) or headers.is_by_tls(scope)
    return (
        headers.is_local(scope)
        and not headers.is_passed_on(scope)
        and not (access_settings().way == THIS_COMPUTER and neighbours.is_another_users(scope))
    )


async def _refusal_of(someone: Person | None, scope: Scope, path: str) -> Response | None:
    """What this person may not have."""
    address, name = headers.client_address(scope), paths.audit_name(path)
    if someone is None:
        is_page = scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
        if is_page and name == "page":
            query = scope.get("query_string", b"").decode("latin-1")
            asked = quote(scope["path"] + (f"?{query}" if query else ""), safe="")
            return RedirectResponse(f"{paths.base_path()}{paths.SIGN_IN}?next={asked}", 303)
        await denials.note_denial("", "request", name, "not signed in", address)
        return sign_in_forms.gate_page(401, "Sign in first.")
    if path.startswith(paths.MEDIA) and not media.may_fetch(someone.reader, path):
        await denials.note_denial(someone.reader.name, "request", name, "denied", address)
        return sign_in_forms.gate_page(403, "This file was not made for you.")
    return None


async def _note_activity(someone: Person, path: str) -> None:
    """Somebody asked for something: that counts as activity, but not the browser's own files and questions."""
    vouch_for(someone)
    is_own_doing = paths.audit_name(path) in ("page", "/export", "/figures", "/media")
    if someone.held is not None and is_own_doing:
        await anyio.to_thread.run_sync(account_store().seen, someone.held, access_settings().sessions.idle_seconds)


def _let_through(scope: Scope, someone: Person | None) -> Scope:
    badge = someone.reader.badge if someone else None
    cleaned = headers.strip_scope(scope, badge)
    cleaned.pop(READER, None)
    return {**cleaned, READER: someone.reader} if someone else cleaned
