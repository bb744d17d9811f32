"""Rights, roles and what each opens: the one table. `docs/access.md` shows it, the tests run it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from data.settings import read_disclosure

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
# The role that a department may keep to suppressed figures (own_department in data/settings/disclosure.toml).
OWN_DEPARTMENT: Role = "quality"
# What a page asks for. A page that is not here is shown to nobody, and these are not shown to the department.
OUTSIDE_ONLY = ("published",)
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
    "published": "figures",
    "accounts": "accounts",
}
# What a function that gives data asks for, whoever calls it.
FUNCTION_RIGHTS: dict[str, Right] = {
    "View.figures": "figures",
    "View.values": "figures",
    "published.signature": "figures",
    "View.figure": "exact_figures",
    "View.rows": "exact_figures",
    "View.extent": "exact_figures",
    "View.curve": "exact_figures",
    "View.quantiles": "exact_figures",
    "View.by_vertebra": "exact_figures",
    "View.by_answer": "exact_figures",
    "warehouse_of": "rows",
    "lost.lost": "exact_figures",
    "trend.step_of": "exact_figures",
    "compare.in_span": "rows",
    "attention.needs_attention": "exact_figures",
    "safety.watched": "exact_figures",
    "safety.events": "rows",
    "rows.list_behind": "rows",
    "rows.one_procedure": "rows",
    "rows.why": "rows",
    "rows.find": "local_numbers",
    "rows.numbers_of": "local_numbers",
    "reviews.reviews": "rows",
    "reviews.record_review": "notes",
    "local_numbers": "local_numbers",
    "calls.call_list": "call_list",
    "calls.close": "call_list",
    "calls.take_back": "call_list",
    "calls.recent_closings": "call_list",
    "calls.recovered": "call_list",
    "calls.capture_of": "exact_figures",
    "calls.numbers_beside": "local_numbers",
    "notes.notes_for": "figures",
    "notes.rebases": "exact_figures",
    "notes.explanations": "exact_figures",
    "notes.add_note": "notes",
    "notes.correct_note": "notes",
    "notes.withdraw_note": "notes",
    "notes.rebase": "notes",
    "notes.explain_cause": "notes",
    "signing.signed_months": "exact_figures",
    "signing.closed_months": "exact_figures",
    "signing.figures_of": "exact_figures",
    "signing.restatements": "exact_figures",
    "signing.sign_off": "sign_off",
    "quality.read": "data_quality",
    "quality.month_table": "data_quality",
    "quality.sender_facts": "data_quality",
    "quality.load_facts": "data_quality",
    "quality_at_sites.records": "data_quality",
    "quality_at_sites.scored": "data_quality",
    "offering.fetched": "figures",
    "exporting.prepare": "exports",
    "exporting.prepare_report": "exports",
    "exporting.fetchable": "exports",
    "exporting.my_exports": "exports",
    "accounts_shown": "accounts",
    "audit_shown": "audit",
}
# Who gets an answer from a route: anyone, those who have signed in, those with a right, or nobody at all. Pages and the
# socket are one route each: what they show is by page and by function.
ROUTE_RIGHTS: dict[str, Right | Literal["anyone", "signed in", "own tab", "nobody"]] = {
    "/sign-in": "anyone",
    "/sign-in/start": "anyone",
    "/sign-in/back": "anyone",
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
    """The reader. `sites` None = all sites. `badge` stands for the sign-in; None where nobody signs in."""

    name: str
    role: Role
    sites: frozenset[str] | None = None
    badge: str | None = None

    def has(self, right: Right) -> bool:
        """Whether the role includes a right, by the table and the department's setting for its own quality role."""
        return right in RIGHTS.get("viewer" if self.is_kept_outside else self.role, frozenset())

    @property
    def is_kept_outside(self) -> bool:
        """Whether this reader belongs to the department, which shows this role suppressed figures all the same."""
        return self.role == OWN_DEPARTMENT and read_disclosure().own_department == "suppressed"


def rights_table() -> str:
    """All of it as Markdown: what each role may see, call and fetch."""
    lines = [f"| what | right | {' | '.join(ROLES)} |", f"|---|---|{'---|' * len(ROLES)}"]
    for page, right in PAGE_RIGHTS.items():
        inside = {role for role in ROLES if "exact_figures" in RIGHTS[role]} if page in OUTSIDE_ONLY else set()
        lines.append(_rights_line(f"page `{page}`", right, inside))
    lines += [_rights_line(f"function `{name}`", right) for name, right in FUNCTION_RIGHTS.items()]
    lines += [_rights_line(f"route `{path}`", right) for path, right in ROUTE_RIGHTS.items()]
    return "\n".join(lines) + "\n"


def _rights_line(what: str, right: str, without: Collection[Role] = ()) -> str:
    yes = {"anyone": ROLES, "signed in": ROLES, "own tab": ROLES, "nobody": ()}.get(
        right, tuple(role for role in ROLES if right in RIGHTS[role])
    )
    cells = " | ".join("yes" if role in yes and role not in without else "–" for role in ROLES)
    return f"| {what} | {right} | {cells} |"
