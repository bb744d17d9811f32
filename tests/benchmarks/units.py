"""Many sites, or hospitals of a registry: eight figures by site for readers outside, beside the department's own."""

import shutil
import statistics
import time
from itertools import product
from pathlib import Path

import duckdb

from dashboard.exports import figures_csv
from data.home import Home
from queries.catalogue.filters import Filters
from queries.warehouse import Warehouse, current_path
from tests.benchmarks.loading import our_load

SITES = (40, 400)
FIGURES = (
    "responders_50_hours_24_72", "day_case_completed", "home_ready_within_6_hours", "mean_levels",
    "recorded_hours_24_72", "recovery_hours", "stay_hours", "multi_level",
)  # fmt: skip
CHOICES = {"cold": Filters(), "a new filter": Filters.of({"sex": ["F"]})}


def spread_sites(generation: Path, target: Path, sites: int) -> Path:
    """A copy of a generation whose procedures are at so many sites."""
    shutil.copy(generation, target)
    target.chmod(0o600)
    with duckdb.connect(str(target)) as connection:
        for table in ("outcomes", "procedures"):
            told = f"* replace ('Site ' || lpad(cast(hash(procedure_id) % {sites} as varchar), 3, '0') as site)"
            connection.execute(f"create temp table spread as select {told} from {table}")
            connection.execute(f"delete from {table}")
            connection.execute(f"insert into {table} from spread")
            connection.execute("drop table spread")
    return target


def measure(files: Path, scratch: Path, rounds: int) -> list[tuple[str, str, str]]:
    """Rows of the report: what, measured, bound; CPU seconds, medians, interleaved."""
    home = Home(scratch / "units")
    our_load(files, home.root)
    spread = {sites: spread_sites(current_path(home), scratch / f"sites{sites}.duckdb", sites) for sites in SITES}
    by_site = figures_csv.parse_split(["site"])
    used: dict[tuple[int, str, str], list[float]] = {}
    for _, sites, audience in product(range(rounds), SITES, ("department", "outside")):
        warehouse = Warehouse(spread[sites])
        for choice, filters in CHOICES.items():
            began = time.process_time()
            figures_csv.metric_figures(warehouse, FIGURES, filters, by_site, audience)
            used.setdefault((sites, choice, audience), []).append(time.process_time() - began)
    rows = []
    for sites, choice in product(SITES, CHOICES):
        ours, outside = (statistics.median(used[sites, choice, one]) for one in ("department", "outside"))
        rows.append((
            f"eight figures by {sites} sites for readers outside, {choice}",
            f"{outside:.2f} CPU s; the department's by the same {ours:.2f} ({outside / ours:.1f} ×)", "≤ 3 ×",
        ))  # fmt: skip
    return rows
