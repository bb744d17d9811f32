"""What each role may see, call and fetch, as docs/access.md shows it.

`python -m dashboard.access.rights_table` prints it.
"""

import pkgutil
from collections.abc import Collection
from importlib import import_module

import dashboard
from dashboard.access.rights import FUNCTION_RIGHTS
from dashboard.access.roles import OUTSIDE_ONLY, PAGE_RIGHTS, RIGHTS, ROLES, ROUTE_RIGHTS, Role


def rights_table() -> str:
    """All of it as Markdown: what each role may see, call and fetch."""
    for module in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    lines = [f"| what | right | {' | '.join(ROLES)} |", f"|---|---|{'---|' * len(ROLES)}"]
    for page, right in PAGE_RIGHTS.items():
        inside = {role for role in ROLES if "exact_figures" in RIGHTS[role]} if page in OUTSIDE_ONLY else set()
        lines.append(_rights_line(f"page `{page}`", right, inside))
    lines += [_rights_line(f"function `{name}`", right) for name, right in sorted(FUNCTION_RIGHTS.items())]
    lines += [_rights_line(f"route `{path}`", right) for path, right in ROUTE_RIGHTS.items()]
    return "\n".join(lines)


def _rights_line(what: str, right: str, without: Collection[Role] = ()) -> str:
    yes = {"anyone": ROLES, "signed in": ROLES, "own tab": ROLES, "nobody": ()}.get(
        right, tuple(role for role in ROLES if right in RIGHTS[role])
    )
    cells = " | ".join("yes" if role in yes and role not in without else "–" for role in ROLES)
    return f"| {what} | {right} | {cells} |"


if __name__ == "__main__":
    print(rights_table())
