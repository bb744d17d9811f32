"""The archived files of a home, each read once: reading costs more than all that is asked of it."""

from collections.abc import Iterator

from data.home import Home
from etl.generations import file_archive
from etl.generations.manifest import Delivery
from etl.redaction.personal_rows import Reading
from etl.sources import read_source

# Beyond this files are read again, rather than held with their tables in memory.
MOST_BYTES = 32 * 1024 * 1024


class Readings:
    """Files by source and hash."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._held: dict[tuple[str, str], Reading] = {}

    def each(self, deliveries: dict[tuple[str, str], Delivery]) -> Iterator[tuple[tuple[str, str], Reading]]:
        """Each file, read; one that is not held is closed when the next is asked for."""
        for key, delivery in deliveries.items():
            reading = self._held.get(key) or self._read(delivery)
            size = sum(len(one.content) for one in self._held.values())
            if key in self._held or size + len(reading.content) <= MOST_BYTES:
                self._held[key] = reading
            try:
                yield key, reading
            finally:
                if key not in self._held:
                    reading.close()

    def _read(self, delivery: Delivery) -> Reading:
        companion = file_archive.read_archived(self._home, delivery.companion) if delivery.companion else None
        content = file_archive.read_archived(self._home, delivery.sha256)
        return Reading(read_source(delivery.source), delivery, content, companion)

    def close(self) -> None:
        """Let go of all."""
        for reading in self._held.values():
            reading.close()
        self._held.clear()
