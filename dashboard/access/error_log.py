"""What the log may say of an error: its kind, its place, a reference. Its words may hold a patient's value."""

import logging
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.access.roles import BADGE
from data import bug_reports
from data.errors import StorageProblem
from data.storage.storage_faults import find_storage_problem


def keep_values_out() -> None:
    """From here on, no log line of this process carries the words of an error."""
    made = logging.getLogRecordFactory()

    def without_words(*args: Any, **named: Any) -> logging.LogRecord:
        record = made(*args, **named)
        if record.exc_info:
            record.msg, record.args = _error_words(record.exc_info[1]), ()
            record.exc_info = record.exc_text = None
        return record

    logging.setLogRecordFactory(without_words)
    threading.excepthook = lambda raised: logging.getLogger("streamlit").error(_error_words(raised.exc_value))


def on_script_error(error: Exception) -> bool:
    """Show a reference instead of the error; of the disk what is wrong with it. True: nothing else is shown."""
    fault = find_storage_problem(error)
    if fault is not None:
        st.error(storage_sentence(fault), icon=":material/error:")
        return True
    st.error(
        "Something went wrong here. Tell whoever looks after this program: "
        f"**{bug_reports.keep_bug_report(error, _whose_run()).reference}**.",
        icon=":material/error:",
    )
    return True


def storage_sentence(problem: StorageProblem) -> str:
    """What is wrong with the disk, for a reader: the file's name, not where it lies."""
    name = Path(problem.where).name if "/" in problem.where else problem.where
    return f"{name}: {problem.what}. Tell whoever looks after this program. {problem.remedy}."


def _whose_run() -> str:
    """The badge of whoever's page this thread makes; empty outside of pages."""
    run = get_script_run_ctx(suppress_warning=True)
    return str(run.user_info.get(BADGE) or "") if run else ""


def _error_words(error: BaseException | None) -> str:
    fault = find_storage_problem(error) if error else None
    if fault is not None:
        return f"storage: {fault}"
    bug = bug_reports.keep_bug_report(error, _whose_run())
    place = _place_of_trace(error.__traceback__ if error else None)
    return f"error {bug.reference}: {type(error).__name__} {place}({bug.place})"


def _place_of_trace(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return f"at {frames[-1].filename}:{frames[-1].lineno} " if frames else ""
