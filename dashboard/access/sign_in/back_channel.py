"""The provider itself says that somebody signed out there, or was removed: OpenID Connect Back-Channel Logout 1.0."""

import anyio.to_thread
from joserfc.errors import InvalidClaimError, JoseError
from requests import RequestException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.access.requests import headers, sockets
from dashboard.access.settings import account_store, way_in
from dashboard.access.sign_in.forms import read_form
from dashboard.access.sign_in.provider import provider_metadata, read_signed_claims

EVENT = "http://schemas.openid.net/event/backchannel-logout"
NO_STORE = {"Cache-Control": "no-store"}


async def end_at_provider(request: Request) -> Response:
    """End the sign-ins that the provider's signed word names; 400 for anything else."""
    form = await read_form(request)
    if form is None or await anyio.to_thread.run_sync(way_in) != "oidc":
        return PlainTextResponse("not understood\n", 400, NO_STORE)
    address = headers.client_address(request.scope)
    ended = await anyio.to_thread.run_sync(_end_named, form.get("logout_token", ""), address)
    if ended is None:
        return PlainTextResponse("not understood\n", 400, NO_STORE)
    for key in ended:
        sockets.close_all(key)
    return PlainTextResponse("done\n", 200, NO_STORE)


def _end_named(token: str, address: str) -> list[str] | None:
    """The sign-ins that were ended; None where the token is not the provider's word for it."""
    found = provider_metadata()
    if found is None or not token:
        return None
    try:
        claims = read_signed_claims(token, found, {"iat": {"essential": True}, "events": {"essential": True}})
        if EVENT not in claims["events"] or "nonce" in claims or not (claims.get("sub") or claims.get("sid")):
            raise InvalidClaimError("events")
    except (JoseError, RequestException, ValueError, TypeError, KeyError):
        return None
    accounts = account_store()
    ended = accounts.end_at_provider(str(claims.get("sub") or ""), str(claims.get("sid") or ""))
    for name in sorted({name for _, name in ended}):
        accounts.audit(name, "sign out", "oidc", "by the provider", address)
    return [key for key, _ in ended]
