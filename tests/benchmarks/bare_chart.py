"""A Streamlit page with one plotly chart: what topic pages are compared with."""

import plotly.graph_objects as go
import streamlit as st

st.title("Bare")
st.plotly_chart(go.Figure(go.Bar(x=[1, 2, 3], y=[2, 3, 1])))
