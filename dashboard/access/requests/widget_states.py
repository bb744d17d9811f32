"""What a browser says of the widgets of a page: only what these widgets can read.

A widget's name is a hash of what it is made of, so what one session knows of a widget holds in every other. What is not
known yet is left out: the widget then begins as the page makes it.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from streamlit.errors import StreamlitAPIException
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime import Runtime
from streamlit.runtime.state.common import unpack_widget_state_value

KNOWN_AT_MOST = 5_000
# What reading a value that is none of a widget's ends in; the page would have met it.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, StreamlitAPIException)
Reading = tuple[str, Callable[[Any], Any]]
_known: OrderedDict[str, Reading] = OrderedDict()


def keep_readable_states(asked: BackMsg) -> bool:
    """Take out of a message what no widget of ours can read; False when something known was ill-typed."""
    states = asked.rerun_script.widget_states
    is_fair, kept = True, []
    for state in states.widgets:
        reading = _reading_of(state.id)
        if reading is None:
            continue
        if _is_readable(state, *reading):
            kept.append(state)
        else:
            is_fair = False
    if len(kept) != len(states.widgets):
        copies = [WidgetState.FromString(state.SerializeToString()) for state in kept]
        del states.widgets[:]
        states.widgets.extend(copies)
    return is_fair


def _is_readable(state: WidgetState, field: str, read: Callable[[Any], Any]) -> bool:
    # A value that was taken back is sent as none.
    if state.WhichOneof("value") not in (field, None):
        return False
    try:
        read(unpack_widget_state_value(state))
    except UNREADABLE:
        return False
    return True


def _reading_of(name: str) -> Reading | None:
    """How a widget reads what it is sent, as the sessions of this moment, or of before, tell."""
    if name in _known:
        _known.move_to_end(name)
        return _known[name]
    # Streamlit has no public record of widgets: these names are of the pinned version, and a test holds them.
    for tab in Runtime.instance()._session_mgr.list_active_sessions():  # noqa: SLF001
        made = tab.session.session_state.get_widget_metadata(name)
        if made is not None and made.value_type is not None:
            _known[name] = (made.value_type, made.deserializer)
            if len(_known) > KNOWN_AT_MOST:
                _known.popitem(last=False)
            return _known[name]
    return None
