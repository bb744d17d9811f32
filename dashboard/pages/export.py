"""Export: the rows behind what is shown, as a file that an auditor can recompute."""

from dataclasses import asdict

import streamlit as st

from dashboard import export_form
from dashboard.access.requests.paths import base
from dashboard.exports import row_downloads
from dashboard.links import drill_through
from dashboard.text import phrases
from dashboard.view.reader_view import current_view
from dashboard.widgets import page_parts
from data.errors import OutcomesError

view = current_view()
chosen, _ = drill_through.read_address(st.query_params)
page_parts.answer("Rows as a bundle: every figure can be recomputed from it")
st.write(
    phrases.plain(drill_through.sentence(chosen))
    if drill_through.to_address(chosen)
    else "All procedures of the filters above."
)
wished = export_form.wish(view)
if wished is not None:
    try:
        with st.spinner("Writing every table, answer and figure"):
            receipt = row_downloads.prepare(view, behind=chosen, **asdict(wished))
        st.success(f"{receipt.rows:,} rows, sha256 {receipt.sha256}. In the log as {receipt.export_id}.")
        st.link_button("Download the file", f"{base()}/export/{receipt.export_id}", icon=":material/download:")
        st.caption("Only you can fetch it, within 24 hours.")
    except OutcomesError as error:
        page_parts.problem(error)

st.subheader("Board report", anchor=False)
st.write("The last month that is over, for the site chosen above or the whole department, as one file for print.")
if st.button("Prepare the report"):
    try:
        with st.spinner("Writing the report"):
            address = f"{base()}/export/{row_downloads.prepare_report(view)}"
        st.link_button("Download the report", address, icon=":material/download:")
    except OutcomesError as error:
        page_parts.problem(error)

st.subheader("Your exports", anchor=False)
st.dataframe(row_downloads.my_exports(view), hide_index=True)
st.caption("From the export log; `python -m dashboard verify` tells whether anyone changed it.")
