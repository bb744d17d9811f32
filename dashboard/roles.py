"""Rights, roles and what each opens: the one table. `docs/access.md` shows it, the tests run it."""

from dataclasses import dataclass
from typing import Literal, get_args

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
ROLES: tuple[Role, ...] = get_args(Role)

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
# What a page asks for. A page that is not here is shown to nobody.
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
    "data_quality": "data_quality",
    "sign_off": "sign_off",
    "export": "exports",
    "methods": "figures",
}


@dataclass(frozen=True)
class Viewer:
    """The reader. `sites` None = all sites. `badge` stands for the sign-in; None where nobody signs in."""

    name: str
    role: Role
    sites: frozenset[str] | None = None
    badge: str | None = None

    def has(self, right: Right) -> bool:
        """Whether the role includes a right."""
        return right in RIGHTS.get(self.role, frozenset())
