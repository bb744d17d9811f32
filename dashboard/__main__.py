"""Command line of the read side: figures and rows as files, the export log, without a browser."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dashboard.access import account_commands
from dashboard.doctor.doctor_command import doctor_command
from dashboard.exports import figures_csv
from dashboard.exports.bundle import commands
from dashboard.exports.reconcile.reconcile_command import reconcile_command
from data.command_line import run_command
from data.errors import ExitCode, UsageProblem
from data.home import department_home
from queries.catalogue.filters import parse_where
from queries.cells.pool_engine import open_engine
from queries.figures.cohort import read_cohort
from queries.figures.outside.outside_readers import open_for_outside
from queries.figures.summarise import COLUMNS
from queries.settings_mistakes import check_every_setting
from queries.warehouse import open_current

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Figures of the generation in service, without a browser; and who may sign in.",
)
app.add_typer(account_commands.app, name="user")
app.command("audit")(account_commands.audit_command)
app.command("doctor")(doctor_command)


class Reader(StrEnum):
    """Who will read the file."""

    DEPARTMENT = "department"
    OUTSIDE = "outside"


@app.command("export")
def export_command(
    metrics: Annotated[list[str], typer.Argument(help="Names of metrics; the Methods page lists all.")],
    by: Annotated[list[str] | None, typer.Option("--by", help="Split by a key, a period, or one of each.")] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", help="KEY=VALUE; repeat a key for either value; from= and to=.")
    ] = None,
    audience: Annotated[
        Reader, typer.Option(help="outside: small counts hidden, the rest rounded.")
    ] = Reader.DEPARTMENT,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write, .csv or .xlsx; else CSV on standard output.")
    ] = None,
    excel: Annotated[bool, typer.Option("--excel", help="Put the mark before it by which Excel knows UTF-8.")] = False,
    adjusted: Annotated[
        bool,
        typer.Option("--adjusted", help="Observed against expected, as on Compare; --by a unit."),
    ] = False,
    engine: Annotated[
        str | None,
        typer.Option("--engine", help="Of a registry: sc://HOST:PORT of a Spark Connect server that counts."),
    ] = None,
) -> None:
    """Figures as CSV."""
    check_every_setting()
    split = figures_csv.parse_split(by or [])
    warehouse = open_for_outside(department_home()) if audience is Reader.OUTSIDE else open_current(department_home())
    filters = parse_where(where or [], lambda key: read_cohort(warehouse).codes(key).values)
    columns: list[str] = list(COLUMNS)
    if adjusted and engine:
        raise UsageProblem("--adjusted", "is not counted by an engine", "Leave one of the two out")
    if adjusted:
        # Pages, which other exports must not wait for.
        from dashboard.pages.compare.adjusted_export import adjusted_figures  # noqa: PLC0415

        if audience is Reader.OUTSIDE:
            raise UsageProblem("--adjusted", "is not for readers outside", "Leave one of the two out")
        table = adjusted_figures(metrics, split.by, filters)
        columns = list(table)
    elif engine:
        if audience is Reader.OUTSIDE:
            raise UsageProblem("--engine", "does not count for readers outside", "Leave one of the two out")
        counting = open_engine(engine, department_home(), warehouse)
        table = figures_csv.engine_figures(counting, warehouse, metrics, filters, split)
    else:
        table = figures_csv.metric_figures(warehouse, metrics, filters, split, audience.value)
    text = figures_csv.mark_text(figures_csv.to_csv(table, columns), excel)
    content = text.encode("utf-8")
    if out is not None and out.suffix == ".xlsx":
        # Slow to import, and seldom wanted.
        from dashboard.exports.workbook import to_workbook  # noqa: PLC0415

        content = to_workbook(table, columns)
    commands.log_figures(warehouse, filters, audience=audience.value, content=content, rows=len(table), out=out)
    if out is None:
        print(text, end="")
    else:
        out.write_bytes(content)


app.command("bundle")(commands.bundle_command)
app.command("verify")(commands.verify_command)
app.command("reconcile")(reconcile_command)


@app.command("report")
def report_command(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")],
    site: Annotated[
        list[str] | None, typer.Option("--site", help="A site; repeat for more; `each` = every one.")
    ] = None,
    month: Annotated[str | None, typer.Option("--month", help="YYYY-MM; else the last that is over.")] = None,
    audience: Annotated[
        Reader, typer.Option(help="outside: small counts hidden, the rest rounded.")
    ] = Reader.DEPARTMENT,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Also as PDF where a Chromium is found.")] = True,
    mail: Annotated[str | None, typer.Option("--mail", help="Address to send it to by the system's sendmail.")] = None,
) -> None:
    """The board report: one HTML file per site that needs nothing else."""
    # Plotly, which exports and bundles must not wait for.
    from dashboard.exports.report.report_command import write_reports  # noqa: PLC0415

    write_reports(out, site or [], month=month, audience=audience.value, pdf=pdf, address=mail)


@app.command("digest")
def digest_command(
    site: Annotated[str | None, typer.Option("--site", help="One site, or hospital of a registry; else all.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for digest.txt and digest.html.")] = None,
    mail: Annotated[
        bool, typer.Option("--mail", help="Send it to those who asked for it, by the system's sendmail.")
    ] = False,
) -> None:
    """What a lead reads on Monday: what Overview says, as a mail."""
    # Pages, which exports and bundles must not wait for.
    from dashboard.pages.overview.digest import write_digest  # noqa: PLC0415

    write_digest(site, out, mail)


@app.command("signals")
def signals_command(
    site: Annotated[str | None, typer.Option("--site", help="One site, or hospital of a registry; else all.")] = None,
    days: Annotated[int, typer.Option("--days", min=0, help="Events and deaths without a review so long.")] = 14,
    everything: Annotated[bool, typer.Option("--all", help="Also what was told before; nothing is noted.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
    mail: Annotated[bool, typer.Option("--mail", help="Also to those who asked for the digest, by sendmail.")] = False,
) -> None:
    """What has happened that somebody should know, told once. Exit code 1: something; 0: nothing."""
    # Pages, which exports and bundles must not wait for.
    from dashboard.pages.overview import signals  # noqa: PLC0415

    told = signals.tell_signals(site, review_days=days, everything=everything, as_json=as_json, mail=mail)
    for line in told:
        print(line)
    if told:
        raise typer.Exit(ExitCode.DISAGREEMENT)


if __name__ == "__main__":
    run_command(app)
