"""Who may call about a procedure: the right to the call list, at the site of that procedure."""

from dashboard.access.rights import AccessDenied, require
from dashboard.view.reader_view import View, warehouse_of
from data.errors import UsageProblem
from queries.explain.procedures import read_procedure


def require_call(view: View, procedure_id: str) -> None:
    """`AccessDenied` unless the reader may call about this procedure; `UsageProblem` where it is not loaded."""
    found = read_procedure(warehouse_of(view), procedure_id)
    if found is None:
        raise UsageProblem("call list", "there is no such procedure in the records loaded now", "Load the page again")
    require("call_list", found.facts["site"] or "", reader=view.reader)


def may_call(view: View, procedure_id: str) -> bool:
    """Whether the reader may call about this procedure."""
    try:
        require_call(view, procedure_id)
    except (AccessDenied, UsageProblem):
        return False
    return True
