"""Files of codes on their way in: read at a load, and held as one content until the files that need them are in."""

from collections.abc import Sequence
from pathlib import Path

from etl.generations import file_archive
from etl.generations.file_archive import Contents, Incoming
from etl.sources import Source, lookups


def hold_codes(source: Source, paths: Sequence[Path], contents: Contents, before: bytes | None) -> str:
    """Hold the codes of these files, with those of `before` that did not come again. The hash, or nothing without any.

    `FileRefused` where a file cannot be read, or one of its codes stands for two things.
    """
    files = ((file_archive.shown_name(path), file_archive.read_file(path, True).content) for path in paths)
    codes = lookups.read_lookups(source, files)
    if not codes:
        return ""
    held = Incoming(paths[0], lookups.as_companion(codes, before), True)
    contents.hold(held)
    return held.sha256
