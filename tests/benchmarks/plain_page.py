"""What anyone would write first: a Streamlit page with four charts straight from DuckDB, filters in its address."""

from pathlib import Path

import duckdb
import plotly.graph_objects as go
import streamlit as st

from data.home import department_home

STATEMENTS = (Path(__file__).parent / "plain_charts.sql").read_text(encoding="utf-8").strip().split(";\n\n")


@st.cache_resource
def warehouse() -> duckdb.DuckDBPyConnection:
    home = department_home()
    path = home.generations / home.current.read_text(encoding="utf-8").strip()
    return duckdb.connect(str(path), read_only=True, config={"threads": "2"})


st.set_page_config(layout="wide")
st.title("Plain")
asked = st.query_params
parameters = {
    "first": asked.get("from", "2000-01-01"),
    "last": asked.get("to", "2100-01-01"),
    "levels": asked.get("levels"),
}
with warehouse().cursor() as cursor:
    for place, statement in enumerate(STATEMENTS):
        points = cursor.execute(statement, parameters).df()
        st.plotly_chart(go.Figure(go.Scatter(x=points["x"].to_numpy(), y=points["y"].to_numpy())), key=f"chart_{place}")
