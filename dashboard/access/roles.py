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
# Under this name Streamlit hands on what stands for a sign-in.
BADGE = "outcomes_badge"

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
    "calls": "call_list",
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
    "View.whole": "figures",
    "View.within": "figures",
    "View.filters_of": "figures",
    "View.days_of": "figures",
    "View.before": "figures",
    "published.signature_sentence": "figures",
    "View.figure": "exact_figures",
    "View.rows": "exact_figures",
    "View.extent": "exact_figures",
    "View.count_left_out": "exact_figures",
    "View.curve": "exact_figures",
    "View.quantiles": "exact_figures",
    "View.by_vertebra": "exact_figures",
    "View.by_answer": "exact_figures",
    "View.day_case_noun": "exact_figures",
    "warehouse_of": "rows",
    "lost_to_follow_up.find_lost": "exact_figures",
    "view_trends.step_of": "exact_figures",
    "compare.in_span": "rows",
    "attention.needs_attention": "exact_figures",
    "differences.differing_sites": "exact_figures",
    "event_watch.watch_events": "exact_figures",
    "looks.last_look": "rows",
    "looks.changes_since": "rows",
    "safety_events.event_rows": "rows",
    "procedure_rows.list_behind": "rows",
    "procedure_rows.listed_file": "exports",
    "procedure_rows.one_procedure": "rows",
    "procedure_rows.explain_procedure": "rows",
    "procedure_rows.find_procedures": "local_numbers",
    "procedure_rows.numbers_of": "local_numbers",
    "reviews.record_review": "notes",
    "local_numbers": "local_numbers",
    "call_list.call_list": "call_list",
    "call_list.close_call": "call_list",
    "call_list.take_back": "call_list",
    "call_list.recent_closings": "call_list",
    "call_list.count_recovered": "call_list",
    "heard_scores.enter_score": "call_list",
    "heard_scores.undo_score": "call_list",
    "heard_scores.scores_waiting": "call_list",
    "call_list.capture_of": "exact_figures",
    "call_list.numbers_beside": "local_numbers",
    "notes.notes_for": "figures",
    "notes.rebases_of_metric": "exact_figures",
    "notes.explanations_of_metric": "exact_figures",
    "notes.add_note": "notes",
    "notes.correct_note": "notes",
    "notes.withdraw_note": "notes",
    "notes.rebase_metric": "notes",
    "notes.explain_cause": "notes",
    "registrations.looks_of_metric": "exact_figures",
    "registrations.register_change": "notes",
    "registrations.withdraw_registration": "notes",
    "sign_offs.signed_months": "exact_figures",
    "sign_offs.closed_months": "exact_figures",
    "sign_offs.figures_of": "exact_figures",
    "sign_offs.find_restatements": "exact_figures",
    "sign_offs.sign_off": "sign_off",
    "targets.set_target": "sign_off",
    "sign_offs.withdraw_sign_off": "sign_off",
    "data_quality.read_quality": "data_quality",
    "data_quality.month_table": "data_quality",
    "data_quality.sender_facts": "data_quality",
    "ascertainment.read_ascertainment": "exact_figures",
    "data_quality.load_facts": "data_quality",
    "last_load.read_last": "data_quality",
    "site_quality.site_records": "data_quality",
    "site_quality.scored_by_month": "data_quality",
    "figure_downloads.fetch_download": "figures",
    "row_downloads.prepare_bundle": "exports",
    "row_downloads.prepare_report": "exports",
    "row_downloads.fetchable_export": "exports",
    "row_downloads.my_exports": "exports",
    "accounts_shown": "accounts",
    "signed_in_shown": "accounts",
    "end_sign_ins_of": "accounts",
    "audit_shown": "audit",
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
