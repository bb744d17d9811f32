"""Codes from a file that comes along: `[lookup.NAME]` of a source says which file, and which two of its columns.

All lookups of a delivery become one small JSON text, `{name: {code: meaning}}`, which is kept as its companion.
"""

import json
from collections.abc import Iterable, Mapping

from data.errors import FileRefused
from etl.readers import Extract, Wanted, plain_heading
from etl.readers.delimited import csv
from etl.readers.workbooks import excel
from etl.sources.headings import Columns
from etl.sources.language.cells import Cell, Heading, as_pattern
from etl.sources.language.habits import Lookup
from etl.sources.language.model import Source

Codes = dict[str, dict[str, str]]
MOST_CODES = 100_000
# A longer list is cut down to the codes that occur before it becomes SQL.
LONG_LIST = 100


def lookups_of(source: Source, name: str) -> list[str]:
    """The lookups that a file of this name is for."""
    return [
        lookup
        for lookup, told in source.lookup.items()
        if any(as_pattern(pattern).fullmatch(plain_heading(name)) for pattern in told.file)
    ]


def read_lookups(source: Source, files: Iterable[tuple[str, bytes]]) -> Codes:
    """The codes of every lookup whose file is among these names and contents. `FileRefused` names the line at fault."""
    found: Codes = {}
    for where, content in files:
        for name in lookups_of(source, where):
            _add_codes(found.setdefault(name, {}), content, where, source.lookup[name])
    return found


def _add_codes(codes: dict[str, str], content: bytes, where: str, lookup: Lookup) -> None:
    key, value = Heading(column=lookup.key), Heading(column=lookup.value)
    names = (*lookup.key, *lookup.value)
    wanted = Wanted(headings=frozenset(plain_heading(name) for name in names), written=names)
    extract = _table(content, where, wanted)
    columns = Columns(extract, where)
    cells = (extract.rows.column(str(columns.places(one)[0])).to_pylist() for one in (key, value))
    lines = extract.rows.column("source_line").to_pylist()
    for line, code, meaning in zip(lines, *cells, strict=True):
        written = plain_heading(code or "")
        if not written:
            continue
        if codes.get(written, meaning) != meaning:
            raise FileRefused(
                f"{where}, line {line}", "a code that stands for something else above", "Leave one line for each code"
            )
        codes[written] = (meaning or "").strip()
    if len(codes) > MOST_CODES:
        raise FileRefused(where, f"more than {MOST_CODES:,} codes", "Send the codes that this system uses")


def _table(content: bytes, where: str, wanted: Wanted) -> Extract:
    csv.refuse_empty(content, where)
    if content.startswith(excel.ZIP):
        tables = excel.read_tables(content, where, excel.Options(kind="excel"), wanted)
    else:
        tables = csv.read_tables(content, where, csv.Options(kind="csv"), wanted)
    if not tables:
        raise FileRefused(where, f"no columns {' and '.join(wanted.written)}", "Correct key and value of the lookup")
    return tables[0]


def as_companion(codes: Codes, before: bytes | None) -> bytes:
    """The companion of files that came with these codes; lookups that did not come are those of before."""
    return json.dumps({**read_companion(before), **codes}, sort_keys=True, ensure_ascii=False).encode("utf-8")


def read_companion(companion: bytes | None) -> Codes:
    """The codes that a companion holds, by lookup."""
    return json.loads(companion) if companion else {}


def with_codes(source: Source, companion: bytes | None, where: str) -> Source:
    """The source with the codes that came along as code tables. `FileRefused` where one never came.

    Where `[codes]` has a table of the same name, it says what the meaning that was looked up is here.
    """
    if not source.lookup:
        return source
    known = read_companion(companion)
    for name, lookup in source.lookup.items():
        if name not in known:
            raise FileRefused(
                where,
                f"the codes of [lookup.{name}] are not known",
                f"Load {' or '.join(lookup.file)} together with it",
            )
    codes = {
        name: {code: _decoded(meaning, source.codes.get(name, {})) for code, meaning in known[name].items()}
        for name in source.lookup
    }
    return source.model_copy(update={"codes": {**source.codes, **codes}})


def _decoded(meaning: str, codes: Mapping[str, str]) -> str:
    """What a text stands for; exact codes come before those with `*`, and the first that fits counts."""
    for code in sorted(codes, key=lambda code: "*" in code):
        if as_pattern(code).fullmatch(plain_heading(meaning)):
            return codes[code]
    return meaning


def codes_of(source: Source, cell: Cell, columns: Columns) -> dict[str, str]:
    """The codes of a cell; of a long list those that its columns hold."""
    if not isinstance(cell.codes, str):
        return cell.codes
    codes = source.codes[cell.codes]
    is_changed = cell.pattern or cell.words or cell.pad or cell.split or cell.default
    if len(codes) <= LONG_LIST or is_changed or not cell.column:
        return codes
    rows = columns.extract.rows
    held = {
        plain_heading(text)
        for place in columns.places(cell)
        for text in rows.column(str(place)).unique().to_pylist()
        if text
    }
    return {code: meaning for code, meaning in codes.items() if "*" in code or code in held}
