"""What a reader of workbooks does not tell: cells without a value, per cents, the day from which days are counted.

A reader gives nothing for formulas that were never computed and for Excel's errors, as if nobody had written there, and
0.5 for a cell that shows 50 %. All three are looked up in the sheet itself.
"""

import io
import re
import zipfile
from posixpath import join, normpath
from xml.etree import ElementTree as ET

CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]+)"[^>]*?(?:/>|>(.*?)</c>)', re.DOTALL)
MACINTOSH = re.compile(rb"""\bdate1904\s*=\s*["'](?:1|true|on)["']""")
ERROR_VALUE = re.compile(rb"<v>(#[^<]*)</v>")
# Excel's own numbers for 0% and 0.00%; in a form that somebody wrote, a quoted or escaped sign is only text.
PERCENT_FORMS = {"9", "10"}
QUOTED = re.compile(r'"[^"]*"|\\.')
# The style of a cell that holds a number: those of other types name it.
STYLE = re.compile(rb'<c\b(?![^>]*\bt="(?!n"))[^>]*?\bs="([0-9]+)"')
VALUE = re.compile(rb"<v>([-+.0-9eE]+)</v>")
NAMES = {
    "main": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "relation": "http://schemas.openxmlformats.org/package/2006/relationships",
}
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def cells_of_other_text(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Sheet → (row, column), from 0 → `#FORMULA`, the error or the per cent as Excel shows it.

    Empty for other kinds of book.
    """
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        percents = _percent_styles(archive)
        for sheet, path in _sheet_paths(archive).items():
            text = archive.read(path)
            if b"<f" in text or b't="e"' in text or any(b's="%d"' % style in text for style in percents):
                found[sheet] = dict(_cell_texts(text, percents))
    return found


def _percent_styles(archive: zipfile.ZipFile) -> set[int]:
    """Places of the styles, among those of cells, that show a number as a per cent."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    styles = ET.fromstring(archive.read("xl/styles.xml"))
    forms = PERCENT_FORMS | {
        form.get("numFmtId")
        for form in styles.iterfind("main:numFmts/main:numFmt", NAMES)
        if "%" in QUOTED.sub("", form.get("formatCode", ""))
    }
    cells = enumerate(styles.iterfind("main:cellXfs/main:xf", NAMES))
    return {place for place, cell in cells if cell.get("numFmtId") in forms}


def counts_from_1904(content: bytes) -> bool:
    """Whether plain numbers of this workbook that stand for days count from 1904."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = archive.read("xl/workbook.xml") if "xl/workbook.xml" in archive.namelist() else b""
    return MACINTOSH.search(book) is not None


def _cell_texts(text: bytes, percents: set[int]) -> list[tuple[tuple[int, int], str]]:
    found = []
    for match in CELL.finditer(text):
        inner = match[3] or b""
        error = ERROR_VALUE.search(inner)
        if error:
            found.append((_place_of_match(match), error[1].decode("utf-8", "replace")))
        elif b"<f" in inner and (b"<v>" not in inner or b"<v></v>" in inner):
            found.append((_place_of_match(match), "#FORMULA"))
        elif (
            percents
            and (style := STYLE.match(match[0]))
            and int(style[1]) in percents
            and (number := VALUE.search(inner))
        ):
            found.append((_place_of_match(match), f"{float(number[1]) * 100:g}%"))
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
