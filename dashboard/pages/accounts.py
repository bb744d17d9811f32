"""Accounts and audit, for administrators. They see no figure and no record."""

import streamlit as st

from dashboard import accounts, layout
from dashboard.session import reader_now

reader = reader_now()
st.subheader("Who may sign in", anchor=False)
layout.text_table(accounts.accounts_shown(reader))
st.write("Accounts are changed by command: `python -m dashboard user --help`.")
st.subheader("Latest sign-ins, denials, changes and exports", anchor=False)
layout.text_table(accounts.audit_shown(reader))
