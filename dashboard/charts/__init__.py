"""Charts: pure functions from a DataFrame of figures to a plotly figure. They know no Streamlit and no SQL."""
