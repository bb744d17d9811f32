"""Who sends a request: the sign-in behind its cookie, or the name that a listed proxy gives."""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, replace

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

from dashboard.access import rights
from dashboard.access.requests import headers
from dashboard.access.roles import Viewer
from dashboard.access.settings import SIGN_IN_WAYS, access_settings, account_store, read_secret, way_in
from dashboard.access.sign_in.groups import account_of_groups
from data.accounts import hash_secret
from data.storage.account_records import Account, SignedIn

READER = "outcomes.reader"
PROXY = "proxy "
_PROCESS_KEY = secrets.token_bytes(32)
# When a proxy named somebody last. An open socket tells nothing of who was removed there since.
_named_at: dict[str, float] = {}


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in. `key` finds the sign-in again; `held` is None behind a proxy."""

    key: str
    reader: Viewer
    held: SignedIn | None = None


def cookie_name() -> str:
    """The sign-in's cookie; over TLS browsers guard the name's prefix."""
    return "__Host-outcomes" if headers.is_secure() else "outcomes"


def person_of(scope: Scope) -> Person | None:
    """Who sends a request, None for nobody we know. What the request says of itself counts for nothing."""
    way = way_in()
    if way not in SIGN_IN_WAYS:
        return None
    if way == "proxy":
        return _named_by_proxy(scope)
    token = HTTPConnection(scope).cookies.get(cookie_name(), "")
    return find_person(hash_secret(token)) if token else None


def find_person(key: str) -> Person | None:
    """Who is behind a sign-in at this moment; None when it has ended, or its account is disabled."""
    way = way_in()
    if key.startswith(PROXY):
        is_fresh = _named_at.get(key, 0) + access_settings().sessions.idle_seconds > time.monotonic()
        account = account_store().find(key.removeprefix(PROXY)) if way == "proxy" and is_fresh else None
        return _make_person(key, account, None) if account and not account.is_disabled else None
    held = account_store().signed_in(key, access_settings().sessions.idle_seconds)
    return _make_person(key, held.account, held) if held and held.account.way == way else None


def _make_person(key: str, account: Account, held: SignedIn | None) -> Person:
    sites = None if account.sites is None else frozenset(account.sites)
    operators = frozenset(account.operators)
    reader = rights.at_home(Viewer(account.name, account.role, sites, operators=operators))  # type: ignore[arg-type]
    # Another role, other sites or operators are another badge, so that no tab goes on with what it had.
    told = repr((key, account.role, sorted(sites or ()), sites is None, sorted(operators)))
    badge = hmac.digest(_PROCESS_KEY, told.encode(), hashlib.sha256).hex()
    return Person(key, replace(reader, badge=badge), held)


def vouch_for(someone: Person) -> None:
    """Let script runs that carry this person's badge ask who bears it."""

    def ask() -> Viewer | None:
        now = find_person(someone.key)
        return now.reader if now else None

    rights.admit_badge(str(someone.reader.badge), ask)


def reader_of(request: HTTPConnection) -> Viewer:
    """The reader that the gate let through to a route. `AccessDenied` when there is none.

    Where nobody signs in, the same person as on the pages.
    """
    from dashboard.view.reader_view import generation_in_service  # noqa: PLC0415 - pandas and duckdb, which no start should wait for

    found = request.scope.get(READER)
    if found is not None:
        return rights.bearer_of_badge(found.badge)
    if way_in() in SIGN_IN_WAYS:
        raise rights.AccessDenied("access", "nobody is signed in", "Sign in")
    return rights.local_reader(generation_in_service()[1].is_synthetic)


def _operators_named(given: Headers, header: str) -> tuple[str, ...] | None:
    """The operators whose results are the person's own, as the proxy says; None where it is not asked."""
    if not header:
        return None
    # A header that comes twice was added to one that somebody else sent: then nobody's.
    written = given.getlist(header)
    return tuple(filter(None, map(str.strip, written[0].split(";")))) if len(written) == 1 else ()


def _named_by_proxy(scope: Scope) -> Person | None:
    """The person whom a proxy names; only from a listed address, and with the shared secret where one is set."""
    proxy = access_settings().proxy
    given = Headers(scope=scope)
    shared = read_secret("OUTCOMES_PROXY_SECRET", proxy.secret_file)
    # A header that comes twice was added to one that somebody else sent.
    names, groups = given.getlist(proxy.name_header), given.getlist(proxy.groups_header)
    if headers.peer_address(scope) not in proxy.addresses or len(names) != 1 or len(groups) > 1:
        return None
    if shared and not hmac.compare_digest(given.get(proxy.secret_header, "").encode(), shared.encode()):
        return None
    memberships = (groups or [""])[0].replace(";", ",").split(",")
    account = account_of_groups("proxy", names[0], memberships, _operators_named(given, proxy.operator_header))
    if account is None:
        return None
    _named_at[PROXY + account.name] = time.monotonic()
    return _make_person(PROXY + account.name, account, None)
