"""Delimited text without some rows, and without a number wherever the free text of other rows mentions it.

Lines stay where they were, and everything else stays byte for byte.
"""

import codecs
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass

from etl.readers import ERASED
from etl.readers.delimited.encoding import is_utf_16, to_utf8
from etl.redaction.search_home import Needles


@dataclass
class Lines:
    """A text as its lines. `starts`: the lines on which rows begin, from 1, in order; a row ends where the next begins.

    `width` cells with `delimiter` between them make a row; without a delimiter it is one cell. `declared` is the
    encoding that the source says, None where it says nothing.
    """

    content: bytes
    starts: list[int]
    width: int
    delimiter: str
    declared: str | None = None

    def __post_init__(self) -> None:
        self._mark = next((one for one in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) if self.content[:2] == one), b"")
        self._is_wide = bool(self._mark) or (self.declared is not None and is_utf_16(self.declared))
        text = to_utf8(self.content, "file", self.declared)[0] if self._is_wide else self.content
        self._end = b"\n" if b"\n" in text else b"\r"
        self.lines = text.split(self._end)

    def erase(self, starts: Collection[int]) -> None:
        """Put the mark of an erased row in the place of each of these rows; lines stay where they were."""
        after = dict(zip(self.starts, [*self.starts[1:], len(self.lines) + 1], strict=True))
        for line in starts:
            is_windows = self._end == b"\n" and self.lines[line - 1].endswith(b"\r")
            erased = (self.delimiter.join([ERASED] * self.width) if self.delimiter else f'"{ERASED}"').encode()
            erased += b"\r" if is_windows else b""
            length = after[line] - line
            while length > 1 and not self.lines[line - 2 + length].strip():
                length -= 1
            self.lines[line - 1 : line - 1 + length] = [erased] + [b""] * (length - 1)

    def mentions(self, needles: Needles) -> set[int]:
        """The rows, by the lines on which they begin, that mention a number; 0 stands for the lines above them."""
        if not needles.in_bytes(self._end.join(self.lines)):
            return set()
        return {self._row_at(place) for place, line in enumerate(self.lines) if needles.in_bytes(line)}

    def erase_mentions(self, rows: Collection[int], needles: Needles) -> None:
        """Put the mark in the place of the numbers in these rows."""
        for place, line in enumerate(self.lines):
            if needles.in_bytes(line) and self._row_at(place) in rows:
                encoding = _lossless_encoding(line)
                self.lines[place] = needles.replaced(line.decode(encoding), ERASED).encode(encoding)

    def _row_at(self, place: int) -> int:
        found = bisect_right(self.starts, place + 1)
        return self.starts[found - 1] if found else 0

    def written(self) -> bytes:
        """The text as bytes, in its own encoding."""
        text = self._end.join(self.lines)
        if not self._is_wide:
            return text
        marked = "utf-16-le" if self._mark == codecs.BOM_UTF16_LE else "utf-16-be"
        return self._mark + text.decode("utf-8").encode(marked if self._mark else self.declared or marked)


def _lossless_encoding(line: bytes) -> str:
    """An encoding in which these bytes come back as they were."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"
