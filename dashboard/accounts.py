"""What administrators see: accounts and the audit. No figure and no record."""

import pandas as pd

from dashboard.access.account_commands import exports
from dashboard.access.rights import require
from dashboard.access.roles import Viewer
from dashboard.access.settings import store

LATEST = 200


def accounts_shown(reader: Viewer) -> pd.DataFrame:
    """Every account, one row each. Asks for the right `accounts`."""
    require("accounts", reader=reader)
    rows = [
        {
            "name": one.name,
            "role": one.role,
            "sites": "all" if one.sites is None else ", ".join(one.sites),
            "signs in by": one.way,
            "may sign in": "no" if one.is_disabled else "yes",
        }
        for one in store().all()
    ]
    return pd.DataFrame(rows)


def audit_shown(reader: Viewer) -> pd.DataFrame:
    """The latest rows of the audit, newest first. Asks for the right `audit`."""
    require("audit", reader=reader)
    acts = sorted((*store().acts(), *exports()), key=lambda one: one.at)[-LATEST:]
    return pd.DataFrame([vars(act) for act in reversed(acts)])
