"""What a browser may ask of the server through its socket, by role. Everything else is not passed on."""

from typing import Literal

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.access.roles import Viewer

LARGEST = 2 * 1024 * 1024
LONGEST_QUERY = 64 * 1024
TO_ALL = ("rerun_script", "stop_script", "app_heartbeat")
# Rows of a large table on demand; the server hands out only tables of the same tab.
TO_READERS_OF_ROWS = ("dataframe_chunk",)
TOO_BIG, GARBAGE, NO_TEXT = 1009, 1002, 1003

Verdict = Literal["pass", "act", "drop"] | int


def judge_message(message: bytes | None, reader: Viewer | None) -> tuple[Verdict, str]:
    """What to do with a message, and its kind. `act`: pass, and the person did something; a number: close with it.

    `reader` None where nobody signs in.
    """
    if message is None:
        return NO_TEXT, "text"
    if len(message) > LARGEST:
        return TOO_BIG, "too big"
    asked = BackMsg()
    try:
        asked.ParseFromString(message)
    except DecodeError:
        return GARBAGE, "garbage"
    kind = str(asked.WhichOneof("type") or "nothing")
    if kind == "rerun_script":
        if len(asked.rerun_script.query_string) > LONGEST_QUERY:
            return "drop", kind
        return ("pass" if asked.rerun_script.is_auto_rerun else "act"), kind
    if kind in TO_ALL:
        return "pass", kind
    if kind == "backend_operation_request":
        kind = str(asked.backend_operation_request.WhichOneof("payload") or kind)
        has_rows = reader is None or reader.has("rows")
        return ("pass" if kind in TO_READERS_OF_ROWS and has_rows else "drop"), kind
    return "drop", kind
