"""Bytes to UTF-8, and how that was decided."""

import codecs

from data.errors import FileRefused


def to_utf8(content: bytes, where: str, declared: str | None = None) -> tuple[bytes, str]:
    """The text as UTF-8 and how it was read: byte order mark, else strict UTF-8, else as declared, else Windows-1252.

    `FileRefused` for what is not text.
    """
    if content.startswith(b"PK\x03\x04"):
        raise FileRefused(where, "a workbook or archive, not a CSV file", "Save the sheet as CSV and load that")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _recode_bytes(content, "utf-16", where), "utf-16, by its byte order mark"
    if declared and is_utf_16(declared):
        return _recode_bytes(content, declared, where), f"{declared}, as its source declares"
    if b"\x00" in content:
        line = content.count(b"\n", 0, content.index(b"\x00")) + 1
        raise FileRefused(f"{where}, line {line}", "a zero byte: not a text file", "Export the table as CSV in UTF-8")
    marked = content.startswith(codecs.BOM_UTF8)
    unmarked = content[len(codecs.BOM_UTF8) :] if marked else content
    try:
        codecs.utf_8_decode(unmarked, "strict", True)
    except UnicodeDecodeError:
        if declared:
            return _recode_bytes(content, declared, where), f"{declared}, as its source declares: it is not valid UTF-8"
        return _recode_bytes(content, "cp1252", where), "windows-1252, because it is not valid UTF-8"
    return unmarked, "utf-8, by its byte order mark" if marked else "utf-8"


def is_utf_16(encoding: str) -> bool:
    """Whether the name of an encoding is one of those with two bytes for a letter."""
    return encoding.lower().replace("_", "-").startswith(("utf-16", "utf16"))


def as_it_came(text: str, content: bytes, declared: str | None) -> bytes:
    """Text in the encoding of a file, so that it is read back in the same way."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return text.encode("utf-16")
    if declared and is_utf_16(declared):
        return text.encode(declared)
    try:
        codecs.utf_8_decode(content, "strict", True)
    except UnicodeDecodeError:
        try:
            return text.encode(declared or "cp1252")
        except UnicodeEncodeError:
            return codecs.BOM_UTF8 + text.encode("utf-8")
    return (codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b"") + text.encode("utf-8")


def _recode_bytes(content: bytes, encoding: str, where: str) -> bytes:
    try:
        return content.decode(encoding).encode("utf-8")
    except LookupError:
        raise FileRefused(where, f"{encoding} is no encoding", "Correct encoding in the source's TOML") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileRefused(
            f"{where}, line {line}", "bytes that are no known text", "Export the file as CSV in UTF-8"
        ) from None
