"""Accounts and audit, for administrators. They see no figure and no record."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.access.account_commands import export_acts
from dashboard.access.openings import ACTION
from dashboard.access.rights import requires
from dashboard.access.roles import Viewer
from dashboard.access.settings import access_settings, account_store
from dashboard.view.reader_view import reader_now
from dashboard.widgets import tables
from data.storage.account_records import OPERATOR_ROLE, Account

LATEST = 200


def main() -> None:
    """Compose the page."""
    reader = reader_now()
    st.subheader("Who may sign in", anchor=False)
    tables.text_table(accounts_shown(reader))
    st.write("Accounts are changed by command: `python -m dashboard user --help`.")
    st.subheader("Who is signed in now", anchor=False)
    signed_in = signed_in_shown(reader)
    tables.text_table(signed_in)
    _offer_to_end(reader, sorted(set(signed_in["name"])))
    st.subheader("Latest sign-ins, denials, changes and exports", anchor=False)
    tables.text_table(audit_shown(reader))
    st.subheader("Who opened which procedure, latest first", anchor=False)
    opened = audit_shown(reader, of_procedures=True)
    if opened.empty:
        st.write("Nobody has opened the record of one procedure yet.")
    else:
        tables.text_table(opened)


@requires("accounts")
def accounts_shown(_reader: Viewer) -> pd.DataFrame:
    """Every account, one row each. Asks for the right `accounts`."""
    rows = [
        {
            "name": one.name,
            "role": one.role,
            "sites": "all" if one.sites is None else ", ".join(one.sites),
            "results of": _bound_words(one),
            "signs in by": one.way,
            "may sign in": "no" if one.is_disabled else "yes",
        }
        for one in account_store().all()
    ]
    return pd.DataFrame(rows)


def _bound_words(account: Account) -> str:
    """To how many operators of the records the account is bound: an administrator sees no name of the records."""
    if account.role != OPERATOR_ROLE:
        return ""
    count = len(account.operators)
    return f"{count} operator{'' if count == 1 else 's'}" if count else "nobody: bind by `user role`"


@requires("accounts")
def signed_in_shown(_reader: Viewer) -> pd.DataFrame:
    """Every sign-in that holds now, one row each; times are UTC. Asks for the right `accounts`."""
    rows = [
        {
            "name": one.account.name,
            "role": one.account.role,
            **{
                word: datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
                for word, at in (("since", one.started_at), ("last seen", one.seen_at), ("ends by", one.ends_at))
            },
        }
        for one in account_store().list_signed_in(access_settings().sessions.idle_seconds)
    ]
    return pd.DataFrame(rows, columns=["name", "role", "since", "last seen", "ends by"])


@requires("accounts")
def end_sign_ins_of(reader: Viewer, name: str) -> int:
    """End all sign-ins of somebody and give how many. Asks for the right `accounts`."""
    count = account_store().end_sign_ins_of(name)
    account_store().audit(reader.name, "sign-ins ended", name)
    return count


def _offer_to_end(reader: Viewer, names: list[str]) -> None:
    with st.form("end_sign_ins", clear_on_submit=True):
        name = st.selectbox("End the sign-ins of", names, index=None, placeholder="Choose a name")
        if st.form_submit_button("End them") and name:
            st.write(f"{end_sign_ins_of(reader, name)} ended. {name} may sign in again unless disabled.")


@requires("audit")
def audit_shown(_reader: Viewer, of_procedures: bool = False) -> pd.DataFrame:
    """The latest rows of the audit, newest first: who opened which procedure, or all others. Asks for `audit`."""
    acts = sorted((*account_store().acts(), *export_acts()), key=lambda one: one.at)
    if of_procedures:
        rows = [(one.at, one.person, one.subject, one.result) for one in acts if one.action == ACTION]
        return pd.DataFrame(rows[: -LATEST - 1 : -1], columns=["at", "person", "procedure", "page"])
    others = [vars(one) for one in acts if one.action != ACTION]
    return pd.DataFrame(others[: -LATEST - 1 : -1])


if __name__ == "__main__":
    main()
