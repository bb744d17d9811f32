"""Export: the report for a meeting, and the rows behind what is shown, as a file that an auditor can recompute."""

from dataclasses import asdict, dataclass

import pandas as pd
import streamlit as st

from dashboard.access.requests.paths import base_path
from dashboard.exports import row_downloads
from dashboard.exports.bundle.order import Profile
from dashboard.exports.report.board import month_of
from dashboard.exports.row_downloads import offered_profiles
from dashboard.links import drill_through
from dashboard.text import phrases
from dashboard.view.reader_view import View, current_view
from dashboard.widgets import page_parts, tables
from data.errors import OutcomesError
from queries.explain.selections import Behind

TITLES = {
    Profile.INTERNAL: "Our own department (internal)",
    Profile.LIMITED: "An auditor or registry with a data use agreement (limited data set)",
    Profile.SAFE_HARBOR: "Anyone else (safe harbor)",
}
HOLDS = {
    Profile.INTERNAL: "Local record numbers, dates and times, operators by name. To look single records up.",
    Profile.LIMITED: "Random keys for record numbers; dates and times; operators as codes. No text written by staff.",
    Profile.SAFE_HARBOR: (
        "Days from the procedure for dates; ages from 90 as 90+; patients, sites and operators as codes for this "
        "recipient alone. Needs the recipient’s name, and whole calendar years or all records above."
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


def main() -> None:
    """Compose the page: the report first, but for a reader who came from the rows behind a figure."""
    view = current_view()
    chosen, _ = drill_through.read_address(st.query_params)
    page_parts.answer_line("A report for the meeting, or the rows for somebody who checks the figures")
    if drill_through.to_address(chosen):
        offer_rows(view, chosen)
        offer_report(view)
    else:
        offer_report(view)
        offer_rows(view, chosen)
    st.subheader("Your exports", anchor=False)
    mine = row_downloads.my_exports(view)
    if mine.empty:
        st.write("None yet.")
        return
    tables.text_table(mine)
    st.caption("From the export log; `python -m dashboard verify` tells whether anyone changed it.")


def offer_report(view: View) -> None:
    """The board report, as one file."""
    st.subheader("Board report", anchor=False)
    try:
        month = month_of(None, view.info.as_of)
    except OutcomesError as error:
        page_parts.show_problem(error)
        return
    st.write(f"{phrases.month_words(month.start)}, for the site chosen above or all sites, as one file to print.")
    if st.button("Prepare the report"):
        try:
            with st.spinner("Writing the report"):
                address = f"{base_path()}/export/{row_downloads.prepare_report(view)}"
            st.link_button("Download the report", address, icon=":material/download:")
        except OutcomesError as error:
            page_parts.show_problem(error)


def offer_rows(view: View, chosen: Behind) -> None:
    """The rows, as a bundle."""
    st.subheader("Rows behind the figures, to check or compute them anew", anchor=False)
    st.write(
        phrases.plain_text(drill_through.list_sentence(chosen))
        if drill_through.to_address(chosen)
        else "All procedures of the filters above."
    )
    wished = ask_wish(view)
    if wished is None:
        return
    try:
        with st.spinner("Writing every table, answer and figure"):
            receipt = row_downloads.prepare_bundle(view, behind=chosen, **asdict(wished))
        st.success(f"{receipt.rows:,} rows, sha256 {receipt.sha256}. In the log as {receipt.export_id}.")
        st.link_button("Download the file", f"{base_path()}/export/{receipt.export_id}", icon=":material/download:")
        st.caption("Only you can fetch it, within 24 hours.")
    except OutcomesError as error:
        page_parts.show_problem(error)


def ask_wish(view: View) -> Wish | None:
    """The form; what was filled in once it is sent, else None."""
    offered = offered_profiles(view.reader)
    with st.form("bundle"):
        profile = st.radio(
            "Who is it for?",
            offered,
            index=None,
            format_func=TITLES.__getitem__,
            captions=[HOLDS[one] for one in offered],
        )
        if Profile.INTERNAL not in offered:
            st.caption("A file with local record numbers and operators’ names: ask the department lead.")
        recipient = st.text_input(
            "Name of the recipient",
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
        tables.text_table(pd.DataFrame(CONTENTS, columns=["file", "holds"]))
        st.markdown(
            "`python -m dashboard reconcile FILE.zip` recomputes every figure from the file alone. Safe harbor is that "
            "of 45 CFR 164.514(b)(2)."
        )
    if sent and profile is None:
        st.error("Choose who it is for.")
    return Wish(profile, recipient, purpose, workbooks, for_excel) if sent and profile else None


if __name__ == "__main__":
    main()
