"""Procedures: which ones stand behind a figure, and of each why it counts."""

import streamlit as st

from dashboard import procedure_list, procedure_page
from dashboard.session import current_view

view = current_view()
procedure_list.write_address()
asked = st.query_params.get("procedure")
if asked:
    procedure_page.show(view, asked)
else:
    procedure_list.show(view)
