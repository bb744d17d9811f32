"""Export: the rows behind what is shown, as a file that an auditor can recompute."""

import streamlit as st

from dashboard import behind, exporting, layout, words
from dashboard.bundles.order import DESCRIBED
from dashboard.gate.paths import base
from dashboard.session import current_view
from queries.errors import OutcomesError

view = current_view()
chosen, _ = behind.read_address(st.query_params)
layout.answer("Rows as a bundle: every figure can be recomputed from it")
st.write(words.plain(behind.sentence(chosen)) if behind.to_address(chosen) else "All procedures of the filters above.")
with st.form("bundle"):
    profile = st.radio("How much leaves", exporting.profiles(view.reader), format_func=lambda one: DESCRIBED[one])
    recipient = st.text_input("For whom", max_chars=200)
    purpose = st.text_input("What for", max_chars=500)
    wanted = st.form_submit_button("Prepare the file")
if wanted:
    try:
        with st.spinner("Writing every table, answer and figure"):
            receipt = exporting.prepare(view, profile, recipient, purpose, chosen)
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
