"""Which generation followed which, and which one is in service: told by counters and a history, never by a clock.

Each manifest holds a counter and the name of the generation that was in service before it. Every time the pointer
moves, its new target is also written to a history beside the manifests, so that what a lost pointer said can be proved.
"""

from pathlib import Path

from data.errors import NoGeneration
from data.home import Home
from etl.generations.manifest import Manifest, manifest_path
from etl.generations.storage import PRIVATE_FILE, write_whole
from queries.warehouse import current_path

HISTORY = "IN_SERVICE"
REMEMBERED = 1_000
SAY_WHICH = "Say which one: `python -m etl rollback --to NAME`"


def history_file(home: Home) -> Path:
    """One line for each time the pointer moved: the file name of the generation that was put into service."""
    return home.manifests / HISTORY


def read_history(home: Home) -> list[str]:
    """What was put into service, oldest first; empty for a home of before there was a history."""
    try:
        return history_file(home).read_text(encoding="utf-8").split()
    except (FileNotFoundError, UnicodeDecodeError):
        return []


def note_in_service(home: Home, name: str) -> None:
    """Write down what goes into service, unless it is what stands there last."""
    lines = read_history(home)
    if lines[-1:] != [name]:
        text = "".join(f"{one}\n" for one in [*lines, name][-REMEMBERED:])
        write_whole(history_file(home), text.encode(), PRIVATE_FILE)


def note_present(home: Home) -> None:
    """Bring the history in line with the pointer: a home of before, or a crash between the two."""
    if history_file(home).parent.is_dir():
        try:
            note_in_service(home, current_path(home).name)
        except NoGeneration:
            return


def read_manifest(home: Home, name: str) -> Manifest | None:
    """The manifest of a published file; None when it is gone or damaged."""
    try:
        return Manifest.from_json(manifest_path(home.archive, name).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def list_published(home: Home) -> list[str]:
    """Names of all published files in the order of their counters; before them those of homes without, by name."""
    names = [path.name for path in home.generations.glob("gen-*.duckdb")]
    return sorted(names, key=lambda name: (counter_of(home, name), name))


def counter_of(home: Home, name: str) -> int:
    """The counter of a published file; 0 where its manifest has none or cannot be read."""
    found = read_manifest(home, name)
    return found.counter if found else 0


def next_counter(home: Home) -> int:
    """One more than any that is known here."""
    names = [path.with_suffix(".duckdb").name for path in home.manifests.glob("gen-*.json")]
    return 1 + max((counter_of(home, name) for name in names), default=0)


def find_in_service(home: Home) -> str | None:
    """The file in service, also where it or the pointer to it is lost; None when nothing was ever published.

    `NoGeneration` where the pointer is lost and nothing proves what it said: no guess is put into service.
    """
    try:
        return current_path(home).name
    except NoGeneration:
        pass
    known = {path.with_suffix(".duckdb").name for path in home.manifests.glob("gen-*.json")}
    candidates = known | {path.name for path in home.generations.glob("gen-*.duckdb")}
    for name in (_pointed_name(home), *read_history(home)[-1:]):
        if name in candidates:
            return name
    if len(candidates) > 1:
        raise NoGeneration(
            str(home.current),
            f"the pointer is lost, and nothing proves which of {len(candidates)} generations was in service",
            f"{SAY_WHICH}, one of {', '.join(sorted(candidates))}",
        )
    return next(iter(candidates), None)


def _pointed_name(home: Home) -> str:
    try:
        return home.current.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def find_parent(home: Home, name: str) -> str:
    """The published file that was in service before this one. `NoGeneration` when there is none, or it is removed."""
    manifest, history = read_manifest(home, name), read_history(home)
    published = list_published(home)
    parent = ""
    if manifest is not None and manifest.counter:
        parent = manifest.parent
    elif name in history[1:]:
        parent = history[history.index(name, 1) - 1]
    elif manifest is not None:
        # Of a home of before there were counters: then names told the order.
        parent = max((one for one in published if one < name and not counter_of(home, one)), default="")
    if not parent:
        raise NoGeneration(str(home.generations), "there is no earlier generation", "Load files to make a new one")
    if parent not in published:
        others = ", ".join(one for one in published if one != name) or "none is left"
        raise NoGeneration(parent, "the generation before this one was removed", f"{SAY_WHICH}: {others}")
    return parent
