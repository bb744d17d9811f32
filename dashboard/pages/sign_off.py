"""Sign-off: a month's headline figures are signed, and what changes afterwards is told with its cause."""

import streamlit as st

from dashboard import sign_off
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts

view = current_view()
page_parts.answer(sign_off.answer(view))
st.write(
    "A signed month stays as it was: its figures stand in the journal and its records are kept. Figures are of the "
    "whole department, whatever the filters say."
)
sign_off.to_sign(view)
st.subheader("Changed since it was signed", anchor=False)
sign_off.changes(view)
signed = sign_off.signed_table(view)
if len(signed):
    st.subheader("Signed months", anchor=False)
    page_parts.text_table(signed)
