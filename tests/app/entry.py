"""The app for `AppTest`, which would take `dashboard/pages/` for Streamlit's older kind of pages."""

from dashboard.contents import main

main()
