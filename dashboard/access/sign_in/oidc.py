"""Sign-in with OpenID Connect: authorization code with PKCE, state and nonce, each used once and by one browser.

OpenID Connect Core 1.0 §3.1; RFC 7636 (PKCE); RP-Initiated Logout 1.0.
"""

import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from dashboard.access.settings import LOOPBACK, access_settings, account_store, read_secret
from dashboard.access.sign_in.groups import account_of_groups, fold_name

PATIENCE_SECONDS = 600
TIMEOUT_SECONDS = 10
KNOWN_SECONDS = 3600
ALGORITHMS = ["RS256", "PS256", "ES256"]


@dataclass(frozen=True)
class Departure:
    """Where the browser goes, and what it must bring back in a cookie."""

    address: str
    browser: str


@dataclass(frozen=True)
class Arrival:
    """Somebody whom the provider knows and a group lets in; the provider's word holds so long."""

    name: str
    lasts_seconds: float


@dataclass(frozen=True)
class Refused:
    """Nobody is let in. `why` is for the audit, `words` for the browser."""

    why: str
    words: str = "You could not be signed in."
    name: str = ""


def set_out(back: str) -> Departure | None:
    """Begin a journey to the provider; None when it does not answer."""
    found = _provider_metadata()
    if found is None:
        return None
    state, browser, verifier, nonce = (secrets.token_urlsafe(32) for _ in range(4))
    address, _ = _make_client(back).create_authorization_url(
        found["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce
    )
    account_store().depart(state, browser, verifier, nonce, PATIENCE_SECONDS)
    return Departure(address, browser)


def come_back(state: str, code: str, browser: str, back: str) -> Arrival | Refused:
    """What the provider says of the person who comes back."""
    journey = account_store().arrive(state, browser, PATIENCE_SECONDS) if state and browser else None
    if journey is None:
        return Refused("state not known", "This sign-in is too old, or began in another window.")
    found = _provider_metadata()
    if found is None or not code:
        return Refused("no code" if found else "provider silent")
    try:
        token = _make_client(back).fetch_token(
            found["token_endpoint"], code=code, code_verifier=journey.verifier, timeout=TIMEOUT_SECONDS
        )
        claims = _read_claims(str(token.get("id_token", "")), journey.nonce, found)
    except (OAuthError, RequestException, JoseError, ValueError, KeyError):
        return Refused("provider's answer not valid")
    return _admit_claims(claims)


def way_out(back: str) -> str:
    """Where the provider ends its own sign-in; empty when it cannot."""
    found = _provider_metadata() or {}
    address = found.get("end_session_endpoint", "")
    asked = {"client_id": access_settings().oidc.client_id, "post_logout_redirect_uri": back}
    return f"{address}?{urlencode(asked)}" if _is_safe(address) else ""


def _admit_claims(claims: dict[str, Any]) -> Arrival | Refused:
    oidc = access_settings().oidc
    given, groups = claims.get(oidc.name_claim), claims.get(oidc.groups_claim) or []
    name = fold_name(given) if isinstance(given, str) else ""
    if not name or (oidc.name_claim == "email" and claims.get("email_verified") is False):
        return Refused("no name")
    memberships = [groups] if isinstance(groups, str) else [str(one) for one in groups]
    if account_of_groups("oidc", name, memberships) is None:
        return Refused("no group", "You are known, but no group of yours has a role here.", name)
    return Arrival(name, float(claims["exp"]) - account_store().clock())


def _read_claims(id_token: str, nonce: str, found: dict[str, Any]) -> dict[str, Any]:
    """The claims of a token that the provider signed, for us, now, and for this journey. Else `JoseError`."""
    client_id = access_settings().oidc.client_id
    claims = jwt.decode(
        id_token, KeySet.import_key_set(_provider_keys(found["jwks_uri"])), algorithms=ALGORITHMS
    ).claims
    jwt.JWTClaimsRegistry(
        now=lambda: int(account_store().clock()),
        leeway=0,
        iss={"essential": True, "value": found["issuer"]},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
    ).validate(claims)
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client_id:
        raise InvalidClaimError("azp")
    return claims


def _make_client(back: str) -> OAuth2Session:
    oidc = access_settings().oidc
    return OAuth2Session(
        oidc.client_id,
        read_secret("OUTCOMES_OIDC_CLIENT_SECRET", oidc.client_secret_file) or None,
        scope=" ".join(oidc.scopes),
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _provider_metadata() -> dict[str, Any] | None:
    """What the provider says of itself; None when it does not answer, or names other addresses than it may."""
    issuer = access_settings().oidc.issuer
    try:
        found = _fetch_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration", _this_hour())
    except (RequestException, ValueError):
        return None
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    fits = found.get("issuer") == issuer and all(_is_safe(str(found.get(name, ""))) for name in needed)
    return found if fits else None


def _provider_keys(address: str) -> Any:
    return _fetch_json(address, _this_hour())


@lru_cache(maxsize=8)
def _fetch_json(address: str, _: int) -> dict[str, Any]:
    answer = requests.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    answer.raise_for_status()
    return dict(answer.json())


def _this_hour() -> int:
    return int(account_store().clock() // KNOWN_SECONDS)


def _is_safe(address: str) -> bool:
    """TLS, or a provider on this computer."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
