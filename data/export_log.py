"""The export log: what left, for whom, and the hash of its bytes. Written before the bytes are offered.

Events of kind `export` in the journal, each with a hash of itself and the one before. A note beside the journal holds
how many there are, so that events cut off at the end are missed too.
"""

import fcntl
import getpass
import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

from data.errors import StorageProblem
from data.home import Home
from data.journal import FIRST_LINK, Event, Journal, link_of
from data.storage.chain_heads import ChainHead, send_head
from data.storage.storage_faults import find_storage_problem, named_damage

KIND = "export"
NO_END: dict[str, Any] = {"exports": 0, "link": FIRST_LINK}


def record_export(
    home: Home, export_id: str, payload: dict[str, Any], author: str, purpose: str | None = None
) -> Event:
    """Write one export down; `StorageProblem` when it cannot be: nothing may leave then.

    `purpose` is free text, erasable.
    """
    journal = Journal(home.journal)
    try:
        event = journal.append_linked(KIND, export_id, payload, author, purpose)
        _keep_end(_end_file(home), journal)
        send_head(head_of(event))
    except (StorageProblem, OSError) as error:
        fault = find_storage_problem(error, home.journal)
        words = "the export log cannot be written, so nothing is given out"
        where = f"{fault.where}: {fault.what}" if fault else str(home.journal)
        raise StorageProblem(where, words, fault.remedy if fault else "Look at the disk") from error
    return event


def record_file(
    home: Home,
    what: str,
    *,
    profile: str,
    filters: str,
    content: bytes,
    rows: int,
    generation: str,
    file: str | None,
    author: str | None = None,
    sites: list[str] | None = None,
) -> str:
    """Write down a file by its very bytes, and give the export's id. `author` None = the user of the operating system.

    `file` None = given out on a terminal. `sites` None = of all sites.
    """
    payload = {
        "what": what,
        "profile": profile,
        "recipient": None,
        "filters": filters,
        "rows": rows,
        "sha256": hashlib.sha256(content).hexdigest(),
        "generation": generation,
        "file": file,
        "sites": sites,
    }
    export_id = secrets.token_hex(16)
    record_export(home, export_id, payload, author or getpass.getuser())
    return export_id


def read_exports(home: Home) -> list[Event]:
    """All exports in order of writing."""
    return Journal(home.journal).events(KIND)


def find_export(home: Home, export_id: str) -> Event | None:
    """The export of that id."""
    return next((event for event in read_exports(home) if event.subject == export_id), None)


def head_of(event: Event) -> ChainHead:
    """The hash at an export, by the number of its event."""
    return ChainHead("exports", event.id, str(event.payload.get("link")))


def broken_links(home: Home) -> list[str]:
    """What is wrong with the log, one sentence each; none = nothing was changed, removed or cut off."""
    # The end is read first: an export that comes in between is no alarm.
    problems, previous = [], FIRST_LINK
    try:
        end = _read_chain_end(_end_file(home))
    except StorageProblem as problem:
        end = NO_END
        problems.append(f"{Path(problem.where).name}: {problem.what}")
    events = read_exports(home)
    for event in events:
        if event.payload.get("previous") != previous:
            problems.append(f"export {event.id} does not follow the one before it: one was removed or changed")
        if event.payload.get("link") != link_of(event.at, event.author, event.kind, event.subject, event.payload):
            problems.append(f"export {event.id} is not as it was written")
        previous = str(event.payload.get("link"))
    if end["exports"] > len(events):
        problems.append(f"{end['exports'] - len(events)} exports at the end are gone")
    elif end["exports"] and events[end["exports"] - 1].payload.get("link") != end["link"]:
        problems.append("the end of the log is not the one that was written down")
    return problems


def _end_file(home: Home) -> Path:
    return home.private / "export_log_end.json"


def _read_chain_end(path: Path) -> dict[str, Any]:
    try:
        with named_damage(path, ValueError, TypeError, KeyError):
            end = json.loads(path.read_text(encoding="utf-8"))
            return {"exports": int(end["exports"]), "link": str(end["link"])}
    except FileNotFoundError:
        return NO_END


def _keep_end(path: Path, journal: Journal) -> None:
    """Write down how the log ends now. One writer at a time, so that whoever is last has seen all the others."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        count, link = journal.end_of(KIND)
        part = path.with_name(f".{path.name}-{os.getpid()}-{link[:8]}")
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({"exports": count, "link": link}, file)
        part.replace(path)
    finally:
        os.close(folder)
