"""Routes of signing in and out."""

from functools import cache

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.access import denials
from dashboard.access.identity import READER, cookie_name, person_of
from dashboard.access.requests import headers, paths, sockets
from dashboard.access.settings import access_settings, account_store, way_in
from dashboard.access.sign_in import sign_in_forms
from dashboard.access.sign_in.forms import read_form
from dashboard.access.sign_in.groups import fold_name
from dashboard.access.sign_in.passwords import AT_ONCE, guessed_name, is_right
from dashboard.access.sign_in.second_factor import is_right_code
from data.accounts import BROWSER_SECONDS, hash_secret

TOO_MANY = 429
JOURNEY_COOKIE = "outcomes_journey"
NO_SECOND_FACTOR = "This department asks for a code of an authenticator app, and you have none yet. Ask for one."


async def sign_in_page(request: Request) -> Response:
    """The way to sign in that is in force."""
    next_page = paths.next_page(request.query_params.get("next", ""))
    way = await anyio.to_thread.run_sync(way_in)
    if await anyio.to_thread.run_sync(person_of, request.scope) is not None or way in ("open", "this-computer"):
        return RedirectResponse(next_page, 303)
    if way == "accounts":
        return sign_in_forms.password_form(next_page)
    if way == "oidc":
        return sign_in_forms.door_page(
            "Sign in with your organisation's account.", "Sign in", f"{paths.base_path()}{paths.SIGN_IN}/start"
        )
    return sign_in_forms.gate_page(401, "Your organisation's sign-in did not let you through to this program.")


async def sign_in(request: Request) -> Response:
    """Name and password."""
    if await anyio.to_thread.run_sync(way_in) != "accounts":
        return sign_in_forms.gate_page(404, "There is nothing here.")
    form = await read_form(request)
    if form is None:
        return sign_in_forms.gate_page(413, "This is not what the sign-in form sends.")
    name, password = fold_name(form.get("name", "")), form.get("password", "")
    next_page, address = paths.next_page(form.get("next", "")), headers.client_address(request.scope)
    answer = await anyio.to_thread.run_sync(
        _let_in, request, name, (password, form.get("code", "")), next_page, address, limiter=_checking_passwords()
    )
    if answer.status_code == TOO_MANY:
        await denials.note_denial("", "sign in", "accounts", "too many wrong passwords", address)
    return answer


def _let_in(request: Request, name: str, given: tuple[str, str], next_page: str, address: str) -> Response:
    """`given`: the password and the code of a second factor."""
    accounts, limits = account_store(), access_settings().passwords
    within = limits.within_minutes * 60
    browser = hash_secret(request.cookies.get(_browser_cookie(), ""))
    is_known = accounts.knows_browser(browser, name)
    # In a browser that its owner signed in with before, a name does not wait for what others guess elsewhere.
    counted = {f"browser {browser}": limits.wrong_per_name} if is_known else {
        guessed_name(name): limits.wrong_per_name, f"address {address}": limits.wrong_per_address
    }  # fmt: skip
    if not accounts.may_try(counted, within):
        told = "Too many wrong passwords. Wait some minutes, then try again."
        answer = sign_in_forms.password_form(next_page, told, TOO_MANY)
        answer.headers["Retry-After"] = str(round(within))
        return answer
    account = accounts.find(name)
    password, code = given
    # Both are always looked at, and one sentence answers both: which of them was wrong is nobody's business.
    if not (is_right(account, password) and is_right_code(name, code)):
        accounts.audit(name if account else "", "sign in", "accounts", "wrong password or code", address)
        return sign_in_forms.password_form(next_page, "Name, password and code do not go together.", 401)
    accounts.right(*counted)
    if limits.second_factor == "required" and accounts.find_second_factor(name) is None:
        accounts.audit(name, "sign in", "accounts", "no second factor", address)
        return sign_in_forms.password_form(next_page, NO_SECOND_FACTOR, 403)
    welcome = begin_sign_in(request, name, "accounts", next_page, access_settings().sessions.absolute_hours * 3600)
    if not is_known:
        welcome.set_cookie(
            _browser_cookie(), accounts.remember_browser(name), max_age=BROWSER_SECONDS, httponly=True,
            samesite="strict", secure=headers.is_secure(), path="/",
        )  # fmt: skip
    return welcome


def begin_sign_in(
    request: Request, name: str, way: str, next_page: str, lasts_seconds: float, provider: tuple[str, str] | None = None
) -> Response:
    """Begin a sign-in: a new token, whatever cookie the browser came with.

    `provider`: how the identity provider calls the person and its own sign-in, where there is one.
    """
    accounts = account_store()
    old = request.cookies.get(cookie_name())
    if old:
        accounts.sign_out(hash_secret(old))
    token = accounts.sign_in(name, lasts_seconds, provider)
    accounts.audit(name, "sign in", way, "done", headers.client_address(request.scope))
    answer = RedirectResponse(next_page, 303)
    answer.set_cookie(cookie_name(), token, httponly=True, samesite="lax", secure=headers.is_secure(), path="/")
    return answer


