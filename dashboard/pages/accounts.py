"""Accounts and audit, for administrators. They see no figure and no record."""

import streamlit as st

from dashboard import accounts
from dashboard.session import reader_now

reader = reader_now()
st.subheader("Who may sign in", anchor=False)
st.table(accounts.accounts_shown(reader), hide_index=True)
st.write("Accounts are changed by command: `python -m dashboard user --help`.")
st.subheader("Latest sign-ins, denials, changes and exports", anchor=False)
st.table(accounts.audit_shown(reader), hide_index=True)
