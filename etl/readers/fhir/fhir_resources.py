"""FHIR R4: bulk NDJSON, bundles, and bulk `deleted` bundles. One resource is one row; a bad line loses no other.

Columns are paths into the resource (`json_paths.py`), as the mapping names them, and `deleted`, which says
`deleted` for a resource that was deleted. Numbers keep the text they were sent as.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Literal

import pyarrow as pa
from pydantic import Field

from data.errors import FileRefused
from etl.readers import ERASED, Extract, ReaderOptions, Reasons, Wanted
from etl.readers.delimited.encoding import UTF_16_MARKS, to_utf8
from etl.readers.delimited.head import first_text
from etl.readers.fhir.json_paths import Resolve, find_begun_paths, text_at
from etl.readers.fhir.json_places import Place, element_places, entry_places

DELETED = "deleted"
# How many lines are looked at to see what a file is.
LINES_LOOKED_AT = 20
RESOURCE_TYPE = re.compile(r'"resourceType"\s*:\s*"(?:[A-Za-z]+|\[erased\])"')


class Options(ReaderOptions):
    """FHIR resources. `answers` gives the number that each coded answer stands for, such as LA6113-0 = "2"."""

    kind: Literal["fhir"]
    answers: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One resource as sent: where it begins, what it holds, and the rule it breaks when it is none.

    `place` is where it stands in the text of the file, of a bundle with its entry. `urls` gives the ids of the
    resources of the same bundle by their full URL.
    """

    line: int
    text: str
    resource: Mapping[str, object] | None = None
    problem: str | None = None
    is_deleted: bool = False
    place: Place = (0, 0)
    urls: Mapping[str, str] = dataclass_field(default_factory=dict)


def share_found(content: bytes, options: Options, wanted: Wanted) -> float:
    """1 when the beginning of the file names a type of resource, else 0."""
    del options, wanted
    head = first_text(content, None).lstrip()
    if not head.startswith(("{", "[")):
        return 0.0
    lines = head.split("\n", LINES_LOOKED_AT)
    return 1.0 if any(RESOURCE_TYPE.search(line) for line in lines) else 0.0


def read_tables(content: bytes, where: str, options: Options, wanted: Wanted) -> list[Extract]:
    """The resources of a file as one table: a column per wanted path."""
    header = tuple(sorted(wanted.headings))
    columns: list[list[str | None]] = [[] for _ in header]
    lines: list[int] = []
    problems: list[str | None] = []
    for row in rows_of(as_text(content, where)):
        lines.append(row.line)
        problems.append(row.problem)
        resource = row.resource or {}
        resolve = _make_resolver(resource, row.urls)
        for path, is_there, column in zip(header, find_begun_paths(resource, header), columns, strict=True):
            if path == DELETED:
                column.append(DELETED if row.is_deleted else None)
            else:
                column.append(text_at(resource, path, options.answers, resolve) if is_there else None)
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
    return [Extract(header=header, rows=rows, encoding="utf-16" if content.startswith(UTF_16_MARKS) else "utf-8")]


