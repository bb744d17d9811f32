"""A Streamlit page with one metric, and a button to run it again: what Overview and filters are compared with."""

import streamlit as st

st.title("Bare")
st.metric("Same-day discharge", "70 %")
st.session_state.setdefault("count", 0)
if st.button("Count"):
    st.session_state["count"] += 1
st.write(f"count {st.session_state['count']}")
