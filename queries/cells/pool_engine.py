"""An engine over the files of the pool in service: the same hospitals, shipments and last days as its generation."""

import os
from collections.abc import Iterable
from datetime import date

from data.errors import NoGeneration, UsageProblem
from data.home import Home
from queries.catalogue.metrics import ViewHeader
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.engines.engine import Engine
from queries.figures.own_metrics import TABLES
from queries.warehouse import Warehouse

TOKEN_FILE = "engine_token"
# Where the server finds the folder `sites` of the registry, if not where it is here.
SITES_VARIABLE = "OUTCOMES_ENGINE_SITES"
SECONDS = 300.0


def open_engine(url: str, home: Home, warehouse: Warehouse, *, seconds: float = SECONDS) -> Engine:
    """The server at this address, over what the generation in service was pooled from; see `connect_engine`."""
    hospitals = warehouse.rows(read_pool_sql("pooled_hospitals")) if warehouse.is_pool else []
    return connect_engine(url, home, hospitals, warehouse.rows(read_pool_sql("column_types")), seconds=seconds)


def connect_engine(
    url: str,
    home: Home,
    hospitals: Iterable[tuple[str, str, date | None]],
    columns: Iterable[tuple[str, str, str]],
    *,
    seconds: float = SECONDS,
) -> Engine:
    """The server at this address, over the shipments of these hospitals; nothing is asked of it yet.

    `hospitals`: key, name of the shipment and the last day that counts, null = all count. `columns`: table, column and
    type of a generation. `UsageProblem` where this environment has no client, the address is none, or the token can be
    read by others; `NoGeneration` where the home is no registry with records.
    """
    if not url.startswith("sc://") or "token=" in url:
        raise UsageProblem(
            "--engine", "is no address of a server", f"Write sc://HOST:PORT; a token stands in private/{TOKEN_FILE}"
        )
    try:
        # The client lives in an environment of its own.
        from queries.engines.spark import Spark  # noqa: PLC0415
        from queries.engines.spark_views import ShippedFolder  # noqa: PLC0415
    except ImportError:
        raise UsageProblem(
            "--engine",
            "this environment has no client for it",
            "Use that of requirements-engine.txt (docs/registry.md)",
        ) from None
    sites = os.environ.get(SITES_VARIABLE) or str(home.root / "sites")
    folders = [
        ShippedFolder(hospital, f"{sites}/site_key={hospital}/{shipment}", last_day)
        for hospital, shipment, last_day in sorted(hospitals)
    ]
    if not folders:
        raise NoGeneration(str(home.root), "it holds no records of hospitals", "Run `python -m etl pool DIR`")
    types: dict[str, dict[str, str]] = {table: {} for table in TABLES}
    for table, column, kind in columns:
        if table in types:
            types[table][column] = kind
    return Spark(_with_token(url, home), folders, types, seconds=seconds)


def read_pool_sql(name: str) -> str:
    """SQL of a file of `queries/facts/`."""
    return read_sql_file(FOLDER / "facts" / f"{name}.sql", ViewHeader)[1]


def _with_token(url: str, home: Home) -> str:
    path = home.private / TOKEN_FILE
    if not path.is_file():
        return url
    if path.stat().st_mode & 0o077:
        raise UsageProblem(str(path), "others may read it", "Run chmod 600 on it")
    separator = ";" if "/;" in url else "/;"
    return f"{url.rstrip('/;')}{separator}token={path.read_text(encoding='utf-8').strip()}"
