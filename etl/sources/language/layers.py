"""A source on top of another one: tables are merged key by key, and everything else, also a list, is replaced."""

import hashlib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.errors import UsageProblem

FOLDER = Path(__file__).parents[1]
Entries = dict[str, Any]


def layered(content: bytes, where: str, names: tuple[str, ...], path_of: Callable[[str], Path]) -> tuple[Entries, str]:
    """What a TOML and those below it say, and one hash of all of them.

    `names` are the sources from the top down to this one; `path_of` finds the next. `UsageProblem` for what is no TOML,
    for a source that does not exist, and for one that would stand on itself.
    """
    try:
        entries = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageProblem(where, f"not valid TOML ({error})", "Correct the line") from None
    sha256 = hashlib.sha256(content).hexdigest()
    base = entries.get("extends")
    if not isinstance(base, str):
        return entries, sha256
    if base in names:
        raise UsageProblem(f"{where}, extends", f"{base} would stand on itself", "Name a source that does not use it")
    try:
        path = path_of(base)
    except UsageProblem as problem:
        raise UsageProblem(f"{where}, extends", f"there is no source {base}", problem.remedy) from None
    below, sha256_below = layered(path.read_bytes(), shown_path(path), (*names, base), path_of)
    return _merged(below, entries), hashlib.sha256(f"{sha256} {sha256_below}".encode()).hexdigest()


def shown_path(path: Path) -> str:
    """How messages name the file of a source."""
    return f"etl/sources/{path.name}" if path.parent == FOLDER else str(path)


def _merged(below: Entries, above: Entries) -> Entries:
    both = {key: _merged(below[key], value) for key, value in above.items() if _are_tables(below.get(key), value)}
    return below | above | both


def _are_tables(*entries: object) -> bool:
    return all(isinstance(entry, dict) for entry in entries)
