"""The app: `streamlit run streamlit_app.py`."""

import streamlit as st

from dashboard.access.error_log import on_script_error
from dashboard.access.start_checks import check_start
from dashboard.lifespan import server_lifespan
from dashboard.server import EXCEPTION_HANDLERS, MIDDLEWARE, ROUTES

check_start()
app = st.App(
    "dashboard/contents.py",
    lifespan=server_lifespan,
    routes=ROUTES,
    middleware=MIDDLEWARE,
    exception_handlers=EXCEPTION_HANDLERS,
    on_script_error=on_script_error,
)
