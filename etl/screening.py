"""New files before anything of them is kept: rows of people who were erased are redacted."""

from dataclasses import dataclass

from etl.exclusion import Exclusions
from etl.intake import content_hash
from etl.manifest import Manifest
from etl.redaction import Numbers, Reading
from etl.sources import read_source


@dataclass(frozen=True)
class Screened:
    """What may be kept: the manifest and contents by hash, and the list with procedures newly seen."""

    manifest: Manifest
    contents: dict[str, bytes]
    exclusions: Exclusions


def screen(manifest: Manifest, contents: dict[str, bytes], new: set[int], exclusions: Exclusions) -> Screened:
    """Redact rows of erased people in new files. A procedure of such a person is known by its number from then on."""
    deliveries = [one for one in manifest.deliveries if one.sequence in new and one.sha256 in contents]
    if not exclusions.marks or not deliveries:
        return Screened(manifest, contents, exclusions)
    readings = [Reading(read_source(one.source), one, contents[one.sha256]) for one in deliveries]
    numbers: dict[str, Numbers] = {}
    for reading in readings:
        source = reading.source.name
        patients = exclusions.among(source, "patient", reading.patients())
        procedures = exclusions.among(source, "procedure", reading.procedures()) | reading.procedures_of(patients)
        numbers[source] = numbers.get(source, Numbers()) | Numbers(frozenset(patients), frozenset(procedures))
    kept, hashes = dict(contents), {}
    for reading in readings:
        delivery = reading.delivery
        content = reading.without(numbers[delivery.source])
        reading.close()
        if content is not reading.content:
            del kept[delivery.sha256]
            hashes[delivery.source, delivery.sha256] = sha256 = content_hash(content)
            kept[sha256] = content
    for source, found in numbers.items():
        exclusions = exclusions.having(source, "procedure", found.procedures)
    return Screened(manifest.redacted(hashes), kept, exclusions)
