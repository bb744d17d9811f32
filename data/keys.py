"""Secret keys of a home, made once and readable by their owner only."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from data.home import Home

KEY_BYTES = 32


def key_of(home: Home, name: str) -> bytes:
    """The key of that name in the private folder; a new random one the first time."""
    path = home.private / f"{name}.key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            _write_once(path.parent / f".{name}-{secrets.token_hex(8)}", path)


def _write_once(scratch: Path, path: Path) -> None:
    """Write a whole key under its name, unless another process was first."""
    try:
        with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
