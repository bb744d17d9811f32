"""Scores that staff heard on the phone and entered in the app: from the journal into files of the source `entered`.

A file holds what was entered, corrected or undone since the last one, so that every load adds one at most for each
time zone, and none where nothing new was entered. Its rows name people by their random key.
"""

import csv
import io
import json
import re
from collections.abc import Iterator

from data.home import Home
from data.journal import HEARD_SCORE, Event, Journal
from etl.generations.manifest import Manifest
from etl.sources.canonical import ENTERED

NAME = re.compile(r"entered-([0-9]+)-[A-Za-z0-9_+-]+\.csv")
COLUMNS = (
    "score_id", "patient_id", "procedure_id", "measured_at", "score", "context", "instrument", "mode", "timepoint",
    "record_status", "updated_at",
)  # fmt: skip


def entered_files(home: Home, manifest: Manifest) -> Iterator[tuple[str, str, bytes]]:
    """Name, time zone and content of what was entered after the last of these files."""
    names = (NAME.fullmatch(one.name) for one in manifest.deliveries if one.source == ENTERED)
    last = max((int(name[1]) for name in names if name), default=0)
    events = Journal(home.journal).events(HEARD_SCORE)
    first = _first_versions(events)
    # Of a score that was corrected or undone before any load, the last word alone.
    news = list({first[event.id]: event for event in events if event.id > last and event.words}.values())
    for zone in sorted({str(event.payload["time_zone"]) for event in news}):
        rows = [_row_of(event, first[event.id]) for event in news if event.payload["time_zone"] == zone]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
        name = f"entered-{max(event.id for event in news)}-{zone.replace('/', '-')}.csv"
        yield name, zone, text.getvalue().encode("utf-8")


def _first_versions(events: list[Event]) -> dict[int, int]:
    """Of every event, the one that it corrects or undoes in the end: one score keeps one number."""
    first: dict[int, int] = {}
    for event in events:
        first[event.id] = event.id if event.supersedes is None else first.get(event.supersedes, event.supersedes)
    return first


def _row_of(event: Event, first: int) -> tuple[str, ...]:
    """A row of the canonical form. What was entered stands in the erasable words of the event.

    It says no `updated_at`: the later file holds, also within a second or where clocks go back.
    """
    told = json.loads(event.words or "{}")
    status = "withdrawn" if event.payload.get("undone") else ""
    return (
        f"E{first}", event.subject, "", told["measured_at"], told["score"], told["context"], "nrs", "phone", "",
        status, "",
    )  # fmt: skip
