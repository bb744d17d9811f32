"""Who is looking, and what they may do. Every data function asks; navigation alone protects nothing."""

import getpass
import os
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from queries.errors import ExitCode, OutcomesError

Right = Literal[
    "figures",
    "exact_figures",
    "operator_names",
    "data_quality",
    "rows",
    "local_numbers",
    "call_list",
    "notes",
    "sign_off",
    "exports",
    "accounts",
    "audit",
]
Role = Literal["viewer", "quality", "coordinator", "lead", "admin"]

ACCESS_VARIABLE = "OUTCOMES_ACCESS"
THIS_COMPUTER = "this-computer"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# `figures` alone are small-cell safe; `rows` are single procedures and why each counts; `local_numbers` are the
# senders' own numbers. Accounts and audit open no patient's record.
_TEAM: frozenset[Right] = frozenset({"figures", "exact_figures", "data_quality", "rows"})
RIGHTS: dict[Role, frozenset[Right]] = {
    "viewer": frozenset({"figures"}),
    "quality": _TEAM | {"exports"},
    "coordinator": _TEAM | {"call_list", "local_numbers"},
    "lead": _TEAM | {"exports", "call_list", "local_numbers", "notes", "sign_off", "operator_names"},
    "admin": frozenset({"accounts", "audit"}),
}


class AccessDenied(OutcomesError):
    """The reader may not see this."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class Viewer:
    """The reader. `sites` None = all sites."""

    name: str
    role: Role
    sites: frozenset[str] | None = None


def viewer(is_synthetic: bool) -> Viewer:
    """Who is looking at these records. `AccessDenied` says how to be let in.

    Two ways so far: the synthetic department, open on this computer; and one person on their own computer, who chose
    so with `OUTCOMES_ACCESS=this-computer`.
    """
    if not _is_on_this_computer():
        raise AccessDenied(
            "access", "without accounts the app answers to this computer only", "Open it at http://127.0.0.1:8501"
        )
    if is_synthetic:
        return Viewer("visitor", "lead")
    if os.environ.get(ACCESS_VARIABLE) == THIS_COMPUTER:
        return Viewer(getpass.getuser(), "lead")
    raise AccessDenied(
        "access",
        "real records are loaded, and nobody has been given access to them",
        f"If you alone use this computer, start again with {ACCESS_VARIABLE}={THIS_COMPUTER}",
    )


def require(reader: Viewer, right: Right, site: str | None = None) -> None:
    """Raise `AccessDenied` unless the reader has the right, and for this site if one is named."""
    has_right = right in RIGHTS.get(reader.role, frozenset())
    has_site = site is None or reader.sites is None or site in reader.sites
    if not (has_right and has_site):
        raise AccessDenied("access", "your role does not include this", "Ask the department lead")


def _is_on_this_computer() -> bool:
    """Whether the server listens on loopback and was asked by a loopback name (no proxy passed it on)."""
    if st.get_option("server.address") not in LOOPBACK:
        return False
    asked = st.context.headers.get("Host", "localhost")
    host = asked.rsplit(":", 1)[0].strip("[]") if not asked.endswith("]") else asked.strip("[]")
    return host in LOOPBACK
