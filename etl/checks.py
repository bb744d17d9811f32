"""Checks of a generation before it is published: one file each in `queries/checks/`."""

from functools import lru_cache
from typing import Literal

import duckdb
from pydantic import Field

from queries.sqlfile import FOLDER, Header, read_sql_file


class CheckHeader(Header):
    """What a check says about itself. `severity`: refuse = a generation that fails it is not published."""

    title: str = Field(min_length=1)
    category: Literal["conformance", "completeness", "plausibility"]
    severity: Literal["refuse", "warn"]
    tolerated_share: float = Field(ge=0, lt=1)


class CheckFailed(Exception):
    """A generation breaks a promise that every generation keeps: a mistake in this program, not in the data."""


@lru_cache
def checks() -> dict[str, tuple[CheckHeader, str]]:
    """All checks by name: header and SQL, which gives one row `violations, examined`."""
    return {path.stem: read_sql_file(path, CheckHeader) for path in sorted((FOLDER / "checks").glob("*.sql"))}


def run_checks(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `check_results`. `CheckFailed` names the checks that no generation may fail."""
    broken = []
    for name, (header, sql) in checks().items():
        violations, examined = connection.execute(sql).fetchall()[0]
        if not examined:
            status = "not applicable"
        else:
            status = "passed" if violations <= header.tolerated_share * examined else "failed"
        connection.execute(
            "insert into check_results values (?, ?, ?, ?, ?)", [name, header.category, status, violations, examined]
        )
        if status == "failed" and header.severity == "refuse":
            broken.append(name)
    if broken:
        raise CheckFailed(f"the new generation fails {', '.join(broken)}")
