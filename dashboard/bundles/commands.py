"""Row-level exports by command, under the name of the user of the operating system."""

import getpass
import hashlib
import secrets
from pathlib import Path
from typing import Annotated

import typer

import data
from dashboard.bundles.bundle import export_bundle
from dashboard.bundles.order import DESCRIBED, Order, Profile
from data import export_log
from queries.cohort import cohort
from queries.errors import ExitCode
from queries.filters import Filters, parse_where
from queries.outside import described
from queries.settings import check_all
from queries.warehouse import Warehouse, open_current

PROFILES = "; ".join(f"{profile}: {words}" for profile, words in DESCRIBED.items())


def bundle(
    profile: Annotated[Profile, typer.Option(help=f"How much leaves. {PROFILES}.")],
    out: Annotated[Path, typer.Option("--out", help="Zip file to write.")],
    where: Annotated[
        list[str] | None, typer.Option("--where", help="KEY=VALUE; repeat a key for either value; from= and to=.")
    ] = None,
    recipient: Annotated[str | None, typer.Option(help="Who gets it; needed for safe_harbor.")] = None,
    purpose: Annotated[str | None, typer.Option(help="What for, in your words; kept in the export log.")] = None,
    excel: Annotated[bool, typer.Option("--excel", help="Mark each CSV so that Excel knows UTF-8.")] = False,
    workbooks: Annotated[
        bool, typer.Option("--workbooks", help="Each table also as .xlsx, as far as a sheet holds its rows.")
    ] = False,
) -> None:
    """Rows as a zip of CSVs from which every figure can be recomputed; written into the export log first."""
    check_all()
    warehouse = open_current(data.home())
    filters = parse_where(where or [], lambda key: cohort(warehouse).codes(key).values)
    order = Order(profile, filters, recipient, workbooks=workbooks)
    receipt = export_bundle(data.home(), warehouse, order, getpass.getuser(), purpose, out, excel)
    typer.echo(f"{receipt.path}: {receipt.rows} rows, sha256 {receipt.sha256}, export {receipt.export_id}", err=True)


def verify() -> None:
    """Whether the export log is as it was written: exit 1 when an entry was changed, removed or cut off."""
    problems = export_log.broken_links(data.home())
    for problem in problems:
        typer.echo(problem, err=True)
    typer.echo(f"{len(export_log.exports(data.home()))} exports, {len(problems)} problems", err=True)
    if problems:
        raise typer.Exit(ExitCode.DISAGREEMENT)


def log_figures(warehouse: Warehouse, filters: Filters, content: bytes, rows: int, out: Path | None) -> None:
    """Put figures that are made to leave the department into the export log, by the hash of the very bytes."""
    payload = {
        "what": "figures",
        "profile": "outside",
        "recipient": None,
        "filters": described(warehouse, filters),
        "rows": rows,
        "sha256": hashlib.sha256(content).hexdigest(),
        "generation": warehouse.info.generation,
        "file": out.name if out else None,
    }
    export_log.record(data.home(), secrets.token_hex(16), payload, getpass.getuser())
