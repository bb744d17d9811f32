"""Bytes to UTF-8, and how that was decided."""

import codecs

from data.errors import FileRefused
from etl.readers.code_pages import USUAL, judge_code_page

UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF_32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
# How a reading begins that may be wrong.
UNSURE = "an encoding that is not certain"
SAVE_OR_SAY = (
    'Save the file as CSV in UTF-8 (in Excel "CSV UTF-8"); or say which one it is in a source\'s TOML,'
    ' such as reader = { kind = "csv", encoding = "windows-1252" }'
)


def to_utf8(content: bytes, where: str, declared: str | None = None) -> tuple[bytes, str]:
    """The text as UTF-8 and how it was read: byte order mark, else strict UTF-8, else as declared, else a code page.

    A reading that is not certain says so (`UNSURE`). `FileRefused` for what is not text.
    """
    if content.startswith(b"PK\x03\x04"):
        raise FileRefused(where, "a workbook or archive, not a CSV file", "Save the sheet as CSV and load that")
    if content.startswith(UTF_32_MARKS):
        return _recode_bytes(content, "utf-32", where), "utf-32, by its byte order mark"
    if content.startswith(UTF_16_MARKS):
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
        page, others = judge_code_page(unmarked)
        said = f"{UNSURE}: {_names_of(others)}" if others else f"{_names_of((page,))}, because it is not valid UTF-8"
        if others and USUAL not in others:
            line = content.count(b"\n", 0, next(at for at, one in enumerate(content) if one > 127)) + 1
            raise FileRefused(f"{where}, line {line}", f"{said}; bytes that are no known text", SAVE_OR_SAY) from None
        return _recode_bytes(content, page, where), said
    return unmarked, "utf-8, by its byte order mark" if marked else "utf-8"


def _names_of(pages: tuple[str, ...]) -> str:
    """Code pages as people know them."""
    names = [page.replace("cp125", "windows-125").replace("cp932", "shift_jis").replace("_", "-") for page in pages]
    return ", ".join(names[:-1]) + (" or " if len(names) > 1 else "") + names[-1]


def refuse_unsure(where: str, encoding: str) -> FileRefused | None:
    """Why a text is not taken whose encoding is not certain; None where it is. `encoding`: how it was read."""
    if not encoding.startswith(UNSURE):
        return None
    return FileRefused(
        where,
        encoding,
        SAVE_OR_SAY,
    )


def is_utf_16(encoding: str) -> bool:
    """Whether the name of an encoding is one of those with two bytes for a letter."""
    return encoding.lower().replace("_", "-").startswith(("utf-16", "utf16"))


def as_it_came(text: str, content: bytes, declared: str | None) -> bytes:
    """Text in the encoding of a file, so that it is read back in the same way."""
    if content.startswith((*UTF_16_MARKS, *UTF_32_MARKS)):
        return text.encode("utf-16")
    if declared and is_utf_16(declared):
        return text.encode(declared)
    try:
        codecs.utf_8_decode(content, "strict", True)
    except UnicodeDecodeError:
        try:
            return text.encode(declared or judge_code_page(content)[0])
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
