"""Heads of hash chains, sent away from the machine's files: whoever can write the files can make a chain anew.

Each row of the audit and each export sends the hash that stands at its end to syslog, which a hospital sends to another
machine; a backup holds the last ones. Nothing waits for syslog, and nothing fails without it.
"""

import os
import re
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

VARIABLE = "OUTCOMES_SYSLOG"
OFF = "off"
PLACES = ("/dev/log", "/var/run/syslog")
# Facility authpriv, severity informational (RFC 3164).
PRIORITY = 10 * 8 + 6
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


def send_head(head: ChainHead) -> None:
    """Send a head to syslog: OUTCOMES_SYSLOG (a socket's path, `address:port`, or `off`), else this machine's own."""
    found = _find_syslog()
    if found is None:
        return
    family, address = found
    # A syslog that takes nothing more is not waited for, and its faults are nobody's error.
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.connect(address)
        sender.send(f"<{PRIORITY}>outcomes: {head.to_line()}\0".encode())


def is_sent() -> bool:
    """Whether there is a place to send heads to."""
    return _find_syslog() is not None


def _find_syslog() -> tuple[int, str | tuple[str, int]] | None:
    """Family and address of the socket to send to; None for none."""
    place = os.environ.get(VARIABLE) or next((place for place in PLACES if Path(place).exists()), OFF)
    host, colon, port = place.rpartition(":")
    if colon and port.isdecimal():
        return (socket.AF_INET6 if ":" in host else socket.AF_INET), (host.strip("[]"), int(port))
    return None if place == OFF or not Path(place).exists() else (socket.AF_UNIX, place)


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
