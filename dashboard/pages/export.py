"""Export: the rows behind what is shown, as a file that an auditor can recompute."""

from dataclasses import asdict

import streamlit as st

from dashboard import behind, export_form, exporting, layout, words
from dashboard.gate.paths import base
from dashboard.session import current_view
from queries.errors import OutcomesError

view = current_view()
chosen, _ = behind.read_address(st.query_params)
layout.answer("Rows as a bundle: every figure can be recomputed from it")
st.write(words.plain(behind.sentence(chosen)) if behind.to_address(chosen) else "All procedures of the filters above.")
wished = export_form.wish(view)
if wished is not None:
    try:
        with st.spinner("Writing every table, answer and figure"):
            receipt = exporting.prepare(view, behind=chosen, **asdict(wished))
        st.success(f"{receipt.rows:,} rows, sha256 {receipt.sha256}. In the log as {receipt.export_id}.")
        st.link_button("Download the file", f"{base()}/export/{receipt.export_id}", icon=":material/download:")
        st.caption("Only you can fetch it, within 24 hours.")
    except OutcomesError as error:
        layout.problem(error)

st.subheader("Board report", anchor=False)
st.write("The last month that is over, for the site chosen above or the whole department, as one file for print.")
if st.button("Prepare the report"):
    try:
        with st.spinner("Writing the report"):
            address = f"{base()}/export/{exporting.prepare_report(view)}"
        st.link_button("Download the report", address, icon=":material/download:")
    except OutcomesError as error:
        layout.problem(error)

st.subheader("Your exports", anchor=False)
st.dataframe(exporting.my_exports(view), hide_index=True)
st.caption("From the export log; `python -m dashboard verify` tells whether anyone changed it.")
