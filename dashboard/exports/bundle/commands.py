"""Row-level exports by command, under the name of the user of the operating system."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from dashboard.exports.bundle.bundle import export_bundle
from dashboard.exports.bundle.order import DESCRIBED, Order, Profile
from data import export_log
from data.errors import ExitCode
from data.home import department_home
from queries.catalogue.filters import Filters, parse_where
from queries.figures.cohort import read_cohort
from queries.figures.counts import Audience
from queries.figures.outside.outside_readers import describe_question
from queries.settings_mistakes import check_every_setting
from queries.warehouse import Warehouse, open_current

PROFILES = "; ".join(f"{profile}: {words}" for profile, words in DESCRIBED.items())


def bundle_command(
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
    check_every_setting()
    warehouse = open_current(department_home())
    filters = parse_where(where or [], lambda key: read_cohort(warehouse).codes(key).values)
    order = Order(profile=profile, filters=filters, recipient=recipient, workbooks=workbooks)
    receipt = export_bundle(
        department_home(), warehouse, order=order, author=getpass.getuser(), purpose=purpose, out=out, for_excel=excel
    )
    typer.echo(f"{receipt.path}: {receipt.rows} rows, sha256 {receipt.sha256}, export {receipt.export_id}", err=True)


def verify_command() -> None:
    """Whether the export log is as it was written: exit 1 when an entry was changed, removed or cut off."""
    problems = export_log.broken_links(department_home())
    for problem in problems:
        typer.echo(problem, err=True)
    typer.echo(f"{len(export_log.read_exports(department_home()))} exports, {len(problems)} problems", err=True)
    if problems:
        raise typer.Exit(ExitCode.DISAGREEMENT)


def log_figures(
    warehouse: Warehouse, filters: Filters, *, audience: Audience, content: bytes, rows: int, out: Path | None
) -> None:
    """Put figures into the export log by the hash of the very bytes; outside with the rule and the sign-off."""
    told = describe_question(warehouse, filters) if audience == "outside" else filters.to_text()
    generation = warehouse.info.generation
    export_log.record_file(
        department_home(),
        "figures",
        profile=audience,
        filters=told,
        content=content,
        rows=rows,
        generation=generation,
        file=out.name if out else None,
    )
