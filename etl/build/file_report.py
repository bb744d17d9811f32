"""What a load or check says about each file: rows by fate, rejects and warnings by rule with their lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb

from etl import rules
from etl.build.deliveries.replaced_rows import Replaced
from etl.build.deliveries.surprises import Surprise
from etl.build.staging import StagedFile

LINES_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """A rule that rows of a file broke, and where. `scope` cell: only a fact in the row, which is loaded without it."""

    rule: str
    field: str | None
    lines: tuple[int, ...]
    scope: str = "row"


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """Rows of one file by fate, and what was found. `kind` names all kinds of records in it."""

    name: str
    kind: str
    encoding: str
    rows_read: int
    rows_loaded: int
    rows_superseded: int
    rows_duplicate: int
    rows_rejected: int
    ignored_columns: tuple[str, ...]
    other_sheets: tuple[str, ...]
    rejects: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    replaced: tuple[Replaced, ...] = ()
    surprises: tuple[Surprise, ...] = ()


def file_report(connection: duckdb.DuckDBPyConnection, staged: StagedFile) -> FileReport:
    """The report of a staged file after the rules were applied; warnings only once the tables are written."""
    sequence = staged.source_file_id
    counts = dict(
        connection.execute(
            "select fate, count(*) from replaced where source_file_id = ? group by fate", [sequence]
        ).fetchall()
    )
    rejects = tuple(_read_findings(connection, "rejects", sequence))
    rejected = sum(len(finding.lines) for finding in rejects if finding.scope == "row")
    superseded, duplicate = counts.get("superseded", 0), counts.get("duplicate", 0)
    return FileReport(
        name=staged.name,
        kind=", ".join(staged.kinds) or staged.kind.name,
        encoding=staged.encoding,
        rows_read=staged.rows_read,
        rows_loaded=staged.rows_read - superseded - duplicate - rejected,
        rows_superseded=superseded,
        rows_duplicate=duplicate,
        rows_rejected=rejected,
        ignored_columns=staged.ignored_columns,
        other_sheets=staged.other_sheets,
        rejects=rejects,
        warnings=tuple(_read_findings(connection, "row_warnings", sequence)),
    )


def _read_findings(connection: duckdb.DuckDBPyConnection, table: str, sequence: int) -> Iterator[Finding]:
    found = connection.execute(
        f"select rule, field, list(source_line order by source_line), scope from {table} where source_file_id = ?"
        " group by rule, field, scope order by scope desc, count(*) desc, rule, field",
        [sequence],
    ).fetchall()
    for rule, field, lines, scope in found:
        yield Finding(rule, field, tuple(lines), scope)


def lines_of_report(report: FileReport) -> Iterator[str]:
    """The report as text for people: no value of any row, only where to look."""
    yield (
        f"{report.name} ({report.kind}): {report.rows_read} rows read, {report.rows_loaded} loaded,"
        f" {report.rows_duplicate} duplicate, {report.rows_superseded} superseded, {report.rows_rejected} rejected"
    )
    if report.encoding != "utf-8":
        yield f"  read as {report.encoding}"
    if report.ignored_columns:
        yield f"  columns that nothing reads: {', '.join(report.ignored_columns)}"
    if report.other_sheets:
        yield f"  sheets of this workbook that nothing reads: {', '.join(report.other_sheets)}"
    yield from _lines_of_replaced(report.replaced)
    for one in report.surprises:
        yield f"  {one.severity} surprise {one.what}, {one.about}: {one.says}"
    yield from _lines_of_findings("rejected", report.rejects)
    yield from _lines_of_findings("warning", report.warnings)


def _lines_of_replaced(replaced: Iterable[Replaced]) -> Iterator[str]:
    for one in replaced:
        if one.rows:
            changed = f"; person, day or site change in {one.identity_changed}" if one.identity_changed else ""
            yield f"  replaces {one.rows} rows of {one.earlier_file}{changed}"
        if one.rows_lost:
            changed = (
                f"; person, day or site differ in {one.lost_identity_changed}" if one.lost_identity_changed else ""
            )
            yield f"  {one.rows_lost} rows are older than those of {one.earlier_file}, which hold{changed}"


def _lines_of_findings(word: str, findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        rule = rules.read_rules()[finding.rule]
        field = f", {finding.field}" if finding.field else ""
        what = f"{word} cell" if finding.scope == "cell" else word
        yield f"  {what} {len(finding.lines)} × {finding.rule}{field}: {rule.message} ({_line_words(finding.lines)})"
        yield f"    {rule.remedy}"


def _line_words(lines: tuple[int, ...]) -> str:
    shown = ", ".join(str(line) for line in lines[:LINES_SHOWN])
    more = f" and {len(lines) - LINES_SHOWN} more" if len(lines) > LINES_SHOWN else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"
