"""A Streamlit page with one metric: what Overview is compared with."""

import streamlit as st

st.title("Bare")
st.metric("Same-day discharge", "70 %")
