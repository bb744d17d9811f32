"""Heads of hash chains, sent away from the machine's files: whoever can write the files can make a chain anew.

Each row of the audit and each export sends the hash that stands at its end to syslog, which a hospital sends to another
machine; a backup holds the last ones. Nothing waits for syslog, and nothing fails without it.
"""

import logging
import os
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Literal

VARIABLE = "OUTCOMES_SYSLOG"
OFF = "off"
PLACES = ("/dev/log", "/var/run/syslog")
MOMENT_SECONDS = 0.2
Chain = Literal["audit", "exports"]
_LINE = re.compile(r"outcomes chain (audit|exports) ([0-9]+) ([0-9a-f]{64})")


@dataclass(frozen=True)
class ChainHead:
    """The hash at the end of a chain when it had come to a row."""

    chain: Chain
    number: int
    head: str

    def to_line(self) -> str:
        """As it stands in syslog and in backups."""
        return f"outcomes chain {self.chain} {self.number} {self.head}"


class _Sender(SysLogHandler):
    """Syslog that is not waited for and whose faults are nobody's error."""

    def createSocket(self) -> None:  # noqa: N802 - the library's name
        super().createSocket()
        made = getattr(self, "socket", None)
        if isinstance(made, socket.socket):
            made.settimeout(MOMENT_SECONDS)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the library's name
        return


def send_head(head: ChainHead) -> None:
    """Send a head to syslog: OUTCOMES_SYSLOG (a socket's path, `host:port`, or `off`), else this machine's own."""
    sender = _open_sender(os.environ.get(VARIABLE) or _own_syslog())
    if sender is not None:
        sender.emit(logging.LogRecord("outcomes", logging.INFO, "", 0, head.to_line(), None, None))


def is_sent() -> bool:
    """Whether there is a place to send heads to."""
    return _open_sender(os.environ.get(VARIABLE) or _own_syslog()) is not None


def _own_syslog() -> str:
    return next((place for place in PLACES if Path(place).exists()), OFF)


@lru_cache(maxsize=4)
def _open_sender(place: str) -> _Sender | None:
    if place == OFF:
        return None
    host, colon, port = place.rpartition(":")
    address = (host, int(port)) if colon and port.isdecimal() else place
    try:
        sender = _Sender(address, facility=SysLogHandler.LOG_AUTHPRIV)
    except OSError:
        return None
    sender.ident = "outcomes: "
    return sender


def read_heads(text: str) -> list[ChainHead]:
    """All heads in the lines of a log or of a backup, whatever stands around them."""
    return [ChainHead(chain, int(number), head) for chain, number, head in _LINE.findall(text)]


def find_disagreements(heads: Iterable[ChainHead], find: Callable[[Chain, int], str | None]) -> list[str]:
    """What is not as it was sent away, a sentence each. `find` gives the hash of a row as it is now; None = no row."""
    told = []
    for one in dict.fromkeys(heads):
        now = find(one.chain, one.number)
        if now is None:
            told.append(f"{one.chain}: row {one.number} is gone")
        elif now != one.head:
            told.append(f"{one.chain}: row {one.number}, or one before it, is not the one that was sent away")
    return told
