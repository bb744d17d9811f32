"""Checks of a generation before it is published: one file each in `queries/checks/`."""

import duckdb

from data.errors import UsageProblem
from etl.build.statements import insert_rows, run_text
from queries.explain.record_quality import read_checks


class CheckFailed(Exception):
    """A generation breaks a promise that every generation keeps: a mistake in this program, not in the data."""


def run_checks(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `check_results`. `CheckFailed` names the checks that no generation may fail."""
    broken, results = [], []
    for name, (header, sql) in read_checks().items():
        try:
            violations, examined = run_text(connection, sql).fetchall()[0]
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
            told = str(error).split("\n", 1)[0]
            raise UsageProblem(f"queries/checks/{name}.sql", told, "Correct the query") from error
        if not examined:
            status = "not applicable"
        else:
            status = "passed" if violations <= header.tolerated_share * examined else "failed"
        results.append((name, header.category, status, violations, examined))
        if status == "failed" and header.severity == "refuse":
            broken.append(name)
    insert_rows(connection, "check_results", results)
    if broken:
        raise CheckFailed(f"the new generation fails {', '.join(broken)}")
