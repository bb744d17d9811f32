"""FHIR R4: bulk NDJSON, bundles, and bulk `deleted` bundles. One resource is one row; a bad line loses no other.

Columns are paths into the resource (`etl/readers/paths.py`), as the mapping names them, and `deleted`, which says
`deleted` for a resource that was deleted. Numbers keep the text they were sent as.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Literal

import pyarrow as pa
from pydantic import Field

from etl.readers import Extract, ReaderOptions, Reasons, Wanted
from etl.readers.paths import Resolve, text_at
from queries.errors import FileRefused

DELETED = "deleted"
# How many lines are looked at to see what a file is.
LINES_LOOKED_AT = 20
RESOURCE_TYPE = re.compile(r'"resourceType"\s*:\s*"(?P<type>[A-Za-z]+)"')


class Options(ReaderOptions):
    """FHIR resources. `answers` gives the number that each coded answer stands for, such as LA6113-0 = "2"."""

    kind: Literal["fhir"]
    answers: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One resource as sent: where it begins, what it holds, and the rule it breaks when it is none.

    `urls` gives the ids of the resources of the same bundle by their full URL.
    """

    line: int
    text: str
    resource: Mapping[str, object] | None = None
    problem: str | None = None
    is_deleted: bool = False
    urls: Mapping[str, str] = dataclass_field(default_factory=dict)


def share_found(content: bytes, options: Options, wanted: Wanted) -> float:
    """1 when the beginning of the file names a type of resource, else 0."""
    del options, wanted
    head = content[: 1 << 18].removeprefix(codecs.BOM_UTF8).lstrip()
    if not head.startswith((b"{", b"[")):
        return 0.0
    lines = head.decode("utf-8", "ignore").split("\n", LINES_LOOKED_AT)
    return 1.0 if any(RESOURCE_TYPE.search(line) for line in lines) else 0.0


def read(content: bytes, where: str, options: Options, wanted: Wanted) -> list[Extract]:
    """The resources of a file as one table: a column per wanted path."""
    header = tuple(sorted(wanted.headings))
    columns: list[list[str | None]] = [[] for _ in header]
    lines: list[int] = []
    problems: list[str | None] = []
    for row in _rows(content, where):
        lines.append(row.line)
        problems.append(row.problem)
        resource = row.resource or {}
        resolve = _resolver(resource, row.urls)
        for path, column in zip(header, columns, strict=True):
            if path == DELETED:
                column.append(DELETED if row.is_deleted else None)
            else:
                column.append(text_at(resource, path, options.answers, resolve) if resource else None)
    if not lines:
        raise FileRefused(where, "no resource in the file", "If there was nothing to export, leave the file out")
    rows = pa.table({str(place): pa.array(column, pa.string()) for place, column in enumerate(columns)})
    for name, values, kind in (
        ("source_row", range(1, len(lines) + 1), pa.int32()),
        ("source_line", lines, pa.int32()),
        ("has_other_width", [False] * len(lines), pa.bool_()),
        ("problem", problems, pa.string()),
    ):
        rows = rows.append_column(name, pa.array(values, kind))
    return [Extract(header, rows, "utf-8")]


