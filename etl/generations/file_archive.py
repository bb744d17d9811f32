"""Files from where they lie into the archive. Only regular files; whole, under the hash of their content."""

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import FileRefused, StorageProblem, UsageProblem
from data.home import Home
from etl.generations.storage import PRIVATE_FILE, write_whole


@dataclass(frozen=True)
class Incoming:
    """A file as it was found. `named` = the person named it; otherwise it lay in a folder that was named."""

    path: Path
    content: bytes
    named: bool

    @property
    def sha256(self) -> str:
        """Hash of the content."""
        return content_hash(self.content)


def content_hash(content: bytes) -> str:
    """The name of a content in the archive."""
    return hashlib.sha256(content).hexdigest()


def shown_name(path: Path) -> str:
    """A file's name for people: signs that steer a terminal or break a line are written out."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in path.name)


def find_files(paths: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """The files meant by paths: files as named, and the regular files directly in folders, by name."""
    for path in paths:
        if path.is_dir():
            yield from ((entry, False) for entry in sorted(path.iterdir()) if _is_plain_file(entry))
        elif path.exists():
            yield path, True
        else:
            raise UsageProblem(str(path), "no such file or folder", "Check the path")


def _is_plain_file(entry: Path) -> bool:
    return not entry.name.startswith(".") and stat.S_ISREG(entry.lstat().st_mode)


def read_file(path: Path, named: bool) -> Incoming:
    """Read a regular file; `FileRefused` for devices, pipes, and files that change while they are read."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise FileRefused(shown_name(path), "not a regular file", "Name a file")
            content = file.read()
            after = os.fstat(file.fileno())
    except PermissionError:
        raise StorageProblem(
            shown_name(path), "the file may not be read", "Give the loading user the right to read it"
        ) from None
    if len(content) != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
        raise FileRefused(shown_name(path), "the file changed while it was read", "Load it when its export has ended")
    return Incoming(path, content, named)


class Contents:
    """What was found, by hash. Files are read again when they are needed: held at once they would fill the memory."""

    def __init__(self) -> None:
        self._paths: dict[str, Path] = {}
        self._held: dict[str, bytes] = {}

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._paths or sha256 in self._held

    def found(self, incoming: Incoming) -> None:
        """Remember where a content lies."""
        self._paths[incoming.sha256] = incoming.path

    def hold(self, incoming: Incoming) -> None:
        """Keep a content that lies in no file, such as the answer of a database."""
        self._held[incoming.sha256] = incoming.content

    def replace(self, sha256: str, content: bytes) -> None:
        """Hold a changed content in the place of the one found under this hash."""
        self._paths.pop(sha256, None)
        self._held.pop(sha256, None)
        self._held[content_hash(content)] = content

    def read(self, sha256: str) -> bytes:
        """The content of this hash. `FileRefused` when the file is another one by now."""
        if sha256 in self._held:
            return self._held[sha256]
        incoming = read_file(self._paths[sha256], True)
        if incoming.sha256 != sha256:
            raise FileRefused(
                shown_name(incoming.path), "the file changed while it was read", "Load it when its export has ended"
            )
        return incoming.content


def archive_path(home: Home, sha256: str) -> Path:
    """Where the archive keeps the content of this hash."""
    return home.archive / sha256[:2] / sha256


def keep_file(home: Home, incoming: Incoming) -> None:
    """Put a file's content into the archive, unless it is there."""
    path = archive_path(home, incoming.sha256)
    if path.exists():
        return
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700)
    write_whole(path, incoming.content, PRIVATE_FILE)


def read_archived(home: Home, sha256: str) -> bytes:
    """The content of this hash. `StorageProblem` when the archive lost or changed it."""
    try:
        content = archive_path(home, sha256).read_bytes()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise StorageProblem(
            str(archive_path(home, sha256)), "an archived file is missing or damaged", "Restore it from a backup"
        )
    return content


def tidy_inbox(home: Home, taken: Collection[str]) -> list[str]:
    """Remove files of the inbox whose hash is among those taken in; the names of those removed."""
    gone = []
    for path, _ in find_files([home.inbox]):
        if content_hash(path.read_bytes()) in taken:
            path.unlink()
            gone.append(shown_name(path))
    return gone
