"""The app: `streamlit run streamlit_app.py`."""

import streamlit as st

from dashboard.server import MIDDLEWARE, ROUTES

app = st.App("dashboard/contents.py", routes=ROUTES, middleware=MIDDLEWARE)
