"""A browser's tab as the server knows it: it speaks Streamlit's socket protocol, and draws nothing."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_SECONDS = 180
OPENING_SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """A page as it came: after how many seconds it was whole, in how many bytes; its title, and what went wrong."""

    seconds: float
    size: int
    title: str
    errors: tuple[str, ...]


@dataclass
class Tab:
    """An open socket, and the pages that the server has named on it: address → hash."""

    socket: ClientConnection
    pages: dict[str, str] = field(default_factory=dict)

    async def open_page(self, page: str = "", query: str = "") -> Answer:
        """Ask for a page, as a browser does for a link; `page` empty for the first one."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        if page in self.pages:
            asked.rerun_script.page_script_hash = self.pages[page]
        else:
            asked.rerun_script.page_name = page
        began = time.perf_counter()
        await self.socket.send(asked.SerializeToString())
        size, title, errors = 0, "", []
        while True:
            content = await asyncio.wait_for(self.socket.recv(), PATIENCE_SECONDS)
            size += len(content)
            message = ForwardMsg()
            message.ParseFromString(content)
            for listed in (*message.navigation.app_pages, *message.new_session.app_pages):
                self.pages[listed.url_pathname] = listed.page_script_hash
            heading = message.delta.new_element.heading
            title = heading.body if heading.tag == "h1" else title
            errors += errors_in(message)
            if is_last(message):
                return Answer(time.perf_counter() - began, size, title, tuple(errors))


def is_last(message: ForwardMsg) -> bool:
    """Whether a page is whole with this message; a run that ends for another one is not."""
    is_end = message.WhichOneof("type") == "script_finished"
    return is_end and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


def errors_in(message: ForwardMsg) -> list[str]:
    """What a message shows as an error: by the page, by Streamlit, or that there is no such page."""
    element = message.delta.new_element
    found = [element.alert.body] if element.alert.format == Alert.ERROR else []
    if element.WhichOneof("type") == "exception":
        found.append(element.exception.message)
    if message.WhichOneof("type") == "page_not_found":
        found.append("there is no such page")
    if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
        found.append("the page cannot be compiled")
    return found


@asynccontextmanager
async def open_tab(address: str) -> AsyncIterator[Tab]:
    """A new tab of a server, `http://host:port`; nothing is asked for yet."""
    async with connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream", origin=address, subprotocols=["streamlit"],
        max_size=None, compression=None, open_timeout=OPENING_SECONDS,
    ) as socket:  # fmt: skip
        yield Tab(socket)
