"""Who opened the record of one procedure: a line of the audit for each opening, however often it is drawn."""

import streamlit as st

from dashboard.access.roles import Viewer
from dashboard.access.settings import OPEN, account_store, way_in

ACTION = "procedure opened"
OPENED = "procedure_opened"


def note_opening(reader: Viewer, procedure_id: str, page: str, part: str = "") -> None:
    """Write down that a reader opens a procedure on a page. `StorageProblem` where it cannot be: nothing is shown then.

    `part` tells apart what shows it, where several parts of a page can. The synthetic department, open to whoever is
    at this computer, is nobody's record and leaves no line.
    """
    opened = (page, procedure_id, part)
    if way_in() == OPEN or st.session_state.get(OPENED) == opened:
        return
    account_store().audit(reader.name, ACTION, procedure_id, page)
    st.session_state[OPENED] = opened


def end_opening(part: str | None = None) -> None:
    """Forget what this tab has open, None: in whatever part. The next look at it is another opening."""
    opened = st.session_state.get(OPENED)
    if opened is not None and part in (None, opened[2]):
        del st.session_state[OPENED]
