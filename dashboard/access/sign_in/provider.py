"""What the identity provider says of itself, its keys, and the claims of what it signed. Kept for an hour."""

import threading
import time
from typing import Any
from urllib.parse import urlsplit

import requests
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from requests import RequestException

from dashboard.access.settings import LOOPBACK, access_settings, account_store

TIMEOUT_SECONDS = 10
KNOWN_SECONDS = 3600
# So far the clocks of two machines may differ.
ALLOWANCE_SECONDS = 120
# How often a key that is not known may make us ask the provider for its keys.
ASK_AGAIN_SECONDS = 60.0
ALGORITHMS = ["RS256", "PS256", "ES256"]

_lock = threading.Lock()
_known: dict[str, tuple[float, dict[str, Any]]] = {}
_asked_again_at: list[float] = []


def provider_metadata() -> dict[str, Any] | None:
    """What the provider says of itself; None when it does not answer, or names other addresses than it may."""
    issuer = access_settings().oidc.issuer
    try:
        found = _fetch_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    except (RequestException, ValueError):
        return None
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    fits = found.get("issuer") == issuer and all(is_safe_address(str(found.get(name, ""))) for name in needed)
    return found if fits else None


def read_signed_claims(token: str, found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The claims of a token that the provider signed for us, now. Else `JoseError`, `ValueError` or `RequestException`.

    A key that is not known may be a new one: the provider is then asked for its keys once more.
    """
    try:
        claims = _decode(token, _fetch_json(found["jwks_uri"]))
    except InvalidKeyIdError:
        if not _may_ask_again():
            raise
        claims = _decode(token, _fetch_json(found["jwks_uri"], is_anew=True))
    jwt.JWTClaimsRegistry(
        now=lambda: int(account_store().clock()),
        leeway=ALLOWANCE_SECONDS,
        iss={"essential": True, "value": found["issuer"]},
        aud={"essential": True, "value": access_settings().oidc.client_id},
        **wanted,
    ).validate(claims)
    return claims


def is_safe_address(address: str) -> bool:
    """TLS, or a provider on this computer."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _decode(token: str, keys: dict[str, Any]) -> dict[str, Any]:
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]


def _may_ask_again() -> bool:
    now = time.monotonic()
    with _lock:
        if _asked_again_at and now - _asked_again_at[0] < ASK_AGAIN_SECONDS:
            return False
        _asked_again_at[:] = [now]
    return True


def _fetch_json(address: str, is_anew: bool = False) -> dict[str, Any]:
    with _lock:
        kept = _known.get(address)
    if kept and not is_anew and time.monotonic() - kept[0] < KNOWN_SECONDS:
        return kept[1]
    answer = requests.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    answer.raise_for_status()
    found = dict(answer.json())
    with _lock:
        _known[address] = (time.monotonic(), found)
    return found
