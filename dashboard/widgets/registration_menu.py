"""Register a change at a chart over time, before its outcomes are known; take one back."""

import pandas as pd
import streamlit as st

from dashboard.journal.notes import LONGEST
from dashboard.journal.registrations import LONGEST_RUN_IN, looks_of_metric, register_change, withdraw_registration
from dashboard.text import phrases
from dashboard.view.reader_view import View
from data.errors import OutcomesError
from queries.catalogue.metrics import read_catalogue
from queries.trends.present import JUDGED_BY

ABOUT = (
    "Write it down before its first results are known. It is then looked at twice, after 6 and after 12 months, for "
    "what this page shows now (dates left out). Written down later it is a note."
)


def registration_menu(view: View, key: str, table: pd.DataFrame) -> None:
    """What changes, from when, and which share of this chart's topic; for those who may write notes."""
    if not view.reader.has("notes"):
        return
    metric = str(table["metric"].iloc[0])
    topic = read_catalogue()[metric].header.topic
    shares = {
        name: one.title
        for name, one in read_catalogue().items()
        if one.kind == "proportion" and one.header.topic == topic and not name.startswith(("recorded_", "paired_"))
    }
    menu = st.expander("Register a change", key=f"register_{key}", on_change="rerun") if shares else None
    if menu is None or not menu.open:
        return
    with menu:
        try:
            _registration_form(view, key, shares, JUDGED_BY.get(metric, metric))
            for name, title in shares.items():
                _registered_list(view, key, name, title)
        except OutcomesError as error:
            st.error(f"{error.what}. {error.remedy}.")


def _registration_form(view: View, key: str, shares: dict[str, str], usual: str) -> None:
    names = list(shares)
    with st.form(f"registration_{key}", clear_on_submit=True, border=False):
        st.caption(ABOUT)
        what = st.text_input("What changes", max_chars=LONGEST, key=f"registered_what_{key}")
        on = st.date_input("From", value=view.info.as_of, format="YYYY-MM-DD")
        metric = st.selectbox(
            "Which figure", names, names.index(usual) if usual in names else 0, format_func=shares.__getitem__,
            key=f"registered_figure_{key}",
        )  # fmt: skip
        run_in = st.selectbox(
            "Months to get used to it, left out", range(LONGEST_RUN_IN + 1), key=f"registered_run_in_{key}"
        )
        if not st.form_submit_button("Register", type="primary") or on is None or metric is None:
            return
        register_change(view, metric, on, what=what, run_in=run_in or 0)
    st.rerun()


def _registered_list(view: View, key: str, metric: str, title: str) -> None:
    for look in looks_of_metric(view, metric):
        one = look.registration
        st.caption(
            phrases.plain_text(
                f"{title}. {look.words.sentence} Registered by {one.author} on {phrases.written_day(one.at)}."
            )
        )
        if st.button("Withdraw it", key=f"withdraw_{key}_{one.id}"):
            withdraw_registration(view, one)
            st.rerun()
