"""Procedures: which ones stand behind a figure, and of each why it counts."""

import streamlit as st

from dashboard import procedure_list
from dashboard.pages.procedures import procedure_detail
from dashboard.view.reader_view import current_view

view = current_view()
procedure_list.write_address()
asked = st.query_params.get("procedure")
if asked:
    procedure_detail.show(view, asked)
else:
    procedure_list.show(view)
