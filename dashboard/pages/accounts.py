"""Accounts and audit, for administrators. They see no figure and no record."""

import pandas as pd
import streamlit as st

from dashboard.access.account_commands import export_acts
from dashboard.access.rights import require
from dashboard.access.roles import Viewer
from dashboard.access.settings import account_store
from dashboard.view.reader_view import reader_now
from dashboard.widgets import page_parts

LATEST = 200


def main() -> None:
    """Compose the page."""
    reader = reader_now()
    st.subheader("Who may sign in", anchor=False)
    page_parts.text_table(accounts_shown(reader))
    st.write("Accounts are changed by command: `python -m dashboard user --help`.")
    st.subheader("Latest sign-ins, denials, changes and exports", anchor=False)
    page_parts.text_table(audit_shown(reader))


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
        for one in account_store().all()
    ]
    return pd.DataFrame(rows)


def audit_shown(reader: Viewer) -> pd.DataFrame:
    """The latest rows of the audit, newest first. Asks for the right `audit`."""
    require("audit", reader=reader)
    acts = sorted((*account_store().acts(), *export_acts()), key=lambda one: one.at)[-LATEST:]
    return pd.DataFrame([vars(act) for act in reversed(acts)])


if __name__ == "__main__":
    main()