def give_back(content: bytes, where: str, options: Options, wanted: Wanted, reasons: Reasons) -> bytes:
    """The resources that are to be corrected, one a line, each with `why`; a line that is no JSON stands in `line`."""
    del options, wanted
    lines = []
    for number, row in enumerate(_rows(content, where), start=1):
        if number in reasons.get(None, {}):
            why = {"why": reasons[None][number]}
            shown = {**json.loads(row.text), **why} if row.resource is not None else {"line": row.text, **why}
            lines.append(json.dumps(shown, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _rows(content: bytes, where: str) -> Iterator[Row]:
    text = _as_text(content, where)
    document = _document(text)
    if document is None:
        yield from _rows_of_lines(text)
    elif isinstance(document, Mapping) and document.get("resourceType") == "Bundle":
        yield from _rows_of_bundle(document, _entry_lines(text))
    else:
        resources = document if isinstance(document, list) else [document]
        for one in resources:
            yield _row_of(one, 1, json.dumps(one))


def _as_text(content: bytes, where: str) -> str:
    """UTF-8 is the only encoding of JSON; bytes that are none spoil their line, not the file."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused(where, "JSON in UTF-16", "Export it in UTF-8, as the standard demands")
    return content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")


def _loads(text: str) -> object:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=_no_number)


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _document(text: str) -> object | None:
    """The whole file as one JSON value; None when it is a file of lines."""
    try:
        value, end = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode(text, len(text) - len(text.lstrip()))
    except ValueError:
        return None
    is_one_line = "\n" not in text.strip()
    is_bundle = isinstance(value, Mapping) and value.get("resourceType") == "Bundle"
    return value if not text[end:].strip() and (not is_one_line or is_bundle) else None


def _rows_of_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            line.encode("utf-8")
            value = _loads(line)
        except (ValueError, RecursionError):
            yield Row(number, line.encode("utf-8", "replace").decode("utf-8"), problem="not_json")
            continue
        if isinstance(value, Mapping) and value.get("resourceType") == "Bundle":
            yield from _rows_of_bundle(value, _same_line(number))
        else:
            yield _row_of(value, number, line)


def _same_line(number: int) -> Iterator[int]:
    while True:
        yield number


def _row_of(value: object, line: int, text: str) -> Row:
    if not isinstance(value, Mapping) or not isinstance(value.get("resourceType"), str):
        return Row(line, text, problem="not_a_resource")
    return Row(line, text, value)


def _rows_of_bundle(bundle: Mapping[str, object], lines: Iterator[int]) -> Iterator[Row]:
    entries = bundle.get("entry")
    urls = {}
    for entry in entries if isinstance(entries, list) else []:
        resource = entry.get("resource") if isinstance(entry, Mapping) else None
        if isinstance(resource, Mapping) and isinstance(entry.get("fullUrl"), str) and resource.get("id"):
            urls[entry["fullUrl"]] = str(resource["id"])
        elif isinstance(resource, dict) and isinstance(entry.get("fullUrl"), str):
            resource["id"] = id_of_reference(entry["fullUrl"])
    for entry in entries if isinstance(entries, list) else []:
        line = next(lines, 1)
        request = entry.get("request") if isinstance(entry, Mapping) else None
        if isinstance(request, Mapping) and str(request.get("method", "")).upper() == "DELETE":
            gone = _deleted(str(request.get("url", "")), entry, bundle)
            yield Row(line, json.dumps(entry), gone, is_deleted=True)
            continue
        row = _row_of(entry.get("resource") if isinstance(entry, Mapping) else None, line, json.dumps(entry))
        shown = json.dumps(row.resource) if row.resource is not None else row.text
        yield Row(row.line, shown, row.resource, row.problem, urls=urls)


def _deleted(url: str, entry: Mapping[str, object], bundle: Mapping[str, object]) -> dict[str, object]:
    """What a deletion says: type and id of the resource, and when it went, where that is told."""
    kind, _, number = url.rstrip("/").rpartition("/")
    response = entry.get("response")
    meta = bundle.get("meta")
    at = (
        (response.get("lastModified") if isinstance(response, Mapping) else None)
        or (meta.get("lastUpdated") if isinstance(meta, Mapping) else None)
        or bundle.get("timestamp")
    )
    return {"resourceType": kind.rpartition("/")[2], "id": number, "meta": {"lastUpdated": at}}


def _entry_lines(text: str) -> Iterator[int]:
    """The lines on which the entries of a bundle begin."""
    decoder = json.JSONDecoder()
    place = text.index("{") + 1
    while (key_at := _skip(text, place, " \t\r\n,")) < len(text) and text[key_at] == '"':
        key, place = decoder.raw_decode(text, key_at)
        place = _skip(text, place, " \t\r\n:")
        if key == "entry" and text[place] == "[":
            yield from _element_lines(text, place + 1, decoder)
            return
        _, place = decoder.raw_decode(text, place)


def _element_lines(text: str, place: int, decoder: json.JSONDecoder) -> Iterator[int]:
    line, counted = 1, 0
    while text[place := _skip(text, place, " \t\r\n,")] != "]":
        line, counted = line + text.count("\n", counted, place), place
        yield line
        _, place = decoder.raw_decode(text, place)


def _skip(text: str, place: int, letters: str) -> int:
    while place < len(text) and text[place] in letters:
        place += 1
    return place


def id_of_reference(reference: str) -> str:
    """The id in `Type/id`, an absolute URL, a version of it, `urn:uuid:id` or `Type?identifier=system|value`."""
    plain = reference.partition("/_history/")[0].rstrip("/")
    if plain.startswith("urn:"):
        return plain.rpartition(":")[2]
    if "?" in plain:
        return plain.rpartition("|")[2].rpartition("=")[2]
    return plain.rpartition("/")[2]


def _resolver(resource: Mapping[str, object], urls: Mapping[str, str]) -> Resolve:
    def resolve(reference: str) -> str:
        if reference.startswith("#"):
            return _contained(resource, reference[1:])
        return urls.get(reference) or id_of_reference(reference)

    return resolve


def _contained(resource: Mapping[str, object], number: str) -> str:
    """The number of a resource within a resource: its first identifier, for its id means nothing outside."""
    contained: Iterable[object] = resource.get("contained") or []  # type: ignore[assignment]
    for one in contained:
        if isinstance(one, Mapping) and one.get("id") == number:
            identifiers = one.get("identifier")
            first = identifiers[0] if isinstance(identifiers, list) and identifiers else {}
            if isinstance(first, Mapping) and first.get("value"):
                return str(first["value"])
    return f"{resource.get('id', '')}#{number}"
