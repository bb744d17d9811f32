"""New files before anything of them is kept: rows of people who were erased are redacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.generations.file_archive import Contents, content_hash
from etl.redaction.excluded_people import Exclusions
from etl.redaction.person_numbers import Numbers
from etl.sources import read_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from etl.generations.manifest import Manifest
    from etl.redaction.personal_rows import Reading


def screen_files(
    manifest: Manifest, contents: Contents, new: set[int], exclusions: Exclusions, open_content: Callable[[str], bytes]
) -> tuple[Manifest, Exclusions]:
    """Redact rows of erased people in new files; the manifest of what may be kept, and the list.

    A procedure of such a person is on the list by its own number from then on; so is a new number of a person who is
    known by an old one.
    """
    deliveries = [one for one in manifest.deliveries if one.sequence in new and one.sha256 in contents]
    if not exclusions.marks or not deliveries:
        return manifest, exclusions
    from etl.redaction.personal_rows import Reading  # noqa: PLC0415
    from etl.redaction.redact_file import redact_file  # noqa: PLC0415 - only where somebody was erased

    readings = [
        Reading(
            read_source(one.source), one, contents.read(one.sha256),
            open_content(one.companion) if one.companion else None,
        )
        for one in deliveries
    ]  # fmt: skip
    hashes = {}
    for source in {one.source for one in deliveries}:
        own = [one for one in readings if one.source.name == source]
        numbers = _excluded_numbers(own, exclusions)
        for reading in own:
            made = redact_file(reading, numbers)
            if made is not None:
                hashes[source, reading.delivery.sha256] = content_hash(made.content)
                contents.replace(reading.delivery.sha256, made.content)
        exclusions = exclusions.of(source, numbers)
    for reading in readings:
        reading.close()
    return manifest.redacted(hashes), exclusions


def _excluded_numbers(readings: list[Reading], exclusions: Exclusions) -> Numbers:
    """What these files tell of people of their source who are on the list."""
    from etl.redaction.personal_rows import all_of  # noqa: PLC0415 - only where somebody was erased

    source = readings[0].source.name
    numbers = Numbers()
    for reading in readings:
        patients = exclusions.among(source, "patient", reading.patients())
        called = reading.known_as()
        for name in exclusions.among(source, "known_as", called):
            # Of several who go by one name nobody can tell who was meant.
            patients |= called[name] if len(called[name] - patients) == 1 else set()
        others = exclusions.among(source, "known_as", reading.mentioned())
        procedures = exclusions.among(source, "procedure", reading.procedures())
        numbers |= Numbers(frozenset(patients), frozenset(others), frozenset(procedures))
    return all_of(lambda: readings, numbers) if numbers.people else numbers
