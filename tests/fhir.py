"""Small FHIR resources for tests; what a test does not name is plain."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from etl.readers import Wanted, plain_heading
from etl.readers.fhir import fhir_resources
from etl.sources import read_source

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
FIRST, SECOND = "2026-02-01T06:00:00+11:00", "2026-03-01T06:00:00+11:00"
Resource = dict[str, Any]


def patient(number: str | None = "p1", **more: Any) -> Resource:
    return {"resourceType": "Patient", "id": number, "meta": {"lastUpdated": FIRST}, "gender": "female",
            "birthDate": "1950-06-01"} | more  # fmt: skip


def encounter(number: str | None = "e1", person: str = "p1", **more: Any) -> Resource:
    return {
        "resourceType": "Encounter", "id": number, "meta": {"lastUpdated": FIRST}, "status": "finished",
        "class": {"code": "AMB"}, "subject": {"reference": f"Patient/{person}"},
        "period": {"start": "2026-01-12T08:00:00+11:00", "end": "2026-01-12T16:00:00+11:00"},
        "hospitalization": {"dischargeDisposition": {"coding": [{"code": "home"}]}},
    } | more  # fmt: skip


def procedure(number: str = "x1", person: str = "p1", **more: Any) -> Resource:
    return {
        "resourceType": "Procedure", "id": number, "meta": {"lastUpdated": FIRST}, "status": "completed",
        "code": {"text": "Percutaneous vertebroplasty"},
        "subject": {"reference": f"Patient/{person}"}, "encounter": {"reference": "Encounter/e1"},
        "performedPeriod": {"start": "2026-01-12T10:00:00+11:00", "end": "2026-01-12T10:50:00+11:00"},
        "reasonCode": [{"text": "Osteoporotic fracture of vertebra"}],
        "bodySite": [{"coding": [{"system": SNOMED, "code": "23215003"}]}],
    } | more  # fmt: skip


def score(number: str = "s1", person: str = "p1", code: str = "72514-3", **more: Any) -> Resource:
    value = {} if any(name.startswith(("value", "data", "component")) for name in more) else {"valueInteger": 7}
    return {
        "resourceType": "Observation", "id": number, "meta": {"lastUpdated": FIRST}, "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]}, "subject": {"reference": f"Patient/{person}"},
        "effectiveDateTime": "2026-01-14T10:00:00+11:00",
    } | value | more  # fmt: skip


def department(*resources: Resource) -> list[Resource]:
    """A person with a stay, a procedure, and these."""
    return [patient(), encounter(), procedure(), *resources]


def lines(resources: Iterable[Resource | str]) -> bytes:
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in resources).encode()


def bundle(*resources: Resource, **more: Any) -> Resource:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]} | more


def deleted(*urls: str, **more: Any) -> Resource:
    entries = [{"request": {"method": "DELETE", "url": url}} for url in urls]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries} | more


def written(path: Path, resources: Iterable[Resource | str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lines(resources))
    return path


def table(content: bytes, *paths: str, options: fhir_resources.Options | None = None) -> list[Mapping[str, Any]]:
    """What the reader makes of these paths, one mapping per resource."""
    wanted = Wanted(headings=frozenset(plain_heading(path) for path in paths))
    known = options or read_source("fhir_bulk").file[0].reader
    rows: pa.Table = fhir_resources.read_tables(content, "a.ndjson", known, wanted)[0].rows  # type: ignore[arg-type]
    names = sorted(wanted.headings)
    return [
        {**{name: row[str(place)] for place, name in enumerate(names)},
         **{key: row[key] for key in ("source_row", "source_line", "problem")}}
        for row in rows.to_pylist()
    ]  # fmt: skip
