"""One generation of the warehouse, opened read-only and closed to everything else."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from data.errors import NoGeneration
from data.field_dictionary import shape_version
from data.home import PROJECT, Home, demo_home
from queries.bounded_memory import BoundedMemory, ByteBound
from queries.engines.duck import Duck, QueryFailure, QueryStopped

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

# The shape of tables that are not made of fields: a change of them is one more than the newest shape of all.
TABLES_SHAPE = 11
SCHEMA_VERSION = max(TABLES_SHAPE, shape_version())
REMEMBERED = 400
# What a process keeps of all generations that it has open: answers, keys and choices of procedures, facts.
KEPT_BYTES = ByteBound(128 * 2**20)

NOTHING_LOADED = "nothing has been loaded yet"

Made = TypeVar("Made")


@dataclass(frozen=True)
class GenerationInfo:
    """What a generation is. `as_of` is null when it holds no procedures."""

    generation: str
    as_of: date | None
    oldest_source: str | None
    is_synthetic: bool


class Warehouse:
    """A generation, and what is remembered of it."""

    def __init__(
        self,
        path: Path,
        operator_shown: Callable[[str], str] = str,
        signed_off: str | None = None,
        hospital_shown: Callable[[str], str] = str,
    ) -> None:
        """Open the file. `NoGeneration` when it cannot be opened or was built by other code.

        `operator_shown` turns an operator's name into what readers of this warehouse see; `signed_off` is the month
        for which a lead has signed this generation off, YYYY-MM. `hospital_shown` turns the key of a hospital of a pool
        into its name for these readers; the sites within hospitals are then not told apart.
        """
        self.path = path
        self.operator_shown = operator_shown
        self.hospital_shown = hospital_shown
        self.signed_off = signed_off
        self._duck = Duck(path)
        self._memory = BoundedMemory(REMEMBERED, bound=KEPT_BYTES)
        self.info = self._read_info()

    def _read_info(self) -> GenerationInfo:
        try:
            told = self.rows(
                "select schema_version, generation, as_of, oldest_source, is_synthetic from generation_info"
            )
        except (QueryFailure, NoGeneration):
            told = []
        row = told[0] if told else None
        if row is not None and row[0] > SCHEMA_VERSION:
            raise NoGeneration(
                self.path.name,
                "the warehouse was built by a newer version of this program",
                "Install that version again; or run `python -m etl rebuild`",
            )
        if row is None or row[0] != SCHEMA_VERSION:
            raise NoGeneration(
                self.path.name,
                "the warehouse was built by another version of this program",
                "Run `python -m etl rebuild`",
            )
        return GenerationInfo(*row[1:])

    def rows(self, sql: str, parameters: dict[str, Any] | None = None) -> list[tuple]:
        """All rows of a query as plain tuples."""
        with self._duck.cursor() as cursor:
            return cursor.execute(sql, parameters or {}).fetchall()

    def frame(self, sql: str, parameters: dict[str, Any] | None = None) -> "pd.DataFrame":
        """All rows of a query as a DataFrame."""
        with self._duck.cursor() as cursor:
            return cursor.execute(sql, parameters or {}).df()

    def frame_within(self, seconds: float, sql: str, parameters: dict[str, Any] | None = None) -> "pd.DataFrame":
        """The same of a query that is stopped after so long: `TimeoutError`."""
        with self._duck.cursor() as cursor:
            clock = threading.Timer(seconds, cursor.interrupt)
            clock.start()
            try:
                return cursor.execute(sql, parameters or {}).df()
            except QueryStopped:
                raise TimeoutError from None
            finally:
                clock.cancel()

    def records(self, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """All rows of a query as dictionaries of plain values."""
        with self._duck.cursor() as cursor:
            found = cursor.execute(sql, parameters or {}).fetchall()
            names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def arrays(self, sql: str, parameters: dict[str, Any] | None = None) -> "dict[str, np.ndarray]":
        """All rows of a query as numpy arrays by column, for columns without nulls."""
        with self._duck.cursor() as cursor:
            return cursor.execute(sql, parameters or {}).fetchnumpy()

    def table(self, sql: str, parameters: dict[str, Any] | None = None) -> "pa.Table":
        """All rows of a query as an Arrow table."""
        return self._duck.table(sql, parameters)

    def remember(self, key: tuple[str, ...], make: Callable[[], Made]) -> Made:
        """What `make` gives, kept for as long as this generation is open; the least used goes when there are many."""
        return self._memory.get(key, make)

    @property
    def is_pool(self) -> bool:
        """Whether this is a registry's pool of several hospitals, not the generation of one department."""
        query = "select count(*) from duckdb_tables() where table_name = 'hospitals'"
        return self.remember(("is pool",), lambda: bool(self.rows(query)[0][0]))

    def let_go(self) -> None:
        """Keep nothing any more. The file is closed when nobody uses this warehouse, which its own memory did too."""
        self._memory.drop_where(lambda _: True)


def current_path(home: Home) -> Path:
    """The file of the generation in service. `NoGeneration` when there is none."""
    try:
        name = home.current.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        if home.has_generation:
            raise NoGeneration(
                str(home.current), "the pointer to the generation in service is gone", "Run `python -m etl rebuild`"
            ) from None
        raise NoGeneration(str(home.root), NOTHING_LOADED, _way_to_records(home)) from None
    except (OSError, UnicodeDecodeError):
        raise NoGeneration(str(home.current), "the pointer cannot be read", "Run `python -m etl rebuild`") from None
    path = home.generations / name
    if not name or Path(name).name != name or not path.is_file():
        raise NoGeneration(str(home.current), "the pointer names no file", "Run `python -m etl rebuild`")
    return path


def _way_to_records(home: Home) -> str:
    """What to type; commands never answer from the synthetic department unless they are told to, as the app does."""
    if home.kind == "registry":
        return "Run `python -m etl pool DIR` with the folder of the shipments"
    load = "Run `python -m etl load` with your files"
    synthetic = demo_home()
    if synthetic.has_generation and synthetic != home:
        folder = _short_folder(synthetic.root)
        return f"{load}; for the synthetic department write OUTCOMES_HOME={folder} before this command"
    return f"{load}, or `python -m etl demo` for a synthetic department"


def _short_folder(folder: Path) -> Path:
    """A folder as it is written from the folder of this program."""
    return folder.relative_to(PROJECT) if folder.is_relative_to(PROJECT) else folder


def open_current(home: Home) -> Warehouse:
    """The generation in service; tried twice, because a load may have replaced it in between."""
    try:
        return Warehouse(current_path(home))
    except NoGeneration:
        return Warehouse(current_path(home))
