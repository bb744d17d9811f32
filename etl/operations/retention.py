"""What nobody needs any more, removed by age or number: old backups, reports of mistakes, exports, unused files.

Audit and journal are never shortened: their chains prove that nothing is missing. Of what a generation is made of,
nothing is ever removed, nor any backup but the oldest beyond the number kept.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import StorageProblem
from data.home import Home
from data.settings import Keep
from etl.generations.lineage import read_manifest
from etl.operations.backup import PREFIX, SUMS

DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Removal:
    """A file or folder to remove, and why."""

    path: Path
    why: str


def find_removals(home: Home, keep: Keep, backups: Path) -> list[Removal]:
    """What the settings no longer keep; nothing is removed."""
    return [
        *_old_files(home.private.glob("error-*.txt"), keep.error_days, "a report of a mistake"),
        *_old_files(home.exports.glob("*"), keep.export_days, "an export"),
        *_unused_contents(home, keep.unused_archive_days),
        *old_backups(backups, keep.backups),
    ]


def old_backups(folder: Path, kept: int) -> list[Removal]:
    """Finished backups beyond the newest so many, and unfinished ones older than the newest finished; 0 keeps all."""
    finished = sorted(path.parent for path in folder.glob(f"{PREFIX}*/{SUMS}"))
    if not kept or not finished:
        return []
    unfinished = [path for path in folder.glob(f"{PREFIX}*") if path not in finished and path.name < finished[-1].name]
    return [
        *(Removal(path, f"beyond the newest {kept} backups") for path in finished[:-kept]),
        *(Removal(path, "a backup that was never finished") for path in sorted(unfinished)),
    ]


def remove_all(removals: list[Removal]) -> None:
    """Remove them. A backup loses its list of hashes first, so that half of one is never taken for a backup."""
    for one in removals:
        if one.path.is_dir() and not one.path.is_symlink():
            (one.path / SUMS).unlink(missing_ok=True)
            shutil.rmtree(one.path)
        else:
            one.path.unlink(missing_ok=True)


def _old_files(paths: Iterator[Path], days: float, what: str) -> Iterator[Removal]:
    before = time.time() - days * DAY_SECONDS
    for path in sorted(paths):
        if days and path.is_file() and not path.is_symlink() and path.stat().st_mtime < before:
            yield Removal(path, f"{what}, older than {days:g} days")


def _unused_contents(home: Home, days: float) -> Iterator[Removal]:
    """Archived content that no manifest names: of rolled back and superseded generations that are removed by now."""
    used: set[str] = set()
    for path in home.manifests.glob("gen-*.json"):
        manifest = read_manifest(home, path.with_suffix(".duckdb").name)
        if manifest is None:
            raise StorageProblem(
                str(path), "the manifest is damaged, so what it needs is not known", "Restore it first"
            )
        used |= manifest.contents
    for removal in _old_files(home.archive.glob("??/*"), days, "archived, and no generation is made of it"):
        if removal.path.name not in used:
            yield removal
