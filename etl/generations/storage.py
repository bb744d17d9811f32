"""Files that are there whole or not at all, and who may read them."""

import os
from pathlib import Path

PRIVATE_FOLDER = 0o700
SHARED_FOLDER = 0o750
PRIVATE_FILE = 0o600
SHARED_FILE = 0o440


def make_folder(folder: Path, mode: int) -> None:
    """Create a folder with this mode; one that exists keeps what its administrator chose."""
    if not folder.is_dir():
        folder.mkdir(parents=True, mode=mode)
        folder.chmod(mode)


def write_whole(path: Path, content: bytes, mode: int) -> None:
    """Write a file so that it is there whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    flush_to_disk(path.parent)


def flush_to_disk(path: Path) -> None:
    """Bring a file, or the entries of a folder, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
