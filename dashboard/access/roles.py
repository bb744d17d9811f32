"""Rights, roles, and the pages and routes that they open; functions say by `requires` what they ask for."""

from dataclasses import dataclass
from typing import Literal, get_args

from data.settings import read_disclosure

Right = Literal[
    "figures",
    "exact_figures",
    "own_results",
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
Role = Literal["viewer", "operator", "quality", "coordinator", "lead", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
# Under this name Streamlit hands on what stands for a sign-in.
BADGE = "outcomes_badge"

# `figures` alone are small-cell safe; `rows` are single procedures and why each counts; `local_numbers` are the
# senders' own numbers. `own_results` are those of the operators that an account is bound to, by functions of their own:
# nothing that takes a view is open to it. Accounts and audit open no patient's record.
_TEAM: frozenset[Right] = frozenset({"figures", "exact_figures", "data_quality", "rows"})
RIGHTS: dict[Role, frozenset[Right]] = {
    "viewer": frozenset({"figures"}),
    "operator": frozenset({"own_results"}),
    "quality": _TEAM | {"exports"},
    "coordinator": _TEAM | {"call_list", "local_numbers"},
    "lead": _TEAM | {"exports", "call_list", "local_numbers", "notes", "sign_off", "operator_names"},
    "admin": frozenset({"accounts", "audit"}),
}
# The role that a department may keep to suppressed figures (own_department in data/settings/disclosure.toml).
OWN_DEPARTMENT: Role = "quality"
# What a page asks for. A page that is not here is shown to nobody, and these are not shown to the department.
OUTSIDE_ONLY = ("published",)
# A page of a registry's pool, and what no reader of one has: single records and identities, what a department writes
# about a patient, and how its files came in, are the hospitals' own.
REGISTRY_ONLY = ("hospitals",)
_NOT_POOLED: frozenset[Right] = frozenset(
    {"rows", "local_numbers", "call_list", "notes", "own_results", "operator_names", "data_quality", "exports"}
)
# Which of them stands at the address without a page: the first that the reader's role opens.
FIRST_PAGES = ("published", "own_results", "accounts", "overview")
PAGE_RIGHTS: dict[str, Right] = {
    "overview": "exact_figures",
    "pain_relief": "exact_figures",
    "levels_treated": "exact_figures",
    "recovery": "exact_figures",
    "same_day_discharge": "exact_figures",
    "safety": "exact_figures",
    "compare": "exact_figures",
    "what_we_tell_patients": "exact_figures",
    "procedures": "rows",
    "follow_up": "exact_figures",
    "calls": "call_list",
    "data_quality": "data_quality",
    "sign_off": "sign_off",
    "export": "exports",
    "methods": "figures",
    "ours": "rows",
    "hospitals": "exact_figures",
    "published": "figures",
    "own_results": "own_results",
    "accounts": "accounts",
}
# Who gets an answer from a route: anyone, those who have signed in, those with a right, or nobody at all. Pages and the
# socket are one route each: what they show is by page and by function.
ROUTE_RIGHTS: dict[str, Right | Literal["anyone", "signed in", "own tab", "nobody"]] = {
    "/sign-in": "anyone",
    "/sign-in/start": "anyone",
    "/sign-in/back": "anyone",
    "/sign-in/ended": "anyone",
    "/healthz": "anyone",
    "/readyz": "anyone",
    "/_stcore/health": "anyone",
    "/favicon.png": "anyone",
    "/": "signed in",
    "/_stcore/stream": "signed in",
    "/_stcore/host-config": "signed in",
    "/base-address.js": "signed in",
    "/static/": "signed in",
    "/sign-out": "signed in",
    "/signed-in": "signed in",
    "/media/": "own tab",
    "/export/": "exports",
    "/figures/": "figures",
    "/_stcore/metrics": "nobody",
    "/_stcore/agent/": "nobody",
    "/_stcore/upload_file/": "nobody",
    "/_stcore/script-health-check": "nobody",
    "/_stcore/bidi-components/": "nobody",
    "/component/": "nobody",
    "/auth/": "nobody",
    "/oauth2callback": "nobody",
    "/app/static/": "nobody",
}


@dataclass(frozen=True)
class Viewer:
    """The reader. `sites` None = all sites. `badge` stands for the sign-in; None where nobody signs in.

    `operators`: those of the records whose results are the reader's own.
    """

    name: str
    role: Role
    sites: frozenset[str] | None = None
    badge: str | None = None
    operators: frozenset[str] = frozenset()

    def has(self, right: Right) -> bool:
        """Whether the role includes a right, by the table and the department's setting for its own quality role."""
        return right in RIGHTS.get("viewer" if self.is_kept_outside else self.role, frozenset())

    @property
    def is_kept_outside(self) -> bool:
        """Whether this reader belongs to the department, which shows this role suppressed figures all the same."""
        return self.role == OWN_DEPARTMENT and read_disclosure().own_department == "suppressed"

    @property
    def in_registry(self) -> bool:
        """Whether the records are the pool of a registry."""
        return False

    @property
    def unit(self) -> Literal["site", "hospital"]:
        """The key of what is compared: the sites of a department, the hospitals of a registry."""
        return "site"


@dataclass(frozen=True)
class RegistryReader(Viewer):
    """A reader of a registry's pool. `hospitals`: the own ones, shown by name among letters; None = all by name."""

    hospitals: frozenset[str] | None = None

    def has(self, right: Right) -> bool:
        """As in a department, without what the pool does not hold; only the registry itself signs months off."""
        is_own = self.hospitals is None or right != "sign_off"
        return is_own and right not in _NOT_POOLED and super().has(right)

    @property
    def in_registry(self) -> bool:
        """Whether the records are the pool of a registry."""
        return True

    @property
    def unit(self) -> Literal["site", "hospital"]:
        """The key of what is compared."""
        return "hospital"
