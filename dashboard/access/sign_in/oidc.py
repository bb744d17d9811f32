"""Sign-in with OpenID Connect: authorization code with PKCE, state and nonce, each used once and by one browser.

OpenID Connect Core 1.0 §3.1; RFC 7636 (PKCE); RP-Initiated Logout 1.0.
"""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import InvalidClaimError, JoseError
from requests import RequestException

from dashboard.access.settings import access_settings, account_store, read_secret
from dashboard.access.sign_in.groups import account_of_groups, fold_name
from dashboard.access.sign_in.provider import (
    ALLOWANCE_SECONDS,
    TIMEOUT_SECONDS,
    is_safe_address,
    provider_metadata,
    read_signed_claims,
)

PATIENCE_SECONDS = 600
TOO_MANY_GROUPS = (
    "You are in more groups than your organisation's sign-in sends along, so yours here are not known. Whoever looks "
    "after it can have it send only the groups of this program (docs/access.md)."
)


@dataclass(frozen=True)
class Departure:
    """Where the browser goes, and what it must bring back in a cookie."""

    address: str
    browser: str


@dataclass(frozen=True)
class Arrival:
    """Somebody whom the provider knows and a group lets in; the provider's word holds so long.

    `subject` and `session` are the provider's names for the person and its own sign-in.
    """

    name: str
    lasts_seconds: float
    subject: str
    session: str


@dataclass(frozen=True)
class Refused:
    """Nobody is let in. `why` is for the audit, `words` for the browser."""

    why: str
    words: str = "You could not be signed in."
    name: str = ""


def set_out(back: str) -> Departure | None:
    """Begin a journey to the provider; None when it does not answer."""
    found = provider_metadata()
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
    found = provider_metadata()
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
    found = provider_metadata() or {}
    address = found.get("end_session_endpoint", "")
    asked = {"client_id": access_settings().oidc.client_id, "post_logout_redirect_uri": back}
    return f"{address}?{urlencode(asked)}" if is_safe_address(address) else ""


def _admit_claims(claims: dict[str, Any]) -> Arrival | Refused:
    oidc = access_settings().oidc
    given, groups = claims.get(oidc.name_claim), claims.get(oidc.groups_claim) or []
    name = fold_name(given) if isinstance(given, str) else ""
    if not name or (oidc.name_claim == "email" and claims.get("email_verified") is False):
        return Refused("no name")
    memberships = [groups] if isinstance(groups, str) else [str(one) for one in groups]
    if account_of_groups("oidc", name, memberships, _own_operators(claims)) is None:
        if _are_groups_left_out(claims):
            return Refused("too many groups", TOO_MANY_GROUPS, name)
        return Refused("no group", "You are known, but no group of yours has a role here.", name)
    left = float(claims["exp"]) - account_store().clock()
    # By our clock it may have ended already, within what clocks may differ.
    lasts = left if left > 0 else left + ALLOWANCE_SECONDS
    return Arrival(name, lasts, str(claims["sub"]), str(claims.get("sid") or ""))


def _own_operators(claims: dict[str, Any]) -> tuple[str, ...] | None:
    """The operators whose results are the person's own, as the provider says; None where it is not asked."""
    claim = access_settings().oidc.operator_claim
    if not claim:
        return None
    said = claims.get(claim) or []
    named = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return tuple(one for one in named if isinstance(one, str) and one)


def _are_groups_left_out(claims: dict[str, Any]) -> bool:
    """Whether the provider says that there are more groups than it sends, as Entra ID does beyond 200."""
    elsewhere = claims.get("_claim_names")
    is_elsewhere = isinstance(elsewhere, dict) and access_settings().oidc.groups_claim in elsewhere
    return is_elsewhere or claims.get("hasgroups") in (True, "true")


def _read_claims(id_token: str, nonce: str, found: dict[str, Any]) -> dict[str, Any]:
    """The claims of a token that the provider signed, for us, now, and for this journey. Else `JoseError`."""
    client_id = access_settings().oidc.client_id
    wanted = {"sub": {"essential": True}, "exp": {"essential": True}, "nonce": {"essential": True, "value": nonce}}
    claims = read_signed_claims(id_token, found, wanted)
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
