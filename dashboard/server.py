"""The web server around the pages: what the browser is told before any page runs."""

from pathlib import Path

import anyio.to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager

from dashboard.access import denials
from dashboard.access.error_log import keep_values_out
from dashboard.access.identity import READER
from dashboard.access.requests.gate import Gate
from dashboard.access.requests.headers import client_address
from dashboard.access.requests.paths import SIGNED_IN, audit_name, base_path, path_inside
from dashboard.access.rights import AccessDenied, first_page
from dashboard.access.settings import SIGN_IN_WAYS, way_in
from dashboard.access.sign_in import sign_in_forms
from dashboard.access.sign_in.sign_in_routes import sign_in_routes
from dashboard.exports.routes import EXPORT_ROUTES
from dashboard.health import health_routes
from dashboard.links.page_files import FIRST, page_files, page_named, pages_alike
from dashboard.static_files import CompressedAssets
from dashboard.text.templates import render_html
from data import bug_reports
from data.errors import StorageProblem
from data.storage.storage_faults import find_storage_problem

SCRIPT = "/base-address.js"
HEAD = b"<head>"
# Streamlit's page has it; the gate's own pages do not.
FRONT_END = b'<div id="root">'
SCRIPTS = "".join(
    (Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("keyboard.js", "page_actions.js")
)


def base_address(_: Request) -> Response:
    """Tell the front end where its server is, so that it need not guess it from a page's address.

    Without it a link to a page first asks `/page/_stcore/health`, gets a 404, and waits before it tries again.
    When a socket closes, ask whether the sign-in still holds; if not, no figure stays on the screen. With
    `keyboard.js`, which leads the keyboard into menus, and `page_actions.js`, which prints, copies and saves.
    """
    return Response(
        f"""window.__streamlit = {{ BACKEND_BASE_URL: window.location.origin + "{base_path()}" }};
window.WebSocket = class extends window.WebSocket {{
  constructor(...given) {{
    super(...given);
    this.addEventListener("close", () =>
      fetch("{base_path()}{SIGNED_IN}", {{ cache: "no-store" }})
        .then(answer => {{ if (answer.status === 401) window.location.reload(); }})
        .catch(() => {{}}));
  }}
}};
"""
        + SCRIPTS,
        media_type="text/javascript",
    )


async def denied_response(request: Request, error: Exception) -> Response:
    """A route refused; where people sign in the audit says whom."""
    if await anyio.to_thread.run_sync(way_in) in SIGN_IN_WAYS:
        reader = request.scope.get(READER)
        route = audit_name(path_inside(request.scope))
        await denials.note_denial(
            reader.name if reader else "", "request", route, "denied", client_address(request.scope)
        )
    return sign_in_forms.gate_page(403, f"{getattr(error, 'what', 'this is not open to you')}.".capitalize())


def storage_response(_: Request, error: Exception) -> Response:
    """The disk does not do what a route needs: said so, with what to do."""
    return sign_in_forms.storage_page(error) if isinstance(error, StorageProblem) else broken_response(_, error)


def broken_response(_: Request, error: Exception) -> Response:
    """A route failed: what is wrong with the disk, where it is the disk; else a reference, never the error."""
    fault = find_storage_problem(error)
    if fault is not None:
        return sign_in_forms.storage_page(fault)
    return sign_in_forms.gate_page(
        500,
        f"Something went wrong. Tell whoever looks after this program: {bug_reports.keep_bug_report(error).reference}.",
    )


class WithBaseAddress:
    """Puts `base-address.js` first into the head of the one HTML page that Streamlit serves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through but HTML."""
        if scope["type"] != "http" or scope["method"] != "GET" or "." in scope["path"].rsplit("/", 1)[-1]:
            await self.app(scope, receive, send)
            return
        # Compressed or cached HTML could not be extended.
        wanted = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONAL]
        page = path_inside(scope).strip("/")
        named = page_named(page) if page else ""
        # Streamlit knows a reader's first page by no name, and would say that it is not found.
        firsts = (FIRST, first_page(scope.get(READER))) if named else ()
        if named and (named != page or named in firsts):
            query = scope["query_string"].decode("latin-1")
            place = f"{base_path()}/{'' if named in firsts else named}{'?' if query else ''}{query}"
            await RedirectResponse(place)(scope, receive, send)
            return
        await self.app({**scope, "headers": wanted}, receive, _Extended(send, named is not None, scope).send)


_CONDITIONAL = (b"accept-encoding", b"if-none-match", b"if-modified-since")


class _Extended:
    """Holds an HTML response back until it is whole, then sends it with the script in its head.

    Streamlit sends its page for any address; at one that is no page of ours the reader is told so and led on.
    """

    def __init__(self, send: Send, is_known: bool, scope: Scope) -> None:
        self._send, self._is_known, self._scope = send, is_known, scope
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        if FRONT_END in self._body and not self._is_known:
            await _lost_page(path_inside(self._scope))(self._scope, _no_message, self._send)
            return
        tag = f'<script src="{base_path()}{SCRIPT}"></script>'.encode()
        body = self._body.replace(HEAD, HEAD + tag, 1) if FRONT_END in self._body else self._body
        kept = [(name, value) for name, value in self._start["headers"] if name not in (b"content-length", b"etag")]
        await self._send({**self._start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


def _lost_page(asked: str) -> Response:
    """What stands at an address that is no page of ours: the pages nearest to it, and all of them."""
    pages = {
        name: {"address": f"{base_path()}/{'' if name == FIRST else name}", "name": name.replace("_", " ")}
        for name in sorted(page_files())
    }
    alike = next((pages[name] for name in pages_alike(asked)), None)
    body = render_html("gate_missing", alike=alike, start=f"{base_path()}/", pages=pages.values())
    return sign_in_forms.gate_page(404, "There is no page of this name.", body)


async def _no_message() -> Message:
    return {"type": "http.disconnect"}


def _is_html(message: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])


# `dashboard/pages/` holds our pages, listed in contents.py. Streamlit would also take the folder for its older kind of
# pages and run a page named in the first address it gets without contents.py.
PagesManager.uses_pages_directory = False

keep_values_out()
OURS = [Route(SCRIPT, base_address), *EXPORT_ROUTES, *sign_in_routes(), *health_routes()]
# Below the path at which the app is served (`server.baseUrlPath`), as Streamlit's own.
ROUTES = [Route(f"{base_path()}{one.path}", one.endpoint, methods=list(one.methods or ())) for one in OURS]
MIDDLEWARE = [Middleware(Gate), Middleware(CompressedAssets), Middleware(WithBaseAddress)]
EXCEPTION_HANDLERS = {AccessDenied: denied_response, StorageProblem: storage_response, Exception: broken_response}
