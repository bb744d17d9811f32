"""Headers: what we take out of requests, what we ask of them, and what we tell browsers."""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send
from streamlit import get_option

from dashboard.access.settings import LOOPBACK, access_settings

BADGE_HEADER = b"x-outcomes-badge"
STREAMLIT_COOKIES = ("_streamlit_user", "_streamlit_user_tokens", "_streamlit_session")
LONG = "31536000"
PASSED_ON = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via")


def strip_scope(scope: Scope, badge: str | None) -> Scope:
    """The request without anything by which a browser could say who it is, and with our badge."""
    proxy = access_settings().proxy
    ours = {BADGE_HEADER, *(name.lower().encode() for name in (proxy.name_header, proxy.groups_header))}
    ours.add(proxy.secret_header.lower().encode())
    kept = [
        (name, _without_streamlits(value) if name == b"cookie" else value)
        for name, value in scope["headers"]
        if name not in ours and not name.startswith(b"x-outcomes-")
    ]
    return {**scope, "headers": [*kept, (BADGE_HEADER, badge.encode())] if badge else kept}


def _without_streamlits(cookies: bytes) -> bytes:
    pairs = [pair.strip() for pair in cookies.split(b";")]
    return b"; ".join(pair for pair in pairs if not pair.decode("latin-1").startswith(STREAMLIT_COOKIES))


def is_host_known(scope: Scope) -> bool:
    """Whether the request names this server by a name it has; against rebinding of names."""
    return _host_name(Headers(scope=scope).get("host", "")) in known_hosts()


def known_hosts() -> set[str]:
    """The names under which this server answers, in lower case."""
    public = urlsplit(access_settings().public_address).hostname
    names = {*get_option("server.allowedHosts"), *([public] if public else [])}
    return {str(name).strip("[]").lower() for name in names}


def _host_name(host: str) -> str:
    found = re.fullmatch(r"(\[[0-9a-f:]+\]|[^:\[\]@/]+)(:[0-9]+)?", host.lower())
    return found[1].strip("[]") if found else ""


def is_same_origin(scope: Scope) -> bool:
    """Whether a page of ours sent this: browsers always say on sockets and on forms where they come from."""
    headers = Headers(scope=scope)
    origin, host = headers.get("origin", ""), headers.get("host", "")
    public = access_settings().public_address.rstrip("/")
    if public and origin == public:
        return True
    told = urlsplit(origin)
    is_plain = told.scheme != "https" and is_secure() and _host_name(host) not in LOOPBACK
    return bool(host) and told.netloc == host and not is_plain


def is_local(scope: Scope) -> bool:
    """Whether the request came in over loopback, that is, from this machine."""
    server = scope.get("server")
    return server is not None and str(server[0]).removeprefix("::ffff:") in LOOPBACK


def is_by_tls(scope: Scope) -> bool:
    """Whether a request from another machine came by TLS: ended here, or by a listed proxy."""
    return bool(get_option("server.sslCertFile")) or peer_address(scope) in access_settings().tls_ends_at


def is_passed_on(scope: Scope) -> bool:
    """Whether a proxy says that it passes this on for somebody else."""
    given = Headers(scope=scope)
    return any(name in given for name in PASSED_ON)


def peer_address(scope: Scope) -> str:
    """The address that spoke to us itself, whatever it says about others behind it."""
    if is_local(scope):
        return "127.0.0.1"
    found = scope.get("client")
    return str(found[0]) if found else ""


def client_address(scope: Scope) -> str:
    """The address of the browser, as far as listed proxies tell; of others the address that spoke to us itself.

    What a proxy passes on stands last in its header; before it stands what it was told itself.
    """
    spoke, listed = peer_address(scope), access_settings().speak_for_others
    passed_on = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",") if spoke in listed else []
    for address in reversed([one.strip() for one in passed_on]):
        if address and address not in listed:
            return address
    return spoke


def is_secure() -> bool:
    """Whether browsers reach this app by TLS."""
    return bool(access_settings().public_address or get_option("server.sslCertFile"))


def send_with_headers(send: Send, path: str) -> Send:
    """`send` with our headers on each response."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [_guard_cookie(*header) for header in message.get("headers", ())]}
            headers = MutableHeaders(scope=message)
            for name, value in _response_headers().items():
                headers[name] = value
            if not (path.startswith("/static/") and message["status"] < 400):
                headers["Cache-Control"] = "no-store"
            del headers["access-control-allow-origin"]
        await send(message)

    return told


def _guard_cookie(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Over TLS no cookie without it, also not the one that Streamlit sets against forged requests."""
    is_open = name.lower() == b"set-cookie" and b"secure" not in value.lower().split(b"; ") and is_secure()
    return name, value + b"; Secure" if is_open else value


def _response_headers() -> dict[str, str]:
    headers = {
        "Content-Security-Policy": _content_policy(),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }
    return headers | ({"Strict-Transport-Security": f"max-age={LONG}"} if is_secure() else {})


@lru_cache
def _content_policy() -> str:
    """Nothing from elsewhere, no script but our files and the one line that Streamlit's page holds."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    lines = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(line.encode()).digest()).decode() for line in lines]
    scripts = " ".join(["'self'", *(f"'sha256-{one}'" for one in hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def server_origin(scope: Scope) -> str:
    """How browsers name this server: the public address, else the host that was asked (known to be ours)."""
    public = access_settings().public_address.rstrip("/")
    scheme = "https" if is_secure() else "http"
    return public or f"{scheme}://{Headers(scope=scope).get('host', '')}"
