"""A PostgreSQL of its own for a test: Debian's programs, on loopback, under a user without rights, gone afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REQUIRED = os.environ.get("OUTCOMES_REQUIRE_POSTGRES") == "1"


def programs() -> Path | None:
    """The folder with initdb and pg_ctl, or None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(found).resolve().parent if found else installed[-1].parent if installed else None


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a fresh server, whose programs lie in `folder`. Root may not run one: then `postgres` does."""
    user = "postgres" if os.geteuid() == 0 else None
    place = Path(tempfile.mkdtemp(prefix="outcomes-postgres-"))
    if user:
        shutil.chown(place, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={place} -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        command = [folder / program, "--pgdata", f"{place}/data", *arguments]
        subprocess.run(command, user=user, cwd=place, check=True, capture_output=True, timeout=120)

    run("initdb", "--username", "tester", "--auth", "trust", "--no-sync", "--no-locale", "--encoding", "UTF8")
    run("pg_ctl", "--wait", "--log", f"{place}/log", "-o", options, "start")
    try:
        yield f"postgresql://tester@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "--wait", "--mode", "immediate", "stop")
        shutil.rmtree(place)