def give_back(content: bytes, where: str, options: Options, wanted: Wanted, reasons: Reasons) -> bytes:
    """The resources that are to be corrected, one a line, each with `why`; a line that is no JSON stands in `line`."""
    del options, wanted
    lines = []
    for number, row in enumerate(rows_of(as_text(content, where)), start=1):
        if number in reasons.get(None, {}):
            why = {"why": reasons[None][number]}
            shown = {**json.loads(row.text), **why} if row.resource is not None else {"line": row.text, **why}
            lines.append(json.dumps(shown, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def rows_of(text: str) -> Iterator[Row]:
    """Every resource of a file, in order."""
    document = _load_document(text)
    if document is None:
        yield from _rows_of_lines(text)
    elif isinstance(document, Mapping) and document.get("resourceType") == "Bundle":
        yield from _rows_of_bundle(document, text, 0, 1)
    elif isinstance(document, list):
        for one, place in zip(document, element_places(text), strict=True):
            yield _row_of(one, 1, json.dumps(one), place)
    else:
        yield _row_of(document, 1, json.dumps(document), (0, len(text)))


def as_text(content: bytes, where: str) -> str:
    """JSON is UTF-8, whose bytes spoil their line where they are none; UTF-16 is read where a mark says so."""
    if content.startswith(UTF_16_MARKS):
        return to_utf8(content, where)[0].decode("utf-8")
    return content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")


def _load_json(text: str) -> object:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=_no_number)


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _load_document(text: str) -> object | None:
    """The whole file as one JSON value; None when it is a file of lines."""
    try:
        value, end = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode(text, len(text) - len(text.lstrip()))
    except ValueError:
        return None
    is_one_line = "\n" not in text.strip()
    is_bundle = isinstance(value, Mapping) and value.get("resourceType") == "Bundle"
    return value if not text[end:].strip() and (not is_one_line or is_bundle) else None


def _rows_of_lines(text: str) -> Iterator[Row]:
    begins = 0
    for number, line in enumerate(text.split("\n"), start=1):
        place = (begins, begins + len(line))
        begins += len(line) + 1
        if not line.strip():
            continue
        try:
            line.encode("utf-8")
            value = _load_json(line)
        except (ValueError, RecursionError):
            yield Row(
                line=number, text=line.encode("utf-8", "replace").decode("utf-8"), problem="not_json", place=place
            )
            continue
        if isinstance(value, Mapping) and value.get("resourceType") == "Bundle":
            yield from _rows_of_bundle(value, line, place[0], number)
        else:
            yield _row_of(value, number, line, place)


def _row_of(value: object, line: int, text: str, place: Place) -> Row:
    if not isinstance(value, Mapping) or not isinstance(value.get("resourceType"), str):
        return Row(line=line, text=text, problem="not_a_resource", place=place)
    if value["resourceType"] == ERASED:
        return Row(line=line, text=text, problem="excluded_person", place=place)
    return Row(line=line, text=text, resource=value, place=place)


def _rows_of_bundle(bundle: Mapping[str, object], text: str, begins: int, line: int) -> Iterator[Row]:
    """The entries of a bundle whose text begins at a place and on a line of the file."""
    sent = bundle.get("entry")
    listed = sent if isinstance(sent, list) else []
    urls = {}
    for entry in listed:
        resource = entry.get("resource") if isinstance(entry, Mapping) else None
        if isinstance(resource, Mapping) and isinstance(entry.get("fullUrl"), str) and resource.get("id"):
            urls[entry["fullUrl"]] = str(resource["id"])
        elif isinstance(resource, dict) and isinstance(entry.get("fullUrl"), str):
            resource["id"] = id_of_reference(entry["fullUrl"])
    counted = 0
    for entry, (first, last) in zip(listed, entry_places(text) if listed else (), strict=True):
        line, counted = line + text.count("\n", counted, first), first
        place = (begins + first, begins + last)
        request = entry.get("request") if isinstance(entry, Mapping) else None
        if isinstance(request, Mapping) and str(request.get("method", "")).upper() == "DELETE":
            gone = _deletion_row(str(request.get("url", "")), entry, bundle)
            yield Row(line=line, text=json.dumps(entry), resource=gone, is_deleted=True, place=place)
            continue
        resource = entry.get("resource", entry) if isinstance(entry, Mapping) else None
        row = _row_of(resource, line, json.dumps(entry), place)
        shown = json.dumps(row.resource) if row.resource is not None else row.text
        yield replace(row, text=shown, urls=urls)


def _deletion_row(url: str, entry: Mapping[str, object], bundle: Mapping[str, object]) -> dict[str, object]:
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


def id_of_reference(reference: str) -> str:
    """The id in `Type/id`, an absolute URL, a version of it, `urn:uuid:id` or `Type?identifier=system|value`."""
    plain = reference.partition("/_history/")[0].rstrip("/")
    if plain.startswith("urn:"):
        return plain.rpartition(":")[2]
    if "?" in plain:
        return plain.rpartition("|")[2].rpartition("=")[2]
    return plain.rpartition("/")[2]


def _make_resolver(resource: Mapping[str, object], urls: Mapping[str, str]) -> Resolve:
    def resolve(reference: str) -> str:
        if reference.startswith("#"):
            return contained_number(resource, reference[1:])
        return urls.get(reference) or id_of_reference(reference)

    return resolve


def contained_number(resource: Mapping[str, object], number: str) -> str:
    """The number of a resource within a resource: its first identifier, for its id means nothing outside."""
    contained: Iterable[object] = resource.get("contained") or []  # type: ignore[assignment]
    for one in contained:
        if isinstance(one, Mapping) and one.get("id") == number:
            identifiers = one.get("identifier")
            first = identifiers[0] if isinstance(identifiers, list) and identifiers else {}
            if isinstance(first, Mapping) and first.get("value"):
                return str(first["value"])
    return f"{resource.get('id', '')}#{number}"
