"""Other users of this computer reach a loopback port too: the kernel tells whose socket speaks. Linux only.

The table of sockets is described in proc(5), `/proc/net/tcp`; addresses are written as the machine keeps its numbers.
"""

import os
import socket
import struct
from functools import lru_cache
from pathlib import Path

from starlette.types import Scope

TABLES = {socket.AF_INET: Path("/proc/net/tcp"), socket.AF_INET6: Path("/proc/net/tcp6")}
NOBODYS = "0"
LOCAL, REMOTE, OWNER, INODE = 1, 2, 7, 9


def is_another_users(scope: Scope) -> bool:
    """Whether the socket that speaks to us belongs to another user; False where the kernel does not tell.

    The administrator may: whoever is root can read the records anyway.
    """
    if not _is_told():
        return False
    spoke, here = scope.get("client"), scope.get("server")
    owner = owner_of(tuple(spoke), tuple(here)) if spoke and here else None
    return owner not in (os.getuid(), 0)


def owner_of(end: tuple[str, int], other: tuple[str, int]) -> int | None:
    """The user whose open socket stands between two ends, seen from the first; None when there is none."""
    family = socket.AF_INET6 if ":" in end[0] else socket.AF_INET
    wanted = [_socket_text(family, *end), _socket_text(family, *other)]
    for line in TABLES[family].read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if [fields[LOCAL], fields[REMOTE]] == wanted:
            # A socket that its program has closed is nobody's; the table then says 0, which is not root.
            return int(fields[OWNER]) if fields[INODE] != NOBODYS else None
    return None


def _socket_text(family: socket.AddressFamily, address: str, port: int) -> str:
    packed = socket.inet_pton(family, address)
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return f"{''.join(f'{word:08X}' for word in words)}:{port:04X}"


@lru_cache
def _is_told() -> bool:
    """Whether this system has the table and it is right about a socket of our own."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as ours:
            return owner_of(ours.getsockname(), server.getsockname()) == os.getuid()
    except (OSError, ValueError, IndexError):
        return False
