"""Accounts and audit, for administrators. They see no figure and no record."""

import streamlit as st

from dashboard import accounts
from dashboard.view.reader_view import reader_now
from dashboard.widgets import page_parts

reader = reader_now()
st.subheader("Who may sign in", anchor=False)
page_parts.text_table(accounts.accounts_shown(reader))
st.write("Accounts are changed by command: `python -m dashboard user --help`.")
st.subheader("Latest sign-ins, denials, changes and exports", anchor=False)
page_parts.text_table(accounts.audit_shown(reader))
