"""Where files live. Nothing here opens a database or reads a setting."""

import os
from dataclasses import dataclass
from pathlib import Path

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

    @property
    def inbox(self) -> Path:
        """Where a department drops files for `python -m etl load` without arguments."""
        return self.root / "inbox"

    @property
    def archive(self) -> Path:
        """Every file ever taken in, whole, under the hash of its content."""
        return self.root / "archive"

    @property
    def manifests(self) -> Path:
        """Of every published generation, which files of the archive it is made of."""
        return self.archive / "manifests"

    @property
    def staging(self) -> Path:
        """Scratch space of a running load; holds whole extracts, so it is as private as the archive."""
        return self.root / "staging"

    @property
    def settings(self) -> Path:
        """What the hospital sets for itself, over `data/settings`; missing where it sets nothing."""
        return self.root / "settings"

    @property
    def generations(self) -> Path:
        """Published warehouses and the pointer to the one in service."""
        return self.root / "generations"

    @property
    def private(self) -> Path:
        """Identities and the journal."""
        return self.root / "private"

    @property
    def exports(self) -> Path:
        """Where exports and reports are written by default."""
        return self.root / "exports"

    @property
    def current(self) -> Path:
        """The pointer file: one line, the file name of the generation in service."""
        return self.generations / "CURRENT"

    @property
    def lock(self) -> Path:
        """Held by the one load that may run at a time."""
        return self.root / "etl.lock"

    @property
    def identities(self) -> Path:
        """The senders' numbers and the random keys that stand for them."""
        return self.private / "identities.parquet"

    @property
    def journal(self) -> Path:
        """What people wrote and what loads reported."""
        return self.private / "journal.sqlite"

    @property
    def accounts(self) -> Path:
        """Who may sign in, who is signed in, and the audit."""
        return self.private / "accounts.sqlite"

    @property
    def has_generation(self) -> bool:
        """Whether anything has ever been published here, even if the pointer to it or all of it is lost."""
        built = (*self.generations.glob("gen-*.duckdb"), *self.manifests.glob("gen-*.json"))
        return self.current.is_file() or bool(built)


def department_home() -> Home:
    """The department's home: `OUTCOMES_HOME`, else `data/home`."""
    return Home(Path(os.environ.get("OUTCOMES_HOME") or DEFAULT_HOME))


def demo_home() -> Home:
    """The synthetic department's home, never shared with real records."""
    return Home(Path(os.environ.get("OUTCOMES_DEMO_HOME") or DEMO))


def home_in_service() -> Home:
    """The department's home; while it has no generation, the synthetic department's."""
    real, synthetic = department_home(), demo_home()
    if not real.has_generation and synthetic.has_generation:
        return synthetic
    return real
