"""Which addresses exist at all, and which are open to people who have not signed in."""

from collections.abc import Iterable
from typing import Literal

from starlette.types import Scope
from streamlit import get_option

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
ENDED_THERE = f"{SIGN_IN}/ended"
SIGNED_IN = "/signed-in"
STREAM = "/_stcore/stream"
MEDIA = "/media/"
EXPORT = "/export/"
FIGURES = "/figures/"
ALIVE = "/healthz"
READY = "/readyz"
# Everything else below /_stcore is closed: metrics, the agent interface, uploads, script checks, components.
CORE = ("/_stcore/health", "/_stcore/host-config", STREAM)
CLOSED = ("/component", "/app/static", "/auth", "/oauth2callback")
TO_ANYONE = (
    "/_stcore/health",
    ALIVE,
    READY,
    "/favicon.png",
    SIGN_IN,
    f"{SIGN_IN}/start",
    f"{SIGN_IN}/back",
    ENDED_THERE,
)

# What else the audit names by its first part.
NAMED = ("/_stcore", "/media", "/static", "/export", "/figures", "/auth", "/app", "/component")

Standing = Literal["closed", "open", "signed_in"]


def base_path() -> str:
    """The path below which the app is served, empty for none."""
    path = str(get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def path_inside(scope: Scope) -> str:
    """The path of a request, without the base path."""
    path, base = str(scope["path"]), base_path()
    is_inside = path == base or path.startswith(f"{base}/")
    return (path.removeprefix(base) or "/") if is_inside else path


def standing_of_path(path: str) -> Standing:
    """Whether a path is closed to all, open to all, or open to those who have signed in."""
    if path in TO_ANYONE:
        return "open"
    if _is_below(path, ("/_stcore",)) and path not in CORE:
        return "closed"
    return "closed" if _is_below(path, CLOSED) else "signed_in"


def audit_name(path: str) -> str:
    """What the audit calls a path. The path itself may hold anything that somebody typed."""
    for known in (*CORE, *TO_ANYONE, SIGN_OUT, SIGNED_IN):
        if path == known:
            return known
    first = "/" + path.lstrip("/").split("/", 1)[0]
    return first if first in NAMED else "page"


def next_page(asked: str) -> str:
    """Where to go after signing in: a page of this app, else the first one."""
    ours = asked.startswith("/") and not asked.startswith(("//", "/\\")) and "\n" not in asked and "\r" not in asked
    return asked if ours else f"{base_path()}/"


def _is_below(path: str, prefixes: Iterable[str]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
