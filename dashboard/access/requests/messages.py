"""What a browser may ask of the server through its socket, by role. Everything else is not passed on."""

from dataclasses import dataclass
from typing import Literal

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.access.requests.widget_states import keep_readable_states
from dashboard.access.roles import Viewer

LARGEST = 2 * 1024 * 1024
LONGEST_QUERY = 64 * 1024
TO_ALL = ("rerun_script", "stop_script", "app_heartbeat")
# Rows of a large table on demand; the server hands out only tables of the same tab.
TO_READERS_OF_ROWS = ("dataframe_chunk",)
TOO_BIG, GARBAGE, NO_TEXT = 1009, 1002, 1003

Verdict = Literal["pass", "act", "drop"] | int


@dataclass(frozen=True)
class Judged:
    """What to do with a message, its kind, and its bytes as they may be passed on.

    `act`: pass, and the person did something; a number: close with it.
    """

    verdict: Verdict
    kind: str
    content: bytes = b""


def judge_message(message: bytes | None, reader: Viewer | None) -> Judged:
    """Judge one message. `reader` None where nobody signs in."""
    if message is None:
        return Judged(NO_TEXT, "text")
    if len(message) > LARGEST:
        return Judged(TOO_BIG, "too big")
    asked = BackMsg()
    try:
        asked.ParseFromString(message)
    except DecodeError:
        return Judged(GARBAGE, "garbage")
    kind = str(asked.WhichOneof("type") or "nothing")
    if kind == "rerun_script":
        if len(asked.rerun_script.query_string) > LONGEST_QUERY:
            return Judged("drop", kind)
        if not keep_readable_states(asked):
            return Judged("drop", "widget states")
        is_own_doing = not asked.rerun_script.is_auto_rerun
        return Judged("act" if is_own_doing else "pass", kind, asked.SerializeToString())
    if kind in TO_ALL:
        return Judged("pass", kind, message)
    if kind == "backend_operation_request":
        kind = str(asked.backend_operation_request.WhichOneof("payload") or kind)
        has_rows = reader is None or reader.has("rows")
        return Judged("pass" if kind in TO_READERS_OF_ROWS and has_rows else "drop", kind, message)
    return Judged("drop", kind)
