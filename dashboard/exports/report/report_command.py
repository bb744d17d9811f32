"""`python -m dashboard report`: one file per site, into a folder, for a clock to start."""

import getpass
import re
from collections.abc import Sequence
from pathlib import Path

import typer

from dashboard.exports.report.board import TITLE, board_report, month_of
from dashboard.exports.report.numbers import Scope
from dashboard.exports.report.printing import send_mail, to_pdf
from data import export_log
from data.errors import UsageProblem
from data.home import Home, department_home
from queries.figures.cohort import read_cohort
from queries.figures.counts import Audience
from queries.figures.outside.outside_readers import describe_question, open_for_outside
from queries.settings_mistakes import check_every_setting
from queries.warehouse import open_current

PRIVATE_FILE = 0o600


def write_reports(
    out: Path,
    sites: Sequence[str],
    *,
    month: str | None,
    audience: Audience,
    pdf: bool = True,
    address: str | None = None,
) -> None:
    """Write a report for each site (`each` = every one; none = the whole department) and send it where wanted."""
    check_every_setting()
    home = department_home()
    warehouse = open_for_outside(home) if audience == "outside" else open_current(home)
    known = [value for value in read_cohort(warehouse).codes("site").values if value != "not_recorded"]
    for name in sites:
        if name not in (*known, "each"):
            raise UsageProblem(f"--site {name}", "no such site", f"Choose one of {', '.join((*known, 'each'))}")
    wanted: list[str | None] = list(known) if "each" in sites else list(sites) or [None]
    period = month_of(month, warehouse.info.as_of)
    out.mkdir(parents=True, exist_ok=True)
    for one in wanted:
        scope = Scope(warehouse, one, period, audience)
        files = write_report(home, scope, out, pdf)
        typer.echo(", ".join(str(path) for path in files), err=True)
        if address:
            send_mail(files, address, f"{TITLE}: {one or 'all sites'}, {period.label}")


def write_report(home: Home, scope: Scope, out: Path, pdf: bool) -> list[Path]:
    """Write one report, into the log first, and give its files."""
    text = board_report(home, scope)
    where = re.sub(r"[^a-z0-9]+", "-", (scope.site or "all sites").lower()).strip("-")
    ending = "" if scope.audience == "department" else "-outside"
    path = out / f"vertebroplasty-{where}-{scope.month.label}{ending}.html"
    log_report(home, scope, text.encode(), getpass.getuser(), path.name)
    path.touch(mode=PRIVATE_FILE)
    path.write_text(text, encoding="utf-8")
    printed = path.with_suffix(".pdf")
    part = path.with_name(f".{printed.name}.part")
    try:
        if not (pdf and to_pdf(path, part)):
            return [path]
        log_report(home, scope, part.read_bytes(), getpass.getuser(), printed.name)
        part.chmod(PRIVATE_FILE)
        part.replace(printed)
    finally:
        part.unlink(missing_ok=True)
    return [path, printed]


def log_report(home: Home, scope: Scope, content: bytes, author: str, file: str) -> str:
    """Put a report into the export log and give its id there."""
    outside = scope.audience == "outside"
    told = describe_question(scope.warehouse, scope.filters()) if outside else scope.filters().to_text()
    sites = None if scope.site is None else [scope.site]
    generation = scope.warehouse.info.generation
    return export_log.record_file(
        home,
        "report",
        profile=scope.audience,
        filters=told,
        content=content,
        rows=0,
        generation=generation,
        file=file,
        author=author,
        sites=sites,
    )
