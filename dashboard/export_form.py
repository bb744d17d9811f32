"""The form of the Export page: how much leaves, for whom and what for, and in which kinds of file."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.exports.bundle.order import Profile
from dashboard.exports.row_downloads import profiles
from dashboard.view.reader_view import View
from dashboard.widgets import page_parts

TITLES = {
    Profile.INTERNAL: "Internal: stays in the department",
    Profile.LIMITED: "Limited data set: for an auditor or registry under a data use agreement",
    Profile.SAFE_HARBOR: "Safe harbor: for anyone else",
}
HOLDS = {
    Profile.INTERNAL: "Local record numbers, dates and times, operators by name. To look single records up.",
    Profile.LIMITED: "Random keys for record numbers, dates and times, operators as codes. No text written by staff.",
    Profile.SAFE_HARBOR: (
        "No dates: days from the procedure; ages from 90 as 90+; ids, sites and operators as codes for this recipient "
        "alone (45 CFR 164.514(b)(2)). Needs “For whom”, and above whole calendar years or no dates."
    ),
}
CONTENTS = (
    ("procedures.csv, pain_scores.csv, …", "every row of every table that the choice above allows; nothing is cut"),
    ("metric_values.csv", "for each procedure and figure: yes, no, value, not recorded or not counted, and why"),
    ("exclusions.csv, score_assignments.csv", "who does not count and by which rule; what became of every score"),
    ("figures.csv, restatements.csv", "the dashboard’s figures for this choice; signed-off figures that changed"),
    ("data_dictionary.csv, definitions.csv", "meaning and unit of every column; question and SQL of every figure"),
    ("README.txt, manifest.json", "filters and denominators in words; rows and sha256 of every file"),
)


@dataclass(frozen=True)
class Wish:
    """What the reader filled in."""

    profile: Profile
    recipient: str
    purpose: str
    workbooks: bool
    for_excel: bool


def wish(view: View) -> Wish | None:
    """The form; what was filled in once it is sent, else None."""
    offered = profiles(view.reader)
    with st.form("bundle"):
        profile = st.radio(
            "How much leaves", offered, format_func=TITLES.__getitem__, captions=[HOLDS[one] for one in offered]
        )
        if Profile.INTERNAL not in offered:
            st.caption("A file with local record numbers and operators’ names: ask the department lead.")
        recipient = st.text_input(
            "For whom",
            max_chars=200,
            placeholder="Audit office, Riverside Hospital",
            help="Stands in the file and in the export log. Under safe harbor the same name gets the same ids again.",
        )
        purpose = st.text_input(
            "What for",
            max_chars=500,
            placeholder="Registry return, second quarter",
            help="Why these rows leave, for whoever reads the export log later. Name no patient here.",
        )
        workbooks = st.checkbox("Each table also as an Excel workbook (.xlsx)")
        for_excel = st.checkbox("CSVs will be opened in Excel: mark them as UTF-8, so that accents are read right")
        sent = st.form_submit_button("Prepare the file")
    with st.expander("What is in the file, and how it is checked"):
        page_parts.text_table(pd.DataFrame(CONTENTS, columns=["file", "holds"]))
        st.markdown("`python -m dashboard reconcile FILE.zip` recomputes every figure from the file alone.")
    return Wish(profile, recipient, purpose, workbooks, for_excel) if sent and profile else None
