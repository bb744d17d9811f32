"""Who is looking, and what they may do. Every data function asks; navigation alone protects nothing."""

import getpass
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import streamlit as st

from dashboard.access.roles import (
    BADGE,
    FIRST_PAGES,
    OUTSIDE_ONLY,
    PAGE_RIGHTS,
    REGISTRY_ONLY,
    RIGHTS,
    RegistryReader,
    Right,
    Role,
    Viewer,
)
from dashboard.access.settings import ACCESS_VARIABLE, LOOPBACK, SIGN_IN_WAYS, THIS_COMPUTER, way_in
from data.errors import ExitCode, OutcomesError
from data.home import home_in_service
from queries.warehouse import open_current

__all__ = [
    "BADGE",
    "FUNCTION_RIGHTS",
    "PAGE_RIGHTS",
    "RIGHTS",
    "AccessDenied",
    "Right",
    "Role",
    "Viewer",
    "admit_badge",
    "bearer_of_badge",
    "first_page",
    "may_see",
    "require",
    "requires",
    "viewer",
]

# What each function that gives data asks for, by module and name; `requires` writes it.
FUNCTION_RIGHTS: dict[str, Right] = {}
Function = TypeVar("Function", bound=Callable[..., Any])

_asked_by_badge: dict[str, Callable[[], Viewer | None]] = {}


class AccessDenied(OutcomesError):
    """The reader may not see this."""

    exit_code = ExitCode.USAGE


def admit_badge(badge: str, ask: Callable[[], Viewer | None]) -> None:
    """Let the gate vouch for a badge: `ask` tells who bears it at this moment, None when the sign-in has ended."""
    _asked_by_badge[badge] = ask


def bearer_of_badge(badge: str) -> Viewer:
    """Who bears a badge now. `AccessDenied` for one that nobody vouches for any more."""
    ask = _asked_by_badge.get(badge)
    reader = ask() if ask else None
    if reader is None:
        _asked_by_badge.pop(badge, None)
        raise AccessDenied("access", "your sign-in has ended", "Sign in again")
    return reader


def viewer(is_synthetic: bool | None = None) -> Viewer:
    """Who is looking at these records, None: at those in service. `AccessDenied` says how to be let in.

    Someone the gate vouches for; or, on this computer alone, whoever looks at the synthetic department, and the one
    person who chose `OUTCOMES_ACCESS=this-computer`.
    """
    if way_in() in SIGN_IN_WAYS:
        return bearer_of_badge(str(st.user.get(BADGE) or ""))
    if not _is_on_this_computer():
        raise AccessDenied(
            "access", "without accounts the app answers to this computer only", "Open it at http://127.0.0.1:8501"
        )
    if is_synthetic is None and way_in() != THIS_COMPUTER:
        is_synthetic = open_current(home_in_service()).info.is_synthetic
    return local_reader(bool(is_synthetic))


def local_reader(is_synthetic: bool) -> Viewer:
    """Who looks where nobody signs in; only for requests from this computer."""
    if way_in() == THIS_COMPUTER:
        return lead_of_computer()
    if is_synthetic:
        return at_home(Viewer("visitor", "lead"))
    raise AccessDenied(
        "access",
        "real records are loaded, and nobody has been given access to them",
        f"If you alone use this computer, start again with {ACCESS_VARIABLE}={THIS_COMPUTER}",
    )


def lead_of_computer() -> Viewer:
    """Whoever runs a command on this computer: a lead who sees everything."""
    return at_home(Viewer(getpass.getuser(), "lead"))


def at_home(reader: Viewer) -> Viewer:
    """The reader as the home in service knows them: the sites of a registry's account are keys of hospitals."""
    if home_in_service().kind != "registry":
        return reader
    return RegistryReader(reader.name, reader.role, None, reader.badge, reader.operators, reader.sites)


def require(right: Right, site: str | None = None, *, reader: Viewer | None = None) -> None:
    """Raise `AccessDenied` unless the reader has the right, and for this site if named.

    A reader who was given must still be signed in as before; None asks for whoever is looking now.
    """
    if reader is None:
        reader = viewer()
    if reader.badge is not None and bearer_of_badge(reader.badge) != reader:
        raise AccessDenied("access", "your rights have changed", "Load the page again")
    has_site = site is None or reader.sites is None or site in reader.sites
    if not (reader.has(right) and has_site):
        raise AccessDenied("access", "your role does not include this", "Ask the department lead")


def requires(right: Right) -> Callable[[Function], Function]:
    """A function of a view, or of a reader, that raises `AccessDenied` unless the reader has the right.

    Of a view it is asked for every site that its filters choose. Whoever needs more, such as the site of one record,
    asks again inside. docs/access.md lists all such functions.
    """

    def decorate(function: Function) -> Function:
        # By its file: Streamlit runs a page under a module name of its own.
        module = Path(function.__code__.co_filename).stem
        is_method = "." in function.__qualname__
        FUNCTION_RIGHTS[function.__qualname__ if is_method else f"{module}.{function.__name__}"] = right

        @wraps(function)
        def ask_first(asking: Any, *more: Any, **named: Any) -> Any:
            if isinstance(asking, Viewer):
                require(right, reader=asking)
            else:
                asking.require(right)
            return function(asking, *more, **named)

        return cast("Function", ask_first)

    return decorate


def may_see(reader: Viewer, page: str) -> bool:
    """Whether a page stands in the reader's navigation."""
    right = PAGE_RIGHTS.get(page)
    is_for_others = page in OUTSIDE_ONLY and reader.has("exact_figures")
    is_elsewhere = page in REGISTRY_ONLY and not reader.in_registry
    return right is not None and reader.has(right) and not (is_for_others or is_elsewhere)


def first_page(reader: Viewer | None) -> str:
    """The page that stands at the reader's address without a page; that of the department where nobody signs in."""
    try:
        return next((page for page in FIRST_PAGES if reader and may_see(reader, page)), FIRST_PAGES[-1])
    except OutcomesError:
        # A setting is wrong; the page itself says which.
        return FIRST_PAGES[-1]


def _is_on_this_computer() -> bool:
    """Whether the server listens on loopback and was asked by a loopback name (no proxy passed it on)."""
    if st.get_option("server.address") not in LOOPBACK:
        return False
    asked = st.context.headers.get("Host", "localhost")
    host = asked.rsplit(":", 1)[0].strip("[]") if not asked.endswith("]") else asked.strip("[]")
    return host in LOOPBACK
