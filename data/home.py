"""Where files live. Nothing here opens a database or reads a setting."""

import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

DATA = Path(__file__).parent
PROJECT = DATA.parent
SCHEMA = DATA / "schema.sql"
JOURNAL_SCHEMA = DATA / "journal.sql"
ACCOUNTS_SCHEMA = DATA / "accounts.sql"
SETTINGS = DATA / "settings"
SAMPLE = DATA / "sample"
DEMO = DATA / "demo"
DEFAULT_HOME = DATA / "home"


@dataclass(frozen=True)
class Home:
    """One department's folder: deliveries, archive, generations and private files."""

    root: Path

    @cached_property
    def inbox(self) -> Path:
        """Where a department drops files for `python -m etl load` without arguments."""
        return self.root / "inbox"

    @cached_property
    def archive(self) -> Path:
        """Every file ever taken in, whole, under the hash of its content."""
        return self.root / "archive"

    @cached_property
    def manifests(self) -> Path:
        """Of every published generation, which files of the archive it is made of."""
        return self.archive / "manifests"

    @cached_property
    def staging(self) -> Path:
        """Scratch space of a running load; holds whole extracts, so it is as private as the archive."""
        return self.root / "staging"

    @cached_property
    def settings(self) -> Path:
        """What the hospital sets for itself, over `data/settings`; missing where it sets nothing."""
        return self.root / "settings"

    @cached_property
    def generations(self) -> Path:
        """Published warehouses and the pointer to the one in service."""
        return self.root / "generations"

    @cached_property
    def private(self) -> Path:
        """Identities and the journal."""
        return self.root / "private"

    @cached_property
    def exports(self) -> Path:
        """Where exports and reports are written by default."""
        return self.root / "exports"

    @cached_property
    def current(self) -> Path:
        """The pointer file: one line, the file name of the generation in service."""
        return self.generations / "CURRENT"

    @cached_property
    def lock(self) -> Path:
        """Held by the one load that may run at a time."""
        return self.root / "etl.lock"

    @cached_property
    def identities(self) -> Path:
        """The senders' numbers and the random keys that stand for them."""
        return self.private / "identities.parquet"

    @cached_property
    def journal(self) -> Path:
        """What people wrote and what loads reported."""
        return self.private / "journal.sqlite"

    @cached_property
    def accounts(self) -> Path:
        """Who may sign in, who is signed in, and the audit."""
        return self.private / "accounts.sqlite"

    @cached_property
    def members(self) -> Path:
        """Of a registry: the hospitals that may ship to it, and their keys."""
        return self.settings / "members.toml"

    @cached_property
    def sites(self) -> Path:
        """Of a registry: the shipments that it took, under site and hash; nothing in it is ever changed."""
        return self.root / "sites"

    @cached_property
    def pools(self) -> Path:
        """Of a registry: which shipments were in force together, and the pointer to those that are now."""
        return self.root / "pools"

    @property
    def kind(self) -> Literal["department", "registry"]:
        """A registry is a home with a list of members, or with a pool; it takes shipments and no files."""
        return "registry" if self.members.is_file() or (self.pools / "CURRENT").is_file() else "department"

    @property
    def has_generation(self) -> bool:
        """Whether anything has ever been published here, even if the pointer to it or all of it is lost."""
        built = (*self.generations.glob("gen-*.duckdb"), *self.manifests.glob("gen-*.json"))
        return self.current.is_file() or bool(built)


# Asked for hundreds of times by every page.
@cache
def _home_at(folder: str) -> Home:
    return Home(Path(folder))


def department_home() -> Home:
    """The department's home: `OUTCOMES_HOME`, else `data/home`."""
    return _home_at(os.environ.get("OUTCOMES_HOME") or str(DEFAULT_HOME))


def demo_home() -> Home:
    """The synthetic department's home, never shared with real records."""
    return _home_at(os.environ.get("OUTCOMES_DEMO_HOME") or str(DEMO))


def home_in_service() -> Home:
    """The department's home; while it has no generation, the synthetic department's."""
    real, synthetic = department_home(), demo_home()
    if not real.has_generation and synthetic.has_generation:
        return synthetic
    return real
