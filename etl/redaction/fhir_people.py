"""People in FHIR files: what is about whom, by whatever reference, and the file without somebody.

A redacted resource stays a resource, of the type `[erased]`; nothing else of the file moves or changes.
"""

import codecs
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from etl.readers import ERASED
from etl.readers.delimited.encoding import UTF_16_MARKS
from etl.readers.fhir.fhir_resources import Row, as_text, contained_number, id_of_reference, rows_of
from etl.redaction.search_home import Needles

PATIENT = "Patient"
# The elements that say whose a resource is; all others only mention people.
OWNERS = ("subject", "patient", "beneficiary", "for", "individual")
ANY = "*"
GONE = json.dumps({"resourceType": ERASED})
JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, kw_only=True)
class Tie:
    """What one resource has to do with people.

    `owners` are the ids and identifiers of those it is about; `people` the ids of all patients and `names` the
    identifiers that it mentions; `refers` the resources it points to, and `key` the one it is, as `Type/id`. `text` is
    what is no resource.
    """

    row: int
    line: int
    key: str = ""
    owners: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    refers: frozenset[str] = frozenset()
    text: str = ""

    def is_of(self, people: Collection[str], resources: Collection[str]) -> bool:
        """Whether all of it goes with these people, whose resources are known: nobody else is its subject."""
        if self.owners:
            return not self.owners.isdisjoint(people)
        mentioned = self.people | self.names
        return not mentioned.isdisjoint(people) or self.key in resources or not self.refers.isdisjoint(resources)


def read_ties(content: bytes, where: str) -> Iterator[Tie]:
    """What each row of a file has to do with people, in order."""
    for number, row in enumerate(rows_of(as_text(content, where)), start=1):
        if row.resource is not None:
            yield _tie_of_row(number, row, row.resource)
        elif row.problem != "excluded_person":
            yield Tie(row=number, line=row.line, text=row.text)


def grow_resources(content: bytes, where: str, people: Collection[str], resources: Collection[str]) -> set[str]:
    """These people's resources in a file, as `Type/id`, also what only points to another resource of theirs."""
    keys = {one.key for one in read_ties(content, where) if one.key and one.is_of(people, resources)}
    return keys | {f"{ANY}/{key.partition('/')[2]}" for key in keys}


def redact_resources(content: bytes, where: str, rows: Collection[int], needles: Needles) -> bytes:
    """The file without these rows, and without the numbers wherever others mention them; lines stay where they were."""
    text = as_text(content, where)
    parts, done = [], 0
    for number, row in enumerate(rows_of(text), start=1):
        first, last = row.place
        sent = text[first:last]
        if number in rows:
            parts += [text[done:first], GONE, "\n" * sent.count("\n")]
            done = last
        elif row.resource is not None and needles.in_value(sent) and not needles.in_value(row.resource.get("id")):
            parts += [text[done:first], JSON_STRING.sub(lambda found: needles.replaced(found[0], ERASED), sent)]
            done = last
    whole = "".join([*parts, text[done:]])
    if content.startswith(UTF_16_MARKS):
        return whole.encode("utf-16")
    written = whole.encode("utf-8", "surrogateescape")
    return codecs.BOM_UTF8 + written if content.startswith(codecs.BOM_UTF8) else written


def _tie_of_row(number: int, row: Row, resource: Mapping[str, object]) -> Tie:
    kind, own = str(resource.get("resourceType")), str(resource.get("id") or "")
    subjects = [one for element in OWNERS for one in _find_objects(resource.get(element))]
    contained = [one for one in _find_objects(resource.get("contained")) if one.get("resourceType") == PATIENT]
    people = {own} if kind == PATIENT and own else set()
    owners = people.union(*(_patient_ids(one, row) | _reference_identifiers(one, resource) for one in subjects))
    names = set().union(
        *(_reference_identifiers(one, resource) for one in subjects), *(_values_of(one) for one in contained)
    )
    refers = set()
    for one in _reference_holders(resource):
        people |= _patient_ids(one, row)
        names |= _reference_identifiers(one, resource)
        refers.add(_key_of(str(one["reference"]), row))
    return Tie(
        row=number,
        line=row.line,
        key=f"{kind}/{own}" if own else "",
        owners=frozenset(owners),
        people=frozenset(people),
        names=frozenset(names),
        refers=frozenset(refers),
    )


def _find_objects(value: object) -> list[Mapping[str, object]]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, Mapping)]


def _values_of(holder: Mapping[str, object]) -> set[str]:
    return {str(one["value"]) for one in _find_objects(holder.get("identifier")) if one.get("value")}


def _patient_ids(holder: Mapping[str, object], row: Row) -> set[str]:
    """The id of the patient that a reference leads to: relative, absolute, of a version, or by its urn."""
    reference = holder.get("reference")
    if not isinstance(reference, str) or reference.startswith("#") or "?" in reference:
        return set()
    kind, _, number = _key_of(reference, row).partition("/")
    return {number} if kind in (PATIENT, ANY) else set()


def _reference_identifiers(holder: Mapping[str, object], resource: Mapping[str, object]) -> set[str]:
    """The identifiers that a reference gives: beside it, as what to search for, or in a contained patient."""
    names = _values_of(holder)
    reference = holder.get("reference")
    if isinstance(reference, str) and reference.startswith("#"):
        names.add(contained_number(resource, reference[1:]))
    elif isinstance(reference, str) and reference.rpartition("/")[2].startswith(f"{PATIENT}?"):
        names.add(id_of_reference(reference))
    return names


def _key_of(reference: str, row: Row) -> str:
    """`Type/id` of a reference; `*/id` where it does not say the type."""
    steps = reference.partition("?")[0].partition("/_history/")[0].rstrip("/").split("/")
    kind = steps[-1] if "?" in reference else steps[-2] if len(steps) > 1 else ANY
    return f"{kind}/{row.urls.get(reference) or id_of_reference(reference)}"


def _reference_holders(value: object) -> Iterator[Mapping[str, object]]:
    """Every object with a reference, at any depth."""
    if isinstance(value, Mapping):
        if isinstance(value.get("reference"), str):
            yield value
        for inner in value.values():
            yield from _reference_holders(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _reference_holders(inner)
