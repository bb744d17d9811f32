"""Small disks that can be filled and closed, where this machine lets us mount one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHUNK = b"\0" * 65_536


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own in memory; the test is skipped where none can be mounted."""
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here: run as root where mounting is permitted")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """The disk without a free byte until the end of the block."""
    filler = disk / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            for size in (len(CHUNK), 4096, 1):
                try:
                    while True:
                        file.write(CHUNK[:size])
                except OSError:
                    pass
        yield
    finally:
        filler.unlink()


@contextmanager
def closed_to_writing(disk: Path) -> Iterator[None]:
    """The disk mounted read-only until the end of the block."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
