"""What the log may say of an error: its kind, its place, a reference. Its words may hold a patient's value."""

import logging
import threading
import traceback
from types import TracebackType
from typing import Any

import streamlit as st

from data import bug_reports


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
    """Show a reference instead of the error. True: nothing else is shown."""
    st.error(
        "Something went wrong here. Tell whoever looks after this program: "
        f"**{bug_reports.keep_bug_report(error).reference}**.",
        icon=":material/error:",
    )
    return True


def _error_words(error: BaseException | None) -> str:
    bug = bug_reports.keep_bug_report(error)
    place = _place_of_trace(error.__traceback__ if error else None)
    return f"error {bug.reference}: {type(error).__name__} {place}({bug.place})"


def _place_of_trace(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return f"at {frames[-1].filename}:{frames[-1].lineno} " if frames else ""
