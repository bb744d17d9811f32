"""What a reader of workbooks does not tell: cells without a value, and the day from which days are counted.

A reader gives nothing for formulas that were never computed and for Excel's errors, as if nobody had written there.
Both are looked up in the sheet itself.
"""

import io
import re
import zipfile
from posixpath import join, normpath
from xml.etree import ElementTree as ET

CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]+)"[^>]*?(?:/>|>(.*?)</c>)', re.DOTALL)
MACINTOSH = re.compile(rb"""\bdate1904\s*=\s*["'](?:1|true|on)["']""")
ERROR_VALUE = re.compile(rb"<v>(#[^<]*)</v>")
NAMES = {
    "main": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "relation": "http://schemas.openxmlformats.org/package/2006/relationships",
}
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def cells_without_value(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Sheet → (row, column), from 0 → `#FORMULA` or the error as Excel shows it. Empty for other kinds of book."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for sheet, path in _sheet_paths(archive).items():
            text = archive.read(path)
            if b"<f" in text or b't="e"' in text:
                found[sheet] = dict(_cell_places(text))
    return found


def counts_from_1904(content: bytes) -> bool:
    """Whether plain numbers of this workbook that stand for days count from 1904."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = archive.read("xl/workbook.xml") if "xl/workbook.xml" in archive.namelist() else b""
    return MACINTOSH.search(book) is not None


def _cell_places(text: bytes) -> list[tuple[tuple[int, int], str]]:
    found = []
    for match in CELL.finditer(text):
        inner = match[3] or b""
        error = ERROR_VALUE.search(inner)
        if error:
            found.append((_place_of_match(match), error[1].decode("utf-8", "replace")))
        elif b"<f" in inner and (b"<v>" not in inner or b"<v></v>" in inner):
            found.append((_place_of_match(match), "#FORMULA"))
    return found


def _place_of_match(match: re.Match[bytes]) -> tuple[int, int]:
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - ord("A") + 1
    return int(match[2]) - 1, column - 1


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {
        one.get("Id"): normpath(join("xl", one.get("Target", ""))).removeprefix("xl/xl/")
        for one in relations.iterfind("relation:Relationship", NAMES)
    }
    book = ET.fromstring(archive.read("xl/workbook.xml"))
    found = {}
    for sheet in book.iterfind("main:sheets/main:sheet", NAMES):
        path = targets.get(sheet.get(LINK), "")
        path = path.lstrip("/")
        if path in names:
            found[sheet.get("name", "")] = path
    return found
