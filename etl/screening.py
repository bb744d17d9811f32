"""New files before anything of them is kept: rows of people who were erased are redacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.exclusion import Exclusions
from etl.intake import Contents, content_hash
from etl.sources import read_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from etl.manifest import Manifest


def screen(
    manifest: Manifest, contents: Contents, new: set[int], exclusions: Exclusions, open_content: Callable[[str], bytes]
) -> tuple[Manifest, Exclusions]:
    """Redact rows of erased people in new files; the manifest of what may be kept, and the list.

    A procedure of such a person is on the list by its own number from then on.
    """
    deliveries = [one for one in manifest.deliveries if one.sequence in new and one.sha256 in contents]
    if not exclusions.marks or not deliveries:
        return manifest, exclusions
    from etl.redaction import Numbers, Reading  # noqa: PLC0415 - only where somebody was erased

    readings = [
        Reading(
            read_source(one.source), one, contents.read(one.sha256),
            open_content(one.companion) if one.companion else None,
        )
        for one in deliveries
    ]  # fmt: skip
    numbers: dict[str, Numbers] = {}
    for reading in readings:
        source = reading.source.name
        patients = exclusions.among(source, "patient", reading.patients())
        procedures = exclusions.among(source, "procedure", reading.procedures()) | reading.procedures_of(patients)
        numbers[source] = numbers.get(source, Numbers()) | Numbers(frozenset(patients), frozenset(procedures))
    hashes = {}
    for reading in readings:
        delivery = reading.delivery
        content = reading.without(numbers[delivery.source])
        reading.close()
        if content is not reading.content:
            hashes[delivery.source, delivery.sha256] = content_hash(content)
            contents.replace(delivery.sha256, content)
    for source, found in numbers.items():
        exclusions = exclusions.having(source, "procedure", found.procedures)
    return manifest.redacted(hashes), exclusions