async def start_oidc(request: Request) -> Response:
    """Off to the identity provider."""
    from dashboard.access.sign_in import oidc  # noqa: PLC0415 - only where people sign in this way

    if way_in() != "oidc":
        return sign_in_forms.gate_page(404, "There is nothing here.")
    journey = await anyio.to_thread.run_sync(oidc.set_out, _return_address(request))
    if journey is None:
        return sign_in_forms.door_page(
            "The identity provider does not answer.", "Try again", f"{paths.base_path()}{paths.SIGN_IN}", 502
        )
    answer = RedirectResponse(journey.address, 303)
    answer.set_cookie(
        JOURNEY_COOKIE, journey.browser, max_age=oidc.PATIENCE_SECONDS, httponly=True, samesite="lax",
        secure=headers.is_secure(), path="/",
    )  # fmt: skip
    return answer


async def return_from_oidc(request: Request) -> Response:
    """Back from the identity provider."""
    from dashboard.access.sign_in import oidc  # noqa: PLC0415 - only where people sign in this way

    if way_in() != "oidc":
        return sign_in_forms.gate_page(404, "There is nothing here.")
    asked = request.query_params
    browser = request.cookies.get(JOURNEY_COOKIE, "")
    state, code = asked.get("state", ""), asked.get("code", "")
    arrived = await anyio.to_thread.run_sync(oidc.come_back, state, code, browser, _return_address(request))
    if isinstance(arrived, oidc.Refused):
        await anyio.to_thread.run_sync(
            account_store().audit, arrived.name, "sign in", "oidc", arrived.why, headers.client_address(request.scope)
        )
        return sign_in_forms.door_page(arrived.words, "Back to sign-in", f"{paths.base_path()}{paths.SIGN_IN}", 403)
    lasts = min(access_settings().sessions.absolute_hours * 3600, arrived.lasts_seconds)
    answer = await anyio.to_thread.run_sync(
        begin_sign_in,
        request,
        arrived.name,
        "oidc",
        f"{paths.base_path()}/",
        lasts,
        (arrived.subject, arrived.session),
    )
    answer.delete_cookie(JOURNEY_COOKIE, path="/")
    return answer


async def end_at_provider_route(request: Request) -> Response:
    """The provider says that somebody's sign-in there has ended."""
    from dashboard.access.sign_in.back_channel import end_at_provider  # noqa: PLC0415 - only where people sign in this way

    return await end_at_provider(request)


async def sign_out_page(request: Request) -> Response:
    """Ask before signing out."""
    reader = request.scope.get(READER)
    return sign_in_forms.sign_out_form(reader.name) if reader else RedirectResponse(f"{paths.base_path()}/", 303)


async def sign_out(request: Request) -> Response:
    """End the sign-in here, on the server, and close its sockets; then at the identity provider."""
    someone = await anyio.to_thread.run_sync(person_of, request.scope)
    if someone is None or someone.held is None:
        return sign_in_forms.gate_page(200, "Sign out where you signed in: at your organisation's sign-in.")
    await anyio.to_thread.run_sync(account_store().sign_out, someone.key)
    sockets.close_all(someone.key)
    await anyio.to_thread.run_sync(
        account_store().audit, someone.reader.name, "sign out", "", "done", headers.client_address(request.scope)
    )
    again = f"{paths.base_path()}{paths.SIGN_IN}"
    answer = sign_in_forms.door_page("You are signed out.", "Sign in again", again)
    if way_in() == "oidc":
        from dashboard.access.sign_in import oidc  # noqa: PLC0415 - only where people sign in this way

        elsewhere = await anyio.to_thread.run_sync(oidc.way_out, headers.server_origin(request.scope) + again)
        if elsewhere:
            sentence = "You are signed out here. Your organisation's sign-in may still hold."
            answer = sign_in_forms.door_page(sentence, "Sign out there too", elsewhere)
    answer.delete_cookie(cookie_name(), path="/", secure=headers.is_secure(), httponly=True, samesite="lax")
    return answer


async def signed_in(_: Request) -> Response:
    """Nothing, for those the gate lets through: a page asks when its socket closes."""
    return Response(status_code=204)


def _return_address(request: Request) -> str:
    return f"{headers.server_origin(request.scope)}{paths.base_path()}{paths.SIGN_IN}/back"


def _browser_cookie() -> str:
    return f"{cookie_name()}_browser"


@cache
def _checking_passwords() -> anyio.CapacityLimiter:
    """Those who wait for a check of their password must not take the threads that others' requests need."""
    return anyio.CapacityLimiter(AT_ONCE)


def sign_in_routes() -> list[Route]:
    """All of them, without the base path."""
    return [
        Route(paths.SIGN_IN, sign_in_page),
        Route(paths.SIGN_IN, sign_in, methods=["POST"]),
        Route(f"{paths.SIGN_IN}/start", start_oidc),
        Route(f"{paths.SIGN_IN}/back", return_from_oidc),
        Route(paths.ENDED_THERE, end_at_provider_route, methods=["POST"]),
        Route(paths.SIGN_OUT, sign_out_page),
        Route(paths.SIGN_OUT, sign_out, methods=["POST"]),
        Route(paths.SIGNED_IN, signed_in),
    ]
